// A picture's address that is sent again and again, to whoever does not show it yet.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { go, openWith, rows, selectDevices } from "../support/admin-page.mjs";
import { png } from "../support/images.mjs";
import { until } from "../support/limits.mjs";
import { setStage } from "../support/send-page.mjs";

const limit = { timeout: 90_000 };
let stage;
before(async () => (stage = await setStage()));
after(() => stage?.strike());

const board = (edge) => stage.site.add("/photos/board.png", png(128, 296, (x) => (x < edge ? [0, 0, 0, 255] : [255, 255, 255, 255])));

test("the same bytes are skipped, new ones are sent, also after a reload, until it is stopped", limit, async () => {
  const [device, other] = [await stage.device(), await stage.device()];
  const page = await openWith(stage, [{ name: "Board", ...device.topics }, { name: "Other", ...other.topics }]);
  await selectDevices(page, ["Board", "Other"]);
  await page.locator("#url").fill(board(30));
  await page.locator("#fetch").click();
  await page.locator("#preview").waitFor();
  await page.locator("#more-again summary").click();
  await page.locator("#again").fill("30");
  await page.locator("#send").click();
  await rows(page, { Board: "done", Other: "done" });
  const first = await device.image();
  await go(page, "history");
  const row = page.locator("#repeats .repeat");
  assert.match(await row.innerText(), /board\.png\s+Board, Other · every 30 min · next /);

  await row.getByRole("button", { name: /^Now/ }).click();
  await until(10_000, "that nothing is new", async () => /Unchanged/.test(await row.innerText()));
  assert.equal(device.unread(), 0, "the same bytes are not sent");

  board(90);
  await row.getByRole("button", { name: /^Now/ }).click();
  const second = await device.image();
  assert.equal((await other.image(), await other.image()).sha256, second.sha256);
  assert.notEqual(second.sha256, first.sha256);
  await until(10_000, "that it was new", async () => /New, sent/.test(await row.innerText()));
  assert.equal(await page.locator("#h-his").isVisible(), true, "the view stays");

  board(60);
  await page.evaluate(() => {
    const kept = JSON.parse(localStorage.getItem("mqtt-image-sender"));
    kept.repeats[0].next = Date.now() - 1000;
    localStorage.setItem("mqtt-image-sender", JSON.stringify(kept));
  });
  await page.reload();
  const third = await device.image();
  assert.deepEqual([third.whole, third.sha256 === second.sha256], [true, false]);
  stage.site.remove("/photos/board.png");
  await row.getByRole("button", { name: /^Now/ }).click();
  await until(10_000, "the failure", async () => /The address answered 404/.test(await row.innerText()));
  await row.getByRole("button", { name: /^Stop/ }).click();
  await until(5000, "its end", async () => (await row.count()) === 0);
  assert.deepEqual(page.noted, []);
  await page.done();
  await device.stop();
  await other.stop();
});

test("a file has no address to be fetched again", limit, async () => {
  const page = await openWith(stage, [{ name: "Board", to: "mis/x/to", from: "mis/x/from" }]);
  await selectDevices(page, ["Board"]);
  await page.locator("#file").setInputFiles({ name: "a.png", mimeType: "image/png", buffer: png(8, 8, () => [0, 0, 0, 255]) });
  await page.locator("#preview").waitFor();
  await page.locator("#more-again summary").click();
  await page.locator("#again").fill("5");
  await page.locator("#send").click();
  assert.match(await page.locator("#again-wrong").innerText(), /has an address/);
  assert.equal(await page.locator("#h-run").isVisible(), false);
  await page.done();
});
