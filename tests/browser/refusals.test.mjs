// What cannot become a picture here is refused at once: before memory is taken, and before a person would notice.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { openModule } from "../support/module-page.mjs";
import { crc32, png } from "../support/images.mjs";

const MOST_MS = 50;
let module;
before(async () => {
  module = await openModule({ broker: false });
  module.site.add("/photo.png", png(40, 20, () => [200, 100, 50, 255]));
  module.site.add("/nothing", "");
  module.site.add("/note.txt", "a text, and no picture\n".repeat(2000));
  module.site.add("/bomb.png", bomb(16_383));
});
after(() => module?.close());

/** A PNG that announces so many pixels on each side, of which nothing is there. */
function bomb(side) {
  const file = png(1, 1, () => [0, 0, 0, 255]);
  file.writeUInt32BE(side, 16);
  file.writeUInt32BE(side, 20);
  file.writeUInt32BE(parseInt(crc32(file.subarray(12, 29)), 16), 29);
  return file;
}

for (const [what, path, options, code] of [
  ["a target of 128,000 pixels", "/photo.png", { width: 128_000, height: 128_000 }, "invalid"],
  ["a picture that announces 16,383 pixels on each side", "/bomb.png", { width: 800, height: 480 }, "too-large"],
  ["a file of 0 bytes", "/nothing", { width: 800, height: 480 }, "invalid"],
  ["a text", "/note.txt", { width: 800, height: 480 }, "unsupported"],
]) {
  test(`${what} is refused within ${MOST_MS} ms, and takes no memory`, { timeout: 60_000 }, async () => {
    const { codes, least, grown } = await module.run("page", async ({ mis, kit, input }) => {
      const { memory } = await mis.default();
      const blob = await (await fetch(input.path)).blob();
      const before = memory.buffer.byteLength;
      const codes = [];
      let least = Infinity;
      // Of several, since a machine may be busy with other things.
      for (let time = 0; time < 5; time++) {
        const started = performance.now();
        codes.push((await kit.rejection(mis, mis.prepareImage(blob, input.options))).code);
        least = Math.min(least, performance.now() - started);
      }
      return { codes, least, grown: memory.buffer.byteLength - before };
    }, { path, options });
    assert.deepEqual(codes, Array(5).fill(code));
    assert.ok(least < MOST_MS, `${least} ms`);
    assert.ok(grown <= 1 << 20, `${grown} bytes of memory`);
  });
}
