// What a person does: pick, drop or paste a picture, press Send, press Cancel.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { bytes, sample } from "../support/images.mjs";
import { sleep, until } from "../support/limits.mjs";
import { assertFailed, assertWhole, result, setStage } from "../support/send-page.mjs";

const limit = { timeout: 60_000 };
let stage;
before(async () => (stage = await setStage()));
after(() => stage?.strike());

const file = (name, data, mimeType = "application/octet-stream") => ({ name, mimeType, buffer: Buffer.from(data) });

async function press(page) {
  await until(15_000, "Send can be pressed", () => page.locator("#send").isEnabled());
  await page.locator("#send").click();
}

test("a file chosen by hand arrives byte for byte under original", limit, async () => {
  const data = bytes(30_000, 21);
  const device = await stage.device();
  const page = await stage.open({ ...device.topics, format: "original" });
  await page.locator("#file").setInputFiles(file("my font;1.ttf", data));
  await press(page);
  const outcome = await result(page);
  const image = await device.image();
  assertWhole(outcome, image, data);
  assert.equal(image.name, "my font_1.ttf", "what may not stand in a name is replaced in a file's own");
  assert.deepEqual(page.noted, []);
  await page.done();
  await device.stop();
});

test("a photograph chosen by hand is prepared and arrives", limit, async () => {
  const device = await stage.device();
  const page = await stage.open({ ...device.topics, width: "400", height: "300", fit: "cover" });
  await page.locator("#file").setInputFiles(file("IMG_0042.JPEG", sample("Portrait", 6), "image/jpeg"));
  await press(page);
  const outcome = await result(page);
  const image = await device.image();
  assert.equal(outcome.ok, true, JSON.stringify(outcome));
  assert.equal(image.whole, true);
  assert.equal(image.bytes, outcome.bytes);
  assert.match(image.name, /^IMG_0042\.jpe?g$/i);
  assert.deepEqual(page.noted, []);
  await page.done();
  await device.stop();
});

test("the broker and the topics can be typed in", limit, async () => {
  const data = bytes(3000, 22);
  const device = await stage.device();
  const page = await stage.open({ broker: [], format: "original" });
  await page.locator("#broker").fill(stage.broker.url);
  await page.locator("#to").fill(device.topics.to);
  await page.locator("#from").fill(device.topics.from);
  await page.locator("#file").setInputFiles(file("typed.bin", data));
  await press(page);
  assertWhole(await result(page), await device.image(), data);
  await page.done();
  await device.stop();
});

for (const way of ["drop", "paste"]) {
  test(`a picture that comes by ${way} arrives byte for byte under original`, limit, async () => {
    const data = sample("Landscape", 3);
    const device = await stage.device();
    const page = await stage.open({ ...device.topics, format: "original" });
    await page.locator("#send").waitFor();
    await page.evaluate(bring, { way, base64: data.toString("base64") });
    await press(page);
    assertWhole(await result(page), await device.image(), data);
    assert.deepEqual(page.noted, []);
    await page.done();
    await device.stop();
  });
}

test("two pictures one after the other arrive, each whole", limit, async () => {
  const device = await stage.device();
  const page = await stage.open({ ...device.topics, format: "original" });
  for (const seed of [31, 32]) {
    const data = bytes(5000 + seed, seed);
    await page.locator("#file").setInputFiles(file(`${seed}.bin`, data));
    await press(page);
    const outcome = await until(20_000, "the outcome of this one", async () => {
      const said = JSON.parse((await page.locator("output#result").textContent()) || "{}");
      return said.bytes === data.length && said;
    });
    assertWhole(outcome, await device.image(), data);
  }
  await page.done();
  await device.stop();
});

test("Cancel ends a transfer at once, and nothing more is sent", limit, async () => {
  const device = await stage.device({ delay: 0.05 });
  const observer = await stage.observe(device.topics.to);
  const page = await stage.open({ ...device.topics, format: "original" });
  await page.locator("#file").setInputFiles(file("long.bin", bytes(500_000, 23)));
  await press(page);
  await until(10_000, "some chunks", async () => (await observer.frames()).length > 5);
  await page.locator("#cancel").click();
  const outcome = await result(page, 3000);
  assertFailed(outcome, "aborted", { name: /^TransferError$/ });
  await sleep(300);
  const sent = (await observer.frames()).length;
  await sleep(1000);
  assert.equal((await observer.frames()).length, sent);
  assert.ok(sent < 357, "before the end");
  assert.equal(device.unread(), 0);
  await page.done();
  await observer.close();
  await device.stop();
});

test("after Cancel the next picture arrives whole", limit, async () => {
  const device = await stage.device({ delay: 0.05 });
  const page = await stage.open({ ...device.topics, format: "original" });
  await page.locator("#file").setInputFiles(file("long.bin", bytes(500_000, 24)));
  await press(page);
  await sleep(700);
  await page.locator("#cancel").click();
  await result(page, 3000);
  const data = bytes(4000, 25);
  await page.locator("#file").setInputFiles(file("next.bin", data));
  await press(page);
  const outcome = await until(20_000, "the second outcome", async () => {
    const said = JSON.parse((await page.locator("output#result").textContent()) || "{}");
    return said.ok && said;
  });
  assertWhole(outcome, await device.image(), data);
  await page.done();
  await device.stop();
});

function bring({ way, base64 }) {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const transfer = new DataTransfer();
  transfer.items.add(new File([bytes], "brought.jpg", { type: "image/jpeg" }));
  const init = { bubbles: true, cancelable: true };
  if (way === "paste") return document.body.dispatchEvent(new ClipboardEvent("paste", { ...init, clipboardData: transfer }));
  const place = document.querySelector("#stage");
  for (const type of ["dragenter", "dragover", "drop"]) place.dispatchEvent(new DragEvent(type, { ...init, dataTransfer: transfer }));
}
