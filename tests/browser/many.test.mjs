// One picture to a thousand devices: one call each, one connection, one subscription, a broker with its usual limits.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { bytes } from "../support/images.mjs";
import { sleep } from "../support/limits.mjs";
import { openModule } from "../support/module-page.mjs";
import { connect } from "../support/mqtt.mjs";
import { BEGIN, DATA, feedback, parse } from "../support/mini-device.mjs";

const COUNT = 1000;
const SIZE = 50_000;
let module;
before(async () => (module = await openModule({ asItComes: true })));
after(() => module?.close());

test("a thousand devices get one picture whole, and Mosquitto drops nothing", { timeout: 120_000 }, async (t) => {
  const devices = await connect(module.broker);
  const received = new Map();
  devices.onmessage = ({ topic, payload }) => {
    devices.messages.length = 0;
    const { function: kind, number, data } = parse(payload);
    if (kind === BEGIN) received.set(topic, new Map());
    if (kind === DATA) received.get(topic).set(number, data);
    devices.publish(topic.replace(/to$/, "ack"), feedback(kind, number, 1));
  };
  await devices.subscribe("signs/+/to");
  const watcher = await connect(module.broker);
  await watcher.subscribe("$SYS/broker/publish/messages/dropped");
  await watcher.subscribe("$SYS/broker/subscriptions/count");

  const seen = await module.run("page", async ({ mis, kit, input }) => {
    const { memory } = await mis.default();
    const client = await mis.MqttClient.connect({ url: input.broker });
    let others = 0;
    await client.subscribe("signs/+/ack", () => others++);
    const image = await mis.prepareImage(kit.bytes(input.size, 3), { format: "original" });
    const before = memory.buffer.byteLength;
    const told = [];
    const started = performance.now();
    const transfers = Array.from({ length: input.count }, (_, index) =>
      client.sendImage(image, { to: `signs/${index}/to`, from: `signs/${index}/ack`, onProgress: ({ phase }) => told.push({ index, phase, at: performance.now() }) }));
    const outcomes = await kit.within(100_000, "all of them", Promise.all(transfers.map(({ done }) => done)));
    const ms = performance.now() - started;
    const grown = memory.buffer.byteLength - before;
    await client.close();
    const resends = outcomes.reduce((sum, outcome) => sum + outcome.resends, 0);
    return { others, ms, grown, resends, told };
  }, { count: COUNT, size: SIZE });

  await sleep(2500);
  const said = (topic) => Number(watcher.messages.filter((message) => message.topic.includes(topic)).at(-1)?.payload);
  assert.equal(said("dropped"), 0);
  const picture = bytes(SIZE, 3);
  const isWhole = (chunks) => picture.equals(Buffer.concat([...chunks].sort(([a], [b]) => a - b).map(([, data]) => data)));
  assert.equal([...received.values()].filter(isWhole).length, COUNT);
  assert.equal(seen.resends, 0);
  assert.equal(seen.others, COUNT * 38, "the user's own subscription brings all of them");
  // It grows by whole pages of 64 KiB.
  assert.ok(seen.grown <= SIZE + COUNT * 4096 + 65_536, `linear memory grew by ${seen.grown} bytes`);
  // The last state of each comes with its end, and is told whatever was told before.
  const before = seen.told.filter(({ phase }) => phase !== "done").map(({ at }) => at);
  assert.ok(most(before, 1000) <= 201, `${most(before, 1000)} times in a second over all`);
  assert.equal(seen.told.length - before.length, COUNT);
  t.diagnostic(`${Math.round(seen.ms)} ms, ${seen.grown} bytes of linear memory, ${before.length} times progress`);
  await watcher.close();
  await devices.close();
});

/** The most of these times within `span` milliseconds. */
function most(times, span) {
  let first = 0;
  return times.reduce((most, at, index) => {
    while (times[first] < at - span) first++;
    return Math.max(most, index - first + 1);
  }, 0);
}
