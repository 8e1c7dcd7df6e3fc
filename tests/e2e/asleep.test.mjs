// Signs that sleep most of the time: an image waits for the next waking, and goes out then.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { bytes } from "../support/images.mjs";
import { sleep } from "../support/limits.mjs";
import { DATA, startMiniDevice } from "../support/mini-device.mjs";
import { connect } from "../support/mqtt.mjs";
import { assertFailed, result, setStage } from "../support/send-page.mjs";

const limit = { timeout: 60_000 };
let stage;
before(async () => (stage = await setStage()));
after(() => stage?.strike());

for (const wake of [false, true]) {
  const how = wake ? "at once when it says so" : "within two seconds";
  test(`a sign that wakes for 4 s in every 10 gets its image at its next waking, ${how}`, limit, async (t) => {
    let isAwake = false;
    const sign = await stage.miniDevice(() => (isAwake ? 1 : null));
    const data = bytes(40_000, 21);
    const url = stage.site.add(`/bytes/asleep-${wake}.bin`, data);
    const topic = `${sign.topics.to}/up`;
    const page = await stage.open({ ...sign.topics, url, format: "original", send: "1", waitForDevice: "30", ...(wake && { wake: topic }) });
    const outcome = result(page, 40_000);
    await sleep(6000);
    const asked = sign.frames.length;
    assert.ok(asked >= 2 && sign.frames.every(({ function: kind }) => kind === 1), "begin alone is repeated");
    isAwake = true;
    const woke = performance.now();
    const radio = await connect(stage.broker);
    if (wake) radio.publish(topic, "up");
    setTimeout(() => (isAwake = false), 4000).unref();
    const { ok } = await outcome;
    const took = performance.now() - woke;
    assert.equal(ok, true);
    assert.ok(took < 4000, `it was awake for 4 s, and the image took ${took} ms`);
    const chunks = sign.frames.filter(({ function: kind }) => kind === DATA);
    assert.deepEqual(Buffer.concat(chunks.map(({ data }) => data)), data);
    t.diagnostic(`${asked} begins while it slept; whole ${Math.round(took)} ms after it woke`);
    await radio.close();
    await page.done();
    await sign.stop();
  });
}

test("a sign that does not wake in time fails with no-answer, having had begin alone", limit, async () => {
  const sign = await startMiniDevice(stage.broker, () => null);
  const url = stage.site.add("/bytes/never.bin", bytes(5000, 22));
  const outcome = await stage.send({ ...sign.topics, url, format: "original", waitForDevice: "5" });
  assertFailed(outcome, "no-answer", { name: /^TransferError$/ });
  assert.ok(sign.frames.length >= 3 && sign.frames.every(({ function: kind }) => kind === 1));
  await sign.stop();
});
