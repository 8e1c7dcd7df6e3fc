// Two tabs of one browser: a client id and a device are one tab's at a time.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { assertError } from "../support/assert-error.mjs";
import { bytes, sha256 } from "../support/images.mjs";
import { until } from "../support/limits.mjs";
import { openModule } from "../support/module-page.mjs";

const limit = { timeout: 60_000 };
let module;
before(async () => (module = await openModule({ pageCache: true })));
after(() => module?.close());

/** Connects with these options in a tab, keeps the client there as `self.client`, and says what became of it. */
const connect = (tab, options, place = "page") =>
  tab.run(place, async ({ mis, kit, input }) => {
    const from = performance.now();
    const tried = mis.MqttClient.connect({ url: input.broker, ...input.options });
    const settled = tried.then((client) => void (self.client = client), (error) => kit.describe(mis, error));
    const error = await kit.within(5000, "connect", settled);
    return { error, state: error ? null : self.client.state, elapsed: performance.now() - from };
  }, { options });

const close = (tab) => tab.run("page", () => self.client.close());
const state = (tab) => tab.run("page", () => self.client.state);

test("a client id that another tab has is invalid after a second, and free when that one closes", limit, async () => {
  const other = await module.tab();
  const options = { clientId: "wall-of-signs" };
  assert.equal((await connect(module, options)).state, "connected");
  const second = await connect(other, options);
  assertError(second.error, "MqttError", "invalid", /clientId.*another client.*leave clientId out/);
  assert.ok(second.elapsed > 950 && second.elapsed < 3000, `${second.elapsed} ms`);
  assert.equal(await state(module), "connected", "the first is left alone");
  await close(module);
  assert.equal((await connect(other, options)).state, "connected");
  await other.close();
});

test("the tab that is loaded again, or closed, lets its client id go in time", limit, async () => {
  const other = await module.tab();
  const options = { clientId: "reloaded" };
  await connect(other, options);
  await other.page.reload();
  assert.equal((await connect(other, options)).state, "connected");
  await other.close();
  assert.equal((await connect(module, options)).state, "connected");
  await close(module);
});

test("a client id is taken at every URL of a cluster, in whatever order they are given, and not at another broker", limit, async () => {
  const other = await module.tab();
  const url = [module.broker.url, "ws://127.0.0.1:9/mqtt"];
  await connect(module, { url, clientId: "cluster" });
  const second = await connect(other, { url: url.toReversed(), clientId: "cluster" });
  assertError(second.error, "MqttError", "invalid", /clientId/);
  assert.ok(second.elapsed < 2000, `one second for all URLs: ${second.elapsed} ms`);
  // Port 9 is not there: that it is tried at all shows that the id is free at it.
  await close(module);
  await connect(module, { url: module.broker.url, clientId: "cluster" });
  assertError((await connect(other, { url: "ws://127.0.0.1:9/mqtt", clientId: "cluster" })).error, "MqttError", "network");
  await close(module);
  await other.close();
});

test("random client ids, and a second client after close(), need no patience", limit, async () => {
  const seen = await module.run("page", async ({ mis, input }) => {
    const one = await mis.MqttClient.connect({ url: input.broker });
    const other = await mis.MqttClient.connect({ url: input.broker });
    await Promise.all([one.close(), other.close()]);
    const times = [];
    for (let i = 0; i < 5; i++) {
      const from = performance.now();
      await (await mis.MqttClient.connect({ url: input.broker, clientId: "again" })).close();
      times.push(performance.now() - from);
    }
    const { held, pending } = await navigator.locks.query();
    return { times, locks: [...held, ...pending].map(({ name }) => name) };
  });
  assert.ok(Math.min(...seen.times.slice(1)) < 900, `${seen.times} ms`);
  assert.deepEqual(seen.locks, []);
});

test("a worker's client id is taken for the page too", limit, async () => {
  const seen = await module.run("page", async ({ mis, kit, input }) => {
    const source = `import * as mis from "${location.origin}/pkg/mqtt_image_sender.js";
      await mis.default();
      self.client = await mis.MqttClient.connect({ url: "${input.broker}", clientId: "in-both" });
      postMessage(client.state);`;
    const worker = new Worker(URL.createObjectURL(new Blob([source], { type: "text/javascript" })), { type: "module" });
    const state = await kit.within(5000, "the worker", new Promise((done) => (worker.onmessage = ({ data }) => done(data))));
    const taken = await kit.rejection(mis, mis.MqttClient.connect({ url: input.broker, clientId: "in-both" }));
    worker.terminate();
    const client = await mis.MqttClient.connect({ url: input.broker, clientId: "in-both" });
    await client.close();
    return { state, taken };
  });
  assert.equal(seen.state, "connected");
  assertError(seen.taken, "MqttError", "invalid", /clientId/);
});

