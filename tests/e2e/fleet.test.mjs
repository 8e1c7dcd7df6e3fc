// One picture to many devices: each whole on its own reference device, with rows, remedies, a queue that survives, and a history.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { Aedes } from "aedes";
import { WebSocketServer, createWebSocketStream } from "ws";
import { go, openWith, rows, selectDevices, sendPicture } from "../support/admin-page.mjs";
import { sample } from "../support/images.mjs";
import { listening, until } from "../support/limits.mjs";
import { openPage } from "../support/chromium.mjs";
import { connect } from "../support/mqtt.mjs";
import { setStage } from "../support/send-page.mjs";

const limit = { timeout: 90_000 };
let stage;
before(async () => (stage = await setStage()));
after(() => stage?.strike());

const picture = { name: "menu.jpg", mimeType: "image/jpeg", buffer: sample("Landscape", 1) };
/** So that a silent device fails in half a second. */
const hasty = { ackTimeoutMs: 250, maxRetries: 1 };

test("a picture for two kinds of panel arrives whole on each, one device is silent, and only that is sent again", limit, async () => {
  const devices = [await stage.device(), await stage.device(), await stage.device({ numbering: "next" })];
  const silent = { to: "mis/late/to", from: "mis/late/from" };
  const page = await openWith(stage, [
    { name: "Counter 1", ...devices[0].topics, groups: ["Café"] },
    { name: "Counter 2", ...devices[1].topics, groups: ["Café"] },
    { name: "Window", ...devices[2].topics, preset: "ws-2in13-b-v4", groups: ["Café"] },
    { name: "Kitchen", ...silent, send: hasty },
  ]);
  await selectDevices(page, ["Counter 1", "Counter 2", "Window", "Kitchen"]);
  assert.match(await page.locator("#send").innerText(), /Send to 4 devices/);
  assert.equal(await page.locator("#kinds input").count(), 2, "two kinds of panel, two previews");
  await sendPicture(page, picture);
  await rows(page, { "Counter 1": "done", "Counter 2": "done", Window: "done", Kitchen: "failed" });
  const images = await Promise.all(devices.map((device) => device.image()));
  assert.deepEqual(images.map(({ whole, size, bytes }) => [whole, size ?? bytes]), [[true, 4736], [true, 4736], [true, 8000]]);
  assert.equal(images[0].sha256, images[1].sha256, "the same bytes for the same kind");
  assert.equal(await page.locator("#arrived").innerText(), "3 of 4 arrived");
  const kitchen = page.locator('#jobs > li[data-device="Kitchen"]');
  assert.match(await kitchen.innerText(), /Nothing answers on mis\/late\/from/);

  const [journal] = await Promise.all([page.waitForEvent("download"), kitchen.locator("details").evaluate((fold) => (fold.open = true)).then(() => kitchen.getByRole("button", { name: "Save the journal" }).click())]);
  assert.match(readFileSync(await journal.path(), "utf8"), /sent\tbegin\n.*sent again\tbegin/s);

  const late = await stage.device({ to: silent.to, from: silent.from });
  await page.locator("#retryall").click();
  await rows(page, { Kitchen: "done" });
  assert.equal((await late.image()).whole, true);
  assert.deepEqual(devices.map((device) => device.unread()), [0, 0, 0], "nobody else got it twice");

  await go(page, "history");
  const past = page.locator(".past").first();
  await past.waitFor();
  await until(5000, async () => `all four in the history: ${await past.innerText()}`, async () => /menu\.jpg[\s\S]*4 devices[\s\S]*Arrived/.test(await past.innerText()));
  await past.getByRole("button", { name: /Send again/ }).click();
  await rows(page, { "Counter 1": "done", Window: "done", Kitchen: "done" });
  assert.equal((await devices[0].image()).sha256, images[0].sha256, "the same bytes again");

  await go(page, "devices");
  await until(5000, "what each device shows", async () => (await page.locator("#wall .unit img").count()) >= 4);
  assert.deepEqual(page.noted, []);
  await page.done();
  for (const device of [...devices, late]) await device.stop();
});

test("a sleeping sign is waited for, and its picture is replaced by a newer one", limit, async () => {
  const page = await openWith(stage, [{ name: "Terrace", to: "mis/terrace/to", from: "mis/terrace/from", sleeps: true }]);
  await selectDevices(page, ["Terrace"]);
  await sendPicture(page, { ...picture, name: "old.jpg" });
  await rows(page, { Terrace: "waiting" });
  await go(page, "send");
  await sendPicture(page, { ...picture, name: "new.jpg" });
  await rows(page, { Terrace: "waiting" });
  const device = await stage.device({ to: "mis/terrace/to", from: "mis/terrace/from" });
  await rows(page, { Terrace: "done" });
  assert.equal((await device.image()).name, "new.raw");
  assert.equal(device.unread(), 0, "the older one never comes");
  assert.deepEqual(page.noted, []);
  await page.done();
  await device.stop();
});

