// Prepares pictures. Loaded with the first one, and replaced by the page after a trap or a huge picture.
import { serve, handOver } from "./rpc.js";
import { loader } from "./module.js";

const load = loader(() => import("../pkg/image/mqtt_image_sender.js"));

/** Longest side of the preview, in pixels: more than any panel has, little enough to be painted without a pause. */
const PREVIEW_SIDE = 1600;
/** Linear memory never shrinks: above this many bytes the page is asked for a new worker. A picture of 50 megapixels takes as much. */
const MEMORY_LIMIT = 200 * 1024 * 1024;

serve({
  /** The bytes behind a URL, as they are, with the module's own errors. */
  async fetch({ url }, { signal }) {
    const { prepareImage } = await load();
    const file = await prepareImage(url, { format: "original", signal });
    return { blob: new Blob([file.bytes], { type: file.mime }) };
  },

  /** @param {{ source: Blob | ImageBitmap, options: object }} argument */
  async prepare({ source, options }, { signal }) {
    const { prepareImage, memory } = await load();
    const image = await prepareImage(source, { ...options, signal });
    const { width, height, format, mime, quality, warnings } = image;
    const blob = new Blob([image.bytes], { type: mime });
    const preview = await draw(image, blob);
    const spent = (memory?.buffer.byteLength ?? 0) > MEMORY_LIMIT;
    const thumb = preview && (await small(preview));
    const value = { blob, width, height, format, mime, quality, warnings: [...warnings], preview, thumb, spent };
    return handOver(value, preview ? [preview] : []);
  },
});

/** What the device will show, decoded from the prepared bytes; null where nothing can be shown. */
async function draw(image, blob) {
  try {
    return await bounded(image.preview());
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError) throw error;
  }
  return bounded(blob).catch(() => null); // "original" of a kind that only the browser reads
}

/** @param {ImageData | Blob} source @returns {Promise<ImageBitmap>} */
async function bounded(source) {
  const full = await createImageBitmap(source);
  const scale = PREVIEW_SIDE / Math.max(full.width, full.height);
  if (scale >= 1) return full;
  const size = { resizeWidth: Math.max(1, Math.round(full.width * scale)), resizeHeight: Math.max(1, Math.round(full.height * scale)), resizeQuality: /** @type {const} */ ("high") };
  const small = await createImageBitmap(full, size);
  full.close();
  return small;
}

/** Longest side of the picture in lists and in the history, in pixels. */
const THUMB_SIDE = 320;

/** @param {ImageBitmap} bitmap @returns {Promise<Blob>} PNG: dithered pixels have no business in a JPEG */
async function small(bitmap) {
  const scale = Math.min(1, THUMB_SIDE / Math.max(bitmap.width, bitmap.height));
  const canvas = new OffscreenCanvas(Math.max(1, Math.round(bitmap.width * scale)), Math.max(1, Math.round(bitmap.height * scale)));
  const pen = canvas.getContext("2d");
  pen.imageSmoothingQuality = "high";
  pen.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return canvas.convertToBlob({ type: "image/png" });
}
