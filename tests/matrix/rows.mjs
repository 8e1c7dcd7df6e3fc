// What is asked of every broker. Each row gives in a few words what was seen: "✓", or what the broker does instead.
import assert from "node:assert/strict";
import { bytes, sha256 } from "../support/images.mjs";
import { startProxy } from "../support/proxy.mjs";
import { startDevice } from "../support/device.mjs";

/** The columns of the README's table, in its order. A row is called with { module, broker, unique }. */
export const rows = {
  connect,
  "QoS 0": (bench) => quality(bench, 0),
  "QoS 1": (bench) => quality(bench, 1),
  "QoS 2": (bench) => quality(bench, 2),
  retained,
  will,
  "session resume": resume,
  "60 kB": (bench) => large(bench, 60_000),
  "900 kB": (bench) => large(bench, 900_000),
  "wrong password": refused,
  image,
};

async function connect({ module, broker }) {
  const seen = await module.run("page", async ({ mis, kit, input }) => {
    const out = [];
    for (const clientId of [undefined, "a", "x".repeat(40)]) {
      const client = await mis.MqttClient.connect({ url: input.url, clientId });
      out.push(await client.check());
      await kit.sleep(50);
      out.push(client.state);
      await client.close();
    }
    return out;
  }, { url: broker.url });
  assert.deepEqual(seen, [true, "connected", true, "connected", true, "connected"]);
  return "✓";
}

/** Twenty messages of this QoS to itself. */
async function quality({ module, broker, unique }, qos) {
  const seen = await module.run("page", async ({ mis, kit, input }) => {
    const { qos, topic } = input;
    const client = await mis.MqttClient.connect({ url: input.url, reconnect: false });
    const got = [];
    const { qos: granted } = await client.subscribe(topic, (message) => got.push(message), { qos });
    const sent = Array.from({ length: 20 }, (_, number) => client.publish(topic, String(number), { qos }));
    const settled = await kit.within(10_000, "the end of the publishes", Promise.allSettled(sent));
    await kit.until(3000, "all of them", () => got.length >= 20).catch(() => {});
    await kit.sleep(200);
    const { state } = client;
    await client.close();
    const numbers = got.map(({ payload }) => Number(new TextDecoder().decode(payload)));
    const failed = settled.filter(({ status }) => status === "rejected").map(({ reason }) => reason.code);
    return { granted, numbers, qos: [...new Set(got.map((message) => message.qos))], failed, state };
  }, { url: broker.url, topic: `mis/${unique}/qos`, qos });
  if (seen.state !== "connected") {
    // None of them may be lost in silence.
    assert.equal(seen.failed.length, 20, JSON.stringify(seen));
    return "PUBLISH closes the link";
  }
  assert.deepEqual(seen.failed, []);
  const came = comes(seen.numbers, 20);
  if (came !== "✓") return came;
  assert.equal(seen.qos.length, 1, JSON.stringify(seen));
  const [arrived] = seen.qos;
  return seen.granted === qos && arrived === qos ? "✓" : `granted ${seen.granted}, arrives as ${arrived}`;
}

async function retained({ module, broker, unique }) {
  const seen = await module.run("page", async ({ mis, kit, input }) => {
    const client = await mis.MqttClient.connect({ url: input.url });
    const late = async () => {
      const other = await mis.MqttClient.connect({ url: input.url });
      const got = [];
      await other.subscribe(input.topic, ({ payload, retain }) => got.push([new TextDecoder().decode(payload), retain]), { qos: 1 });
      await kit.until(1000, "it", () => got.length).catch(() => {});
      await other.close();
      return got;
    };
    for (const text of ["first", "second"]) await client.publish(input.topic, text, { qos: 1, retain: true });
    const kept = await late();
    await client.publish(input.topic, "", { qos: 1, retain: true });
    const cleared = await late();
    await client.close();
    return { kept, cleared };
  }, { url: broker.url, topic: `mis/${unique}/kept` });
  if (JSON.stringify(seen.kept) === '[["second",false]]') return "comes without its flag";
  if (!seen.kept.length) return "none comes";
  assert.deepEqual(seen.kept, [["second", true]]);
  if (seen.cleared.length) return "is never cleared";
  return "✓";
}

/** For who is cut off, and not for who says goodbye. */
async function will({ module, broker, unique }) {
  const proxy = await startProxy(portOf(broker.url));
  const input = { url: broker.url, proxied: through(proxy, broker.url), topic: `mis/${unique}/will` };
  await module.run("page", async ({ mis, kit, input }) => {
    const witness = await mis.MqttClient.connect({ url: input.url });
    const got = [];
    await witness.subscribe(input.topic, ({ payload }) => got.push(new TextDecoder().decode(payload)), { qos: 1 });
    const mortal = (payload) => mis.MqttClient.connect({ url: input.proxied, reconnect: false, will: { topic: input.topic, payload, qos: 1 } });
    await (await mortal("left with a word")).close();
    await kit.sleep(500);
    globalThis.matrix = { witness, got, mortal: await mortal("gone") };
  }, input);
  proxy.cut();
  const got = await module.run("page", async ({ kit }) => {
    const { witness, got, mortal } = globalThis.matrix;
    await kit.until(3000, "the will", () => got.length).catch(() => {});
    await kit.sleep(200);
    await witness.close();
    await mortal.close();
    return got;
  });
  await proxy.stop();
  if (!got.length) return "none comes";
  if (got.includes("left with a word")) return "comes after a goodbye too";
  assert.deepEqual(got, ["gone"]);
  return "✓";
}

