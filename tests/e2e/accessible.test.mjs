// Every view in light and in dark: axe-core finds nothing, and nothing scrolls sideways. On a phone; in `cargo xtask test full` on a
// desktop too, and then a picture of each is left.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { join } from "node:path";
import { go, importList, listOf, openAdmin, rows, selectDevices, sendPicture } from "../support/admin-page.mjs";
import { folder } from "../support/env.mjs";
import { sample } from "../support/images.mjs";
import { until } from "../support/limits.mjs";
import { connect } from "../support/mqtt.mjs";
import { setStage } from "../support/send-page.mjs";

const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
// A camera that needs no device, and a broker that does not look local.
const args = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", "--host-resolver-rules=MAP broker.example 127.0.0.1"];
let stage;
let client;
before(async () => {
  stage = await setStage({ args });
  client = await connect(stage.broker);
  client.publish("signs/shelf-2/status", "online", { retain: true });
});
after(async () => {
  await client?.close();
  await stage?.strike();
});

const devices = (topics) => [
  { name: "Counter 1", ...topics, groups: ["Café"], preset: "ws-2in9-g" },
  { name: "Kitchen", to: "mis/none/to", from: "mis/none/from", send: { ackTimeoutMs: 200, maxRetries: 0 } },
  { name: "Terrace", to: "mis/terrace/to", from: "mis/terrace/from", sleeps: true, preset: "spectra-4in", groups: ["Café"] },
  { name: "Hall", to: "hall/img", from: "hall/ack", preset: "led-64x32" },
  { name: "Cold store", to: "cold/img", from: "cold/ack", preset: "lcd-320x240" },
];

/** What there is to look at; each step begins where the last one ended. */
const walk = {
  first: (page) => go(page, "send"),
  devices: async (page, { topics }) => {
    await importList(page, listOf(stage, devices(topics)));
    await go(page, "devices");
    await page.getByRole("checkbox", { name: "Select Counter 1" }).check();
  },
  group: (page) => page.locator("#selgroup").click(),
  list: async (page) => {
    await page.keyboard.press("Escape");
    await page.locator("#lay-list").check({ force: true });
  },
  "add-device": (page) => page.locator("#adddevice").click(),
  trial: async (page) => {
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Edit Kitchen" }).click();
    await page.locator("#d-trial").click();
    await page.locator("#trial-dialog footer button", { hasText: "Start" }).click();
    await page.locator('#trial-dialog [data-code="trial"]').waitFor();
  },
  find: async (page) => {
    await page.keyboard.press("Escape");
    await page.locator("#finddevices").click();
    await page.locator("#find-dialog .found li").first().waitFor();
  },
  composed: async (page) => {
    await page.keyboard.press("Escape");
    await page.locator("#lay-wall").check({ force: true });
    await page.getByRole("checkbox", { name: "Select Counter 1" }).uncheck();
    await selectDevices(page, ["Counter 1", "Kitchen", "Terrace"]);
    await page.locator("#file").setInputFiles({ name: "menu.jpg", mimeType: "image/jpeg", buffer: sample("Landscape", 1) });
    await page.locator(".kind img").nth(2).waitFor({ state: "attached" });
  },
  written: async (page) => {
    await page.locator("#more-text summary").click();
    await page.locator("#line").fill("Open until 6");
    await page.locator("#qr").fill("https://example.org/menu");
    await page.locator("#more-again summary").click();
    await page.locator("#split").fill("40");
    await page.locator("#before").waitFor();
    await until(10_000, "the end of it", () => page.locator("#busy").isHidden());
  },
  camera: async (page) => {
    await page.locator("#otherways").click();
    await page.locator("#camera").click();
    await page.locator("#camera-dialog footer button:not([disabled])").waitFor();
  },
  recipients: async (page) => {
    await page.keyboard.press("Escape");
    await page.locator("#line").fill("");
    await page.locator("#qr").fill("");
    await page.locator("#choose").click();
  },
  run: async (page) => {
    await page.keyboard.press("Escape");
    await sendPicture(page, { name: "menu.jpg", mimeType: "image/jpeg", buffer: sample("Landscape", 1) });
    await rows(page, { "Counter 1": "done", Kitchen: "failed", Terrace: "waiting" });
  },
  journal: (page) => page.locator("#jobs details").evaluateAll((folds) => folds.forEach((fold) => (fold.open = true))),
  history: async (page) => {
    await go(page, "history");
    await page.locator(".past").first().waitFor();
    await page.locator(".past details").evaluateAll((folds) => folds.forEach((fold) => (fold.open = true)));
  },
  wall: (page) => go(page, "devices"),
  settings: (page) => go(page, "settings"),
  broker: (page) => page.locator("#addbroker").click(),
  forget: async (page) => {
    await page.keyboard.press("Escape");
    await page.locator("#forget").click();
  },
  topic: async (page) => {
    await page.keyboard.press("Escape");
    await go(page, "send");
    await page.locator("#by-topic").check({ force: true });
  },
  left: async (page) => {
    await page.reload();
    await page.locator('#resume [data-code="left"]').waitFor();
  },
  question: async (page) => {
    const url = stage.site.add("/photos/menu.jpg", sample("Landscape", 1));
    await page.goto(stage.link({ broker: `ws://broker.example:${stage.broker.webSocketPort}`, to: "mis/asked/to", url, send: "1" }));
    await page.locator("#confirm:not([disabled])").waitFor();
  },
  device: (page) => page.goto(`${stage.site.url}/device.html`),
  listening: async (page) => {
    await page.goto(`${stage.site.url}/device.html?${new URLSearchParams({ broker: stage.broker.url, to: "mis/listens/to", from: "mis/listens/from", connect: "1" })}`);
    await page.locator('#state[data-state="connected"]').waitFor();
  },
};

const still = () => document.getAnimations().every((one) => one.playState !== "running" || one.effect.getComputedTiming().endTime === Infinity);
const violationsOf = (page, options) => page.evaluate(async (more) => (await globalThis.axe.run(document, { resultTypes: ["violations"], ...more })).violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target, failureSummary }) => `${target} ${failureSummary}`).join(" | ")}`), options);

const isFull = process.env.MIS_FULL === "1";
for (const width of isFull ? [390, 1280] : [390]) {
  test(`at ${width} pixels axe-core finds nothing on any view, in light and in dark`, { timeout: 400_000 }, async () => {
    const device = await stage.device({ seconds: 400 }); // as long as the walk may take
    const page = await openAdmin(stage, "#/send", { viewport: { width, height: width === 390 ? 844 : 900 }, colorScheme: "light", permissions: ["camera"] });
    await page.context().addInitScript({ path: axe });
    await page.reload();
    await page.locator("body[data-kept]").waitFor();
    const found = {};
    for (const [view, step] of Object.entries(walk)) {
      await step(page, device);
      const wrong = [];
      for (const colorScheme of ["light", "dark"]) {
        await page.emulateMedia({ colorScheme });
        await until(10_000, "the end of what moves", () => page.evaluate(still));
        if (isFull) await page.screenshot({ path: join(folder("screenshots"), `${view}-${width}-${colorScheme}.png`), caret: "initial", animations: "allow" });
        wrong.push(...await violationsOf(page, colorScheme === "dark" ? { runOnly: ["color-contrast"] } : {})); // all else is the same as in the light
      }
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      if (wide > 0) wrong.push(`scrolls sideways by ${wide} pixels`);
      if (wrong.length) found[view] = wrong;
    }
    assert.deepEqual(found, {});
    assert.deepEqual(page.noted, []);
    await page.done();
    await device.stop();
  });
}
