// `practice:`, the broker inside the module: what its clients send one another arrives, without a network.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { assertError } from "../support/assert-error.mjs";
import { bytes, sha256 } from "../support/images.mjs";
import { openModule, places } from "../support/module-page.mjs";

const limit = { timeout: 60_000 };
let module;
// In this build practice is a module of its own.
let parted;
before(async () => {
  module = await openModule({ broker: false });
  parted = await openModule({ broker: false, module: "/pkg/mqtt/mqtt_image_sender.js" });
});
after(() => Promise.all([module?.close(), parted?.close()]));

for (const [place, build] of places.flatMap((place) => [[place, "whole"], [place, "mqtt"]])) {
  test(`an image for a VirtualDevice of another client arrives whole, and opens no socket, in a ${place}, with the ${build} build`, limit, async () => {
    const seen = await (build === "mqtt" ? parted : module).run(place, async ({ mis, kit }) => {
      let sockets = 0;
      self.WebSocket = class { constructor() { sockets++; throw new Error("no network here"); } };
      const connect = () => mis.MqttClient.connect({ url: "practice:" });
      const [sender, holder] = await Promise.all([connect(), connect()]);
      const device = await mis.VirtualDevice.attach(holder, { to: "sign/img", from: "sign/ack", numbering: "next" });
      const images = [];
      device.onimage = (image) => images.push(image);
      const done = await kit.within(30_000, "done", sender.sendImage(kit.bytes(300_001, 7), { to: "sign/img", from: "sign/ack", format: "original" }).done);
      await kit.until(2000, "the image", () => images.length);
      await Promise.all([sender.close(), holder.close()]);
      const [{ whole, bytes }] = images;
      return { whole, sum: await kit.sha256(bytes), count: images.length, resends: done.resends, numbering: done.numbering, sockets };
    });
    const expected = { whole: true, sum: sha256(bytes(300_001, 7)), count: 1, resends: 0, numbering: "next", sockets: 0 };
    assert.deepEqual(seen, expected);
  });
}

test("sender and device may be one client, and a wide window arrives whole too", limit, async () => {
  const seen = await module.run("page", async ({ mis, kit }) => {
    const client = await mis.MqttClient.connect({ url: "practice:" });
    const device = await mis.VirtualDevice.attach(client);
    const sums = [];
    device.onimage = async ({ bytes, whole }) => sums.push([whole, await kit.sha256(bytes)]);
    for (const window of [1, 1024, "auto"]) {
      await kit.within(30_000, "done", client.sendImage(kit.bytes(1_000_000, 3), { format: "original", window }).done);
    }
    await kit.until(2000, "three images", () => sums.length === 3);
    await client.close();
    return sums;
  });
  assert.deepEqual(seen, Array(3).fill([true, sha256(bytes(1_000_000, 3))]));
});

test("the broker keeps a retained message for who comes later, and tells it from a fresh one", limit, async () => {
  const seen = await module.run("page", async ({ mis, kit }) => {
    const [first, later] = await Promise.all([1, 2].map(() => mis.MqttClient.connect({ url: "practice:" })));
    await first.publish("sign/status", "online", { retain: true, qos: 1 });
    const got = [];
    const subscription = await later.subscribe("sign/+", ({ topic, payload, retain, qos }) => got.push([topic, new TextDecoder().decode(payload), retain, qos]), { qos: 2 });
    await first.publish("sign/news", "fresh", { qos: 2 });
    await kit.until(3000, "the messages", () => got.length === 2);
    await Promise.all([first.close(), later.close()]);
    return { got, granted: subscription.qos };
  });
  assert.deepEqual(seen, { got: [["sign/status", "online", true, 1], ["sign/news", "fresh", false, 2]], granted: 2 });
});

test("a will is published when a client's link ends without a goodbye, and a second client id takes the link over", limit, async () => {
  const seen = await module.run("page", async ({ mis, kit }) => {
    const url = "practice:";
    const watcher = await mis.MqttClient.connect({ url });
    const wills = [];
    await watcher.subscribe("gone", ({ payload }) => wills.push(new TextDecoder().decode(payload)));
    const one = await mis.MqttClient.connect({ url, clientId: "double", reconnect: false, will: { topic: "gone", payload: "one" } });
    const ends = [];
    one.onstatechange = (state, cause) => ends.push([state, cause?.code]);
    const other = await mis.MqttClient.connect({ url, clientId: "double", reconnect: false, will: { topic: "gone", payload: "other" } });
    await kit.until(3000, "the will", () => wills.length && ends.length);
    await other.close();
    await kit.sleep(50);
    await watcher.close();
    return { wills, ends };
  });
  assert.deepEqual(seen, { wills: ["one"], ends: [["closed", "network"]] });
});

