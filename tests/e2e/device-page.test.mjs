// device.html: the virtual device in a tab of its own, with the send page in another.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { openPage } from "../support/chromium.mjs";
import { bytes, crc32, sample } from "../support/images.mjs";
import { setStage } from "../support/send-page.mjs";

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

test("a file that is no picture is received too", limit, async () => {
  const topics = { to: "mis/page/file/to", from: "mis/page/file/from" };
  const device = await listening(topics);
  const data = bytes(5000, 41);
  await stage.send({ ...topics, url: stage.site.add("/fonts/a.ttf", data), format: "original" });
  assert.deepEqual(await newest(device), { name: "a.ttf", bytes: 5000, whole: true, crc32: crc32(data) });
  assert.deepEqual(device.noted, []);
  await device.done();
});
