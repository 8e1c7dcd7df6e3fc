// Finding devices, telling them apart, and trying out their firmware.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { go, openAdmin, openWith, rows } from "../support/admin-page.mjs";
import { until } from "../support/limits.mjs";
import { BEGIN, DATA, FINISH } from "../support/mini-device.mjs";
import { connect } from "../support/mqtt.mjs";
import { setStage } from "../support/send-page.mjs";

const limit = { timeout: 60_000 };
let stage;
before(async () => (stage = await setStage()));
after(() => stage?.strike());

test("devices that announce themselves are found, and those that are chosen are added with their topics and panel", limit, async () => {
  const client = await connect(stage.broker);
  const say = (id, payload) => client.publish(`signs/${id}/status`, payload, { retain: true });
  say("shelf-2", "online");
  say("shelf-10", JSON.stringify({ online: true, name: "Shelf ten", panel: "ws-4in2-v2" }));
  say("cellar", "offline");
  say("known", "online");
  say("mute", "online");
  const page = await openWith(stage, [{ name: "Known", key: "known", to: "signs/known/img", from: "signs/known/ack", status: "signs/known/status" }, { name: "Mute", to: "signs/mute/img", from: "signs/mute/ack" }]);
  await page.locator("#finddevices").click();
  const list = page.locator("#find-dialog .found");
  await until(10_000, async () => `five devices: ${await list.innerText()}`, async () => (await list.locator("li").count()) === 5);
  assert.deepEqual((await list.locator("li").allInnerTexts()).map((text) => text.replace(/\s+/g, " ").trim()), ["cellar Away", "known already here Online", "mute already here Online", "shelf-2 Online", "Shelf ten shelf-10 · Waveshare 4.2″ V2 Online"]);
  await list.locator("li", { hasText: "cellar" }).locator("input").uncheck();
  await page.locator("#f-panel").selectOption("ws-2in13-g");
  await page.locator("#find-dialog footer button").click();
  await until(10_000, "two devices more", async () => (await page.locator('[data-view="devices"] [data-id]').count()) === 5); // with the practice device
  const [saved] = await Promise.all([page.waitForEvent("download"), go(page, "settings").then(() => page.locator("#export").click())]);
  const { devices } = JSON.parse(readFileSync(await saved.path(), "utf8"));
  assert.deepEqual(devices.filter(({ status, key }) => status && key !== "known").map(({ name, to, from, status, preset }) => [name, to, from, status, preset]).sort(), [
    ["Shelf ten", "signs/shelf-10/img", "signs/shelf-10/ack", "signs/shelf-10/status", "ws-4in2-v2"],
    ["shelf-2", "signs/shelf-2/img", "signs/shelf-2/ack", "signs/shelf-2/status", "ws-2in13-g"],
  ]);
  assert.deepEqual(page.noted, []);
  await page.done();
  await client.close();
});

test("without a broker the search leads to one", limit, async () => {
  const page = await openAdmin(stage);
  await page.locator("#finddevices").click();
  await page.locator("#find-dialog").getByRole("button", { name: "Add a broker" }).click();
  await page.locator("#broker-dialog").waitFor();
  assert.deepEqual(page.noted, []);
  await page.done();
});

test("each device that is to be told apart gets a card of its own", limit, async () => {
  const [one, two] = [await stage.device(), await stage.device()];
  const page = await openWith(stage, [{ name: "Counter", ...one.topics }, { name: "Window", ...two.topics }]);
  for (const name of ["Counter", "Window"]) await page.getByRole("checkbox", { name: `Select ${name}` }).check();
  await page.locator("#selname").click();
  await rows(page, { Counter: "done", Window: "done" });
  const [first, second] = [await one.image(), await two.image()];
  assert.deepEqual([first.name, second.name], ["Counter.raw", "Window.raw"]);
  assert.notEqual(first.sha256, second.sha256);
  assert.deepEqual(page.noted, []);
  await page.done();
  await one.stop();
  await two.stop();
});