test("the page has its turns while a large image runs", limit, async () => {
  const seen = await module.run("page", async ({ mis, kit }) => {
    const client = await mis.MqttClient.connect({ url: "practice:" });
    await mis.VirtualDevice.attach(client);
    const { done } = client.sendImage(kit.bytes(8_000_000, 1), { format: "original" });
    let [turns, longest, last] = [0, 0, performance.now()];
    const channel = new MessageChannel();
    channel.port1.onmessage = () => {
      const now = performance.now();
      [turns, longest, last] = [turns + 1, Math.max(longest, now - last), now];
      channel.port2.postMessage(0);
    };
    channel.port2.postMessage(0);
    const from = performance.now();
    await kit.within(30_000, "done", done);
    channel.port1.close();
    await client.close();
    return { turns, longest, elapsed: performance.now() - from };
  });
  assert.ok(seen.turns > 10, JSON.stringify(seen));
  assert.ok(seen.longest < seen.elapsed / 2, JSON.stringify(seen));
});

test("the mqtt build loads what practice needs once it is asked for, and tries again after that failed", limit, async () => {
  const tab = await parted.person();
  const seen = await tab.run("page", async ({ mis, kit }) => {
    const real = self.fetch;
    const asked = [];
    self.fetch = async (resource, options) => {
      asked.push(new URL(resource.url ?? resource, location.href).pathname);
      // The first answer is no module.
      return asked.length === 1 ? new Response("broken", { headers: { "Content-Type": "application/wasm" } }) : real(resource, options);
    };
    const failure = await kit.rejection(mis, mis.MqttClient.connect({ url: "practice:", reconnect: false }));
    const client = await mis.MqttClient.connect({ url: "practice:" });
    const device = await mis.VirtualDevice.attach(client);
    const images = [];
    device.onimage = ({ whole }) => images.push(whole);
    await kit.within(30_000, "done", client.sendImage(kit.bytes(5000), { format: "original" }).done);
    await kit.until(2000, "the image", () => images.length);
    await client.close();
    self.fetch = real;
    return { failure, asked, images };
  });
  assertError(seen.failure, "MqttError", "network", /module for practice/);
  assert.deepEqual([seen.asked, seen.images], [Array(2).fill("/pkg/practice/practice_bg.wasm"), [true]]);
  await tab.close();
});

test("a device ignores what is retained, shows what its onimage throws, and goes on", limit, async () => {
  for (const one of [module, parted]) {
    const seen = await one.run("page", async ({ mis, kit }) => {
      const [sender, holder] = await Promise.all([1, 2].map(() => mis.MqttClient.connect({ url: "practice:" })));
      const answers = [];
      await sender.subscribe("old/ack", ({ payload }) => answers.push([...payload]));
      const begin = new Uint8Array([0xee, 0xee, 0xff, 0xff, 1, 0, 0, 3, 0, ...new TextEncoder().encode("a;1")]);
      await sender.publish("old/img", begin, { retain: true, qos: 1 });
      const device = await mis.VirtualDevice.attach(holder, { to: "old/img", from: "old/ack" });
      await holder.publish("old/after", "", { qos: 1 });
      await kit.sleep(100);
      const early = answers.length;
      const before = device.onimage;
      device.onimage = 5;
      const noFunction = device.onimage;
      const names = [];
      device.onimage = ({ name }) => {
        names.push(name);
        throw new Error("onimage of the test");
      };
      const topics = { to: "old/img", from: "old/ack", format: "original" };
      for (const name of ["first", "second"]) await kit.within(9000, name, sender.sendImage(kit.bytes(3000), { ...topics, name }).done);
      await kit.until(2000, "both", () => names.length === 2);
      await Promise.all([sender.close(), holder.close()]);
      return { before, noFunction, names, early, isDevice: device instanceof mis.VirtualDevice };
    }, {}, { uncaught: "onimage of the test" });
    assert.deepEqual(seen, { before: null, noFunction: null, names: ["first", "second"], early: 0, isDevice: true });
  }
});

test("a device needs a client, and topics that are some", limit, async () => {
  const errors = await parted.run("page", async ({ mis, kit }) => {
    const client = await mis.MqttClient.connect({ url: "practice:" });
    const errors = [];
    for (const [who, options] of [[{}], [null], [client, { from: "a/#" }], [client, { to: "a/#/b" }], [client, { to: "" }]]) {
      errors.push(await kit.rejection(mis, mis.VirtualDevice.attach(who, options)));
    }
    await client.close();
    return errors;
  });
  for (const [i, name] of ["client", "client", "from", "to", "to"].entries()) assertError(errors[i], "MqttError", "invalid", new RegExp(`^${name}: `));
});

test("practice: with anything more is invalid, and checkAccess calls it open", limit, async () => {
  const seen = await module.run("page", async ({ mis, kit }) => ({
    more: await kit.rejection(mis, mis.MqttClient.connect({ url: "practice://broker" })),
    access: await mis.checkAccess("practice:"),
  }));
  assertError(seen.more, "MqttError", "invalid", /practice:/);
  assert.deepEqual(seen.access, { access: "open", advice: "" });
});
