// Linear memory never shrinks: what is kept of each message would show in its size.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { openModule } from "../support/module-page.mjs";

let module;
before(async () => (module = await openModule()));
after(() => module?.close());

test("100,000 publishes leave the linear memory where the first 1,000 left it", { timeout: 120_000 }, async () => {
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
