// sendImage with a VirtualDevice or the reference device at the other end.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { assertError } from "../support/assert-error.mjs";
import { bytes, crc32, png, sha256 } from "../support/images.mjs";
import { openModule, places } from "../support/module-page.mjs";
import { startMiniDevice } from "../support/mini-device.mjs";
import { connect } from "../support/mqtt.mjs";

const limit = { timeout: 60_000 };
const phases = ["queued", "preparing", "waiting", "begin", "data", "finish", "done"];
let module;
before(async () => {
  module = await openModule();
  module.site.add("/named/sunny day.png", png(3, 3, () => [1, 2, 3, 255]));
});
after(() => module?.close());

for (const place of places) {
  for (const numbering of ["echo", "next"]) {
    test(`what is sent is what the VirtualDevice hands over, by ${numbering}, in a ${place}`, limit, async () => {
      const seen = await module.run(place, async ({ mis, kit, input }) => {
        const [sender, holder] = await Promise.all([1, 2].map(() => mis.MqttClient.connect({ url: input.broker })));
        const topics = { to: `mis/v/${input.numbering}/to`, from: `mis/v/${input.numbering}/from` };
        const device = await mis.VirtualDevice.attach(holder, { ...topics, numbering: input.numbering });
        const images = [];
        device.onimage = (image) => images.push(image);
        const steps = [];
        const transfer = sender.sendImage(kit.bytes(50_001, 5), { ...topics, format: "original", name: "whole.bin", onProgress: (progress) => steps.push(progress) });
        const first = transfer.progress;
        const done = await kit.within(30_000, "done", transfer.done);
        await kit.until(2000, "the image", () => images.length);
        const { log, progress: last } = transfer;
        await device.detach();
        await Promise.all([sender.close(), holder.close()]);
        const [{ name, whole, bytes }] = images;
        return { name, whole, sum: await kit.sha256(bytes), count: images.length, first, steps, done, last, log: [...log] };
      }, { numbering });
      const data = bytes(50_001, 5);
      assert.deepEqual([seen.name, seen.whole, seen.count], ["whole.bin", true, 1]);
      assert.equal(seen.sum, sha256(data));
      const { name, bytes: length, crc32: sum, numbering: spoken, ...progress } = seen.done;
      assert.deepEqual([name, length, sum, spoken], ["whole.bin", 50_001, crc32(data), numbering]);
      assertProgress(seen.steps, { bytesTotal: 50_001, chunksTotal: 36 });
      assert.deepEqual(seen.steps.at(-1), progress, "done is the last progress");
      assert.deepEqual(seen.last, progress);
      assert.equal(progress.resends, 0);
      assert.ok(phases.includes(seen.first.phase) && seen.first.phase !== "done");
      const sent = seen.log.filter((entry) => entry.event === "sent");
      assert.equal(sent.length, 38);
      assert.deepEqual([sent[0].function, sent[1].function, sent[37].function], [1, 2, 3]);
      assert.deepEqual(sent.slice(1, 37).map((entry) => entry.number), Array.from({ length: 36 }, (_, i) => i));
    });
  }

  test(`a picture is prepared and sent to the reference device, in a ${place}`, limit, async () => {
    const device = await module.device();
    const done = await module.run(place, async ({ mis, input }) => {
      const client = await mis.MqttClient.connect({ url: input.broker });
      const done = await client.sendImage(new ImageData(640, 400), { ...input.topics, width: 320, height: 200 }).done;
      await client.close();
      return done;
    }, { topics: device.topics });
    const image = await device.image();
    assert.deepEqual([image.whole, image.name, image.bytes], [true, "image.jpg", done.bytes]);
    await device.stop();
  });
}

