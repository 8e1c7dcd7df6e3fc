// A cluster of three, forty devices, and a page that sends to all of them when the node is killed that carries the page and a third
// of the devices. The page knows all nodes; a device knows one address, behind which is whichever node is there.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { startBalancer } from "../support/balancer.mjs";
import { startDevice } from "../support/device.mjs";
import { bytes, sha256 } from "../support/images.mjs";
import { openModule } from "../support/module-page.mjs";
import { onlyInFull as skip } from "./matrix.mjs";

const COUNT = 40;
const SIZE = 600_001;
/** How many devices are started at a time: each takes a moment of a core. */
const AT_ONCE = 4;

/** `start` gives { nodes: [{ url, port, kill }], stop }. */
export function outlivesANode(name, start) {
  let cluster;
  let module;
  let balancer;
  const devices = [];
  before(async () => {
    if (skip) return;
    cluster = await start();
    module = await openModule({ broker: false });
    balancer = await startBalancer(cluster.nodes.map(({ port }) => port));
    while (devices.length < COUNT) {
      const some = Array.from({ length: AT_ONCE }, () => startDevice(balancer, { seconds: 400 }));
      devices.push(...(await Promise.all(some)));
    }
  }, { timeout: 300_000 });
  after(async () => {
    await Promise.all(devices.map((device) => device.stop()));
    await balancer?.stop();
    await module?.close();
    await cluster?.stop();
  });

  test(`${COUNT} transfers outlive the node of a ${name} cluster that carried them, which is killed`, { skip, timeout: 240_000 }, async (t) => {
    const image = bytes(SIZE, 9);
    const input = {
      urls: cluster.nodes.map(({ url }) => url),
      path: module.site.add("/cluster.bin", image),
      topics: devices.map(({ topics }) => topics),
    };
    await module.run("page", begin, input);
    await cluster.nodes[0].kill("SIGKILL");
    const seen = await module.run("page", end, input);
    assert.equal(seen.unfinished, COUNT, "killed after the end of some, it would show less");
    const names = seen.states.map(([state]) => state);
    const back = names.indexOf("connected");
    assert.equal(names[0], "reconnecting");
    assert.ok(back > 0 && names.slice(0, back).every((state) => state === "reconnecting"), names.join());
    for (const device of devices) {
      const got = await device.image();
      assert.deepEqual([got.whole, got.sha256], [true, sha256(image)]);
    }
    const away = Math.round(seen.states[back][1] - seen.states[0][1]);
    const [fewest, most, sum] = [Math.min(...seen.resends), Math.max(...seen.resends), seen.resends.reduce((sum, one) => sum + one)];
    t.diagnostic(`on another node after ${away} ms, at try ${back}; all whole ${Math.round(seen.last)} ms after the kill; resends: ${sum} in all, ${fewest} to ${most} each`);
  });
}

/** In the browser: stop and wait to every other device, sixteen chunks outstanding to the rest. */
async function begin({ mis, kit, input }) {
  const client = await mis.MqttClient.connect({ url: input.urls, reconnect: { minDelayMs: 50, maxDelayMs: 500 } });
  const states = [];
  client.onstatechange = (state) => states.push([state, performance.now()]);
  const source = new URL(input.path, location.href).href;
  const transfers = input.topics.map((topics, index) =>
    client.sendImage(source, { ...topics, format: "original", window: [1, 16][index % 2], ackTimeoutMs: 1000 }));
  globalThis.cluster = { client, states, transfers };
  await kit.until(30_000, "the first chunks", () => transfers.every(({ progress }) => progress.chunksAcked >= 2));
}

/** In the browser: waits until all have come. */
async function end({ kit }) {
  const { client, states, transfers } = globalThis.cluster;
  const killed = performance.now();
  const unfinished = transfers.filter(({ progress }) => progress.phase !== "done").length;
  const done = await kit.within(180_000, "the end of the transfers", Promise.all(transfers.map(({ done }) => done)));
  const last = performance.now() - killed;
  await client.close();
  return { unfinished, states, last, resends: done.map(({ resends }) => resends) };
}
