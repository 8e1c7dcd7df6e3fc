// EXIF orientation on real photographs: applied once, in all eight ways.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { sample } from "../support/images.mjs";
import { openModule } from "../support/module-page.mjs";

const shapes = { Landscape: [1800, 1200], Portrait: [1200, 1800] };
let module;
before(async () => {
  module = await openModule({ broker: false });
  for (const shape of Object.keys(shapes)) {
    for (let i = 1; i <= 8; i++) module.site.add(`/${shape}_${i}.jpg`, sample(shape, i));
  }
});
after(() => module?.close());

for (const [shape, size] of Object.entries(shapes)) {
  for (let orientation = 1; orientation <= 8; orientation++) {
    test(`${shape} ${orientation} stands upright, at its own size and made smaller`, { timeout: 60_000 }, async () => {
      const seen = await module.run("page", compare, { address: `/${shape}_${orientation}.jpg` });
      assert.deepEqual(seen.full, size);
      assert.deepEqual(seen.decoded, size, "and nothing is left to turn for the receiver");
      assert.deepEqual(seen.small, size.map((length) => length / 10));
      for (const [what, off] of Object.entries(seen.off)) assert.ok(off < 4, `${what} differs by ${off.toFixed(1)} on average`);
      assert.ok(seen.turned > 12, `turned it would differ by ${seen.turned.toFixed(1)}`);
    });
  }
}

// The browser's own decoder, which applies the orientation, is the judge.
async function compare({ mis, input }) {
  const full = await mis.prepareImage(input.address, { format: "jpeg", quality: 90 });
  const width = full.width / 10;
  const height = full.height / 10;
  const small = await mis.prepareImage(input.address, { format: "png", width });
  const judge = await createImageBitmap(await (await fetch(input.address)).blob());
  const decoded = await createImageBitmap(new Blob([full.bytes]));
  const expected = pixels(judge);
  const off = {
    "the full size": distance(pixels(decoded), expected),
    "the small one": distance(pixels(await createImageBitmap(new Blob([small.bytes]))), expected),
    preview: distance(pixels(await createImageBitmap(small.preview())), expected),
  };
  const turned = distance(upsideDown(expected), expected);
  return { full: [full.width, full.height], decoded: [decoded.width, decoded.height], small: [small.width, small.height], off, turned };

  // Each pixel of the small picture is the mean of its square, taken here: what a canvas makes of a picture that it draws
  // ten times smaller differs from browser to browser.
  function pixels(bitmap) {
    const scale = bitmap.width / width;
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d", { willReadFrequently: true });
    context.drawImage(bitmap, 0, 0);
    const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height);
    const means = new Float64Array(width * height * 3);
    for (let y = 0; y < bitmap.height; y++) {
      for (let x = 0; x < bitmap.width; x++) {
        const from = (y * bitmap.width + x) * 4;
        const to = (Math.floor(y / scale) * width + Math.floor(x / scale)) * 3;
        for (let c = 0; c < 3; c++) means[to + c] += data[from + c] / scale ** 2;
      }
    }
    return means;
  }

  /** As if the picture stood on its head. */
  function upsideDown(means) {
    const turned = new Float64Array(means.length);
    for (let i = 0; i < means.length; i += 3) turned.set(means.subarray(i, i + 3), means.length - 3 - i);
    return turned;
  }

  function distance(a, b) {
    let sum = 0;
    for (let i = 0; i < a.length; i++) sum += Math.abs(a[i] - b[i]);
    return sum / a.length;
  }
}
