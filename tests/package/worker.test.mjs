// `mqtt-image-sender/worker`: the package's interface on a page on which neither the link nor a picture ever runs.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { assertError } from "../support/assert-error.mjs";
import { bytes, crc32, sample, sha256 } from "../support/images.mjs";
import { DATA, feedback, startMiniDevice } from "../support/mini-device.mjs";
import { openModule } from "../support/module-page.mjs";

const limit = { timeout: 60_000 };
let module;
const run = (body, input, options) => module.run("page", body, input, options);
before(async () => {
  module = await openModule({ module: "/npm/worker/index.js" });
  module.site.add("/named/sunny day.jpg", sample("Landscape", 1));
});
after(() => module?.close());

test("it has every name of the package, and none of its wasm is loaded on the page", limit, async () => {
  const { names, loaded } = await run(async ({ mis }) => {
    await mis.prepareImage(new ImageData(3, 2), { format: "png" });
    const names = Object.keys(await import("/npm/mqtt_image_sender.js"));
    const loaded = performance.getEntriesByType("resource").map(({ name }) => name).filter((name) => name.endsWith(".wasm"));
    return { names: names.filter((name) => !(name in mis)), loaded };
  });
  assert.deepEqual(names.filter((name) => !["initSync", "Subscription", "Transfer", "PreparedImage"].includes(name)), []);
  assert.deepEqual(loaded, []);
});

for (const numbering of ["echo", "next"]) {
  test(`a photograph behind a relative address is prepared and sent to the reference device, ${numbering}`, limit, async () => {
    const device = await module.device({ numbering });
    const seen = await run(async ({ mis, input }) => {
      const client = await mis.MqttClient.connect({ url: input.broker });
      const steps = [];
      const transfer = client.sendImage("/named/sunny%20day.jpg", { ...input.topics, width: 200, height: 100, format: "mono1", onProgress: (progress) => steps.push(progress) });
      const first = transfer.progress.phase;
      const done = await transfer.done;
      const log = transfer.log;
      const facts = { id: client.clientId, state: client.state, alive: await client.check() };
      await client.close();
      return { first, done, steps, log, facts, last: transfer.progress };
    }, { topics: device.topics });
    const image = await device.image();
    assert.deepEqual([image.whole, image.name, image.bytes], [true, "sunny day.raw", 2500]);
    assert.equal(seen.first, "preparing");
    assert.deepEqual([seen.done.name, seen.done.bytes, seen.done.numbering], ["sunny day.raw", 2500, numbering]);
    assert.match(seen.facts.id, /^mis-[0-9a-f]{16}$/);
    assert.deepEqual([seen.facts.state, seen.facts.alive], ["connected", true]);
    assert.equal(seen.steps.at(-1).phase, "done");
    assert.deepEqual(seen.last, seen.steps.at(-1));
    assert.equal(seen.log.filter((line) => line.event === "sent").length, 4);
    await device.stop();
  });
}

test("what is no failure but should be known is told on the page, once", limit, async () => {
  const device = await startMiniDevice(module.broker, (frame) => {
    if (frame.function === DATA && frame.number === 0) device.publish(feedback(DATA, 400, 1));
    return 1;
  });
  const notices = await run(async ({ mis, kit, input }) => {
    const client = await mis.MqttClient.connect({ url: input.broker });
    const notices = [];
    client.onnotice = ({ code, topic }) => notices.push([code, topic]);
    await client.sendImage(kit.bytes(9000), { ...input.topics, format: "original" }).done;
    await client.close();
    return notices;
  }, { topics: device.topics });
  assert.deepEqual(notices, [["another-sender", device.topics.to]]);
  await device.stop();
});

