// Prepares pictures. Loaded with the first one, and replaced by the page after a trap or a huge picture.
import { serve, handOver } from "./rpc.js";
import { loader } from "./module.js";
import { arrange } from "./arrange.js";

const load = loader(() => import("../pkg/image/mqtt_image_sender.js"));

/** Longest side of the preview, in pixels: more than any panel has, little enough to be painted without a pause. */
const PREVIEW_SIDE = 1600;
/** Linear memory never shrinks: above this many bytes the page is asked for a new worker. A picture of 50 megapixels takes as much. */
const MEMORY_LIMIT = 200 * 1024 * 1024;

serve({
  ready: async () => void (await load()),

  /** The bytes behind a URL, as they are, with the module's own errors. */
  async fetch({ url }, { signal }) {
    const { prepareImage } = await load();
    const file = await prepareImage(url, { format: "original", signal });
    return { blob: new Blob([file.bytes], { type: file.mime }) };
  },

  /** @param {{ source: Blob | ImageBitmap, id: number, options: Record<string, any> }} argument `placing` and `hangs` are the page's own (`look.js`) */
  async prepare({ source, id, options: { placing, hangs = 0, ...options } }, { signal }) {
    const { prepareImage, memory } = await load();
    await new Promise((turn) => setTimeout(turn)); // a newer wish may have ended this one
    if (signal.aborted) throw Object.assign(new Error("Replaced by a newer request."), { name: "ImageError", code: "aborted" });
    /** @type {{ source: any, options: Record<string, any>, warnings?: string[] }} */
    const ready = placing ? await arrange(source, id, placing, options, hangs) : await reduce(prepareImage, source, id, { ...options, ...mirrorOf(options, hangs), signal });
    const image = await prepareImage(ready.source, { ...ready.options, signal });
    const { format, mime, quality } = image;
    const warnings = [...(ready.warnings ?? []), ...image.warnings];
    const blob = new Blob([image.bytes], { type: mime });
    const preview = await turnBack(await draw(image, blob), hangs);
    const [width, height] = hangs % 180 ? [image.height, image.width] : [image.width, image.height]; // as one sees it
    const spent = (memory?.buffer.byteLength ?? 0) > MEMORY_LIMIT;
    const thumb = preview && (await small(preview));
    const value = { blob, width, height, format, mime, quality, warnings, preview, thumb, spent };
    return handOver(value, preview ? [preview] : []);
  },
});

/** What decides the pixels before tone, colours and format. */
const GEOMETRY = ["width", "height", "fit", "rotate", "mirror", "background", "maxMegapixels"];
/** So many kinds of panel are remembered. */
const KINDS = 4;
/** The last picture in its panels' sizes, by source and geometry; null: it was asked for once. @type {Map<string, { pixels: ImageData, warnings: string[] } | null>} */
const reduced = new Map();

/** While a slider is moved only the look changes: from the second request on, the picture is not decoded any more. */
async function reduce(prepareImage, source, id, options) {
  const { width, height, format = "jpeg", signal } = options;
  if (!width || !height || format === "original") return { source, options };
  const geometry = Object.fromEntries(GEOMETRY.filter((name) => options[name] !== undefined).map((name) => [name, options[name]]));
  const key = JSON.stringify([id, geometry]);
  if (!reduced.has(key)) {
    for (const other of [...reduced.keys()].slice(0, -KINDS + 1)) reduced.delete(other);
    reduced.set(key, null);
    return { source, options };
  }
  if (!reduced.get(key)) {
    const plain = await prepareImage(source, { ...geometry, format: "rgb888", signal });
    reduced.set(key, { pixels: plain.preview(), warnings: [...plain.warnings] });
  }
  const { pixels, warnings } = reduced.get(key);
  return { source: pixels, options: lookOf(options), warnings };
}

/** Turned and cut it is already. */
function lookOf(options) {
  const rest = Object.fromEntries(Object.entries(options).filter(([name]) => !GEOMETRY.includes(name)));
  return { ...rest, width: options.width, height: options.height, fit: "fill" };
}

/** Formats of panels whose white is not a screen's. */
const PAPER = new Set(["mono1", "gray2", "gray4", "planes", "palette2", "palette4"]);
/** What a panel's white and black look like to an eye that has adapted to it. */
const WHITE = [234, 233, 227];
const BLACK = [36, 36, 38];

/** Moves a panel's measured colours so that its white is paper's: beside a white page the measured one looks dirty. @param {Uint8ClampedArray} data RGBA, changed in place */
function adapt(data) {
  let [light, dark, high, low] = [0, 0, -1, Infinity];
  for (let i = 0; i < data.length; i += 4) {
    const luma = 2 * data[i] + 5 * data[i + 1] + data[i + 2];
    if (luma > high) [high, light] = [luma, i];
    if (luma < low) [low, dark] = [luma, i];
  }
  if (high < 8 * 120) return; // a picture without white says nothing of it
  const [red, green, blue] = [0, 1, 2].map((channel) => {
    const [from, to] = [low < 8 * 90 ? data[dark + channel] : 0, data[light + channel]];
    const [start, end] = [low < 8 * 90 ? BLACK[channel] : 0, WHITE[channel]];
    return Uint8ClampedArray.from({ length: 256 }, (_, value) => start + ((value - from) * (end - start)) / Math.max(1, to - from));
  });
  for (let i = 0; i < data.length; i += 4) {
    data[i] = red[data[i]];
    data[i + 1] = green[data[i + 1]];
    data[i + 2] = blue[data[i + 2]];
  }
}

/** What the device will show, decoded from the prepared bytes; null where nothing can be shown. */
async function draw(image, blob) {
  try {
    const pixels = image.preview();
    if (PAPER.has(image.format)) adapt(pixels.data);
    return await bounded(pixels);
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError) throw error;
  }
  return bounded(blob).catch(() => null); // "original" of a kind that only the browser reads
}

/** What is left and right to who looks at a panel that hangs turned by a quarter is above and below in its own rows. @param {Record<string, any>} options @param {number} hangs */
function mirrorOf({ mirror }, hangs) {
  const other = { horizontal: "vertical", vertical: "horizontal" }[mirror];
  return hangs % 180 && other ? { mirror: other } : {};
}

/** As it hangs, upright. @param {ImageBitmap | null} bitmap @param {number} hangs degrees */
function turnBack(bitmap, hangs) {
  if (!bitmap || hangs === 0) return bitmap;
  const [width, height] = hangs % 180 ? [bitmap.height, bitmap.width] : [bitmap.width, bitmap.height];
  const canvas = new OffscreenCanvas(width, height);
  const pen = canvas.getContext("2d");
  pen.translate(width / 2, height / 2);
  pen.rotate((-hangs * Math.PI) / 180);
  pen.drawImage(bitmap, -bitmap.width / 2, -bitmap.height / 2);
  bitmap.close();
  return canvas.transferToImageBitmap();
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