test("the caller's bytes are copied before sendImage returns", limit, async () => {
  const device = await module.device();
  await module.run("page", async ({ mis, kit, input }) => {
    const client = await mis.MqttClient.connect({ url: input.broker });
    const mine = kit.bytes(9000, 6);
    const transfers = [
      client.sendImage(mine, { ...input.topics, format: "original" }),
      client.sendImage(mine.buffer, { ...input.topics, format: "original" }),
      client.sendImage(mine.subarray(100, 8000), { ...input.topics, format: "original" }),
    ];
    mine.fill(0);
    for (const { done } of transfers) await done;
    await client.close();
  }, { topics: device.topics });
  const data = bytes(9000, 6);
  for (const expected of [data, data, data.subarray(100, 8000)]) assert.equal((await device.image()).sha256, sha256(expected));
  await device.stop();
});

test("a PreparedImage goes to two devices at once, and takes no PrepareOptions", limit, async () => {
  const devices = [await module.device(), await module.device({ numbering: "next" })];
  const seen = await module.run("page", async ({ mis, kit, input }) => {
    const client = await mis.MqttClient.connect({ url: input.broker });
    const image = await mis.prepareImage(new ImageData(300, 200), { format: "png" });
    const dones = await Promise.all(input.topics.map((topics) => client.sendImage(image, topics).done));
    const error = await kit.rejection(mis, client.sendImage(image, { ...input.topics[0], width: 5 }).done);
    const still = image.bytes.length;
    await client.close();
    return { dones, error, still, sum: await kit.sha256(image.bytes) };
  }, { topics: devices.map((device) => device.topics) });
  for (const device of devices) {
    const image = await device.image();
    assert.deepEqual([image.sha256, image.name], [seen.sum, "image.png"]);
    await device.stop();
  }
  assert.deepEqual(seen.dones.map((done) => done.numbering), ["echo", "next"]);
  assert.equal(seen.error.code, "invalid");
  assert.match(seen.error.message, /width/);
  assert.equal(seen.dones[0].bytes, seen.still);
});

test("transfers that share a feedback topic run one after the other, all whole", limit, async () => {
  const device = await module.device();
  const order = await module.run("page", async ({ mis, kit, input }) => {
    const client = await mis.MqttClient.connect({ url: input.broker });
    const order = [];
    const transfers = [1, 2, 3].map((seed) => client.sendImage(kit.bytes(8000 + seed, seed), { ...input.topics, format: "original", name: `${seed}` }));
    const waiting = transfers[2].progress.phase;
    await Promise.all(transfers.map(({ done }) => done.then(({ name }) => order.push(name))));
    await client.close();
    return { order, waiting };
  }, { topics: device.topics });
  assert.deepEqual(order.order, ["1", "2", "3"]);
  assert.ok(["queued", "preparing"].includes(order.waiting), order.waiting);
  for (const seed of [1, 2, 3]) assert.equal((await device.image()).sha256, sha256(bytes(8000 + seed, seed)));
  await device.stop();
});

test("default topics are mqttTestPub and mqttTestSub", limit, async () => {
  const device = await module.device({ to: "mqttTestPub", from: "mqttTestSub" });
  await module.run("page", async ({ mis, kit, input }) => {
    const client = await mis.MqttClient.connect({ url: input.broker });
    await client.sendImage(kit.bytes(2000), { format: "original" }).done;
    await client.close();
  });
  assert.equal((await device.image()).sha256, sha256(bytes(2000)));
  await device.stop();
});

for (const [what, source, options, name] of [
  ["a File's own with the format's extension and _ for ;", "new File([png], 'my;photo.PNG')", "format: 'jpeg'", "my_photo.jpg"],
  ["a File's own under original", "new File([png], 'my;photo.PNG')", "format: 'original'", "my_photo.PNG"],
  ["image.jpg for a Blob", "new Blob([png])", "", "image.jpg"],
  ["image.png for pixels as PNG", "new ImageData(2, 2)", "format: 'png'", "image.png"],
  ["an address's last part", "'/named/sunny%20day.png?size=3#top'", "format: 'jpeg'", "sunny day.jpg"],
  ["the given one", "new File([png], 'other.png')", "name: 'given'", "given"],
]) {
  test(`the name is ${what}`, limit, async () => {
    const device = await module.device();
    await module.run("page", async ({ mis, input }) => {
      const client = await mis.MqttClient.connect({ url: input.broker });
      const { bytes: png } = await mis.prepareImage(new ImageData(4, 4), { format: "png" });
      const start = new Function("client", "png", "topics", `return client.sendImage(${input.source}, { ...topics, ${input.options} })`);
      await start(client, png, input.topics).done;
      await client.close();
    }, { topics: device.topics, source, options });
    assert.equal((await device.image()).name, name);
    await device.stop();
  });
}

