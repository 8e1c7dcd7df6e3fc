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
  const turned = distance(pixels(judge, Math.PI), expected);
  return { full: [full.width, full.height], decoded: [decoded.width, decoded.height], small: [small.width, small.height], off, turned };

  function pixels(bitmap, turn = 0) {
    const context = new OffscreenCanvas(width, height).getContext("2d");
    context.imageSmoothingQuality = "high";
    context.translate(width / 2, height / 2);
    context.rotate(turn);
    context.drawImage(bitmap, -width / 2, -height / 2, width, height);
    return context.getImageData(0, 0, width, height).data;
  }

  function distance(a, b) {
    let sum = 0;
    for (let i = 0; i < a.length; i++) sum += Math.abs(a[i] - b[i]);
    return sum / (a.length * 0.75);
  }
}
