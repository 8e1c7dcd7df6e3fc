// The first minute: a static file server, no broker, nothing set up. The first picture arrives at the practice device.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { brotliCompressSync } from "node:zlib";
import { go, openAdmin, rows } from "../support/admin-page.mjs";
import { startChromium } from "../support/chromium.mjs";
import { www } from "../support/env.mjs";
import { png } from "../support/images.mjs";
import { until } from "../support/limits.mjs";
import { serve } from "../support/static-server.mjs";

const limit = { timeout: 60_000 };
const stage = {};
before(async () => Object.assign(stage, { site: await serve({ folders: { "/": www } }), browser: await startChromium() }));
after(async () => {
  await stage.browser?.close();
  await stage.site?.stop();
});

/** What these files weigh on the way, with everything that compresses compressed by brotli. */
function weight(paths) {
  const bytes = (path) => readFileSync(join(www, path));
  return [...new Set(paths)].reduce((sum, path) => sum + (/\.(jpg|png)$/.test(path) ? bytes(path) : brotliCompressSync(bytes(path))).length, 0);
}

test("the page weighs at most 150 KiB before the first picture, and what prepares pictures at most 250 more", limit, async () => {
  const site = await serve({ folders: { "/": www } });
  const page = await openAdmin({ site, browser: stage.browser }, "");
  await page.waitForLoadState("networkidle");
  const first = [...site.requests];
  assert.ok(first.length > 20 && first.every((path) => !path.endsWith(".wasm")), first.join(" "));
  await page.locator('[data-sample="card"]').click();
  await page.locator("#preview").waitFor();
  await until(10_000, "what sends", () => site.requests.includes("/js/link-worker.js"));
  const more = site.requests.slice(first.length, site.requests.indexOf("/js/link-worker.js")).filter((path) => !first.includes(path));
  assert.ok(more.some((path) => path.endsWith(".wasm")), "the picture's module");
  const weights = [weight(first), weight(more)];
  assert.ok(weights[0] <= 150 * 1024 && weights[1] <= 250 * 1024, `${weights} bytes`);
  await page.done();
  await site.stop();
});