for (const phase of ["at once", ...phases]) {
  test(`cancel() ${phase === "at once" ? phase : `in onProgress at ${phase}`}, twice, ends it cleanly`, limit, async () => {
    const device = await module.device({ delay: 0.03 });
    const seen = await module.run("page", async ({ mis, kit, input }) => {
      const client = await mis.MqttClient.connect({ url: input.broker });
      let met = 0;
      const transfer = client.sendImage(kit.bytes(20_000), {
        ...input.topics, format: "original",
        onProgress(progress) {
          if (progress.phase !== input.phase) return;
          met++;
          transfer.cancel();
          transfer.cancel();
        },
      });
      if (input.phase === "at once") (transfer.cancel(), transfer.cancel());
      const end = await kit.within(8000, "an end", transfer.done.then((done) => ({ done }), (error) => ({ error: kit.describe(mis, error) })));
      transfer.cancel();
      await client.publish("still/here", "x", { qos: 0 });
      const state = client.state;
      await client.close();
      return { ...end, met, state };
    }, { topics: device.topics, phase });
    assert.equal(seen.state, "connected");
    const cancelled = phase === "at once" || (phase !== "done" && seen.met > 0);
    if (cancelled) assertError(seen.error, "TransferError", "aborted");
    else assert.equal(seen.done.bytes, 20_000);
    // The others can pass between two of at most 20 calls a second.
    if (["data", "done"].includes(phase)) assert.ok(seen.met > 0, "the phase was seen");
    await device.stop();
  });
}

test("after a cancel the next transfer on the same topics is whole", limit, async () => {
  const device = await module.device({ delay: 0.03 });
  await module.run("page", async ({ mis, kit, input }) => {
    const client = await mis.MqttClient.connect({ url: input.broker });
    const first = client.sendImage(kit.bytes(100_000, 1), { ...input.topics, format: "original", name: "first" });
    await kit.until(5000, "some chunks", () => first.progress.chunksAcked > 3);
    first.cancel();
    const error = await kit.rejection(mis, first.done);
    if (error.code !== "aborted") throw new Error(error.text);
    await client.sendImage(kit.bytes(5000, 2), { ...input.topics, format: "original", name: "second" }).done;
    await client.close();
  }, { topics: device.topics });
  const image = await device.image();
  assert.deepEqual([image.name, image.sha256], ["second", sha256(bytes(5000, 2))]);
  await device.stop();
});

for (const source of ["bytes", "address"]) {
  test(`a signal aborted before sends nothing, one aborted later ends it, from ${source}`, limit, async () => {
    module.site.add("/slow.bin", bytes(100_000));
    const device = await module.device({ delay: 0.03 });
    const observer = await connect(module.broker);
    await observer.subscribe(device.topics.to);
    const seen = await module.run("page", async ({ mis, kit, input }) => {
      const client = await mis.MqttClient.connect({ url: input.broker });
      const image = () => (input.source === "bytes" ? kit.bytes(100_000) : "/slow.bin");
      const before = client.sendImage(image(), { ...input.topics, format: "original", signal: AbortSignal.abort() });
      const early = await kit.rejection(mis, before.done);
      await kit.sleep(200);
      await client.publish(input.topics.to, "mark");
      const controller = new AbortController();
      const later = client.sendImage(image(), { ...input.topics, format: "original", signal: controller.signal });
      await kit.until(5000, "some chunks", () => later.progress.chunksAcked > 3);
      controller.abort();
      const late = await kit.rejection(mis, kit.within(1000, "the end", later.done));
      await client.close();
      return { early, late };
    }, { topics: device.topics, source });
    assert.equal(seen.early.code, "aborted");
    assertError(seen.late, "TransferError", "aborted");
    assert.equal(observer.messages[0].payload.toString(), "mark");
    await observer.close();
    await device.stop();
  });
}