test("bytes are copied at the call and arrive untouched; a prepared picture goes to two devices", limit, async () => {
  const seen = await run(async ({ mis, kit, input }) => {
    const [sender, holder] = await Promise.all([1, 2].map(() => mis.MqttClient.connect({ url: input.broker })));
    const images = [];
    for (const name of ["a", "b", "c"]) {
      const device = await mis.VirtualDevice.attach(holder, { to: `mis/w/${name}/to`, from: `mis/w/${name}/from` });
      device.onimage = (image) => images.push([name, image]);
    }
    const topics = (name) => ({ to: `mis/w/${name}/to`, from: `mis/w/${name}/from` });
    const mine = kit.bytes(9000, 6);
    const first = sender.sendImage(mine.subarray(100, 8000), { ...topics("a"), format: "original", name: "part.bin" });
    mine.fill(0);
    const prepared = await mis.prepareImage(new ImageData(40, 30), { format: "png" });
    const { width, data } = prepared.preview();
    await Promise.all([first.done, ...["b", "c"].map((name) => sender.sendImage(prepared, topics(name)).done)]);
    await kit.until(3000, "three images", () => images.length === 3);
    const sums = await Promise.all(images.sort().map(async ([name, { name: file, whole, bytes }]) => [name, file, whole, await kit.sha256(bytes)]));
    await Promise.all([sender.close(), holder.close()]);
    return { sums, shown: [width, data.length], prepared: await kit.sha256(prepared.bytes), mime: prepared.mime };
  });
  assert.deepEqual(seen.shown, [40, 40 * 30 * 4]);
  assert.equal(seen.mime, "image/png");
  const part = sha256(bytes(9000, 6).subarray(100, 8000));
  assert.deepEqual(seen.sums, [["a", "part.bin", true, part], ["b", "image.png", true, seen.prepared], ["c", "image.png", true, seen.prepared]]);
});

test("messages come back to their own subscription until it ends, and states to the page", limit, async () => {
  const seen = await run(async ({ mis, kit, input }) => {
    let asked = 0;
    const credentials = async () => (asked++, { username: "anna" });
    const packets = [];
    const client = await mis.MqttClient.connect({ url: input.broker, credentials, onPacket: ({ type }) => packets.push(type) });
    const states = [];
    client.onstatechange = (state) => states.push(state);
    const got = [];
    const subscription = await client.subscribe("mis/w/m/#", ({ topic, payload, qos }) => got.push([topic, new TextDecoder().decode(payload), qos]), { qos: 1 });
    await client.publish("mis/w/m/1", "one", { qos: 1 });
    await kit.until(2000, "one", () => got.length === 1);
    await subscription.unsubscribe();
    await client.publish("mis/w/m/2", "two", { qos: 1 });
    await client.close();
    await client.close();
    return { got, states, asked, packets, qos: subscription.qos, state: client.state, after: await kit.rejection(mis, client.publish("a", "b")) };
  });
  assert.deepEqual([seen.got, seen.qos, seen.asked], [[["mis/w/m/1", "one", 1]], 1, 1]);
  assert.deepEqual([seen.states, seen.state], [["closed"], "closed"]);
  assert.deepEqual(seen.packets.slice(0, 3), ["CONNECT", "CONNACK", "SUBSCRIBE"]);
  assertError(seen.after, "MqttError", "closed");
});

test("a transfer is held back, goes on, and is cancelled at any stage", limit, async () => {
  const device = await module.device();
  const seen = await run(async ({ mis, kit, input }) => {
    const client = await mis.MqttClient.connect({ url: input.broker });
    const send = (options) => client.sendImage(kit.bytes(60_000, 9), { ...input.topics, format: "original", chunkSize: 200, ...options });
    const held = send();
    await kit.until(5000, "chunks", () => held.progress.chunksAcked > 3);
    held.pause();
    await kit.until(2000, "the pause", () => held.log.some((line) => line.event === "paused"));
    held.resume();
    await held.done;
    const late = send();
    await kit.until(5000, "chunks", () => late.progress.chunksAcked > 3);
    late.cancel();
    const preparing = client.sendImage(new ImageData(2000, 2000), input.topics);
    preparing.cancel();
    const aborted = new AbortController();
    const signalled = send({ signal: aborted.signal });
    aborted.abort(new Error("enough"));
    const errors = await Promise.all([late, preparing, signalled].map(({ done }) => kit.rejection(mis, done)));
    const cause = await signalled.done.catch((error) => error.cause?.message);
    const closing = send();
    await client.close();
    errors.push(await kit.rejection(mis, closing.done));
    return { errors, cause };
  }, { topics: device.topics });
  assert.equal((await device.image()).whole, true);
  for (const error of seen.errors.slice(0, 3)) assertError(error, "TransferError", "aborted");
  assertError(seen.errors[3], "TransferError", "closed");
  assert.equal(seen.cause, "enough");
  await device.stop();
});

