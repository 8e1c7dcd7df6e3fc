// MQTT in a WebSocket (chapter 6 of the standard): the rows of tests/conformance.md that a native test cannot show.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { browserName } from "../support/env.mjs";
import { openModule } from "../support/module-page.mjs";
import { startWebSocketServer } from "../support/web-socket-server.mjs";
import { assertError } from "../support/assert-error.mjs";
import { until } from "../support/limits.mjs";

const limit = { timeout: 30_000 };
const connack = [0x20, 2, 0, 0];
const binary = 2;
let module;
before(async () => (module = await openModule({ broker: false })));
after(() => module?.close());

const connectError = (url) =>
  module.run("page", ({ mis, kit, input }) => kit.rejection(mis, mis.MqttClient.connect({ url: input.url, connectTimeoutMs: 5000 })), { url });

test("offers the subprotocol mqtt, and sends packets in binary frames alone", limit, async () => {
  const server = await startWebSocketServer({ onFrame: ({ bytes }, link) => bytes[0] === 0x10 && link.send("binary", connack) });
  await module.run("page", async ({ mis, input }) => {
    const client = await mis.MqttClient.connect({ url: input.url });
    await client.publish("topic", "text");
    await client.close();
  }, { url: server.url });
  await until(5000, "the end of the link", () => server.seen.closed === 1);
  assert.deepEqual(server.seen.offered, ["mqtt"]);
  const { frames } = server.seen;
  assert.ok(frames.every(({ opcode }) => opcode === binary), JSON.stringify(frames));
  const kinds = Buffer.concat(frames.map(({ bytes }) => bytes)).toString("latin1");
  assert.ok(kinds.startsWith("\x10") && kinds.includes("topictext") && kinds.endsWith("\xe0\x00"));
  await server.stop();
});

test("a text frame closes the link, before CONNACK and after it", limit, async () => {
  const early = await startWebSocketServer({ onFrame: (_, link) => link.send("text", connack) });
  assertError(await connectError(early.url), "MqttError", "protocol");
  await until(5000, "the end of the link", () => early.seen.closed === 1);
  await early.stop();

  // Well-formed text, which the browser hands on, and a good PUBLISH if it were binary.
  const publish = [0x30, 3, 0, 1, 0x74];
  const late = await startWebSocketServer({
    onFrame: ({ bytes }, link) => (bytes[0] === 0x10 ? link.send("binary", connack) : link.send("text", publish)),
  });
  const cause = await module.run("page", async ({ mis, kit, input }) => {
    const client = await mis.MqttClient.connect({ url: input.url, reconnect: false });
    const closed = new Promise((done) => (client.onstatechange = (state, cause) => state === "closed" && done(kit.describe(mis, cause))));
    client.publish("topic", "text").catch(() => {});
    return kit.within(5000, "the end", closed);
  }, { url: late.url });
  assertError(cause, "MqttError", "protocol");
  await until(5000, "the end of the link", () => late.seen.closed === 1);
  await late.stop();
});

test("packets need not begin or end with a frame", limit, async () => {
  const message = [0x30, 7, 0, 1, 0x74, ...Buffer.from("text")];
  const server = await startWebSocketServer({
    onFrame: ({ bytes }, link) => {
      if (bytes[0] === 0x10) for (const byte of connack) link.send("binary", [byte]);
      // SUBACK, a whole message and half of another one in a frame; the rest of it in single bytes, between empty frames.
      if (bytes[0] === 0x82) {
        link.send("binary", [0x90, 3, bytes[2], bytes[3], 0, ...message, ...message.slice(0, 4)]);
        for (const byte of message.slice(4)) (link.send("binary", []), link.send("binary", [byte]));
      }
    },
  });
  const texts = await module.run("page", async ({ mis, kit, input }) => {
    const client = await mis.MqttClient.connect({ url: input.url });
    const texts = [];
    await client.subscribe("t", (message) => texts.push(new TextDecoder().decode(message.payload)));
    await kit.until(5000, "both messages", () => texts.length === 2);
    await client.close();
    return texts;
  }, { url: server.url });
  assert.deepEqual(texts, ["text", "text"]);
  await server.stop();
});

for (const protocol of [null, "mqttv3.1", "mqtt, mqtt"]) {
  test(`a server that selects the subprotocol ${protocol} gets no packet`, limit, async () => {
    const server = await startWebSocketServer({ protocol });
    // Firefox alone opens a socket without any subprotocol, so that the module can say what is wrong.
    const advice = protocol === null && browserName === "firefox" ? /subprotocol mqtt/ : /WebSocket listener/;
    assertError(await connectError(server.url), "MqttError", "network", advice);
    assert.deepEqual(server.seen.frames, []);
    await server.stop();
  });
}
