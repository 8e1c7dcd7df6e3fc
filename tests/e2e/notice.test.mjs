// What the page says although nothing failed.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { sample } from "../support/images.mjs";
import { until } from "../support/limits.mjs";
import { result, setStage } from "../support/send-page.mjs";

let stage;
before(async () => (stage = await setStage()));
after(() => stage?.strike());

test("a send that waits for another tab says so in its log, and goes on by itself", { timeout: 60_000 }, async () => {
  const device = await stage.device();
  const url = stage.site.add("/photo.jpg", sample("Landscape", 1));
  const page = await stage.open({ ...device.topics, url, format: "original" });
  const other = await page.context().newPage();
  await other.goto(`${stage.site.url}/mark.svg`);
  const name = `mqtt-image-sender device ${stage.broker.url}/ ${device.topics.to}`;
  await other.evaluate((name) => void navigator.locks.request(name, () => new Promise((done) => (self.letGo = done))), name);
  await until(30_000, "Send can be pressed", () => page.locator("#send").isEnabled());
  await page.locator("#send").click();
  await page.locator("#logfold").evaluate((fold) => (fold.open = true));
  await until(20_000, "the notice", async () => (await page.locator("#logrows").innerText()).includes("Waits for another tab"));
  await other.evaluate(() => self.letGo());
  assert.equal((await result(page)).ok, true);
  assert.equal((await device.image()).whole, true);
  await page.done();
  await device.stop();
});
