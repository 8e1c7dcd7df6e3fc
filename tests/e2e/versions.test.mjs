// The page's versions: a newer one replaces the older as a whole, and no page has files of two.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { openPage, startChromium } from "../support/chromium.mjs";
import { needs, www } from "../support/env.mjs";
import { until } from "../support/limits.mjs";
import { serve } from "../support/static-server.mjs";

const limit = { timeout: 120_000 };
let browser;
before(async () => {
  needs(join(www, "files.js"), "cargo xtask build");
  browser = await startChromium();
});
after(() => browser?.close());

const LIST = "/files.js";
const sumOf = (bytes) => createHash("sha256").update(bytes).digest("hex").slice(0, 16);

/** Three ends of the page, each saying its version: what opens it, a module that is loaded when somebody asks for it, and a worker. */
const ENDS = {
  "index.html": (text, version) => text.replace("<html ", `<html data-version="${version}" `),
  "js/chooser.js": (text, version) => `${text}\ndocument.documentElement.dataset.chooser = "${version}";\n`,
  "js/image-worker.js": (text, version) => `${text}\nfetch("/worker-of/${version}").catch(() => {});\n`,
};

/** A site of its own. `publish(version, paths)` puts these files of a version there, and the list of the whole version. */
async function siteOfVersions() {
  const site = await serve({ folders: { "/": www } });
  const self = {};
  new Function("self", readFileSync(join(www, LIST), "utf8"))(self);
  site.publish = (version, paths = Object.keys(ENDS)) => {
    const list = structuredClone(self.SITE);
    list.version = version;
    for (const [path, change] of Object.entries(ENDS)) {
      const bytes = Buffer.from(change(readFileSync(join(www, path), "utf8"), version));
      list.files[path] = [bytes.length, sumOf(bytes)];
      if (paths.includes(path)) site.add(`/${path}`, bytes);
    }
    site.add(LIST, `self.SITE = ${JSON.stringify(list)};`);
  };
  return site;
}

/** Another tab of the page, in the same profile. */
async function openTab(site, page) {
  const tab = page ? await page.context().newPage() : await openPage(browser);
  await tab.goto(`${site.url}/index.html`);
  await tab.locator("body[data-kept]").waitFor();
  return tab;
}

/** The page as its first visit leaves it: kept, and answered by its service worker. */
async function firstVisit(site) {
  const page = await openTab(site);
  await page.evaluate(async () => (await import("/js/later.js")).keepForOffline());
  await until(30_000, "the service worker to answer", () => page.evaluate(() => Boolean(navigator.serviceWorker.controller)));
  return page;
}

/** The versions of what opened this page, and of the module that it now loads. */
async function versions(page) {
  await page.locator("#choose").click();
  await page.locator("dialog[open]").waitFor();
  await page.keyboard.press("Escape");
  return page.evaluate(() => [document.documentElement.dataset.version, document.documentElement.dataset.chooser]);
}

/** The version of the worker that prepares this page's pictures, which is started now. */
async function workerVersion(site, page) {
  const from = site.requests.length;
  await page.locator('[data-sample="card"]').click();
  const told = () => site.requests.slice(from).find((path) => path.startsWith("/worker-of/"));
  await until(15_000, "the worker's version", told);
  return told().split("/").pop();
}

const reload = async (page) => {
  await page.reload();
  await page.locator("body[data-kept]").waitFor();
};

/** Has the page look for a newer service worker, until that one is at work. Chromium may wait half a minute for one that is busy. */
async function update(page) {
  await page.evaluate(async () => void (await (await navigator.serviceWorker.getRegistration()).update()));
  await until(60_000, "the newer service worker", () => page.evaluate(async () => {
    const { installing, waiting } = await navigator.serviceWorker.getRegistration();
    return !installing && !waiting;
  }));
}

/** The versions of which there are copies, once the page has said that it is open. */
const kept = (page) => page.evaluate(async () => {
  await (await import("/js/offline.js")).setUpOffline();
  return (await caches.keys()).map((name) => name.split(" ").pop()).filter((version) => version !== "open").join();
});

test("pages that are open stay what they are, with their workers, and the next opening has the newer version, whole", limit, async () => {
  const site = await siteOfVersions();
  site.publish("1");
  const page = await firstVisit(site);
  const other = await openTab(site, page);
  site.publish("2");
  await update(page);
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("ServiceWorker.enable");
  await devtools.send("ServiceWorker.stopAllWorkers"); // as a browser does with one that has nothing to do
  assert.deepEqual(await versions(page), ["1", "1"]);
  assert.equal(await workerVersion(site, page), "1");
  const third = await openTab(site, page);
  assert.deepEqual(await versions(third), ["2", "2"]);
  assert.equal(await workerVersion(site, third), "2");
  assert.deepEqual(await versions(other), ["1", "1"], "beside a page of the newer version");
  assert.equal(await kept(third), "1,2");
  await reload(page);
  assert.deepEqual(await versions(page), ["2", "2"]);
  await other.close();
  await until(15_000, "the older copies to go", async () => (await kept(page)) === "2");
  await site.stop();
  await reload(page);
  assert.deepEqual(await versions(page), ["2", "2"], "without a network");
  assert.deepEqual(page.noted, []);
  await page.done();
});

test("a version that is half on its server is not taken, until the rest is there", limit, async () => {
  const site = await siteOfVersions();
  site.publish("1");
  const page = await firstVisit(site);
  site.publish("2", ["index.html"]);
  await update(page);
  await reload(page);
  assert.deepEqual(await versions(page), ["1", "1"]);
  site.publish("2");
  await update(page);
  await reload(page);
  assert.deepEqual(await versions(page), ["2", "2"]);
  assert.deepEqual(page.noted, []);
  await page.done();
  await site.stop();
});

test("a developer's server has no list: every file is the newest, also where copies were kept before", limit, async () => {
  const site = await siteOfVersions();
  site.publish("1");
  const page = await firstVisit(site);
  for (const version of ["2", "3"]) {
    site.publish(version);
    site.add(LIST, "self.SITE = null;");
    await update(page);
    await reload(page);
    assert.deepEqual(await versions(page), [version, version]);
  }
  await until(15_000, "the copies to go", async () => (await kept(page)) === "");
  assert.deepEqual(page.noted, []);
  await page.done();
  await site.stop();
});
