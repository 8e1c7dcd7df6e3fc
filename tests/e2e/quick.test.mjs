// How quick the page is: when its first controls listen, and how soon the preview follows a slider.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { loadavg } from "node:os";
import { join } from "node:path";
import { openWith, selectDevices } from "../support/admin-page.mjs";
import { www } from "../support/env.mjs";
import { twelveMegapixelsFile } from "../support/images.mjs";
import { sleep, until, within } from "../support/limits.mjs";
import { busyBetween, longestTask } from "../support/main-thread.mjs";
import { setStage } from "../support/send-page.mjs";

const limit = { timeout: 120_000 };
let stage;
before(async () => (stage = await setStage()));
after(() => stage?.strike());

const least = (list) => Math.min(...list);
const shown = (list) => list.map(Math.round).sort((a, b) => a - b).join(", ");
const load = () => `load ${loadavg()[0].toFixed(1)} on the machine`;

/**
 * Opens a page of the site in a process that is there already, `rate` times slower, until `mark` calls `misLive` in it. It is asked
 * over the debugging port alone, for what Playwright does in a page takes processor time too.
 */
async function start(path, mark, rate = 1) {
  const page = await stage.browser.newPage();
  await page.goto(stage.site.url + stage.site.add("/blank.html", "<!doctype html><title>blank</title>"));
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Performance.enable", { timeDomain: "threadTicks" });
  await devtools.send("Runtime.enable");
  await devtools.send("Page.enable");
  await devtools.send("Runtime.addBinding", { name: "misLive" });
  await devtools.send("Page.addScriptToEvaluateOnNewDocument", { source: `(${watchTasks})(); (${mark})();` });
  await devtools.send("Emulation.setCPUThrottlingRate", { rate });
  const busy = async () => 1000 * (await devtools.send("Performance.getMetrics")).metrics.find(({ name }) => name === "TaskDuration").value;
  const before = await busy();
  const live = new Promise((done) => devtools.on("Runtime.bindingCalled", ({ payload }) => done(Number(payload))));
  await devtools.send("Page.navigate", { url: stage.site.url + path });
  const wall = await within(30_000, `${path} to be live`, live);
  const processor = (await busy()) - before;
  if (rate > 1) await sleep(5000); // as long as a page has to be quiet before it counts as interactive
  const { result } = await devtools.send("Runtime.evaluate", { expression: `JSON.stringify([misTasks, performance.getEntriesByType("resource").filter(({ startTime }) => startTime < ${wall}).map(({ name }) => name), performance.getEntriesByName("first-contentful-paint")[0]?.startTime])` });
  const [tasks, files, seen] = JSON.parse(result.value);
  await page.close();
  return { processor, wall, seen, quiet: Math.max(wall, ...tasks), files: [...new Set(files.map((name) => name.split("#")[0]))] };
}

/** The ends of long tasks. */
function watchTasks() {
  globalThis.misTasks = [];
  new PerformanceObserver((list) => list.getEntries().forEach(({ startTime, duration }) => globalThis.misTasks.push(startTime + duration))).observe({ type: "longtask", buffered: true });
}

/** The first view stands, and its controls listen. */
function whenLive() {
  const seen = new MutationObserver(() => {
    if (!document.body?.dataset.live) return;
    seen.disconnect();
    globalThis.misLive(String(performance.now()));
  });
  seen.observe(document, { subtree: true, attributeFilter: ["data-live"] });
}

/** It is drawn: nothing listens. */
function whenDrawn() {
  addEventListener("load", () => requestAnimationFrame(() => setTimeout(() => globalThis.misLive(String(performance.now())))));
}

test("the first view listens after few files, and its scripts take no longer than it takes to draw it", limit, async (t) => {
  const html = readFileSync(join(www, "index.html"), "utf8");
  stage.site.add("/drawn.html", html.replace(/<script[^>]*><\/script>|<link rel="modulepreload"[^>]*>/g, ""));
  const [live, drawn] = [[], []];
  for (let i = 0; i < 5; i += 1) {
    drawn.push(await start("/drawn.html", whenDrawn));
    live.push(await start("/index.html", whenLive));
  }
  const processor = (list) => list.map((one) => one.processor);
  const ratio = least(processor(live)) / least(processor(drawn));
  const { files } = live[0];
  t.diagnostic(`processor time of the main thread: ${shown(processor(live))} ms until it listens, ${shown(processor(drawn))} ms to draw it alone, ${ratio.toFixed(2)} times; ${files.length} files; ${load()}`);
  assert.ok(files.length <= 32, files.join(" "));
  assert.ok(ratio <= 2, `${ratio}`);
});

