// `onPacket`: what whoever looks for a fault gets to see. And the end of a block that holds a client.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { openModule } from "../support/module-page.mjs";

const limit = { timeout: 30_000 };
let module;
before(async () => (module = await openModule({ users: { anna: "correct horse" } })));
after(() => module?.close());

test("every packet is told in order and whole, and of CONNECT nothing that is secret", limit, async () => {
  const packets = await module.run("page", async ({ mis, kit, input }) => {
    const packets = [];
    const onPacket = ({ direction, type, bytes }) => packets.push([direction, type, [...bytes.slice(0, 20)], bytes.length]);
    const client = await mis.MqttClient.connect({ url: input.broker, clientId: "t", username: "anna", password: "correct horse", onPacket });
    const got = [];
    const subscription = await client.subscribe("mis/trace", ({ payload }) => got.push(payload.length));
    await client.publish("mis/trace", new Uint8Array(50_000), { qos: 1 });
    await kit.until(3000, "the message", () => got.length);
    await client.check();
    await subscription.unsubscribe();
    await client.close();
    return packets;
  });
  assert.deepEqual(packets[0], ["sent", "CONNECT", [0x10, 34, 0, 4, 77, 81, 84, 84, 4, 0xc2, 0, 60], 12]);
  assert.deepEqual(packets[1], ["received", "CONNACK", [0x20, 2, 0, 0], 4]);
  const told = (direction) => packets.filter((packet) => packet[0] === direction).map(([, type]) => type);
  assert.deepEqual(told("sent"), ["CONNECT", "SUBSCRIBE", "PUBLISH", "PINGREQ", "UNSUBSCRIBE", "DISCONNECT"]);
  assert.deepEqual(told("received").sort(), ["CONNACK", "PINGRESP", "PUBACK", "PUBLISH", "SUBACK", "UNSUBACK"]);
  const [sent, received] = ["sent", "received"].map((direction) => packets.find((packet) => packet[0] === direction && packet[1] === "PUBLISH")[3]);
  assert.deepEqual([sent, received], [1 + 3 + 2 + 9 + 2 + 50_000, 1 + 3 + 2 + 9 + 50_000]);
});

test("a function that throws is shown, and the connection goes on", limit, async () => {
  const state = await module.run("page", async ({ mis, kit, input }) => {
    const onPacket = () => {
      throw new Error("uncaught by the tracer");
    };
    const client = await mis.MqttClient.connect({ url: input.broker, username: "anna", password: "correct horse", onPacket });
    const alive = await client.check();
    await client.close();
    await kit.sleep(50);
    return alive;
  }, {}, { uncaught: "uncaught by the tracer" });
  assert.equal(state, true);
});

test("a client is closed when its block ends", limit, async () => {
  const state = await module.run("page", async ({ mis, input }) => {
    const client = await mis.MqttClient.connect({ url: input.broker, username: "anna", password: "correct horse" });
    await client[Symbol.asyncDispose]();
    return client.state;
  });
  assert.equal(state, "closed");
});
