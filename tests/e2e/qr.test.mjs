// QR codes, read by another program: as the page makes them, and as a panel shows them.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { openWith, selectDevices } from "../support/admin-page.mjs";
import { www } from "../support/env.mjs";
import { png, sample } from "../support/images.mjs";
import { until } from "../support/limits.mjs";
import { setStage } from "../support/send-page.mjs";

const required = createRequire(import.meta.url)("jsqr");
const readQr = required.default ?? required;
const { qrCode } = await import(pathToFileURL(join(www, "js", "qr.js")));
let stage;
before(async () => (stage = await setStage()));
after(() => stage?.strike());

/** What a reader makes of these dark modules or pixels, each four times as large. */
function read(width, height, isDark) {
  const scale = 4;
  const data = new Uint8ClampedArray(4 * width * height * scale * scale).fill(255);
  for (let y = 0; y < height * scale; y += 1) {
    for (let x = 0; x < width * scale; x += 1) if (isDark(Math.floor(x / scale), Math.floor(y / scale))) data.fill(0, 4 * (y * width * scale + x), 4 * (y * width * scale + x) + 3);
  }
  return readQr(data, width * scale, height * scale)?.data;
}

test("codes of every size are read as what they say, up to the last byte that fits", { timeout: 120_000 }, () => {
  const lengths = [...Array.from({ length: 40 }, (_, i) => i + 1), 62, 63, 84, 85, 106, 107, 122, 123, 180, 181, 213, 214, 300, 500, 800, 1200, 1800, 2330, 2331];
  for (const length of lengths) {
    const text = Array.from({ length }, (_, i) => String.fromCharCode(33 + ((i * 7 + length) % 90))).join("");
    const { size, isDark } = qrCode(text);
    assert.equal(read(size + 8, size + 8, (x, y) => x >= 4 && y >= 4 && x < size + 4 && y < size + 4 && isDark(x - 4, y - 4)), text, `${length} bytes, ${size} modules`);
  }
  assert.equal(qrCode("x".repeat(2332)), null);
  const { size, isDark } = qrCode("https://例え.jp/é");
  assert.equal(read(size + 8, size + 8, (x, y) => x >= 4 && y >= 4 && x < size + 4 && y < size + 4 && isDark(x - 4, y - 4)), "https://例え.jp/é");
});

const address = "https://example.org/menu";
for (const [preset, at] of [["ws-2in13-v4", "right"], ["spectra-7in3", "top-left"], ["led-64x32", "middle"]]) {
  test(`a code over a photograph is read off the panel ${preset}`, { timeout: 60_000 }, async () => {
    const page = await openWith(stage, [{ name: "Wall", to: "mis/qr/to", from: "mis/qr/from", preset }]);
    await selectDevices(page, ["Wall"]);
    await page.locator("#file").setInputFiles({ name: "p.jpg", mimeType: "image/jpeg", buffer: sample("Landscape", 1) });
    await page.locator("#preview").waitFor();
    await page.locator("#more-text summary").click();
    await page.locator("#line").fill("Menu");
    await page.locator("#qrat").selectOption(at);
    const text = preset === "led-64x32" ? "menu" : address;
    await page.locator("#qr").fill(text);
    if (preset === "led-64x32") await page.locator("#line").fill("");
    const seen = async () => {
      const near = 250; // a telephone is held before the code, not before the whole wall
      const { width, height, dark } = await page.locator("#preview").evaluate((canvas, most) => {
        const [width, height] = [Math.min(canvas.width, most), Math.min(canvas.height, most)];
        const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
        return { width, height, dark: Array.from({ length: width * height }, (_, i) => Number(data[4 * i] + data[4 * i + 1] + data[4 * i + 2] < 384)).join("") };
      }, near);
      return read(width, height, (x, y) => dark[y * width + x] === "1");
    };
    await until(15_000, "the code", async () => (await seen()) === text, 200);
    assert.deepEqual(page.noted, []);
    await page.done();
  });
}

test("a code that does not fit the panel is said, and nothing is sent", { timeout: 60_000 }, async () => {
  const page = await openWith(stage, [{ name: "Hall", to: "mis/qr/to", from: "mis/qr/from", preset: "led-64x32" }]);
  await selectDevices(page, ["Hall"]);
  await page.locator("#file").setInputFiles({ name: "p.png", mimeType: "image/png", buffer: png(64, 32, () => [0, 0, 0, 255]) });
  await page.locator("#preview").waitFor();
  await page.locator("#more-text summary").click();
  await page.locator("#qr").fill("a text that is much too long for thirty-two pixels");
  await until(10_000, "why not", async () => /does not fit the panel/.test(await page.locator("#sourcenote").innerText().catch(() => "")));
  await page.done();
});