test("pause holds every device, go on lets them finish, and cancel ends what is left", limit, async () => {
  const [slow, other] = [await stage.device({ delay: 0.1 }), await stage.device({ delay: 0.1 })];
  const page = await openWith(stage, [{ name: "A", ...slow.topics, preset: "ws-4in2-v2" }, { name: "B", ...other.topics, preset: "ws-4in2-v2" }]);
  await selectDevices(page, ["A", "B"]);
  await sendPicture(page, picture);
  await rows(page, { A: "sending", B: "sending" });
  await page.locator("#pauseall").click();
  await rows(page, { A: "paused", B: "paused" });
  await page.locator("#pauseall").click();
  await page.locator('#jobs > li[data-device="B"]').getByRole("button", { name: "Cancel: B" }).click();
  await rows(page, { A: "done", B: "cancelled" });
  assert.equal((await slow.image()).whole, true);
  assert.deepEqual(page.noted, []);
  await page.done();
  await slow.stop();
  await other.stop();
});

test("what was under way at a reload is offered, sends nothing before the click, and then arrives", limit, async () => {
  const page = await openWith(stage, [{ name: "Terrace", to: "mis/reload/to", from: "mis/reload/from", sleeps: true }]);
  await selectDevices(page, ["Terrace"]);
  await sendPicture(page, picture);
  await rows(page, { Terrace: "waiting" });
  await until(5000, "it is kept", () => page.evaluate(() => new Promise((done) => {
    indexedDB.open("mqtt-image-sender").onsuccess = ({ target: { result: db } }) => (db.transaction("queue").objectStore("queue").count().onsuccess = (event) => (db.close(), done(event.target.result === 1)));
  })));
  await page.reload();
  const device = await stage.device({ to: "mis/reload/to", from: "mis/reload/from" });
  const offer = page.locator('#resume [data-code="left"]');
  await offer.waitFor();
  assert.match(await offer.innerText(), /1 transfer was under way[\s\S]*Terrace/);
  assert.equal(device.unread(), 0);
  await offer.getByRole("button", { name: "Go on" }).click();
  await rows(page, { Terrace: "done" });
  const image = await device.image();
  assert.deepEqual([image.whole, image.name], [true, "menu.raw"]);
  await page.reload();
  await page.locator("#h-send, #h-run").first().waitFor({ state: "attached" });
  assert.equal(await page.locator('#resume [data-code="left"]').count(), 0, "and it is not offered again");
  assert.deepEqual(page.noted, []);
  await page.done();
  await device.stop();
});

test("forty devices of two kinds: one is silent, one sleeps over a reload, and in the end all have their picture", { timeout: 180_000 }, async () => {
  const mini = () => stage.miniDevice(() => 1);
  const minis = await Promise.all(Array.from({ length: 38 }, mini));
  const [silent, asleep] = [{ to: "mis/forty/silent", from: "mis/forty/silent/ack" }, { to: "mis/forty/asleep", from: "mis/forty/asleep/ack" }];
  const kind = (i) => ({ preset: i % 2 ? "ws-2in9-v2" : "ws-2in13-b-v4" });
  const page = await openWith(stage, [
    ...minis.map(({ topics }, i) => ({ name: `Sign ${i + 1}`, ...topics, groups: ["All of them"], ...kind(i) })),
    { name: "Silent", ...silent, groups: ["All of them"], send: hasty },
    { name: "Asleep", ...asleep, groups: ["All of them"], sleeps: true },
  ]);
  await go(page, "send");
  await page.locator("#choose").click();
  await page.locator("#tolist .all", { hasText: "All of them" }).locator("input").check();
  await page.locator("#to-dialog footer button").click();
  await page.locator("#kinds input").nth(1).waitFor({ state: "attached" });
  await sendPicture(page, picture);
  await rows(page, { Silent: "failed", Asleep: "waiting" }, 60_000);
  const arrived = (n) => until(60_000, async () => `${n} to arrive, not ${await page.locator("#arrived").innerText()}`, async () => (await page.locator("#arrived").innerText()) === `${n} of 40 arrived`);
  await arrived(38);
  for (const [i, { frames }] of minis.entries()) assert.equal(frames.filter(({ function: kind }) => kind === 2).length, i % 2 ? 4 : 6, "4,736 bytes in four chunks, 8,000 in six");

  const awake = await stage.device(silent);
  await page.locator('#jobs > li[data-device="Silent"]').getByRole("button", { name: "Wait for it to wake" }).click();
  await rows(page, { Silent: "done" });
  await arrived(39);
  assert.equal((await awake.image()).whole, true);

  await go(page, "history");
  const sent = page.locator(".past").last();
  await until(10_000, async () => `all but the sleeping one in the history: ${await sent.innerText()}`, async () => /menu\.jpg[\s\S]*39 devices[\s\S]*Arrived/.test(await sent.innerText()));

  await page.reload();
  const offer = page.locator('#resume [data-code="left"]');
  await offer.getByRole("button", { name: "Go on" }).click();
  await rows(page, { Asleep: "waiting" });
  const woken = await stage.device(asleep);
  await rows(page, { Asleep: "done" });
  assert.equal((await woken.image()).whole, true);

  await go(page, "history");
  await until(10_000, "both sends", async () => (await page.locator(".past").count()) === 2);
  await go(page, "devices");
  await until(30_000, "what each device shows", async () => (await page.locator('[data-view="devices"] [data-id] img').count()) === 40);
  for (const { frames } of minis) assert.equal(frames.filter(({ function: kind }) => kind === 1).length, 1, "nobody was troubled twice");
  assert.deepEqual(page.noted, []);
  await page.done();
  for (const device of [...minis, awake, woken]) await device.stop();
});