/** The scripts that this one imports when it is loaded, at any depth. */
function importsOf(path, seen = new Set()) {
  if (seen.has(path)) return seen;
  seen.add(path);
  for (const [, to] of readFileSync(join(www, path), "utf8").matchAll(/^(?:import|export)[^"]* from "(\.[^"]+)"/gm)) importsOf(posix.join(posix.dirname(path), to), seen);
  return seen;
}

test("the page asks at once for every script that its first view imports, and for no other", () => {
  const named = [...readFileSync(join(www, "index.html"), "utf8").matchAll(/rel="modulepreload" href="([^"]+)"/g)].map(([, path]) => path);
  assert.deepEqual(named.sort(), [...importsOf("js/app.js")].filter((path) => path !== "js/app.js").sort());
});

test("two clicks send a sample to the practice device, on the narrowest screen too, and no broker is asked for", limit, async () => {
  const page = await openAdmin(stage, "", { viewport: { width: 320, height: 640 } });
  const tooWide = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.equal(await tooWide(), 0);
  assert.match(await page.locator("#send").innerText(), /Send to Practice device/);
  await page.locator("[data-sample]").first().click();
  await page.locator("#preview").waitFor();
  await page.locator("#send").click();
  await rows(page, { "Practice device": "done" });
  assert.equal(await page.locator("#arrived").innerText(), "1 of 1 arrived");
  assert.match(await page.locator("#practicedone").innerText(), /That was the practice device/);
  assert.equal(await tooWide(), 0, "nothing scrolls sideways on the narrowest screen");
  await go(page, "devices");
  await page.locator('#wall .unit img[alt*="coffee"]').waitFor();
  assert.deepEqual(stage.site.requests.filter((path) => !/\.(html|js|css|svg|png|jpg|wasm|webmanifest)$/.test(path)), [], "only files of the page");
  assert.deepEqual(page.noted, []);
  await page.done();
});

test("a device that is added after the first picture is the one that the next goes to, and so is one that the first view leads to", limit, async () => {
  const page = await openAdmin(stage, "");
  const add = async (name) => {
    await page.locator("#d-name").fill(name);
    await page.locator("#device-form [type=submit]").click();
    await page.locator("#toast", { hasText: `${name} was added` }).waitFor();
    assert.equal(new URL(page.url()).hash, "#/send");
  };
  const chips = () => page.locator("#chips").innerText();
  await page.locator('[data-real="device"]').click();
  await add("First");
  assert.match(await chips(), /First/);
  await page.locator("#file").setInputFiles({ name: "one.png", mimeType: "image/png", buffer: png(8, 8, () => [0, 0, 0, 255]) });
  await page.locator("#send").click();
  await rows(page, { First: "done" });
  await page.locator("#addown").click();
  await add("Second");
  assert.match(await chips(), /Second/);
  assert.deepEqual(page.noted, []);
  await page.done();
});

test("the practice device is watched in a second tab, which answers in its place, with its faults, until it is closed", limit, async () => {
  const page = await openAdmin(stage, "#/settings");
  const [device] = await Promise.all([page.context().waitForEvent("page"), page.locator('[data-t="practice.watch"]:visible').click()]);
  await device.locator('#state[data-state="connected"]').waitFor();
  const send = async (name) => {
    await go(page, "send");
    await page.locator("#file").setInputFiles({ name, mimeType: "image/png", buffer: png(80, 48, () => [0, 0, 0, 255]) });
    await page.locator("#send").click();
    await page.locator("#h-run", { hasText: name }).waitFor();
    await rows(page, { "Practice device": "done" });
  };
  await send("one.png");
  const received = device.locator('#images > li[data-whole="true"]');
  await received.first().waitFor();
  assert.equal(await received.first().getAttribute("data-name"), "one.raw");
  assert.deepEqual(await device.locator("#screen img").evaluate(async (img) => (await img.decode(), [img.naturalWidth, img.naturalHeight])), [800, 480], "as its panel shows it");
  await device.locator("#connect").click();
  await device.locator("#fault").selectOption("incomplete");
  await device.locator("#connect").click();
  await device.locator('#state[data-state="connected"]').waitFor();
  await send("two.png");
  assert.match(await page.locator("#jobs").innerText(), /resend/);
  await received.nth(1).waitFor();
  await device.close();
  await send("three.png"); // answered by the page itself again
  assert.deepEqual(page.noted, []);
  await page.done();
});

test("a practice device of another panel is added, gets a test card in its own size, and is cleared", limit, async () => {
  const page = await openAdmin(stage);
  await page.locator("#adddevice").click();
  await page.locator("#d-name").fill("Little one");
  await page.locator('#presets input[value="ws-2in13-g"]').check({ force: true });
  await page.locator("#d-test").click();
  await rows(page, { "Little one": "done" });
  assert.match(await page.locator("#jobs").innerText(), /7\.75\skB/);
  const dark = () => page.locator('[data-id] img[alt^="Little one"]').evaluate(async (img) => {
    await img.decode();
    const pen = Object.assign(document.createElement("canvas"), { width: 122, height: 250 }).getContext("2d");
    pen.drawImage(img, 0, 0, 122, 250);
    return pen.getImageData(0, 0, 122, 250).data.some((value, i) => i % 4 === 0 && value < 128);
  });
  await go(page, "devices");
  await until(10_000, "the test card on the wall", dark);
  await page.getByRole("checkbox", { name: "Select Little one" }).check();
  await page.locator("#selblank").click();
  await page.locator("#h-run", { hasText: "blank.png to Little one" }).waitFor();
  await rows(page, { "Little one": "done" });
  await go(page, "devices");
  await until(10_000, "a white panel", async () => !(await dark()));
  assert.deepEqual(page.noted, []);
  await page.done();
});

test("what the first visit did is there at the second: the device, its picture, and the history", limit, async () => {
  const page = await openAdmin(stage, "");
  await page.locator('[data-sample="card"]').click();
  await page.locator("#preview").waitFor();
  await page.locator("#send").click();
  await rows(page, { "Practice device": "done" });
  await go(page, "history");
  await until(5000, "the send in the history", async () => (await page.locator(".past").count()) === 1);
  await page.reload();
  await until(5000, "the send after the reload", async () => (await page.locator(".past").count()) === 1);
  await page.getByRole("button", { name: /Send again: test card/ }).click();
  await rows(page, { "Practice device": "done" });
  assert.deepEqual(page.noted, []);
  await page.done();
});

test("with its server stopped the page still opens, shows its devices and sends to the practice device", { timeout: 90_000 }, async () => {
  const site = await serve({ folders: { "/": www } });
  const page = await openAdmin({ site, browser: stage.browser }, "");
  await page.locator('[data-sample="card"]').click();
  await page.locator("#preview").waitFor();
  await page.locator("#send").click();
  await rows(page, { "Practice device": "done" });
  await until(40_000, "the page to be kept", () => page.evaluate(() => Boolean(navigator.serviceWorker.controller)));
  await site.stop();
  await page.reload();
  await until(15_000, "the device", async () => (await page.locator("#chips").innerText()).includes("Practice device"));
  await go(page, "send");
  await page.locator('[data-sample="card"]').click();
  await page.locator("#preview").waitFor();
  await page.locator("#send").click();
  await rows(page, { "Practice device": "done" });
  await page.done();
});
