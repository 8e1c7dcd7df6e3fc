// Ways in for a picture that need the system: its camera, and its share sheet.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { openAdmin } from "../support/admin-page.mjs";
import { startChromium } from "../support/chromium.mjs";
import { www } from "../support/env.mjs";
import { png } from "../support/images.mjs";
import { until } from "../support/limits.mjs";
import { serve } from "../support/static-server.mjs";

const limit = { timeout: 60_000 };
const args = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"];
const stage = {};
before(async () => Object.assign(stage, { site: await serve({ folders: { "/": www } }), browser: await startChromium({ args }) }));
after(async () => {
  await stage.browser?.close();
  await stage.site?.stop();
});

test("the camera's picture is taken, and the camera is let go", limit, async () => {
  const page = await openAdmin(stage, "", { permissions: ["camera"] });
  await page.locator("#camera").click();
  await page.locator("video").waitFor();
  await page.evaluate(() => (globalThis.video = document.querySelector("video")));
  await page.locator("#camera-dialog footer button:not([disabled])").click();
  await page.locator("#preview").waitFor();
  assert.match(await page.locator("#about").innerText(), /photograph\.raw\s+800 × 480/);
  assert.deepEqual(await page.evaluate(() => globalThis.video.srcObject.getTracks().map(({ readyState }) => readyState)), ["ended"]);
  assert.deepEqual(page.noted, []);
  await page.done();
});

test("what is shared with the installed page is on its stage, once", limit, async () => {
  const page = await openAdmin(stage, "");
  const target = JSON.parse(readFileSync(join(www, "manifest.webmanifest"), "utf8")).share_target;
  assert.deepEqual([target.method, target.enctype], ["POST", "multipart/form-data"]);
  const [{ name }] = target.params.files;
  await page.locator("[data-sample=card]").click();
  await until(20_000, "the service worker", () => page.evaluate(() => Boolean(navigator.serviceWorker.controller)));
  /** As the system does it: a form that leads to the page. */
  const share = async (names, text = "") => {
    await page.goto("about:blank");
    await page.setContent(`<form method="post" enctype="multipart/form-data" action="${stage.site.url}/${target.action}"><input type="file" multiple name="${name}"><input name="text" value="${text}"><button>Share</button></form>`);
    await page.locator("input[type=file]").setInputFiles(names.map((one) => ({ name: one, mimeType: "image/png", buffer: png(8, 8, () => [0, 0, 0, 255]) })));
    await page.locator("button").click();
    await page.locator("body[data-kept]").waitFor();
    assert.match(page.url(), /index\.html#\/send$/);
  };
  await share(["from the phone.png"]);
  await page.locator("#about", { hasText: "from the phone.raw" }).waitFor();
  await page.reload();
  await page.locator("body[data-kept]").waitFor();
  assert.equal(await page.locator("#pick").isVisible(), true, "not a second time");
  await share(["one.png", "two.png"]);
  await page.locator("#batch", { hasText: "two.png" }).waitFor();
  await share([], `look at this: ${stage.site.url}/img/coffee.jpg there`);
  await page.locator("#about", { hasText: "coffee.raw" }).waitFor();
  assert.deepEqual(page.noted, []);
  await page.done();
});
