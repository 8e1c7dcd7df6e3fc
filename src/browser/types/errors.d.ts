/** Every error is an `Error` with a stable `code` from the lists above (and `aborted`, `closed`, `queue-full`), a `cause` where there is one, and a message that says what to do. */
export class MqttError extends Error { readonly code: string; readonly returnCode?: number }
export class ImageError extends Error { readonly code: string }
export class TransferError extends Error { readonly code: string; readonly chunk?: number }

/** True for an error of that class, from any copy of this package. */
export function isMqttError(value: unknown): value is MqttError;
export function isImageError(value: unknown): value is ImageError;
export function isTransferError(value: unknown): value is TransferError;