test("a page in the back/forward cache lets its client id go, and is told when it comes back too late", limit, async () => {
  const other = await module.tab();
  const options = { clientId: "rests" };
  await connect(other, options);
  await other.run("page", () => {
    self.said = [];
    addEventListener("pageshow", ({ persisted }) => said.push(["pageshow", persisted]));
    client.onstatechange = (state, cause) => said.push([state, cause?.code, cause?.message]);
  });
  await other.page.goto("about:blank");
  assert.equal((await connect(module, options)).state, "connected");
  // The driver does not see that a page came out of the cache, and waits for a load that never is.
  await other.page.goBack({ waitUntil: "commit", timeout: 1000 }).catch(() => {});
  await until(10_000, "the end of the first", async () => (await state(other)) === "closed");
  const said = await other.run("page", () => self.said);
  assert.deepEqual(said[0], ["pageshow", true], "it was in the cache");
  assert.deepEqual(said.at(-1).slice(0, 2), ["closed", "invalid"]);
  assert.match(said.at(-1)[2], /clientId/);
  assert.equal(await state(module), "connected", "the second is left alone");
  await close(module);
  await other.close();
});

test("a page that comes back from the cache takes its client id again, and goes on", limit, async () => {
  const other = await module.tab();
  await connect(other, { clientId: "comes-back", reconnect: { minDelayMs: 10, maxDelayMs: 20 } });
  await other.run("page", () => {
    self.shown = false;
    addEventListener("pageshow", ({ persisted }) => (shown = persisted));
    self.states = [];
    client.onstatechange = (state) => states.push(state);
  });
  await other.page.goto("about:blank");
  await other.page.goBack({ waitUntil: "commit", timeout: 1000 }).catch(() => {});
  await until(10_000, "the new link", () => other.run("page", () => self.states.at(-1) === "connected"));
  assert.equal(await other.run("page", () => self.shown), true, "it was in the cache");
  assertError((await connect(module, { clientId: "comes-back" })).error, "MqttError", "invalid", /clientId/);
  await other.close();
});

for (const [what, take] of [["no locks", "Object.defineProperty(navigator, 'locks', { value: undefined })"],
  ["locks that are refused", "navigator.locks.request = async () => { throw new DOMException('no', 'SecurityError') }"]]) {
  test(`with ${what} everything works, and nothing is guarded`, limit, async () => {
    const other = await module.tab();
    await other.run("page", ({ input }) => void (0, eval)(input.take), { take });
    await connect(module, { clientId: "unguarded", reconnect: false });
    assert.equal((await connect(other, { clientId: "unguarded" })).state, "connected");
    const whole = await other.run("page", async ({ mis, kit }) => {
      const topics = { to: "mis/unguarded/to", from: "mis/unguarded/from" };
      await mis.VirtualDevice.attach(self.client, topics);
      return (await self.client.sendImage(kit.bytes(5000), { ...topics, format: "original" }).done).bytes;
    });
    assert.equal(whole, 5000);
    await close(module);
    await other.close();
  });
}

test("two tabs that send to one device take turns, and both images arrive whole", limit, async () => {
  const other = await module.tab();
  const device = await module.device();
  const send = (tab, seed) => tab.run("page", async ({ mis, kit, input }) => {
    const client = await mis.MqttClient.connect({ url: input.broker });
    const phases = [];
    const onProgress = ({ phase }) => phases.at(-1) === phase || phases.push(phase);
    const transfer = client.sendImage(kit.bytes(input.length, input.seed), { ...input.topics, format: "original", onProgress });
    const done = await kit.within(30_000, "done", transfer.done);
    await client.close();
    return { resends: done.resends, ignored: done.ignored, phases };
  }, { topics: device.topics, seed, length: 900_000 });
  const sent = await Promise.all([send(module, 1), send(other, 2)]);
  const arrived = [await device.image(), await device.image()];
  assert.deepEqual(arrived.map(({ sha256: sum }) => sum).sort(), [1, 2].map((seed) => sha256(bytes(900_000, seed))).sort());
  assert.deepEqual(sent.map(({ resends }) => resends), [0, 0]);
  // Whoever waited hears the device too, and may be told that the other's image is whole when its own turn has come.
  const [none, stray] = sent.map(({ ignored }) => ignored).sort();
  assert.ok(none === 0 && stray <= 1, `${none} and ${stray} answers of no use`);
  const { locks } = await module.run("page", async () => ({ locks: (await navigator.locks.query()).held }));
  assert.deepEqual(locks, []);
  await device.stop();
  await other.close();
});

test("one that waits for another tab is queued, can be cancelled, and holds up nobody after it", limit, async () => {
  const other = await module.tab();
  const topics = { to: "mis/held/to", from: "mis/held/from" };
  await other.run("page", ({ input }) => void navigator.locks.request(`mqtt-image-sender device ${input.broker}/ ${input.topics.to}`, () => new Promise(() => {})), { topics });
  const seen = await module.run("page", async ({ mis, kit, input }) => {
    const client = await mis.MqttClient.connect({ url: input.broker });
    const transfer = client.sendImage(kit.bytes(3000), { ...input.topics, format: "original" });
    await kit.until(5000, "queued", () => transfer.progress.phase === "queued");
    transfer.cancel();
    const error = await kit.rejection(mis, transfer.done);
    await kit.until(3000, "the wish to be gone", async () => (await navigator.locks.query()).pending.length === 0);
    await client.close();
    return error;
  }, { topics });
  assertError(seen, "TransferError", "aborted");
  await other.close();
});
