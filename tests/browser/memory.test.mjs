// Linear memory never shrinks: what is kept of each message or transfer would show in its size.
import { test } from "node:test";
import assert from "node:assert/strict";
import { openModule } from "../support/module-page.mjs";

// The two builds with a connection have an allocator each.
const BUILDS = { whole: "/pkg/mqtt_image_sender.js", mqtt: "/pkg/mqtt/mqtt_image_sender.js" };

for (const [build, path] of Object.entries(BUILDS)) {
  test(`100,000 publishes leave the linear memory of the ${build} build where the first 1,000 left it`, { timeout: 120_000 }, async (t) => {
    const module = await openModule({ module: path });
    t.after(() => module.close());
    const seen = await module.run("page", async ({ mis, input }) => {
      const { memory } = await mis.default();
      const client = await mis.MqttClient.connect({ url: input.broker });
      let came = 0;
      await client.subscribe("mis/memory/echo", () => came++, { qos: 1 });
      const payload = new Uint8Array(100);
      const sizes = [];
      for (let i = 0; i < 100; i++) {
        const publishes = [];
        for (let j = 0; j < 1000; j++) {
          const echoed = j % 20 === 0;
          publishes.push(client.publish(echoed ? "mis/memory/echo" : "mis/memory", payload, { qos: echoed ? 1 : 0 }));
        }
        await Promise.all(publishes);
        sizes.push(memory.buffer.byteLength);
      }
      await client.close();
      return { sizes, came };
    });
    assert.ok(seen.came > 4900, `${seen.came} came back`);
    assert.deepEqual([...new Set(seen.sizes)], [seen.sizes[0]]);
  });

  test(`transfers of many sizes leave the linear memory of the ${build} build where the first ones left it`, { timeout: 60_000 }, async (t) => {
    const module = await openModule({ module: path, broker: false });
    t.after(() => module.close());
    const sizes = await module.run("page", async ({ mis, kit }) => {
      const { memory } = await mis.default();
      const client = await mis.MqttClient.connect({ url: "practice:" });
      const jobs = [100_000, 1, 37_123, 250_000, 1400, 88_000].map((size) => ({ size, to: `memory/${size}/to`, from: `memory/${size}/ack` }));
      for (const { to, from } of jobs) await mis.VirtualDevice.attach(client, { to, from });
      const sizes = [];
      for (let round = 0; round < 8; round++) {
        await Promise.all(jobs.map(({ size, ...topics }) =>
          client.sendImage(kit.bytes(size, round), { ...topics, format: "original", window: 16 }).done));
        sizes.push(memory.buffer.byteLength);
      }
      await client.close();
      return sizes;
    });
    // What is taken once is used again: these are 2.9 MB of images after the first two rounds. The journal of a transfer stays for
    // as long as its Transfer, which the collector takes when it likes. A device rests two seconds between two of them.
    assert.ok(sizes.at(-1) - sizes[1] <= 256 * 1024, sizes.join());
  });
}