test("close() fails an unfinished transfer with closed, also in its own onProgress", limit, async () => {
  const device = await module.device({ delay: 0.02 });
  const errors = await module.run("page", async ({ mis, kit, input }) => {
    const errors = [];
    for (const inCallback of [false, true]) {
      const client = await mis.MqttClient.connect({ url: input.broker });
      const transfer = client.sendImage(kit.bytes(200_000), {
        ...input.topics, format: "original",
        onProgress: (progress) => inCallback && progress.chunksAcked > 2 && client.close(),
      });
      if (!inCallback) {
        await kit.until(5000, "some chunks", () => transfer.progress.chunksAcked > 2);
        client.close();
      }
      errors.push(await kit.rejection(mis, kit.within(5000, "the end", transfer.done)));
    }
    return errors;
  }, { topics: device.topics });
  for (const error of errors) assertError(error, "TransferError", "closed");
  await device.stop();
});

test("pause() stops the sending, resume() goes on, and the image is whole", limit, async () => {
  const device = await module.device();
  const seen = await module.run("page", async ({ mis, kit, input }) => {
    const client = await mis.MqttClient.connect({ url: input.broker });
    const transfer = client.sendImage(kit.bytes(300_000), { ...input.topics, format: "original" });
    await kit.until(5000, "some chunks", () => transfer.progress.chunksAcked > 3);
    transfer.pause();
    transfer.pause();
    await kit.sleep(200);
    const before = transfer.progress.chunksAcked;
    await kit.sleep(500);
    const after = transfer.progress.chunksAcked;
    transfer.resume();
    const done = await transfer.done;
    await client.close();
    return { before, after, done };
  }, { topics: device.topics });
  assert.equal(seen.before, seen.after);
  assert.ok(seen.before < 215);
  assert.equal((await device.image()).sha256, sha256(bytes(300_000)));
  await device.stop();
});

test("sendImage never throws, and a failure that nobody observes is no unhandledrejection", limit, async () => {
  const threw = await module.run("page", async ({ mis, kit, input }) => {
    const client = await mis.MqttClient.connect({ url: input.broker });
    let threw = 0;
    for (const args of [[], [null], [5], [{}], [new Uint8Array(0)], ["http://:bad"], [new Uint8Array(5), null], [new Uint8Array(5), { colour: 1 }], [Symbol("x")]]) {
      try {
        client.sendImage(...args);
      } catch {
        threw++;
      }
    }
    await kit.sleep(500);
    await client.close();
    await kit.sleep(100);
    return threw;
  });
  assert.equal(threw, 0);
});

test("sources that are none, 0 bytes and detached buffers are invalid", limit, async () => {
  const all = await module.run("page", async ({ mis, kit, input }) => {
    const client = await mis.MqttClient.connect({ url: input.broker });
    const detached = new ArrayBuffer(8);
    const view = new Uint8Array(detached);
    structuredClone(detached, { transfer: [detached] });
    const errors = {};
    const sources = { null: null, undefined: undefined, number: 5, object: {}, list: [1, 2], empty: new Uint8Array(0), detached, view, date: new Date() };
    for (const [name, source] of Object.entries(sources)) {
      errors[`send ${name}`] = await kit.rejection(mis, client.sendImage(source, { format: "original" }).done);
      errors[`prepare ${name}`] = await kit.rejection(mis, mis.prepareImage(source));
    }
    await client.close();
    return errors;
  });
  for (const [what, error] of Object.entries(all)) assert.equal(error.code, "invalid", `${what}: ${error.text}`);
});

