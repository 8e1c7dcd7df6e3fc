// Three RabbitMQ nodes, and a client that knows all their URLs: the node that carries its transfers is killed.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { startDevice } from "../support/device.mjs";
import { bytes, sha256 } from "../support/images.mjs";
import { openModule } from "../support/module-page.mjs";
import { onlyInFull as skip } from "./matrix.mjs";
import { startCluster } from "./rabbitmq.mjs";

let cluster;
let module;
before(async () => {
  if (skip) return;
  cluster = await startCluster(3);
  module = await openModule({ broker: false });
}, { timeout: 240_000 });
after(async () => {
  await module?.close();
  await cluster?.stop();
});

test("transfers outlive the node of a RabbitMQ cluster that carried them, which is killed", { skip, timeout: 180_000 }, async (t) => {
  // The devices sit at a node that stays: what they hear crosses the cluster.
  const devices = [await startDevice(cluster.nodes[2]), await startDevice(cluster.nodes[2])];
  const image = bytes(300_001, 9);
  const input = {
    urls: cluster.nodes.map(({ url }) => url),
    path: module.site.add("/cluster.bin", image),
    topics: devices.map(({ topics }) => topics),
  };
  await module.run("page", async ({ mis, kit, input }) => {
    const client = await mis.MqttClient.connect({ url: input.urls, reconnect: { minDelayMs: 50, maxDelayMs: 500 } });
    const states = [];
    client.onstatechange = (state) => states.push([state, performance.now()]);
    const source = new URL(input.path, location.href).href;
    const transfers = input.topics.map((topics, index) =>
      client.sendImage(source, { ...topics, format: "original", window: [1, 16][index], ackTimeoutMs: 1000 }));
    globalThis.cluster = { client, states, transfers };
    await kit.until(30_000, "the first chunks", () => transfers.every(({ progress }) => progress.chunksAcked >= 10));
  }, input);
  await cluster.nodes[0].kill("SIGKILL");
  const seen = await module.run("page", async ({ kit }) => {
    const { client, states, transfers } = globalThis.cluster;
    // Killed after the end, it would show nothing.
    const unfinished = transfers.filter(({ progress }) => progress.phase !== "done").length;
    const done = await kit.within(120_000, "the end of the transfers", Promise.all(transfers.map(({ done }) => done)));
    await client.close();
    return { unfinished, states, resends: done.map(({ resends }) => resends) };
  });
  assert.equal(seen.unfinished, 2, JSON.stringify(seen));
  const names = seen.states.map(([state]) => state);
  assert.deepEqual(names.slice(0, 2), ["reconnecting", "connected"]);
  for (const device of devices) {
    const got = await device.image();
    assert.equal(got.whole, true);
    assert.equal(got.sha256, sha256(image));
    await device.stop();
  }
  const away = Math.round(seen.states[1][1] - seen.states[0][1]);
  t.diagnostic(`on another node after ${away} ms; resends: ${seen.resends}`);
});
