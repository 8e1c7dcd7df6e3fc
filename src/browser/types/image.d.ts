/**
 * A URL is fetched (CORS applies, and the error says so); the rest is taken as the file's bytes, except ImageData and ImageBitmap, which are
 * pixels. Shared buffers are copied, detached ones are `invalid`. Unknown options, nested ones too, and options that the format cannot honour
 * are `invalid` with their name; undefined counts as left out, null does not.
 */
export type ImageSource = string | URL | Blob | ArrayBuffer | Uint8Array | ImageData | ImageBitmap;

export interface PrepareOptions {
  /** The device's panel, in pixels, 1 to 16,384. Both left out: the image's own size; one: by its shape. */
  width?: number;
  height?: number;
  /** As CSS object-fit. Default "contain": bars in `background`. "scale-down" never enlarges and adds no bars. */
  fit?: "contain" | "cover" | "fill" | "scale-down";
  /** Clockwise, on top of the file's EXIF orientation, which is always applied. */
  rotate?: 0 | 90 | 180 | 270;
  /** After the rotation. Default "none". */
  mirror?: "none" | "horizontal" | "vertical";
  /** CSS hex colour under transparent pixels and bars. Default "#ffffff". */
  background?: string;
  /**
   * Default "jpeg": baseline, 4:2:0. "original": the file's bytes, untouched, whatever they are. From "rgb565le" on: raw pixels without
   * a header. "planes": one bit a pixel, first the whole black plane, then the whole colour plane. "palette2", "palette4": colour codes
   * of 2 and 4 bits, leftmost pixel in the highest bits. PANELS.md has them byte by byte.
   */
  format?: "jpeg" | "png" | "bmp" | "original" | "rgb565le" | "rgb565be" | "rgb888" | "gray8" | "gray4" | "gray2" | "mono1" | "planes" | "palette2" | "palette4";
  /** Raw formats under 8 bits. Default "padded": each row starts at a byte. "continuous": bits run on over the row's end. */
  rows?: "padded" | "continuous";
  /** Raw formats. 2: all left halves of the rows, then all right halves (panels with two controllers). Default 1. */
  columns?: 1 | 2;
  /** JPEG, 1 to 100. Default 85. */
  quality?: number;
  /** Upper bound on the encoded size: JPEG quality is lowered until it fits; if it cannot, `too-large`. */
  maxBytes?: number;
  /**
   * For mono1, gray2, gray4, planes, palette2 and palette4. Default "floyd-steinberg": serpentine, in linear light, against the panel's
   * real colours (DITHER.md). "dbs": direct binary search, the best picture, 0.1 to 0.3 s. A pixel that is exactly black, white or an
   * ink of the palette stays it with every value (grays: where the whole picture consists of the panel's levels).
   */
  dither?: "none" | "floyd-steinberg" | "atkinson" | "bayer" | "dbs";
  /** The dithered formats. "auto": made for the palette. A number is the exponent on linear light, 0.4 to 2: below 1 is brighter; "none" is 1. Default "auto". */
  tone?: "auto" | "none" | number;
  /** All formats but "original": 0 gray, 1 as it is (default, and what the judge likes best), up to 2. A matter of taste on dull inks. */
  saturation?: number;
  /**
   * For planes (3 colours), palette2 (up to 4) and palette4 (up to 16): a named panel, or the colours themselves. `code` is what is sent
   * (default: the index), `shown` is what the panel really shows (default: `color`).
   */
  palette?: "bw" | "bwr" | "bwy" | "bwry" | "acep7" | "spectra6" | "spectra6-gxepd2" | (string | { color: string; code?: number; shown?: string })[];
  /** Refuses larger input before decoding. Default 200. */
  maxMegapixels?: number;
  /** mono1: true makes 1 black instead of white. planes: by default 1 is white in the black plane and 1 is coloured in the other. */
  invert?: boolean | { black?: boolean; color?: boolean };
  signal?: AbortSignal;
}

export interface PreparedImage {
  readonly bytes: Uint8Array;
  /** 0 × 0 under "original" when the bytes are no picture; preview() then throws `unsupported`. */
  readonly width: number;
  readonly height: number;
  readonly format: string;
  readonly mime: string;
  /** The name that its source gave itself: a file's, or the last part of a URL's path. */
  readonly name?: string;
  /** The quality that was used, where the format has one. */
  readonly quality?: number;
  /** What was lost or guessed on the way in: a truncated file, a profile that was left alone. Empty when all went well. */
  readonly warnings: string[];
  /** What the device will show, after dithering and encoding, as RGBA for a canvas. */
  preview(): ImageData;
}

/**
 * Rejects with `ImageError`: `invalid` (options; 0 bytes), `unsupported` (not a picture that can be read here), `corrupt` (one that is broken),
 * `too-large` (over `maxMegapixels`, `maxBytes`, or the memory that the header foretells), `fetch`, `aborted`.
 */
export function prepareImage(source: ImageSource, options?: PrepareOptions): Promise<PreparedImage>;
