// The page in Firefox: the first minute without any broker, and the main parts of the story with many devices.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { go, keptText, listOf, rows } from "../support/admin-page.mjs";
import { openPage, startBrowser } from "../support/browser.mjs";
import { startDevice } from "../support/device.mjs";
import { folder, www } from "../support/env.mjs";
import { sample } from "../support/images.mjs";
import { until } from "../support/limits.mjs";
import { startMosquitto } from "../support/mosquitto.mjs";
import { serve } from "../support/static-server.mjs";

const stage = {};
before(async () => Object.assign(stage, { site: await serve({ folders: { "/": www } }), browser: await startBrowser() }));
after(async () => {
  await stage.browser?.close();
  await stage.broker?.stop();
  await stage.site?.stop();
});

async function open(hash = "") {
  const page = await openPage(stage.browser);
  await page.setViewport({ width: 1280, height: 900 });
  await page.goto(`${stage.site.url}/index.html${hash}`);
  await page.waitForSelector("body[data-kept]");
  return page;
}

/** What a file field is given, under this name. */
async function give(page, field, name, bytes) {
  const path = join(folder("test-images", "firefox"), name);
  writeFileSync(path, bytes);
  await (await page.$(field)).uploadFile(path);
}

const seen = (page, selector) => page.waitForSelector(selector, { visible: true });
const textOf = (page, selector) => page.$eval(selector, (element) => element.textContent);
/** Presses it as soon as it is there and stands still. */
const press = (page, selector) => page.locator(selector).click();

async function over(page) {
  await page.settle();
  assert.deepEqual(page.noted, []);
  await page.done();
}

test("in Firefox too, two clicks send a sample to the practice device, and the history has it after a reload", { timeout: 90_000 }, async () => {
  const page = await open();
  await press(page, "[data-sample]");
  await seen(page, "#preview");
  await press(page, "#send");
  await rows(page, { "Practice device": "done" });
  assert.equal(await textOf(page, "#arrived"), "1 of 1 arrived");
  await page.reload();
  await page.waitForSelector("body[data-kept]");
  await go(page, "history");
  await seen(page, ".past");
  assert.equal(await page.$$eval(".past", (list) => list.length), 1);
  await over(page);
});

test("in Firefox too, a list is imported, two kinds of panel are composed for and sent to; one is silent, one sleeps over a reload, and the history has all", { timeout: 180_000 }, async () => {
  stage.broker = await startMosquitto();
  const device = (options) => startDevice(stage.broker, options);
  const [one, two] = [await device(), await device({ numbering: "next" })];
  const [silent, asleep] = [{ to: "mis/ff/silent", from: "mis/ff/silent/ack" }, { to: "mis/ff/asleep", from: "mis/ff/asleep/ack" }];
  const list = listOf(stage, [
    { name: "Counter", ...one.topics },
    { name: "Window", ...two.topics, preset: "ws-2in13-b-v4" },
    { name: "Kitchen", ...silent, send: { ackTimeoutMs: 250, maxRetries: 1 } },
    { name: "Terrace", ...asleep, sleeps: true },
  ].map((each) => ({ ...each, groups: ["Café"] })));

  const page = await open("#/devices");
  await give(page, "#importfile", "list.json", JSON.stringify(list));
  await seen(page, '[data-view="devices"] [data-id="d3"]');
  await go(page, "send");
  await press(page, "#choose");
  await press(page, "#tolist .all input");
  await press(page, "#to-dialog footer button");
  await until(10_000, "two kinds of panel", () => page.$$eval("#kinds input", ({ length }) => length === 2));
  await give(page, "#file", "menu.jpg", sample("Landscape", 1));
  await until(20_000, "a preview of each kind", () => page.$$eval("#kinds img", ({ length }) => length === 2));
  await press(page, "#send");
  await rows(page, { Counter: "done", Window: "done", Kitchen: "failed", Terrace: "waiting" });
  const images = [await one.image(), await two.image()];
  assert.deepEqual(images.map(({ whole, size, bytes }) => [whole, size ?? bytes]), [[true, 4736], [true, 8000]]);
  assert.match(await textOf(page, '[data-device="Kitchen"]'), /Nothing answers on mis\/ff\/silent\/ack/);

  const late = await device(silent);
  await press(page, '[data-device="Kitchen"] [data-action="wait"]');
  await rows(page, { Kitchen: "done" });
  assert.equal((await late.image()).whole, true);

  await page.reload();
  await press(page, '#resume [data-code="left"] .primary');
  await rows(page, { Terrace: "waiting" });
  const woken = await device(asleep);
  await rows(page, { Terrace: "done" });
  assert.equal((await woken.image()).whole, true);
  assert.deepEqual([one, two, late].map((each) => each.unread()), [0, 0, 0], "nobody got it twice");

  await go(page, "history");
  await until(10_000, "both sends in the history", () => page.$$eval(".past", ({ length }) => length === 2));
  assert.match(await keptText(page), /menu\.jpg/);
  await over(page);
  for (const each of [one, two, late, woken]) await each.stop();
});
