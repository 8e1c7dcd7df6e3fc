// Page in headless Chromium → Mosquitto's WebSocket → reference device: what must arrive whole, byte for byte.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { folder } from "../support/env.mjs";
import { bytes, crc32, sha256, threeMegabytes } from "../support/images.mjs";
import { decode, frameHeader } from "../support/jpeg.mjs";
import { assertWhole, setStage } from "../support/send-page.mjs";
import { serve } from "../support/static-server.mjs";

let stage;
before(async () => (stage = await setStage()));
after(() => stage?.strike());

/** Sends these bytes as they are and compares what came. */
async function arrives(path, data, { parameters = {}, faults = {}, ms = 60_000, ...expected } = {}) {
  const device = await stage.device(faults);
  const url = stage.site.add(path, data);
  const outcome = await stage.send({ ...device.topics, url, format: "original", ...parameters }, { ms });
  const image = await device.image();
  assertWhole(outcome, image, data, expected);
  await device.stop();
  return { outcome, image };
}

test("a photograph of 3 MB arrives byte for byte", { timeout: 180_000 }, async (t) => {
  const photo = await threeMegabytes(stage.browser);
  assert.ok(photo.length > 2_800_000, `${photo.length} bytes`);
  const { outcome, image } = await arrives("/photos/photo.jpg", photo, { ms: 150_000 });
  assert.equal(image.name, "photo.jpg");
  t.diagnostic(`${photo.length} bytes in ${Math.round(outcome.elapsedMs)} ms, ${outcome.resends} resends`);
});

test("a photograph prepared for an 800x480 panel arrives as a JPEG of that size", { timeout: 90_000 }, async () => {
  const photo = await threeMegabytes(stage.browser);
  const out = mkdtempSync(join(folder("e2e"), "prepared-"));
  const device = await stage.device({ out });
  const url = stage.site.add("/photos/wide.jpg", photo);
  const outcome = await stage.send({ ...device.topics, url, width: "800", height: "480", format: "jpeg", background: "#3366cc" });
  const image = await device.image();
  const file = readFileSync(join(out, readdirSync(out)[0]));
  assert.equal(sha256(file), image.sha256);
  assert.equal(outcome.crc32, crc32(file));
  assertWhole(outcome, image, file);
  assert.equal(image.name, "wide.jpg");
  const header = frameHeader(file);
  assert.deepEqual(header, { marker: 0xc0, width: 800, height: 480, sampling: [0x22, 0x11, 0x11] }, "baseline, 4:2:0");
  const picture = await decode(stage.browser, file, [[5, 240], [795, 240], [400, 240]]);
  assert.equal(`${picture.width}x${picture.height}`, "800x480");
  for (const bar of picture.pixels.slice(0, 2)) near(bar, [0x33, 0x66, 0xcc], 10);
  await device.stop();
  rmSync(out, { recursive: true });
});

for (const length of [1, 1400, 1401, 2800]) {
  test(`an image of exactly ${length} bytes arrives whole`, { timeout: 60_000 }, async () => {
    const { image } = await arrives(`/bytes/${length}.bin`, bytes(length, length));
    assert.equal(image.name, `${length}.bin`);
    assert.equal(image.data, Math.ceil(length / 1400));
  });
}

test("a file that is no picture arrives as it is under original", { timeout: 60_000 }, async () => {
  const font = Buffer.concat([Buffer.from("wOF2\0\x01\0\0", "latin1"), bytes(30_000, 7)]);
  const { image } = await arrives("/fonts/Signs-Bold.woff2", font);
  assert.equal(image.name, "Signs-Bold.woff2");
});

test("chunks of 200 bytes arrive whole", { timeout: 60_000 }, async () => {
  await arrives("/bytes/small-chunks.bin", bytes(20_001, 3), { parameters: { chunkSize: "200" }, chunkSize: 200 });
});

test("a chosen name arrives, whatever its letters are", { timeout: 60_000 }, async () => {
  const name = "Grüße aus 東京 50 %.jpg";
  const { image } = await arrives("/bytes/named.bin", bytes(10, 4), { parameters: { name } });
  assert.equal(image.name, name);
});

test("an absolute address on another origin that allows it arrives whole", { timeout: 60_000 }, async () => {
  const other = await serve({ cors: true });
  const data = bytes(5000, 5);
  const device = await stage.device();
  const url = other.url + other.add("/elsewhere.bin", data);
  const outcome = await stage.send({ ...device.topics, url, format: "original" });
  assertWhole(outcome, await device.image(), data);
  await device.stop();
  await other.stop();
});

for (const numbering of ["echo", "next"]) {
  test(`a device that numbers by ${numbering} is understood without being told`, { timeout: 60_000 }, async () => {
    await arrives(`/bytes/${numbering}.bin`, bytes(14_001, 8), { faults: { numbering }, numbering });
  });
  test(`a device that numbers by ${numbering} is understood when told`, { timeout: 60_000 }, async () => {
    const parameters = { numbering };
    await arrives(`/bytes/${numbering}-told.bin`, bytes(4201, 8), { faults: { numbering }, parameters, numbering });
  });
  test(`a single chunk arrives at a device that numbers by ${numbering}`, { timeout: 60_000 }, async () => {
    await arrives(`/bytes/${numbering}-one.bin`, bytes(99, 8), { faults: { numbering }, numbering });
  });
}

test("seven percent quality is taken as it is written in the link", { timeout: 60_000 }, async () => {
  const photo = await threeMegabytes(stage.browser);
  const url = stage.site.add("/photos/quality.jpg", photo);
  const sizes = [];
  for (const quality of ["7", "95"]) {
    const device = await stage.device();
    const outcome = await stage.send({ ...device.topics, url, width: "300", quality });
    await device.image();
    sizes.push(outcome.bytes);
    await device.stop();
  }
  assert.ok(sizes[0] * 3 < sizes[1], `${sizes}`);
});

function near(pixel, expected, tolerance) {
  const off = expected.some((value, i) => Math.abs(value - pixel[i]) > tolerance);
  assert.ok(!off, `${pixel} is not near ${expected}`);
}