/** What was published at QoS 1 while the link was cut comes when it is back. */
async function resume({ module, broker, unique }) {
  const proxy = await startProxy(portOf(broker.url));
  const input = { url: broker.url, proxied: through(proxy, broker.url), topic: `mis/${unique}/resume`, clientId: `resume-${unique}` };
  await module.run("page", async ({ mis, input }) => {
    const got = [];
    const states = [];
    const client = await mis.MqttClient.connect({
      url: input.proxied, clientId: input.clientId, cleanSession: false, reconnect: { minDelayMs: 50, maxDelayMs: 200 },
    });
    client.onstatechange = (state) => states.push(state);
    await client.subscribe(input.topic, ({ payload }) => got.push(Number(new TextDecoder().decode(payload))), { qos: 1 });
    globalThis.matrix = { client, got, states };
  }, input);
  proxy.refuse(true);
  proxy.cut();
  await module.run("page", async ({ mis, kit, input }) => {
    const { states } = globalThis.matrix;
    await kit.until(5000, "the end of the link", () => states.includes("reconnecting"));
    const other = await mis.MqttClient.connect({ url: input.url });
    for (let number = 0; number < 20; number++) await other.publish(input.topic, String(number), { qos: 1 });
    await other.close();
  }, input);
  proxy.refuse(false);
  const numbers = await module.run("page", async ({ kit }) => {
    const { client, got, states } = globalThis.matrix;
    await kit.until(15_000, "the new link", () => states.includes("connected"));
    await kit.until(5000, "all of them", () => got.length >= 20).catch(() => {});
    await kit.sleep(500);
    await client.close();
    return got;
  });
  await proxy.stop();
  return comes(numbers, 20);
}

/** From one client to another: what a broker cannot deliver does not keep it from answering the sender. */
async function large({ module, broker, unique }, length) {
  const seen = await module.run("page", async ({ mis, kit, input }) => {
    const [sender, receiver] = await Promise.all([1, 2].map(() => mis.MqttClient.connect({ url: input.url, reconnect: false })));
    const sent = kit.bytes(input.length);
    const got = [];
    await receiver.subscribe(input.topic, ({ payload }) => got.push(payload), { qos: 1 });
    const published = await kit.within(8000, "PUBACK", sender.publish(input.topic, sent, { qos: 1 })).then(() => true, () => false);
    await kit.until(5000, "it", () => got.length).catch(() => {});
    const states = [sender.state, receiver.state];
    await sender.close();
    await receiver.close();
    const same = got.length === 1 && (await kit.sha256(got[0])) === (await kit.sha256(sent));
    return { published, came: got.length, same, states };
  }, { url: broker.url, topic: `mis/${unique}/large`, length });
  if (seen.states.includes("closed")) return "closes the link";
  if (!seen.came) return seen.published ? "accepted, never arrives" : "not accepted";
  assert.equal(seen.same, true, JSON.stringify(seen));
  return "✓";
}

/** The right password is let in, a wrong one and a wrong name are refused for good, whatever `reconnect` says. */
async function refused({ module, broker }) {
  const { user = "ada", password = "lovelace" } = broker;
  const seen = await module.run("page", async ({ mis, kit, input }) => {
    const { url, user, password } = input;
    const client = await mis.MqttClient.connect({ url, username: user, password });
    const alive = await client.check();
    await client.close();
    const wrong = [{ username: user, password: "wrong" }, { username: "eve", password }];
    const errors = [];
    for (const credentials of wrong) errors.push(await kit.rejection(mis, mis.MqttClient.connect({ url, ...credentials })));
    return { alive, errors: errors.map(({ code, returnCode }) => ({ code, returnCode })) };
  }, { url: broker.guardedUrl, user, password });
  assert.equal(seen.alive, true);
  const codes = new Set(seen.errors.map(({ code, returnCode }) => (code === "refused" ? `${code} ${returnCode}` : code)));
  if ([...codes].every((code) => code === "refused 4" || code === "refused 5")) return "✓";
  return codes.size === 1 && codes.has("network") ? "closed without an answer" : [...codes].join(", ");
}

/** To the reference device, which sits at the broker's TCP listener. */
async function image({ module, broker }) {
  for (const window of [1, 16]) {
    const device = await startDevice(broker);
    const data = bytes(140_001, window);
    const path = module.site.add(`/image-${window}.bin`, data);
    const sent = await module.run("page", async ({ mis, input }) => {
      const client = await mis.MqttClient.connect({ url: input.url });
      const source = new URL(input.path, location.href).href;
      const transfer = client.sendImage(source, { ...input.topics, format: "original", window: input.window });
      const { crc32, bytes, resends } = await transfer.done;
      await client.close();
      return { crc32, bytes, resends };
    }, { url: broker.url, topics: device.topics, path, window });
    const got = await device.image();
    await device.stop();
    assert.equal(got.whole, true);
    assert.equal(got.sha256, sha256(data));
    assert.equal(sent.resends, 0, `window ${window}`);
  }
  return "✓";
}

/** In words, how 0 to `count - 1` came. */
function comes(numbers, count) {
  const expected = Array.from({ length: count }, (_, number) => number);
  const missing = expected.filter((number) => !numbers.includes(number));
  if (missing.length === count) return "none arrives";
  if (missing.length) return "some are lost";
  if (numbers.length > count) return "some come twice";
  return numbers.every((number, index) => number === index) ? "✓" : "out of order";
}

const portOf = (url) => Number(new URL(url).port);

/** The broker's URL with the proxy's port: a path stays. */
function through(proxy, url) {
  const address = new URL(url);
  address.port = String(proxy.port);
  return address.href;
}