/** Opens the dialog of this device, lets the test run to its end, and returns what it says. */
async function tryOut(page, name) {
  await page.getByRole("button", { name: `Edit ${name}`, exact: true }).click();
  await page.locator("#d-trial").click();
  await page.locator("#trial-dialog footer button", { hasText: "Start" }).click();
  const outcome = page.locator('#trial-dialog [data-code="trial"]');
  await outcome.waitFor({ timeout: 30_000 });
  const checks = await page.locator("#trial-dialog .found li").evaluateAll((items) => items.map((item) => [item.querySelector(".state").className.replace("state ", ""), item.innerText]));
  return { text: await outcome.innerText(), checks };
}

for (const numbering of ["echo", "next"]) {
  test(`the reference device that numbers by ${numbering} keeps to the protocol`, limit, async () => {
    const device = await stage.device({ numbering });
    const page = await openWith(stage, [{ name: "Wall", ...device.topics }]);
    const { text, checks } = await tryOut(page, "Wall");
    assert.match(text, new RegExp(`keeps to the protocol.*\\(${numbering}\\)`, "s"));
    assert.deepEqual(checks.map(([tone]) => tone), Array(9).fill("ok"));
    assert.deepEqual(page.noted, []);
    await page.done();
    await device.stop();
  });
}

test("a device that drops long messages, forgets what it answered and wants its chunks in order is found out", limit, async () => {
  // As much of a device as the checks look at. What it answers is the status of each frame; null is silence.
  let [size, got, next, finished] = [0, 0, 0, false];
  const firmware = ({ function: kind, number, data }) => {
    if (data.length > 1399) return null; // its buffer holds 1,408 bytes
    if (kind === BEGIN) [size, got, next, finished] = [Number(data.toString().split(";")[1]), 0, 0, false];
    if (kind === DATA && number !== next) return null;
    if (kind === DATA) [got, next] = [got + data.length, next + 1];
    if (kind === FINISH && finished) return null;
    if (kind === FINISH) finished = got === size;
    return kind === FINISH && !finished ? 0 : 1;
  };
  const device = await stage.miniDevice(firmware);
  const page = await openWith(stage, [{ name: "Small", ...device.topics, send: { ackTimeoutMs: 200 } }, { name: "Smaller", key: "smaller", ...device.topics, send: { ackTimeoutMs: 200, chunkSize: 200 } }]);
  const large = await tryOut(page, "Small");
  assert.match(large.text, /5 of 9 checks failed/);
  assert.deepEqual(large.checks.map(([tone]) => tone), ["ok", "ok", "bad", "bad", "bad", "bad", "bad", "warn", "ok"]);
  assert.match(large.checks[2][1], /did not answer chunk 0, a message of 1,409 bytes/);
  await page.keyboard.press("Escape");
  const small = await tryOut(page, "Smaller");
  assert.deepEqual(small.checks.map(([tone]) => tone), ["ok", "ok", "ok", "ok", "ok", "bad", "bad", "warn", "ok"]);
  const [saved] = await Promise.all([page.waitForEvent("download"), page.locator("#trial-dialog").getByRole("button", { name: "Save the report" }).click()]);
  assert.equal(saved.suggestedFilename(), "smaller-test.txt");
  assert.match(readFileSync(await saved.path(), "utf8"), /BAD\tFinish once more\n\tThe second one was not answered.*\n(\t[<>] .*\n)*\t> EE EE FF FF 03 00 00 00 00\n/);
  assert.deepEqual(page.noted, []);
  await page.done();
  await device.stop();
});

test("where nobody answers the test ends at once and says what to look at", limit, async () => {
  const page = await openWith(stage, [{ name: "Nobody", to: "mis/nobody/to", from: "mis/nobody/from", send: { ackTimeoutMs: 100 } }]);
  const { text, checks } = await tryOut(page, "Nobody");
  assert.match(text, /1 of 1 check failed/);
  assert.match(checks[0][1], /did not answer begin/);
  await page.done();
});
