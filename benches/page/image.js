// What `bench image` calls in the page, one expression at a time.
import { loadDithers } from "./dithers.js";
import * as peers from "./image-peers.js";

const WIDTH = 800;
const HEIGHT = 480;
const loaded = new Map();
const blobs = new Map();
const memories = new Map();
let current;
let dithers;
let panelPixels;
watchMemories();

globalThis.bench = {
  /** A file to a JPEG; milliseconds of that and of loading, and the linear memory that the variant has by then. */
  async jpeg({ variant, input }) {
    const blob = await blobOf(input);
    const { run, loading } = await variantOf(variant);
    const started = performance.now();
    const bytes = await run.jpeg(blob, { width: WIDTH, height: HEIGHT, input });
    const ms = performance.now() - started;
    await check(bytes, variant);
    return { ms, loading, memory: memoryOf(variant) };
  },

  /** A file to its pixels. */
  async pixels({ variant, input }) {
    const blob = await blobOf(input);
    const { run } = await variantOf(variant);
    const started = performance.now();
    const pixels = await run.pixels(blob, { input });
    const ms = performance.now() - started;
    const [width, height] = input.size;
    if (pixels.length !== width * height * 3 && pixels.length !== width * height * 4) throw new Error(`${variant}: ${pixels.length} bytes`);
    return { ms };
  },

  /** Pixels to a panel's bytes, in the module alone; the mean of so many times. */
  async dither({ input, panel, dither, times }) {
    const pixels = await pixelsOf(input);
    dithers ??= await loadDithers();
    let sum = 0;
    for (let time = 0; time < times; time++) sum += dithers(pixels, panel, dither);
    return { ms: sum / times };
  },
};

/** The package's own module. */
async function ours() {
  const { default: init, prepareImage } = await import("/pkg/image/mqtt_image_sender.js");
  await init();
  const bytes = async (source, options) => {
    const image = await prepareImage(source, options);
    const made = image.bytes;
    image.free();
    return made;
  };
  return {
    jpeg: (blob, { width, height }) => bytes(blob, { width, height, fit: "fill", quality: 85 }),
    pixels: (blob) => bytes(blob, { format: "rgb888" }),
  };
}

async function variantOf(name) {
  current = name;
  const makers = { ours, image: peers.image, canvas: peers.canvas, "canvas, high": peers.smoothCanvas, ImageDecoder: peers.decoder, jSquash: peers.jsquash,
    "browser-image-compression": peers.compression, pica: peers.pica };
  const started = performance.now();
  const loading = loaded.has(name) ? 0 : undefined;
  if (loading === undefined) loaded.set(name, await makers[name]());
  return { run: loaded.get(name), loading: loading ?? performance.now() - started };
}

/** As a file that a person has chosen: nothing of it is in the page's memory yet. */
async function blobOf({ file }) {
  if (!blobs.has(file)) {
    const type = file.endsWith(".png") ? "image/png" : "image/jpeg";
    blobs.set(file, new Blob([await (await fetch(`/inputs/${file}`)).arrayBuffer()], { type }));
  }
  return blobs.get(file);
}

async function pixelsOf(input) {
  if (!panelPixels) {
    const bitmap = await createImageBitmap(await blobOf(input));
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
    context.drawImage(bitmap, 0, 0);
    panelPixels = context.getImageData(0, 0, bitmap.width, bitmap.height);
  }
  return panelPixels;
}

/** What came out is a JPEG of the right width; one of them keeps the shape of the picture. */
async function check(bytes, variant) {
  const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/jpeg" }));
  const isRight = variant === "browser-image-compression" ? Math.max(bitmap.width, bitmap.height) === WIDTH : bitmap.width === WIDTH && bitmap.height === HEIGHT;
  if (!isRight || bytes[0] !== 0xff || bytes[1] !== 0xd8) throw new Error(`${variant}: ${bitmap.width}x${bitmap.height}`);
  bitmap.close();
}

/** Every module's memory is noted for the variant that was at work when it was instantiated. */
function watchMemories() {
  const note = (instance) => {
    for (const value of Object.values(instance.exports)) {
      if (value instanceof WebAssembly.Memory) memories.set(current, new Set(memories.get(current)).add(value));
    }
  };
  for (const name of ["instantiate", "instantiateStreaming"]) {
    const original = WebAssembly[name];
    WebAssembly[name] = async (...parameters) => {
      const made = await original.apply(WebAssembly, parameters);
      note(made.instance ?? made);
      return made;
    };
  }
}

const memoryOf = (variant) => [...(memories.get(variant) ?? [])].reduce((sum, { buffer }) => sum + buffer.byteLength, 0);
