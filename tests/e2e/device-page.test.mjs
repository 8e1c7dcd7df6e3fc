// device.html: the virtual device in a tab of its own, with the send page in another.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { openPage } from "../support/chromium.mjs";
import { bytes, crc32, png, sample } from "../support/images.mjs";
import { startProxy } from "../support/proxy.mjs";
import { result, setStage } from "../support/send-page.mjs";

const limit = { timeout: 60_000 };
let stage;
before(async () => (stage = await setStage()));
after(() => stage?.strike());

async function listening(topics, more = {}) {
  const page = await openPage(stage.browser);
  const query = new URLSearchParams({ broker: stage.broker.url, ...topics, ...more, connect: "1" });
  await page.goto(`${stage.site.url}/device.html?${query}`);
  await page.locator('#state[data-state="connected"]').waitFor();
  return page;
}

/** The newest image in the page's list. */
async function newest(page) {
  const item = page.locator("#images > li").first();
  await item.waitFor();
  return item.evaluate(({ dataset: { name, bytes, whole, crc32 } }) => ({ name, bytes: Number(bytes), whole: ["", "true"].includes(whole), crc32 }));
}

for (const numbering of ["echo", "next"]) {
  test(`a photograph appears on the virtual device that numbers by ${numbering}`, limit, async () => {
    const topics = { to: `mis/page/${numbering}/to`, from: `mis/page/${numbering}/from` };
    const device = await listening(topics, { numbering });
    const url = stage.site.add("/photos/upright.jpg", sample("Portrait", 8));
    const outcome = await stage.send({ ...topics, url, width: "120", height: "180" });
    assert.deepEqual([outcome.ok, outcome.numbering], [true, numbering]);
    assert.deepEqual(await newest(device), { name: "upright.jpg", bytes: outcome.bytes, whole: true, crc32: outcome.crc32 });
    const shown = await device.locator("#screen img").evaluate(async (img) => (await img.decode(), [img.naturalWidth, img.naturalHeight]));
    assert.deepEqual(shown, [120, 180]);
    assert.deepEqual(device.noted, []);
    await device.done();
  });
}

test("Stop ends a connect that gets no answer, without a complaint", limit, async () => {
  const proxy = await startProxy();
  const device = await openPage(stage.browser);
  await device.goto(`${stage.site.url}/device.html?${new URLSearchParams({ broker: proxy.url, to: "mis/page/stop/to", from: "mis/page/stop/from" })}`);
  await device.locator("#connect").click();
  await device.locator('#state[data-state="connecting"]').waitFor();
  await device.locator("#connect").click();
  await device.locator('#state[data-state="none"]').waitFor({ timeout: 3000 });
  assert.equal(await device.locator("#outcome").isVisible(), false);
  assert.deepEqual(device.noted, []);
  await device.done();
  await proxy.stop();
});

test("a file that is no picture is received too", limit, async () => {
  const topics = { to: "mis/page/file/to", from: "mis/page/file/from" };
  const device = await listening(topics);
  const data = bytes(5000, 41);
  await stage.send({ ...topics, url: stage.site.add("/fonts/a.ttf", data), format: "original" });
  assert.deepEqual(await newest(device), { name: "a.ttf", bytes: 5000, whole: true, crc32: crc32(data) });
  assert.deepEqual(device.noted, []);
  await device.done();
});

for (const [fault, said] of [["silent", /resends?\b/], ["incomplete", /resends?\b/], ["repeat", /ignored/]]) {
  test(`a picture arrives whole on a virtual device that is ${fault}`, limit, async () => {
    const topics = { to: `mis/page/${fault}/to`, from: `mis/page/${fault}/from` };
    const device = await openPage(stage.browser);
    await device.goto(`${stage.site.url}/device.html?${new URLSearchParams({ broker: stage.broker.url, ...topics })}`);
    await device.locator("#fault").selectOption(fault);
    await device.locator("#panel").selectOption("ws-2in13-b-v4");
    await device.locator("#connect").click();
    await device.locator('#state[data-state="connected"]').waitFor();
    const page = await stage.open({ ...topics, url: stage.site.add("/photos/upright.jpg", sample("Portrait", 8)), width: "122", height: "250", format: "mono1", chunkSize: "500", ackTimeoutMs: "300", send: "1" });
    const outcome = await result(page);
    assert.equal(outcome.ok, true, JSON.stringify(outcome));
    assert.match(await page.locator("#facts").innerText(), said, "the fault was played");
    const got = await newest(device);
    assert.deepEqual([got.whole, got.bytes, got.crc32], [true, 4000, outcome.crc32]);
    assert.deepEqual(device.noted, []);
    await page.done();
    await device.done();
  });
}

test("panel bytes are shown as the panel would show them", limit, async () => {
  const topics = { to: "mis/page/panel/to", from: "mis/page/panel/from" };
  const device = await openPage(stage.browser);
  await device.goto(`${stage.site.url}/device.html?${new URLSearchParams({ broker: stage.broker.url, ...topics })}`);
  await device.locator("#panel").selectOption("ws-2in9-g");
  await device.locator("#connect").click();
  await device.locator('#state[data-state="connected"]').waitFor();
  const inks = [[0, 0, 0, 255], [255, 255, 255, 255], [255, 255, 0, 255], [255, 0, 0, 255]];
  const url = stage.site.add("/photos/bars.png", png(128, 296, (x, y) => inks[Math.floor(y / 74)]));
  const outcome = await stage.send({ ...topics, url, width: "128", height: "296", format: "palette2", palette: "bwry", dither: "none" });
  assert.equal(outcome.bytes, 9472);
  await newest(device);
  const shown = await device.locator("#screen img").evaluate(async (img) => {
    await img.decode();
    const pen = Object.assign(document.createElement("canvas"), { width: 128, height: 296 }).getContext("2d");
    pen.drawImage(img, 0, 0);
    return [30, 100, 180, 260].map((y) => [...pen.getImageData(64, y, 1, 1).data.slice(0, 3)]);
  });
  assert.deepEqual(shown, [[36, 36, 38], [234, 233, 227], [233, 180, 28], [158, 36, 0]]);
  await device.done();
});
