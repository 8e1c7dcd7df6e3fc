// The devices that the page keeps: added by hand, by a list, as a copy; and what leaves the browser of them.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { go, importList, keptText, listOf, openAdmin, openWith } from "../support/admin-page.mjs";
import { sleep, until } from "../support/limits.mjs";
import { setStage } from "../support/send-page.mjs";

const limit = { timeout: 60_000 };
let stage;
before(async () => (stage = await setStage({ users: { anna: "open-sesame" } })));
after(() => stage?.strike());

const names = (page) => page.locator('[data-view="devices"] [data-id]:visible .name').allInnerTexts();

test("a device is added, keeps its topics over a reload, is copied, deleted, and comes back by Undo", limit, async () => {
  const page = await openAdmin(stage);
  await page.locator("#adddevice").click();
  await page.locator("#d-name").fill("Café 1.2");
  assert.deepEqual([await page.locator("#d-to").inputValue(), await page.locator("#d-from").inputValue()], ["signs/cafe-1-2/img", "signs/cafe-1-2/ack"], "the topics follow the name, without what brokers do not bear");
  await page.locator('#presets input[value="spectra-7in3"]').check();
  await page.locator("#d-sleeps").check();
  await page.locator("#d-addbroker").click();
  await page.locator("#b-url").fill("ws://workshop.local:9001");
  await page.locator("#broker-form [type=submit]").click();
  const chosen = () => page.locator("#d-broker").evaluate((field) => field.selectedOptions[0].text);
  await until(10_000, "the new broker in the device's form", async () => (await chosen()) === "workshop.local:9001");
  await page.locator("#device-form [type=submit]").click();
  await until(10_000, "the device on the wall", async () => (await names(page)).includes("Café 1.2"));
  await page.reload();
  await until(10_000, "the device after the reload", async () => (await names(page)).includes("Café 1.2"));

  await page.getByRole("checkbox", { name: "Select Café 1.2", exact: true }).check();
  await page.locator("#seldup").click();
  await page.locator("#device-dialog").waitFor();
  assert.equal(await page.locator("#d-to").inputValue(), "signs/cafe-1-3/img", "the copy has topics of its own");
  await page.keyboard.press("Escape");
  await page.getByRole("checkbox", { name: "Select Café 1.2", exact: true }).check();
  await page.locator("#seldelete").click();
  await until(10_000, "one device fewer", async () => !(await names(page)).includes("Café 1.2"));
  await page.locator("#toastundo").click();
  await until(10_000, "the device again", async () => (await names(page)).includes("Café 1.2"));
  assert.deepEqual(page.noted, []);
  await page.done();
});

test("what does not fit is said at its field, and dots and spaces are warned of", limit, async () => {
  const page = await openAdmin(stage);
  await page.locator("#adddevice").click();
  await page.locator("#d-name").fill("Shelf");
  await page.locator("#d-to").fill("signs/shelf 1.2/#");
  assert.match(await page.locator("#d-warnings").innerText(), /dot.*\n.*space/s);
  await page.locator("#device-form [type=submit]").click();
  assert.match(await page.locator("#d-to-wrong").innerText(), /wildcard/);
  await page.locator("#d-to").fill("signs/shelf/ack");
  await page.locator("#device-form [type=submit]").click();
  assert.match(await page.locator("#d-from-wrong").innerText(), /its own answers/);
  assert.equal(await page.locator("#device-dialog").evaluate((dialog) => dialog.open), true, "nothing was saved");
  await page.done();
});

test("a search and a group hide the others", limit, async () => {
  const page = await openWith(stage, [
    { name: "Counter 1", to: "c1/img", from: "c1/ack", groups: ["Café"] },
    { name: "Counter 2", to: "c2/img", from: "c2/ack", groups: ["Café"] },
    { name: "Hall", to: "hall/img", from: "hall/ack", preset: "led-64x32" },
  ]);
  await page.locator("#groups button", { hasText: "Café" }).click();
  assert.deepEqual((await names(page)).sort(), ["Counter 1", "Counter 2"]);
  await page.locator("#groups button").first().click();
  await page.locator("#q").fill("led 64");
  await until(3000, "the hall alone", async () => (await names(page)).join() === "Hall");
  await page.done();
});

