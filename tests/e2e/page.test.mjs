// The page itself: it never stutters, keeps its Content-Security-Policy, and is drawn.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { statSync, readFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { folder, www } from "../support/env.mjs";
import { sample, twelveMegapixelsFile } from "../support/images.mjs";
import { until, within } from "../support/limits.mjs";
import { longestTask } from "../support/main-thread.mjs";
import { result, setStage } from "../support/send-page.mjs";

let stage;
before(async () => (stage = await setStage()));
after(() => stage?.strike());

test("the main thread stays free while 12 megapixels are prepared and sent", { timeout: 120_000 }, async (t) => {
  const file = await twelveMegapixelsFile(stage.browser);
  const device = await stage.device();
  const page = await stage.open({ ...device.topics, width: "800", height: "480" });
  await page.locator("#send").waitFor();
  const { value: outcome, busy, wall, tasks } = await longestTask(stage.browser, page, async () => {
    await page.locator("#file").setInputFiles(file);
    await until(30_000, "Send can be pressed", () => page.locator("#send").isEnabled());
    await page.locator("#send").click();
    return result(page, 90_000);
  });
  assert.equal(outcome.ok, true, JSON.stringify(outcome));
  assert.equal((await device.image()).whole, true);
  const seen = wall ? `${Math.round(wall)} ms` : "none";
  t.diagnostic(`longest of ${tasks} tasks on the main thread: ${busy.toFixed(1)} ms of processor time; longtask entries (over 50 ms by the clock): ${seen}`);
  assert.ok(busy < 50, `${busy} ms`);
  assert.deepEqual(page.noted, []);
  await page.done();
  await device.stop();
});

for (const html of ["index.html", "device.html"]) {
  test(`${html} has a policy without unsafe-inline and unsafe-eval`, () => {
    const text = readFileSync(join(www, html), "utf8");
    const policy = /<meta\s+http-equiv="Content-Security-Policy"\s+content="([^"]+)"/i.exec(text)?.[1];
    assert.ok(policy, "there is one");
    assert.doesNotMatch(policy, /unsafe-inline|'unsafe-eval'/);
    assert.match(policy, /(default-src|script-src) [^;]*('self'|'none')/);
    const scripts = [...text.matchAll(/<(?:script|link|img)[^>]+(?:src|href)="([^"]+)"/g)].map((found) => found[1]);
    assert.deepEqual(scripts.filter((address) => /^(https?:)?\/\//.test(address)), [], "nothing comes from elsewhere");
  });
}

test("the policy is in force: a script that is written into the page does not run, and is noted", { timeout: 30_000 }, async () => {
  const page = await stage.open({});
  await page.evaluate(() => {
    const script = document.createElement("script");
    try {
      script.textContent = "window.misInjected = true";
    } catch {
      // Trusted Types refuse it even earlier.
    }
    document.head.append(script);
  });
  await until(5000, "the violation", () => page.noted.some((note) => note.startsWith("csp:")));
  assert.equal(await page.evaluate(() => window.misInjected), undefined);
  await page.done();
});

const skip = process.env.MIS_FULL === "1" ? false : "only in full: MIS_FULL=1";
for (const width of [390, 1280]) {
  test(`screenshots at ${width} pixels, in light and in dark`, { timeout: 60_000, skip }, async () => {
    const url = stage.site.add("/photos/sample.jpg", sample("Landscape", 1));
    const device = await stage.device();
    const parameters = { ...device.topics, width: "800", height: "480", fit: "cover" };
    const page = await stage.open(parameters, { viewport: { width, height: width === 390 ? 844 : 900 } });
    await page.locator("#send").waitFor();
    const drawn = await shoot(page, `send-empty-${width}`);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(wide <= 0, `scrolls sideways by ${wide} pixels`);
    await page.goto(stage.link({ ...parameters, url, send: "1" }));
    assert.equal((await result(page)).ok, true);
    drawn.push(...await shoot(page, `send-done-${width}`));
    await page.goto(`${stage.site.url}/device.html`);
    await page.locator("body").waitFor();
    drawn.push(...await shoot(page, `device-${width}`));
    assert.equal(new Set(drawn).size, 6, "no two of them are the same");
    assert.deepEqual(page.noted, []);
    await page.done();
    await device.stop();
  });
}

// Hiding the caret and stopping animations would write a style into the page, which its policy forbids.
async function shoot(page, name) {
  const still = () => Promise.all(document.getAnimations().map(({ finished }) => finished.catch(() => {}))).then(() => true);
  const sums = [];
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    await within(10_000, "the end of what moves", page.evaluate(still));
    const path = join(folder("screenshots"), `${name}-${colorScheme}.png`);
    await page.screenshot({ path, fullPage: true, caret: "initial", animations: "allow" });
    assert.ok(statSync(path).size > 5000, `${path} is empty`);
    sums.push(createHash("sha256").update(readFileSync(path)).digest("hex"));
  }
  return sums;
}
