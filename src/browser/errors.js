// The error classes of the package. They are JavaScript, because only that makes them real `Error`s with a stack, and
// because a program may ask `isMqttError` before the module is loaded.

class CodedError extends Error {
  constructor(name, code, message, details) {
    super(message, details?.cause === undefined ? undefined : { cause: details.cause });
    this.name = name;
    this.code = code;
  }
}

/** What goes wrong between the page and the broker. */
export class MqttError extends CodedError {
  constructor(code, message, details) {
    super("MqttError", code, message, details);
    if (details?.returnCode !== undefined) this.returnCode = details.returnCode;
  }
}

/** What goes wrong between a file and the prepared image. */
export class ImageError extends CodedError {
  constructor(code, message, details) {
    super("ImageError", code, message, details);
  }
}

/** What goes wrong between the page and a device. */
export class TransferError extends CodedError {
  constructor(code, message, details) {
    super("TransferError", code, message, details);
    if (details?.chunk !== undefined) this.chunk = details.chunk;
  }
}

export const makeMqttError = (code, message, cause, returnCode) => new MqttError(code, message, { cause, returnCode });
export const makeImageError = (code, message) => new ImageError(code, message);
export const makeTransferError = (code, message, cause, chunk) => new TransferError(code, message, { cause, chunk });

// By name and not by `instanceof`: two copies of the package, or a worker's error made again here, count as well.
const isA = (name) => (value) => value instanceof Error && value.name === name && typeof value.code === "string";

export const isMqttError = isA("MqttError");
export const isImageError = isA("ImageError");
export const isTransferError = isA("TransferError");

/** A thrown value as text. */
export function describe(thrown) {
  if (thrown instanceof Error) return String(thrown.message);
  return typeof thrown === "string" ? thrown : "something that is not an Error was thrown";
}

/** A callback of the user's threw: shown as an uncaught error, and the module goes on. */
export function reportUncaught(error) {
  if (typeof reportError === "function") reportError(error);
  else console.error(error);
}
