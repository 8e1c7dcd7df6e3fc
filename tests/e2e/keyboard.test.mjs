// The whole story by the keyboard alone, with a broker that wants a password; and afterwards nothing of it is to be found.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { importList, keptText, listOf, openAdmin, rows, selectDevices } from "../support/admin-page.mjs";
import { sample } from "../support/images.mjs";
import { until } from "../support/limits.mjs";
import { setStage } from "../support/send-page.mjs";

const secret = "open-sesame";
let stage;
before(async () => (stage = await setStage({ users: { anna: secret } })));
after(() => stage?.strike());

/** Presses Tab until this has the focus. */
async function tabTo(page, selector, most = 90) {
  for (let i = 0; i < most; i += 1) {
    await page.keyboard.press("Tab");
    if (await page.evaluate((wanted) => document.activeElement?.matches(wanted), selector)) return;
  }
  throw new Error(`${selector} is not reached within ${most} Tabs; the focus is on ${await page.evaluate(() => document.activeElement?.outerHTML.slice(0, 200))}`);
}

/** What a button that opens the system's dialog is given there. */
async function choose(page, file) {
  const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.keyboard.press("Enter")]);
  await chooser.setFiles(file);
}

const focused = (page) => page.evaluate(() => document.activeElement?.id ?? "");

test("import, password, recipients, picture, look, send, remedy and history need no pointer, and leave no password", { timeout: 120_000 }, async () => {
  const [one, two] = [await stage.device(), await stage.device()];
  const page = await openAdmin(stage, "#/send");
  page.on("filechooser", () => {}); // from now on: what is asked for with the first key press would come too late
  const list = listOf(stage, [{ name: "Counter", ...one.topics }, { name: "Window", ...two.topics, preset: "ws-4in2-v2" }, { name: "Kitchen", to: "mis/key/to", from: "mis/key/from", send: { ackTimeoutMs: 200, maxRetries: 0 } }]);
  list.brokers[0].username = "anna";

  await page.keyboard.type("gd");
  await until(5000, "the heading has the focus", async () => (await focused(page)) === "h-dev");
  await tabTo(page, "#import2");
  await choose(page, { name: "list.json", mimeType: "application/json", buffer: Buffer.from(JSON.stringify(list)) });
  await page.locator('[data-view="devices"] [data-id="d2"]').waitFor();

  await page.keyboard.type("g,");
  await until(5000, "the heading has the focus", async () => (await focused(page)) === "h-set");
  await tabTo(page, '#brokerlist [aria-label="Edit Workshop"]');
  await page.keyboard.press("Enter");
  await tabTo(page, "#b-password");
  await page.keyboard.type(secret);
  await page.keyboard.press("Enter");
  await until(5000, "the dialog closes and gives the focus back", () => page.evaluate(() => !document.querySelector("dialog[open]") && document.activeElement?.getAttribute("aria-label") === "Edit Workshop"));

  await page.keyboard.type("gd");
  for (const id of ["d0", "d1", "d2"]) {
    await tabTo(page, `[data-id="${id}"] .pick`);
    await page.keyboard.press("Space");
  }
  await tabTo(page, "#selsend");
  await page.keyboard.press("Enter");
  await tabTo(page, "#pick");
  await choose(page, { name: "menu.jpg", mimeType: "image/jpeg", buffer: sample("Landscape", 1) });
  await page.locator("#preview").waitFor();
  await until(10_000, "two kinds of panel", async () => (await page.locator("#kinds img").count()) === 2);
  assert.notEqual(await focused(page), "", "the focus is not lost with the button that had it");
  await tabTo(page, "#screen");
  await page.keyboard.press("Shift+ArrowRight");
  await tabTo(page, "#tone");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Control+Enter");
  await rows(page, { Counter: "done", Window: "done", Kitchen: "failed" });
  assert.deepEqual([(await one.image()).whole, (await two.image()).whole], [true, true]);

  const late = await stage.device({ to: "mis/key/to", from: "mis/key/from" });
  await until(5000, "the heading has the focus", async () => (await focused(page)) === "h-run");
  await tabTo(page, '[data-device="Kitchen"] [data-action="wait"]');
  await page.keyboard.press("Enter");
  await rows(page, { Kitchen: "done" });
  assert.equal((await late.image()).whole, true);
  assert.ok(await page.evaluate(() => document.querySelector('[data-device="Kitchen"]').contains(document.activeElement)), "the focus stays in the row");

  await page.keyboard.type("gh");
  await page.locator(".past").waitFor();
  await tabTo(page, ".past .btn");
  await page.evaluate(() => {
    globalThis.before = document.activeElement;
    document.querySelector("#hdev").dispatchEvent(new Event("change"));
  });
  await until(5000, "the list is drawn anew, as when something is kept", () => page.evaluate(() => !globalThis.before.isConnected));
  await page.keyboard.press("Enter");
  await rows(page, { Counter: "done", Window: "done", Kitchen: "done" });
  await one.image();

  const log = await page.evaluate(() => [document.body.textContent, ...[...document.querySelectorAll("input")].map(({ value, id }) => (id === "b-password" ? "" : value))].join(" "));
  for (const [where, text] of Object.entries({ "what the browser keeps": await keptText(page), "the page and its logs": log, "the addresses": `${page.url()} ${stage.site.requests.join(" ")}` })) assert.ok(!text.includes(secret), where);
  assert.deepEqual(page.noted, []);
  await page.done();
  for (const device of [one, two, late]) await device.stop();
});

test("keys lead to the next panel, turn and mirror the picture, and to their own list; in a field they write", { timeout: 60_000 }, async () => {
  const page = await openAdmin(stage, "#/devices");
  await importList(page, listOf(stage, [{ name: "A", to: "mis/a/to", from: "mis/a/from" }, { name: "B", to: "mis/b/to", from: "mis/b/from", preset: "ws-4in2-v2" }]));
  await selectDevices(page, ["A", "B"]);
  await page.locator("#file").setInputFiles({ name: "menu.jpg", mimeType: "image/jpeg", buffer: sample("Landscape", 1) });
  await page.locator("#preview").waitFor();
  const shape = () => page.locator("#frame").evaluate((frame) => frame.style.getPropertyValue("--w"));
  await page.locator("#h-send").focus();
  await page.keyboard.press("]");
  await until(5000, "the other panel on the stage", async () => (await shape()) === "400");
  await page.keyboard.press("[");
  await until(5000, "the first one again", async () => (await shape()) === "128");
  await page.locator("#screen").focus();
  for (const key of ["r", "m"]) await page.keyboard.press(key);
  assert.deepEqual([await page.locator("#rotate").inputValue(), await page.locator("#mirror").inputValue()], ["90", "horizontal"]);
  await page.keyboard.press("?");
  await until(5000, "the list of keys", async () => (await focused(page)) === "sk");
  assert.ok(await page.locator("#sk").evaluate((heading) => heading.getBoundingClientRect().top < innerHeight));
  await page.locator("#t-to").focus();
  await page.keyboard.type("gs?");
  assert.match(await page.locator("#t-to").inputValue(), /gs\?/);
  assert.deepEqual(page.noted, []);
  await page.done();
});
