// publish and subscribe over a real broker.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { assertError } from "../support/assert-error.mjs";
import { openModule, places } from "../support/module-page.mjs";
import { connect } from "../support/mqtt.mjs";

const limit = { timeout: 30_000 };
let module;
before(async () => (module = await openModule()));
after(() => module?.close());

for (const place of places) {
  for (const qos of [0, 1, 2]) {
    test(`QoS ${qos} goes both ways, in order, in a ${place}`, limit, async () => {
      const seen = await module.run(place, async ({ mis, kit, input }) => {
        const client = await mis.MqttClient.connect({ url: input.broker });
        const got = [];
        const topic = `mis/qos/${input.qos}`;
        const subscription = await client.subscribe(topic, (message) => got.push(message), { qos: input.qos });
        for (let i = 0; i < 20; i++) await client.publish(topic, `number ${i}`, { qos: input.qos });
        await kit.until(5000, "all of them", () => got.length === 20);
        await kit.sleep(100);
        await client.close();
        const texts = got.map(({ payload }) => new TextDecoder().decode(payload));
        const { payload, ...first } = got[0];
        return { granted: subscription.qos, texts, first, bytes: payload instanceof Uint8Array };
      }, { qos });
      assert.equal(seen.granted, qos);
      assert.deepEqual(seen.texts, Array.from({ length: 20 }, (_, i) => `number ${i}`));
      assert.deepEqual(seen.first, { topic: `mis/qos/${qos}`, qos, retain: false, dup: false });
      assert.equal(seen.bytes, true);
    });
  }

  test(`bytes, text of all kinds and empty payloads arrive as they are, in a ${place}`, limit, async () => {
    const seen = await module.run(place, async ({ mis, kit, input }) => {
      const client = await mis.MqttClient.connect({ url: input.broker });
      const got = [];
      await client.subscribe("mis/payloads", ({ payload }) => got.push([...payload]));
      const all = new Uint8Array(1000).map((_, i) => i);
      const payloads = [all, all.subarray(3, 7), "Grüße 東京 \u{1f5bc}", "", new Uint8Array(0), "\0"];
      for (const payload of payloads) await client.publish("mis/payloads", payload);
      await kit.until(5000, "all of them", () => got.length === payloads.length);
      await client.close();
      const expected = payloads.map((payload) => [...(typeof payload === "string" ? new TextEncoder().encode(payload) : payload)]);
      return { got, expected };
    });
    assert.deepEqual(seen.got, seen.expected);
  });
}

test("a retained message comes with its flag, wildcards match, and another client sees what was published", limit, async () => {
  const other = await connect(module.broker);
  await other.subscribe("mis/out/#");
  other.publish("mis/in/kept", "old", { retain: true });
  const seen = await module.run("page", async ({ mis, kit, input }) => {
    const client = await mis.MqttClient.connect({ url: input.broker });
    const got = [];
    await client.subscribe("mis/in/+", ({ topic, payload, retain }) => got.push([topic, new TextDecoder().decode(payload), retain]));
    await client.publish("mis/in/new", "now");
    await kit.until(3000, "both", () => got.length === 2);
    await client.publish("mis/out/deep/er", "kept", { retain: true, qos: 1 });
    await client.close();
    return got;
  });
  assert.deepEqual(seen, [["mis/in/kept", "old", true], ["mis/in/new", "now", false]]);
  assert.deepEqual(other.messages.map(({ topic, payload }) => [topic, payload.toString()]), [["mis/out/deep/er", "kept"]]);
  await other.close();
});

test("two handlers on one filter and one on an overlapping filter each get the message once", limit, async () => {
  const counts = await module.run("page", async ({ mis, kit, input }) => {
    const client = await mis.MqttClient.connect({ url: input.broker });
    const counts = [0, 0, 0];
    await client.subscribe("mis/over/a", () => counts[0]++);
    const second = await client.subscribe("mis/over/a", () => counts[1]++);
    await client.publish("mis/over/a", "1", { qos: 1 });
    await kit.until(3000, "the first", () => counts[0] === 1 && counts[1] === 1);
    await second.unsubscribe();
    await second.unsubscribe();
    await client.publish("mis/over/a", "2", { qos: 1 });
    await kit.until(3000, "the second", () => counts[0] === 2);
    await kit.sleep(100);
    await client.close();
    return counts;
  });
  assert.deepEqual(counts, [2, 1, 0]);
});