test("an onProgress that throws does not end the transfer", limit, async () => {
  const device = await module.device();
  const done = await module.run("page", async ({ mis, kit, input }) => {
    const client = await mis.MqttClient.connect({ url: input.broker });
    const onProgress = () => {
      throw new Error("the caller's own");
    };
    const done = await client.sendImage(kit.bytes(5000), { ...input.topics, format: "original", onProgress }).done;
    await client.close();
    await kit.sleep(50);
    return done;
  }, { topics: device.topics }, { uncaught: "the caller's own" });
  assert.equal(done.bytes, 5000);
  assert.equal((await device.image()).sha256, sha256(bytes(5000)));
  await device.stop();
});

test("integrity adds the checksum to begin", limit, async () => {
  const device = await startMiniDevice(module.broker, () => 1);
  await module.run("page", async ({ mis, kit, input }) => {
    const client = await mis.MqttClient.connect({ url: input.broker });
    await client.sendImage(kit.bytes(5000), { ...input.topics, format: "original", name: "a.bin", integrity: true }).done;
    await client.close();
  }, { topics: device.topics });
  assert.equal(device.frames[0].data.toString(), `a.bin;5000;crc32=${crc32(bytes(5000))}`);
  await device.stop();
});

test("a window of 16 brings the same image", limit, async () => {
  const device = await module.device({ delay: 0.01 });
  const done = await module.run("page", async ({ mis, kit, input }) => {
    const client = await mis.MqttClient.connect({ url: input.broker });
    const done = await client.sendImage(kit.bytes(200_000), { ...input.topics, format: "original", window: 16 }).done;
    await client.close();
    return done;
  }, { topics: device.topics });
  assert.equal((await device.image()).sha256, sha256(bytes(200_000)));
  assert.equal(done.chunksAcked, 143);
  await device.stop();
});

test("a device that is detached hands over what it has, as not whole", limit, async () => {
  const image = await module.run("page", async ({ mis, kit, input }) => {
    const [sender, holder] = await Promise.all([1, 2].map(() => mis.MqttClient.connect({ url: input.broker })));
    const topics = { to: "mis/cut/to", from: "mis/cut/from" };
    const device = await mis.VirtualDevice.attach(holder, topics);
    const images = [];
    device.onimage = ({ name, bytes, whole }) => images.push({ name, length: bytes.length, whole });
    const transfer = sender.sendImage(kit.bytes(400_000), { ...topics, format: "original", name: "cut" });
    await kit.until(5000, "some chunks", () => transfer.progress.chunksAcked > 3);
    await device.detach();
    await device.detach();
    transfer.cancel();
    await Promise.all([sender.close(), holder.close()]);
    return images;
  });
  assert.equal(image.length, 1);
  assert.deepEqual([image[0].name, image[0].whole], ["cut", false]);
  assert.ok(image[0].length > 0 && image[0].length < 400_000);
});

function assertProgress(steps, totals) {
  assert.ok(steps.length > 1);
  let before = { phase: "queued", bytesAcked: 0, chunksAcked: 0, elapsedMs: 0 };
  for (const step of steps) {
    assert.deepEqual(Object.keys(step).sort(), ["bytesAcked", "bytesPerSecond", "bytesTotal", "chunksAcked", "chunksTotal", "elapsedMs", "ignored", "phase", "resends", "stalled"]);
    assert.ok(phases.indexOf(step.phase) >= phases.indexOf(before.phase), `${step.phase} after ${before.phase}`);
    for (const key of ["bytesAcked", "chunksAcked", "elapsedMs"]) assert.ok(step[key] >= before[key], `${key} falls`);
    before = step;
  }
  assert.equal(before.phase, "done");
  assert.deepEqual([before.bytesAcked, before.bytesTotal], [totals.bytesTotal, totals.bytesTotal]);
  assert.deepEqual([before.chunksAcked, before.chunksTotal], [totals.chunksTotal, totals.chunksTotal]);
}
