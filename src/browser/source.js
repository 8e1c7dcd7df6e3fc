// What a caller hands over as an image or a payload: its bytes and its name.
import { ImageError } from "./errors.js";

/** A URL as text, or a Blob; undefined for anything else. */
export function elsewhere(value) {
  if (value instanceof URL) return value.href;
  return typeof value === "string" || value instanceof Blob ? value : undefined;
}

/** The bytes of an ArrayBuffer, a SharedArrayBuffer or a view of one: null where they were transferred elsewhere, undefined for anything else. */
export function viewOf(value) {
  const isView = ArrayBuffer.isView(value);
  // SharedArrayBuffer is a name only on isolated pages.
  if (!isView && !(value instanceof ArrayBuffer || (typeof SharedArrayBuffer === "function" && value instanceof SharedArrayBuffer))) return undefined;
  const buffer = isView ? value.buffer : value;
  if (isDetached(buffer)) return null;
  return isView ? new Uint8Array(buffer, value.byteOffset, value.byteLength) : new Uint8Array(buffer);
}

function isDetached(buffer) {
  if (buffer.detached !== undefined) return buffer.detached;
  try {
    new Uint8Array(buffer); // Older browsers: a detached buffer refuses a view.
    return false;
  } catch {
    return true;
  }
}

/** The name that a URL or a Blob gives itself: the last part of the path, or a file's. Undefined where there is none. */
export function nameOf(source) {
  if (typeof source !== "string") return source.name || undefined;
  const last = parsed(source, "http://localhost/")?.pathname.split("/").pop();
  try {
    return last && decodeURIComponent(last);
  } catch {
    return last;
  }
}

/** Fetches a URL or reads a Blob. Rejects with `ImageError` `fetch`, with what the browser lets be known, or `aborted`. */
export async function load(source, signal) {
  if (typeof source === "string") return fetched(source, signal);
  try {
    return new Uint8Array(await source.arrayBuffer());
  } catch (cause) {
    throw new ImageError("fetch", "the file could not be read: it may have been moved or changed", { cause });
  }
}

async function fetched(url, signal) {
  try {
    const response = await fetch(url, { signal });
    if (response.ok) return new Uint8Array(await response.arrayBuffer());
    throw new ImageError("fetch", `${url} answered ${response.status}: check the address`);
  } catch (cause) {
    if (cause instanceof ImageError) throw cause;
    if (signal?.aborted) throw aborted(signal);
    // `fetch` tells a page no more than that it failed; what can be known beside it is whose origin the URL is.
    throw new ImageError("fetch", isSameOrigin(url) ? `${url} could not be fetched: the server does not answer`
      : `${url} could not be fetched: its server does not answer, or does not let other pages read it (CORS). Save the picture and drop it here`,
    { cause });
  }
}

/** With the signal's own reason as the cause. */
export const aborted = (signal) => new ImageError("aborted", "aborted by its caller", { cause: signal?.reason });

function isSameOrigin(url) {
  const here = globalThis.location?.href;
  return here !== undefined && parsed(url, here)?.origin === parsed(here)?.origin;
}

function parsed(url, base) {
  try {
    return new URL(url, base);
  } catch {
    return undefined;
  }
}