test("an export holds every device and no password, and another browser takes it", limit, async () => {
  const page = await openWith(stage, [{ name: "Counter 1", to: "c1/img", from: "c1/ack", groups: ["Café"], sleeps: true, send: { chunkSize: 200 } }]);
  await go(page, "settings");
  await page.getByRole("button", { name: "Edit Workshop" }).click();
  await page.locator("#b-user").fill("anna");
  await page.locator("#b-password").fill("open-sesame");
  await page.locator("#b-keep").check();
  await page.locator("#broker-form [type=submit]").click();
  await until(10_000, "the password, which was to be kept", async () => (await keptText(page)).includes("open-sesame"));

  const [saved] = await Promise.all([page.waitForEvent("download"), page.locator("#export").click()]);
  const text = readFileSync(await saved.path(), "utf8");
  assert.ok(!text.includes("sesame"), text);
  const file = JSON.parse(text);
  const other = await openAdmin(stage);
  await importList(other, text);
  await until(10_000, "the device in the other browser", async () => (await names(other)).includes("Counter 1"));
  const [again] = await Promise.all([other.waitForEvent("download"), go(other, "settings").then(() => other.locator("#export").click())]);
  const sorted = (list) => [...list].sort((a, b) => (a.id < b.id ? -1 : 1));
  const copy = JSON.parse(readFileSync(await again.path(), "utf8"));
  assert.deepEqual([sorted(copy.devices), copy.brokers], [sorted(file.devices), file.brokers], "nothing is lost on the way");
  await page.done();
  await other.done();
});

test("a password that is not to be kept is nowhere in the browser, and a kept one does not follow its broker to another address", limit, async () => {
  const page = await openWith(stage, [{ name: "Counter 1", to: "c1/img", from: "c1/ack" }]);
  await go(page, "settings");
  const edit = async (fields, keep) => {
    await page.getByRole("button", { name: "Edit Workshop" }).click();
    for (const [id, value] of Object.entries(fields)) await page.locator(`#${id}`).fill(value);
    await page.locator("#b-keep").setChecked(keep);
    await page.locator("#b-try").click();
    await page.locator('#b-outcome [data-code="ok"]').waitFor();
    await page.locator("#broker-form [type=submit]").click();
    await until(10_000, "the dialog closes", () => page.locator("#broker-dialog").evaluate((dialog) => !dialog.open));
  };
  await edit({ "b-user": "anna", "b-password": "open-sesame" }, false);
  await sleep(200);
  assert.ok(!(await keptText(page)).includes("sesame"));
  await page.getByRole("button", { name: "Edit Workshop" }).click();
  await page.locator("#b-password").fill("");
  await page.locator("#b-try").click();
  await page.locator('#b-outcome [data-code="refused"]').waitFor(); // an empty field is no password, though one is remembered
  await page.keyboard.press("Escape");
  await edit({ "b-password": "open-sesame" }, true);
  await until(10_000, "the password, which was to be kept", async () => (await keptText(page)).includes("sesame"));
  await page.getByRole("button", { name: "Edit Workshop" }).click();
  await page.locator("#b-url").fill("ws://127.0.0.1:1/elsewhere");
  await page.locator("#b-name").click();
  assert.equal(await page.locator("#b-password").inputValue(), "");
  await page.locator("#broker-form [type=submit]").click();
  await until(10_000, "no password any more", async () => !(await keptText(page)).includes("sesame"));
  assert.ok(!(await page.locator("body").innerText()).includes("sesame"));
  assert.deepEqual(page.noted, []);
  await page.done();
});

for (const [what, text, said] of [
  ["no JSON", "{", /JSON/],
  ["a list of something else", { kind: "shopping" }, /not a list of devices/],
  ["a device without a topic", { devices: [{ name: "A", from: "a" }] }, /devices\[0\]\.to/],
  ["a wildcard", { devices: [{ name: "A", to: "a/#", from: "b" }] }, /wildcard/],
  ["an option that the module does not have", { devices: [{ name: "A", to: "a", from: "b", send: { speed: 9 } }] }, /send.*speed/],
]) {
  test(`a list with ${what} is refused whole`, limit, async () => {
    const page = await openAdmin(stage);
    const before = await keptText(page);
    const list = typeof text === "string" ? text : { ...listOf(stage, []), ...text };
    await importList(page, list);
    await until(10_000, "why not", async () => said.test(await page.locator("#importnote2").innerText().catch(() => "")));
    assert.ok((await keptText(page)) === before, "nothing of it was taken");
    await page.done();
  });
}