test("a link names a device and a picture, and sends nothing before the click", limit, async () => {
  const device = await stage.device();
  const page = await openWith(stage, [{ name: "Counter 1", key: "counter-1", ...device.topics }]);
  const url = stage.site.add("/photos/menu.jpg", picture.buffer);
  await page.goto(`${stage.site.url}/index.html?${new URLSearchParams({ device: "counter-1", url, send: "1" })}`);
  await page.locator('#outcome [data-code="ask"]').waitFor();
  await page.locator("#preview").waitFor();
  assert.equal(device.unread(), 0);
  await page.locator("#send").click();
  await rows(page, { "Counter 1": "done" });
  assert.equal((await device.image()).name, "menu.raw");
  await page.goto(`${stage.site.url}/index.html?${new URLSearchParams({ device: "nobody", url, send: "1" })}`);
  await until(10_000, "the refusal", async () => /nobody/.test(await page.locator("#outcome").innerText().catch(() => "")));
  assert.deepEqual(page.noted, []);
  await page.done();
  await device.stop();
});

test("a status topic says who is there, and who went away", limit, async () => {
  const client = await connect(stage.broker);
  await client.publish("signs/a/status", "online", { retain: true });
  const page = await openWith(stage, [{ name: "A", to: "signs/a/img", from: "signs/a/ack", status: "signs/a/status" }]);
  const state = () => page.locator('[data-id="d0"] .state').innerText();
  await until(10_000, "that it is there", async () => (await state()) === "Online");
  await client.publish("signs/a/status", JSON.stringify({ online: false }), { retain: true });
  await until(10_000, "that it went", async () => /^Away since/.test(await state()));
  assert.deepEqual(page.noted, []);
  await page.done();
  await client.close();
});

test("a presence that the broker refused is asked for again", limit, async (t) => {
  let refused = 0;
  const broker = await Aedes.createBroker({ authorizeSubscribe: (_client, subscription, done) => done(null, subscription.topic.endsWith("/status") && refused++ === 0 ? null : subscription) });
  const server = createServer();
  t.after(() => (broker.close(), server.closeAllConnections(), server.close()));
  new WebSocketServer({ server }).on("connection", (socket, request) => broker.handle(createWebSocketStream(socket), request));
  const url = `ws://127.0.0.1:${await listening(server)}`;
  broker.publish({ topic: "signs/b/status", payload: "online", retain: true, qos: 0 }, () => {});
  const page = await openWith({ ...stage, broker: { url } }, [{ name: "B", to: "signs/b/img", from: "signs/b/ack", status: "signs/b/status" }]);
  await until(10_000, "the refusal", () => refused > 0);
  await go(page, "settings");
  await go(page, "devices");
  await until(10_000, "that it is there", async () => (await page.locator('[data-id="d0"] .state').innerText()) === "Online");
  await page.done();
});

test("an error on the Chinese page is said in Chinese", limit, async () => {
  const page = await openPage(stage.browser);
  await page.goto(`${stage.site.url}/index.html?lang=zh`);
  await page.locator("body[data-kept]").waitFor();
  await page.locator("#file").setInputFiles({ name: "1.png", mimeType: "image/png", buffer: Buffer.from("no picture at all") });
  await page.locator("#sourcenote .note").waitFor();
  const text = await page.locator("#sourcenote").innerText();
  assert.deepEqual(text.match(/[a-z]{3,}/gi)?.filter((word) => !["JPEG", "PNG"].includes(word)) ?? [], [], text);
  await page.done();
});
