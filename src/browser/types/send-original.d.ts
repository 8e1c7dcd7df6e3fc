/** A URL is fetched; the rest is taken as the file's bytes. */
export type ImageSource = string | URL | Blob | ArrayBuffer | Uint8Array;

/** This build has no image part: it carries files as they are. */
export interface PrepareOptions {
  format: "original";
  signal?: AbortSignal;
}

/** There is none in this build. */
export type PreparedImage = never;