test("after unsubscribe() nothing comes, also when it is called in the callback", limit, async () => {
  const count = await module.run("page", async ({ mis, kit, input }) => {
    const client = await mis.MqttClient.connect({ url: input.broker });
    let count = 0;
    const subscription = await client.subscribe("mis/unsub", () => (count++, subscription.unsubscribe()));
    await client.publish("mis/unsub", "1", { qos: 1 });
    await kit.until(3000, "the first", () => count === 1);
    await kit.sleep(100);
    await client.publish("mis/unsub", "2", { qos: 1 });
    await kit.sleep(200);
    await client.close();
    return count;
  });
  assert.equal(count, 1);
});

test("a callback that throws, or calls back into the client, does not break it", limit, async () => {
  const got = await module.run("page", async ({ mis, kit, input }) => {
    const client = await mis.MqttClient.connect({ url: input.broker });
    const got = [];
    await client.subscribe("mis/throws", ({ payload }) => {
      const text = new TextDecoder().decode(payload);
      got.push(text);
      if (text === "1") client.publish("mis/throws", "from the callback");
      if (text === "2") throw new Error("the caller's own");
    });
    for (const text of ["1", "2", "3"]) await client.publish("mis/throws", text);
    await kit.until(3000, "all", () => got.length === 4);
    await client.close();
    return got.sort();
  }, {}, { uncaught: "the caller's own" });
  assert.deepEqual(got, ["1", "2", "3", "from the callback"]);
});

for (const [what, call] of [
  ["a topic with +", "publish('a/+', 'x')"],
  ["a topic with #", "publish('#', 'x')"],
  ["an empty topic", "publish('', 'x')"],
  ["a topic with NUL", "publish('a\\u0000b', 'x')"],
  ["a topic that is no text", "publish(5, 'x')"],
  ["a lone surrogate in a topic", "publish('a\\ud800', 'x')"],
  ["a topic over 65,535 bytes", "publish('a'.repeat(65536), 'x')"],
  ["a payload that is a number", "publish('a', 5)"],
  ["a payload that is null", "publish('a', null)"],
  ["no payload", "publish('a')"],
  ["QoS 3", "publish('a', 'x', { qos: 3 })"],
  ["an unknown option of publish", "publish('a', 'x', { retained: true })"],
  ["retain that is no boolean", "publish('a', 'x', { retain: 1 })"],
  ["a filter with # in the middle", "subscribe('a/#/b', () => {})"],
  ["a filter with + in a word", "subscribe('a+', () => {})"],
  ["an empty filter", "subscribe('', () => {})"],
  ["no callback", "subscribe('a')"],
  ["a callback that is no function", "subscribe('a', {})"],
  ["an unknown option of subscribe", "subscribe('a', () => {}, { QoS: 1 })"],
]) {
  test(`${what} is invalid, and the client lives on`, limit, async () => {
    const seen = await module.run("page", async ({ mis, kit, input }) => {
      const client = await mis.MqttClient.connect({ url: input.broker });
      const error = await kit.rejection(mis, new Function("client", `return client.${input.call}`)(client));
      await client.publish("still/here", "x", { qos: 1 });
      const state = client.state;
      await client.close();
      return { error, state };
    }, { call });
    assertError(seen.error, "MqttError", "invalid");
    assert.equal(seen.state, "connected");
  });
}

test("publish with an aborted signal is aborted", limit, async () => {
  const error = await module.run("page", async ({ mis, kit, input }) => {
    const client = await mis.MqttClient.connect({ url: input.broker });
    const error = await kit.rejection(mis, client.publish("a", "b", { signal: AbortSignal.abort() }));
    await client.close();
    return error;
  });
  assertError(error, "MqttError", "aborted");
});
