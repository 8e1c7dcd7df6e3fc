// `online` and `offline` of the browser: a link is made again at once when the network is back.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { openModule } from "../support/module-page.mjs";
import { startProxy } from "../support/proxy.mjs";
import { sleep, until } from "../support/limits.mjs";

const limit = { timeout: 60_000 };
let module;
before(async () => (module = await openModule()));
after(() => module?.close());

/** A client in `place` whose link was cut comes back after `act(page)`, within a second of what it does. */
async function comesBack(place, act) {
  const proxy = await startProxy(module.broker.webSocketPort);
  const job = module.run(place, async ({ mis, kit, input }) => {
    // A delay of up to ten minutes: what comes sooner was brought by the event.
    const client = await mis.MqttClient.connect({ url: input.proxy, reconnect: { minDelayMs: 600_000, maxDelayMs: 600_000 } });
    const times = {};
    client.onstatechange = (state) => (times[state] = performance.timeOrigin + performance.now());
    new BroadcastChannel("network").onmessage = () => client.check();
    await kit.until(20_000, "the new link", () => times.connected);
    await client.close();
    return times;
  }, { proxy: proxy.url });
  await until(5000, "the first link", () => proxy.connections === 1);
  await sleep(300);
  proxy.cut();
  await sleep(1000);
  const acted = await act(module.page);
  const times = await job;
  assert.ok(times.reconnecting < acted && times.connected - acted < 1500, JSON.stringify({ acted, ...times }));
  await proxy.stop();
}

test("the browser's own online event brings a waiting link back at once", limit, () =>
  comesBack("page", async (page) => {
    await page.context().setOffline(true);
    await page.context().setOffline(false);
    return Date.now();
  }));

test("check() does the same for a worker, which does not hear of it in Chromium", limit, () =>
  comesBack("worker", (page) => page.evaluate(() => {
    new BroadcastChannel("network").postMessage(0);
    return performance.timeOrigin + performance.now();
  })));

test("offline has the link tested at once: one that swallows is noticed within 3 s", limit, async () => {
  const proxy = await startProxy(module.broker.webSocketPort);
  const job = module.run("page", async ({ mis, kit, input }) => {
    const client = await mis.MqttClient.connect({ url: input.proxy, reconnect: false });
    await kit.sleep(1000);
    const from = performance.now();
    dispatchEvent(new Event("offline"));
    await kit.until(10_000, "the end", () => client.state === "closed");
    return performance.now() - from;
  }, { proxy: proxy.url });
  await until(5000, "the link", () => proxy.connections === 1);
  setTimeout(proxy.swallow, 500);
  assert.ok((await job) < 3000);
  await proxy.stop();
});

test("a link that lives outlasts both events, and a closed client hears neither", limit, async () => {
  const seen = await module.run("page", async ({ mis, kit, input }) => {
    const { addEventListener: add, removeEventListener: remove } = self;
    const listening = { online: 0, offline: 0 };
    self.addEventListener = (name, ...more) => (name in listening && listening[name]++, add.call(self, name, ...more));
    self.removeEventListener = (name, ...more) => (name in listening && listening[name]--, remove.call(self, name, ...more));
    const client = await mis.MqttClient.connect({ url: input.broker });
    const states = [];
    client.onstatechange = (state) => states.push(state);
    const during = { ...listening };
    for (const name of ["offline", "online", "offline"]) dispatchEvent(new Event(name));
    await kit.sleep(2500);
    await client.close();
    Object.assign(self, { addEventListener: add, removeEventListener: remove });
    return { during, after: listening, states };
  });
  assert.deepEqual(seen, { during: { online: 1, offline: 1 }, after: { online: 0, offline: 0 }, states: ["closed"] });
});
