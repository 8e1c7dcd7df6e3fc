// A dot in a topic arrives from RabbitMQ as a slash: the transfer's answer is lost, and the user is told why.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { openModule } from "../support/module-page.mjs";
import { onlyInFull as skip } from "./matrix.mjs";
import { startRabbitmq } from "./rabbitmq.mjs";

let bench;
before(async () => {
  if (!skip) bench = { broker: await startRabbitmq(), module: await openModule({ broker: false }) };
}, { timeout: 180_000 });
after(async () => {
  await bench?.module.close();
  await bench?.broker.stop();
});

test("rabbitmq: a feedback topic with a dot gets no answer, and a notice that names its cause", { skip, timeout: 60_000 }, async () => {
  const seen = await bench.module.run("page", async ({ mis, kit, input }) => {
    const [sender, holder] = await Promise.all([1, 2].map(() => mis.MqttClient.connect({ url: input.url })));
    const topics = { to: "signs/a1/img", from: "signs/a.1/ack" };
    await mis.VirtualDevice.attach(holder, topics);
    const notices = [];
    sender.onnotice = (notice) => notices.push(notice);
    const options = { ...topics, format: "original", ackTimeoutMs: 500, maxRetries: 3 };
    const error = await kit.rejection(mis, kit.within(30_000, "the end", sender.sendImage(kit.bytes(3000), options).done));
    await Promise.all([sender.close(), holder.close()]);
    return { code: error.code, notices };
  }, { url: bench.broker.url });
  assert.equal(seen.code, "no-answer");
  const [{ code, topic, message }, ...more] = seen.notices;
  assert.deepEqual([code, topic, more], ["topic-rewritten", "signs/a.1/ack", []]);
  assert.ok(message.includes('as "signs/a/1/ack"'), message);
});
