// What a person should know although nothing failed: `onnotice`.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { BEGIN, DATA, feedback, startMiniDevice } from "../support/mini-device.mjs";
import { openModule } from "../support/module-page.mjs";
import { startWebSocketServer } from "../support/web-socket-server.mjs";

const limit = { timeout: 60_000 };
let module;
before(async () => (module = await openModule()));
after(() => module?.close());

test("feedback that nobody asked for is told once, as another sender's, and the image arrives all the same", limit, async () => {
  const device = await startMiniDevice(module.broker, (frame) => {
    if (frame.function === DATA && frame.number < 3) device.publish(feedback(DATA, 400 + frame.number, 1));
    return 1;
  });
  const seen = await module.run("page", async ({ mis, kit, input }) => {
    const client = await mis.MqttClient.connect({ url: input.broker });
    const notices = [];
    client.onnotice = (notice) => notices.push(notice);
    const done = await kit.within(30_000, "done", client.sendImage(kit.bytes(9000), { ...input.topics, format: "original" }).done);
    await client.close();
    return { notices, bytes: done.bytes, ignored: done.ignored };
  }, { topics: device.topics });
  const [{ code, message, topic }, ...more] = seen.notices;
  assert.deepEqual([code, topic, more], ["another-sender", device.topics.to, []]);
  assert.match(message, /another sender uses this device/);
  assert.ok(message.includes(device.topics.from));
  assert.deepEqual([seen.bytes, seen.ignored], [9000, 3]);
  await device.stop();
});

test("a transfer that another tab holds back says so, and goes on when that one lets go", limit, async () => {
  const other = await module.tab();
  const device = await startMiniDevice(module.broker, () => 1);
  const name = `mqtt-image-sender device ${module.broker.url}/ ${device.topics.to}`;
  await other.run("page", ({ input }) => navigator.locks.request(input.name, () => new Promise((done) => (self.letGo = done))) && null, { name });
  const sending = module.run("page", async ({ mis, kit, input }) => {
    const client = await mis.MqttClient.connect({ url: input.broker });
    const notices = [];
    client.onnotice = ({ code, topic }) => notices.push([code, topic]);
    const { done } = client.sendImage(kit.bytes(3000), { ...input.topics, format: "original" });
    const { elapsedMs } = await kit.within(30_000, "done", done);
    await client.close();
    return { notices, elapsedMs };
  }, { topics: device.topics });
  setTimeout(() => other.run("page", () => void self.letGo()), 2500);
  const seen = await sending;
  assert.deepEqual(seen.notices, [["device-in-use", device.topics.to]]);
  assert.ok(seen.elapsedMs > 2000, `${seen.elapsedMs} ms`);
  await device.stop();
  await other.close();
});

test("onnotice takes a function or nothing, and what it throws harms nothing", limit, async () => {
  const device = await startMiniDevice(module.broker, (frame) => {
    if (frame.function === BEGIN) device.publish(feedback(DATA, 77, 1));
    return 1;
  });
  const seen = await module.run("page", async ({ mis, kit, input }) => {
    const client = await mis.MqttClient.connect({ url: input.broker });
    const before = client.onnotice;
    client.onnotice = 5;
    const after = client.onnotice;
    client.onnotice = () => {
      throw new Error("the caller's own notice");
    };
    const { bytes } = await kit.within(30_000, "done", client.sendImage(kit.bytes(3000), { ...input.topics, format: "original" }).done);
    await client.close();
    return { before: before ?? null, after: after ?? null, bytes };
  }, { topics: device.topics }, { uncaught: "the caller's own notice" });
  assert.deepEqual(seen, { before: null, after: null, bytes: 3000 });
  await device.stop();
});

test("a broker that rewrites a topic, and one that refuses a subscription on a later link, are told of", limit, async () => {
  let links = 0;
  const connack = [0x20, 2, 0, 0];
  const server = await startWebSocketServer({
    onFrame: ({ bytes }, link) => {
      if (bytes[0] === 0x10) {
        links++;
        link.send("binary", connack);
      } else if (bytes[0] === 0x82) {
        link.send("binary", [0x90, 3, bytes[2], bytes[3], links === 1 ? 0 : 0x80]);
        // PUBLISH to a/b, as RabbitMQ would name what was sent to a.b.
        if (links === 1) link.send("binary", [0x30, 5, 0, 3, 0x61, 0x2f, 0x62]);
        if (links === 1) setTimeout(() => link.send("text", [0x74]), 200);
      }
    },
  });
  const notices = await module.run("page", async ({ mis, kit, input }) => {
    const client = await mis.MqttClient.connect({ url: input.url, reconnect: { minDelayMs: 1, maxDelayMs: 2 } });
    const notices = [];
    client.onnotice = ({ code, topic }) => notices.push([code, topic]);
    await client.subscribe("a.b", () => {});
    await kit.until(5000, "two notices", () => notices.length === 2);
    await client.close();
    return notices;
  }, { url: server.url });
  assert.deepEqual(notices, [["topic-rewritten", "a.b"], ["subscription-refused", "a.b"]]);
  await server.stop();
});
