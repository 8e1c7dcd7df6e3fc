// Linear memory never shrinks: the largest picture of a page's life decides how much of it there is.
import { test } from "node:test";
import assert from "node:assert/strict";
import { flatJpeg } from "../support/jpeg.mjs";
import { sample } from "../support/images.mjs";
import { openModule } from "../support/module-page.mjs";

const MOST_ABOVE_THE_FILE = 32_000_000;
const limit = { timeout: 120_000 };
const IN_A_ROW = process.env.MIS_FULL === "1" ? 500 : 100;

for (const [name, width, height] of [["12", 4000, 3000], ["100", 9643, 10_328]]) {
  test(`a baseline JPEG of ${name} megapixels takes no more than its file and 32 MB`, limit, async () => {
    const file = flatJpeg(width, height);
    const seen = await prepared(async (module) => {
      module.site.add("/large.jpg", file);
      return module.run("page", async ({ mis }) => {
        const { memory } = await mis.default();
        const image = await mis.prepareImage("/large.jpg", { width: 800, height: 480 });
        return { size: [image.width, image.height], memory: memory.buffer.byteLength };
      });
    });
    assert.deepEqual(seen.size, [800, 480]);
    const above = seen.memory - file.length;
    assert.ok(above <= MOST_ABOVE_THE_FILE, `${above} bytes`);
  });
}

test(`${IN_A_ROW} pictures in a row leave the memory where the first few left it`, limit, async () => {
  const sizes = await prepared(async (module) => {
    module.site.add("/photo.jpg", sample("Landscape", 6));
    return module.run("page", async ({ mis, input }) => {
      const { memory } = await mis.default();
      const small = await mis.prepareImage("/photo.jpg", { width: 320, height: 200 });
      const ways = [{ format: "jpeg" }, { format: "png" }, { format: "mono1" }, { format: "palette4", palette: "spectra6" }, { format: "mono1", dither: "dbs", width: 80 }];
      const sizes = [];
      for (let time = 0; time < input.times; time++) {
        const image = await mis.prepareImage(small.bytes, ways[time % ways.length]);
        image.free();
        sizes.push(memory.buffer.byteLength);
      }
      return sizes;
    }, { times: IN_A_ROW });
  });
  assert.equal(sizes.length, IN_A_ROW);
  assert.deepEqual([...new Set(sizes.slice(10))], [sizes[9]]);
});

/** In a page of its own, where nothing was prepared before. */
async function prepared(act) {
  const module = await openModule({ broker: false });
  try {
    return await act(module);
  } finally {
    await module.close();
  }
}
