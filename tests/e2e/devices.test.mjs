// The devices that the page keeps: added by hand, by a list, as a copy; and what leaves the browser of them.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { go, importList, keptText, listOf, openAdmin, openWith, rows, selectDevices, sendPicture } from "../support/admin-page.mjs";
import { png } from "../support/images.mjs";
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

/** What an export says of the devices beside the practice one. */
async function exported(page) {
  const [saved] = await Promise.all([page.waitForEvent("download"), go(page, "settings").then(() => page.locator("#export").click())]);
  return JSON.parse(readFileSync(await saved.path(), "utf8")).devices.filter(({ id }) => id !== "practice");
}

test("what a link filled in is kept as a device, with its topics, its panel and its broker", limit, async () => {
  const device = await stage.device();
  const page = await stage.open({ ...device.topics, username: "anna", preset: "ws-4in2-v2" }, { fragment: "#password=open-sesame" });
  await page.locator("#keepdevice").click();
  await page.locator("#d-name").fill("Counter");
  const values = () => page.evaluate(() => ["d-key", "d-to", "d-from"].map((id) => document.getElementById(id).value));
  assert.deepEqual(await values(), ["counter", device.topics.to, device.topics.from], "the topics are the link's, whatever the name");
  assert.equal(await page.locator("#presets input:checked").inputValue(), "ws-4in2-v2");
  assert.equal(await page.locator("#d-broker").evaluate((field) => field.selectedOptions[0].text), new URL(stage.broker.url).host);
  await page.locator("#device-form [type=submit]").click();
  await page.locator("#toast", { hasText: "Counter was added" }).waitFor();
  await sendPicture(page, { buffer: png(40, 30, () => [0, 0, 0, 255]) });
  await rows(page, { Counter: "done" });
  assert.equal((await device.image()).size, 15_000);
  assert.ok(!(await keptText(page)).includes("open-sesame"));
  assert.deepEqual(page.noted, []);
  await page.done();
  await device.stop();
});

test("what an imported device has and no field shows outlives its editing, but for what belongs to another panel's bytes", limit, async () => {
  const own = { preset: "custom", image: { width: 100, height: 50, format: "palette2", palette: ["#000000", "#ffffff", "#ff0000"], fit: "cover", rows: "continuous" } };
  const page = await openWith(stage, [
    { name: "Hall", to: "h/img", from: "h/ack", preset: "ws-7in5-v2", image: { width: 800, height: 480, format: "mono1", invert: true, saturation: 1.5, rotate: 90 }, send: { qos: 1, ackTimeoutMs: 900 } },
    { name: "Own", to: "o/img", from: "o/ack", ...own },
  ]);
  const edit = async (name, act) => {
    await go(page, "devices");
    await page.getByRole("button", { name: `Edit ${name}`, exact: true }).click();
    await act();
    await page.locator("#device-form [type=submit]").click();
    await until(10_000, "the dialog closes", () => page.locator("#device-dialog").evaluate((dialog) => !dialog.open));
  };
  const before = await exported(page);
  for (const name of ["Hall", "Own"]) await edit(name, () => page.locator("#d-groups").fill("Edited"));
  assert.deepEqual(await exported(page), before.map((device) => ({ ...device, groups: ["Edited"] })));
  await edit("Hall", () => page.locator('#presets input[value="ws-7in5-b-v2"]').check());
  const [hall] = (await exported(page)).filter(({ name }) => name === "Hall");
  assert.deepEqual(hall.image, { width: 800, height: 480, format: "planes", palette: "bwr", saturation: 1.5, rotate: 90 });
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

test("a broker is tried out with the client id of the connection that the page has, unless something is sent over it", limit, async () => {
  const list = listOf(stage, [{ name: "Terrace", to: "mis/id/to", from: "mis/id/from", sleeps: true, status: "mis/id/status" }]);
  Object.assign(list.brokers[0], { username: "anna", clientId: "mis-shop-1" });
  const page = await openAdmin(stage, "#/settings");
  await importList(page, list);
  const edit = () => page.getByRole("button", { name: "Edit Workshop" }).click();
  const connected = (on) => until(10_000, `the broker's dot: ${on}`, () => page.locator(".broker").first().locator(".dot").evaluate((dot, wanted) => (dot.className === "dot") === wanted, on));
  await edit();
  await page.locator("#b-password").fill("open-sesame");
  await page.locator("#broker-form [type=submit]").click();
  await selectDevices(page, ["Terrace"]); // its presence is asked for, so the page connects
  await go(page, "settings");
  await connected(true);
  const trial = async (code) => {
    await edit();
    await page.locator("#b-try").click();
    await page.locator(`#b-outcome [data-code="${code}"]`).waitFor();
    await page.keyboard.press("Escape");
  };
  await trial("ok");
  await connected(true); // again
  await go(page, "send");
  await sendPicture(page, { buffer: png(8, 8, () => [0, 0, 0, 255]) });
  await rows(page, { Terrace: "waiting" });
  await go(page, "settings");
  await trial("busy");
  await go(page, "send/run");
  await rows(page, { Terrace: "waiting" });
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