const full = process.env.MIS_FULL === "1" ? limit : { ...limit, skip: "only in full: MIS_FULL=1" };
// By the clock, so only where nothing else runs. A throttled thread is held up by the clock: another program's load counts four times.
test("with a processor four times slower the page is seen and listens within a second", full, async (t) => {
  const slow = [];
  while (slow.length < 5) slow.push(await start("/index.html", whenLive, 4));
  const ready = slow.map(({ wall, seen }) => Math.max(wall, seen));
  t.diagnostic(`seen after ${shown(slow.map(({ seen }) => seen))} ms, listens after ${shown(slow.map(({ wall }) => wall))} ms; no task over 50 ms after ${shown(slow.map(({ quiet }) => quiet))} ms; ${load()}`);
  assert.ok(least(ready) < 1000, `${shown(ready)} ms`);
});

for (const width of [412, 1280]) {
  test(`nothing jumps while the first visit's page loads at ${width} pixels`, limit, async () => {
    const page = await stage.browser.newPage({ viewport: { width, height: 823 } });
    await page.addInitScript(() => {
      window.misShift = 0;
      new PerformanceObserver((list) => list.getEntries().forEach(({ value }) => (window.misShift += value))).observe({ type: "layout-shift", buffered: true });
    });
    await page.goto(`${stage.site.url}/index.html`);
    await page.locator("body[data-kept]").waitFor();
    const shift = await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(() => done(window.misShift), 100))));
    assert.ok(shift < 0.05, `a layout shift of ${shift}; 0.1 is what Lighthouse calls good`);
    await page.close();
  });
}

/** Moves the slider, and waits until the stage shows what became of it, in milliseconds. */
const moveSlider = (page, value, id = "tone") => page.evaluate(([to, which]) => new Promise((done) => {
  const [canvas, slider] = ["preview", which].map((id) => document.getElementById(id));
  const { startTime: from } = performance.mark("moved");
  // Painting begins with the canvas's size.
  const painted = new MutationObserver(() => (painted.disconnect(), done(performance.mark("followed").startTime - from)));
  painted.observe(canvas, { attributeFilter: ["width"] });
  slider.value = to;
  slider.dispatchEvent(new Event("input", { bubbles: true }));
}), [String(value), id]);

for (const [panel, preset, slider] of [["one colour", "ws-7in5-v2", "tone"], ["six colours", "spectra-7in3", "saturation"], ["six colours", "spectra-7in3", "tone"]]) {
  test(`the preview of 800 × 480 in ${panel} follows the slider of ${slider} within 100 ms, with a picture of 12 megapixels`, limit, async (t) => {
    const page = await openWith(stage, [{ name: "Wall", to: "mis/quick/to", from: "mis/quick/from", preset }]);
    await selectDevices(page, ["Wall"]);
    await page.locator("#file").setInputFiles(await twelveMegapixelsFile(stage.browser));
    await page.locator("#kinds img").waitFor({ state: "attached" });
    for (const value of [1.5, 1.6]) await moveSlider(page, value, slider); // the picture is decoded with these, and then no more
    const times = [];
    const busy = await busyBetween(stage.browser, page, { begin: "moved", end: "followed" }, async () => {
      for (let i = 0; i < 10; i += 1) times.push(await moveSlider(page, 0.5 + (i % 5) / 4, slider));
    });
    t.diagnostic(`from slider to preview: ${shown(busy)} ms of processor time of page and worker; by the clock ${shown(times)} ms; ${load()}`);
    assert.equal(busy.length, 10);
    assert.ok(least(busy) > 1 && least(busy) <= 100, `${busy}`);
    assert.deepEqual(page.noted, []);
    await page.done();
  });
}

test("no task of the main thread is longer than 50 ms while a picture of 12 megapixels is composed for two kinds of panel", limit, async (t) => {
  const page = await openWith(stage, [{ name: "Mono", to: "mis/quick/to", from: "mis/quick/from", preset: "ws-7in5-v2" }, { name: "Colour", to: "mis/quick2/to", from: "mis/quick2/from", preset: "spectra-7in3" }]);
  await selectDevices(page, ["Mono", "Colour"]);
  const file = await twelveMegapixelsFile(stage.browser);
  const { busy, wall, tasks } = await longestTask(stage.browser, page, async () => {
    await page.locator("#file").setInputFiles(file);
    await until(30_000, "both previews", async () => (await page.locator("#kinds img").count()) === 2);
    for (const value of [0.7, 1.3]) await moveSlider(page, value);
    await page.locator("#kinds input").nth(1).check({ force: true });
    await page.locator("#screen").focus();
    for (const key of ["Shift+ArrowRight", "+", "+", "0"]) await page.keyboard.press(key);
    await page.locator("#more-text summary").click();
    await page.locator("#line").fill("Open until 6");
    await page.locator("#split").fill("50");
    await page.locator("#before").waitFor();
    await until(10_000, "the end of it", () => page.locator("#busy").isHidden());
  });
  t.diagnostic(`longest of ${tasks} tasks: ${busy.toFixed(1)} ms of processor time, ${Math.round(wall)} ms by the clock (0: none over 50); ${load()}`);
  assert.ok(busy < 50, `${busy} ms`);
  assert.deepEqual(page.noted, []);
  await page.done();
});