test("what is wrong comes back with the class and the code that it has without a worker", limit, async () => {
  const seen = await run(async ({ mis, kit, input }) => {
    const client = await mis.MqttClient.connect({ url: input.broker });
    const gone = new ArrayBuffer(5);
    structuredClone(gone, { transfer: [gone] });
    const prepared = await mis.prepareImage(new ImageData(1, 1));
    const tries = {
      option: () => mis.MqttClient.connect({ url: input.broker, wrong: 1 }),
      uncloneable: () => mis.MqttClient.connect({ url: input.broker, clientId: () => {} }),
      nobody: () => mis.MqttClient.connect({ url: "ws://127.0.0.1:9", connectTimeoutMs: 3000 }),
      send: () => client.sendImage(new ImageData(1, 1), { colour: 1 }).done,
      prepare: () => mis.prepareImage(new ImageData(1, 1), { colour: 1 }),
      fetch: () => mis.prepareImage("/nothing.jpg"),
      text: () => mis.prepareImage(new TextEncoder().encode("no picture")),
      detached: () => client.sendImage(gone, {}).done,
      twice: () => client.sendImage(prepared, { width: 5 }).done,
    };
    const errors = {};
    for (const [name, attempt] of Object.entries(tries)) errors[name] = await kit.rejection(mis, attempt());
    const original = await mis.prepareImage(kit.bytes(10), { format: "original" });
    errors.preview = await kit.rejection(mis, new Promise(() => original.preview()));
    const access = await mis.checkAccess("ws://127.0.0.1:1");
    await client.close();
    return { errors, access: access.access };
  });
  const expected = {
    option: ["MqttError", "invalid"], uncloneable: ["MqttError", "invalid"], nobody: ["MqttError", "network"], send: ["TransferError", "invalid"],
    prepare: ["ImageError", "invalid"], fetch: ["ImageError", "fetch"], text: ["ImageError", "unsupported"],
    detached: ["ImageError", "invalid"], twice: ["TransferError", "invalid"], preview: ["ImageError", "unsupported"],
  };
  for (const [name, [kind, code]] of Object.entries(expected)) {
    assert.deepEqual([seen.errors[name].name, seen.errors[name].code], [kind, code], `${name}: ${seen.errors[name].message}`);
    assert.deepEqual([seen.errors[name].instanceOf, seen.errors[name].isError], [[kind], true], name);
  }
  assert.match(seen.errors.option.message, /wrong/);
  assert.equal(seen.access, "open");
});

test("a worker whose wasm could not be loaded is replaced at the next try", limit, async () => {
  const path = "/npm/image/mqtt_image_sender_bg.wasm";
  const fresh = await openModule({ broker: false, module: "/npm/worker/index.js" });
  fresh.site.add(path, "not wasm", "application/wasm");
  try {
    const first = await fresh.run("page", ({ mis, kit }) => kit.rejection(mis, mis.prepareImage(new ImageData(1, 1))));
    assert.ok(first.isError, first.text);
    fresh.site.remove(path);
    const width = await fresh.run("page", async ({ mis }) => (await mis.prepareImage(new ImageData(7, 1))).width);
    assert.equal(width, 7);
  } finally {
    await fresh.close();
  }
});

test("practice: is a broker in the client's own worker", limit, async () => {
  const seen = await run(async ({ mis, kit }) => {
    const client = await mis.MqttClient.connect({ url: "practice:" });
    const device = await mis.VirtualDevice.attach(client, { to: "mis/p/to", from: "mis/p/from" });
    let image;
    device.onimage = (received) => (image = received);
    await client.sendImage(kit.bytes(5000), { to: "mis/p/to", from: "mis/p/from", format: "original" }).done;
    await kit.until(2000, "the image", () => image);
    await client.close();
    return [image.whole, image.bytes.length];
  });
  assert.deepEqual(seen, [true, 5000]);
});
