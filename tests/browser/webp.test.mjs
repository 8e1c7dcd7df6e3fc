// WebP, which the browser decodes and this module does the rest for: orientation, limits, background, errors.
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { assertError } from "../support/assert-error.mjs";
import { target } from "../support/env.mjs";
import { openModule, places } from "../support/module-page.mjs";

const limit = { timeout: 60_000 };
const [black, white, red] = [[0, 0, 0], [255, 255, 255], [255, 0, 0]];
// 8 × 4 each, lossless.
const drawing = Buffer.from("UklGRioAAABXRUJQVlA4TB4AAAAvB8AAABcw//M///MfKAXCbOOYxxGU62AW0f+QmwA=", "base64");
const halfClear = Buffer.from("UklGRh4AAABXRUJQVlA4TBEAAAAvB8AAEA8QMf/zH4zCR/Q/AAA=", "base64");
const redThenBlue = Buffer.from("UklGRoQAAABXRUJQVlA4WAoAAAACAAAABwAAAwAAQU5JTQYAAAAAAAAAAABBTk1GKAAAAAAAAAAAAAcAAAMAAGQAAAJWUDhMDwAAAC8HwAAABxD9j/4HIqL/AQBBTk1GKAAAAAAAAAAAAAcAAAMAAGQAAABWUDhMDwAAAC8HwAAABxDR//4HIqL/AQA=", "base64");
// What `drawing` shows.
const shown = ["KWWKWRKW", "KWWKWKWR", "KWWKWWRK", "KWWKWRKW"].map((row) => [...row].map((ink) => ({ K: black, W: white, R: red })[ink]));

let module;
before(async () => { module = await openModule({ broker: false }); });
after(() => module?.close());

/** Prepared as PNG: the rows of its pixels, or the error. */
async function prepare(file, options = {}, place = "page") {
  const address = module.site.add("/picture", file);
  return module.run(place, async ({ mis, kit, input }) => {
    try {
      const { bytes, width, height } = await mis.prepareImage(input.address, { format: "png", ...input.options });
      const bitmap = await createImageBitmap(new Blob([bytes]));
      const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
      context.drawImage(bitmap, 0, 0);
      const { data } = context.getImageData(0, 0, width, height);
      const rows = [];
      for (let y = 0; y < height; y++) {
        rows.push([]);
        for (let x = 0; x < width; x++) rows[y].push([...data.slice((y * width + x) * 4, (y * width + x) * 4 + 3)]);
      }
      return rows;
    } catch (error) {
      return { error: kit.describe(mis, error) };
    }
  }, { address, options });
}

/** The same picture with an EXIF block that says how it lies (RFC 9649, 2.7). */
function lying(orientation) {
  const chunk = (name, data) => Buffer.concat([Buffer.from(name), length(data.length), data]);
  const length = (count) => Buffer.from(Uint32Array.of(count).buffer);
  const flags = Buffer.from([0x08, 0, 0, 0, 7, 0, 0, 3, 0, 0]);
  const exif = Buffer.from([0x49, 0x49, 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0, 0, 0, 0, 0]);
  const body = Buffer.concat([Buffer.from("WEBP"), chunk("VP8X", flags), drawing.subarray(12), chunk("EXIF", exif)]);
  return Buffer.concat([Buffer.from("RIFF"), length(body.length), body]);
}

for (const place of places) {
  test(`a lossless WebP comes out pixel by pixel, in a ${place}`, limit, async () => {
    assert.deepEqual(await prepare(drawing, {}, place), shown);
  });
}

// Exif 2.32, 4.6.4.A, as the rotation and the mirroring after it.
const ways = [[0, "none"], [0, "horizontal"], [180, "none"], [0, "vertical"], [90, "horizontal"], [90, "none"], [270, "horizontal"], [270, "none"]];
for (const [index, [rotate, mirror]] of ways.entries()) {
  test(`orientation ${index + 1} is applied once`, limit, async () => {
    const turned = await prepare(drawing, { rotate, mirror });
    assert.deepEqual(await prepare(lying(index + 1)), turned);
    assert.equal(turned.length, rotate % 180 ? 8 : 4);
  });
}

test("the background is under what is clear, and the first frame stands for an animation", limit, async () => {
  const blue = [0, 0, 255];
  assert.deepEqual(await prepare(halfClear, { background: "#ff0000" }), Array(4).fill([red, red, red, red, blue, blue, blue, blue]));
  assert.deepEqual(await prepare(redThenBlue), Array(4).fill(Array(8).fill(red)));
});

test("one that announces too much is refused before the browser sees it, and a broken one is corrupt", limit, async () => {
  const large = Buffer.from(drawing);
  large.writeUInt32LE(16_382 | 16_382 << 14, 21);
  assertError((await prepare(large)).error, "ImageError", "too-large", /maxMegapixels/);
  assertError((await prepare(large, { maxMegapixels: 1000 })).error, "ImageError", "too-large", /memory/);
  const broken = Buffer.from(drawing);
  broken.fill(0x5a, 26);
  assertError((await prepare(broken)).error, "ImageError", "corrupt", /WebP/);
  assertError((await prepare(drawing.subarray(0, 24))).error, "ImageError", "corrupt", /WebP/);
  assertError((await prepare(drawing, { width: 0 })).error, "ImageError", "invalid", /width/);
});

if (process.env.MIS_FULL === "1") {
  test("every WebP of Pillow's and thumbor's test files becomes a picture", { timeout: 300_000 }, async () => {
    const packages = join(target, "pictures", "packages");
    assert.ok(existsSync(packages), "`cargo xtask test full pictures` fetches them");
    const files = readdirSync(packages, { recursive: true }).filter((name) => name.endsWith(".webp"));
    assert.ok(files.length > 30, `only ${files.length} files`);
    for (const name of files) {
      const rows = await prepare(readFileSync(join(packages, name)), { width: 80, height: 48 });
      assert.deepEqual([name, rows.error, rows.length], [name, undefined, 48]);
    }
  });
}
