// Devices that lose, repeat, garble and ask again: the image still arrives whole, or the sender says what is wrong.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { bytes } from "../support/images.mjs";
import { BEGIN, DATA, feedback } from "../support/mini-device.mjs";
import { connect } from "../support/mqtt.mjs";
import { startProxy } from "../support/proxy.mjs";
import { assertFailed, assertWhole, result, setStage } from "../support/send-page.mjs";
import { sleep, until } from "../support/limits.mjs";

let stage;
before(async () => (stage = await setStage()));
after(() => stage?.strike());

async function send(device, data, parameters, ms = 60_000) {
  const url = stage.site.add(`/bytes/${data.length}.bin`, data);
  return stage.send({ ...device.topics, url, format: "original", ...parameters }, { ms });
}

for (const numbering of ["echo", "next"]) {
  for (const seed of [1, 2]) {
    test(`whole through silence, loss, repeats and garbage, ${numbering}, seed ${seed}`, { timeout: 120_000 }, async (t) => {
      const faults = { silent: 0.1, incomplete: 0.1, repeat: 0.1, garbage: 0.1 };
      const device = await stage.device({ ...faults, numbering, seed });
      const data = bytes(98_001, seed);
      const outcome = await send(device, data, { ackTimeoutMs: "300" }, 90_000);
      assertWhole(outcome, await device.image(), data, { numbering });
      assert.ok(outcome.resends > 0, "the faults were there");
      t.diagnostic(`${outcome.resends} resends in ${Math.round(outcome.elapsedMs)} ms`);
      await device.stop();
    });
  }
}

for (const ackTimeoutMs of ["300", undefined]) {
  test(`a device that asks for three chunks again after finish, clock ${ackTimeoutMs ?? "of 5 s"}`, { timeout: 60_000 }, async (t) => {
    const device = await stage.device({ "ask-again": 3 });
    const data = bytes(14_000, 11);
    const outcome = await send(device, data, ackTimeoutMs ? { ackTimeoutMs } : {});
    const image = await device.image();
    assertWhole(outcome, image, data);
    assert.equal(image.finishes, 4);
    assert.equal(image.data, 13);
    assert.ok(outcome.elapsedMs < 4000, `no clock is waited for, but it took ${outcome.elapsedMs} ms`);
    t.diagnostic(`${Math.round(outcome.elapsedMs)} ms`);
    await device.stop();
  });
}

test("a repeated feedback is not taken for the next chunk's", { timeout: 60_000 }, async () => {
  const device = await stage.device({ repeat: 1 });
  const data = bytes(28_000, 12);
  const outcome = await send(device, data, {});
  const image = await device.image();
  assertWhole(outcome, image, data, { resends: 0 });
  assert.equal(image.data, 20);
  await device.stop();
});

test("a retained feedback from an earlier day is ignored", { timeout: 60_000 }, async () => {
  const device = await stage.device();
  const past = await connect(stage.broker);
  past.publish(device.topics.from, feedback(BEGIN, 0, 0), { retain: true });
  const data = bytes(2801, 13);
  const outcome = await send(device, data, {});
  assertWhole(outcome, await device.image(), data, { resends: 0 });
  await past.close();
  await device.stop();
});

test("a device that is silent after begin fails with no-answer, chunk 0 and the advice about its buffer", { timeout: 60_000 }, async () => {
  const device = await stage.miniDevice((frame) => (frame.function === BEGIN ? 1 : null));
  const outcome = await send(device, bytes(5000, 14), { ackTimeoutMs: "200", maxRetries: "3" });
  assertFailed(outcome, "no-answer", { name: /^TransferError$/, message: /chunkSize.{0,20}200/i });
  assert.equal(outcome.error.chunk, 0);
  assert.deepEqual(device.frames.map((frame) => frame.function), [BEGIN, DATA, DATA, DATA, DATA]);
  await device.stop();
});

test("a device that never answers fails with no-answer and names the causes", { timeout: 60_000 }, async () => {
  const device = await stage.miniDevice(() => null);
  const outcome = await send(device, bytes(5000, 15), { ackTimeoutMs: "200", maxRetries: "2" });
  assertFailed(outcome, "no-answer", { name: /^TransferError$/, message: /topic/i });
  assert.equal(device.frames.length, 3);
  assert.ok(device.frames.every((frame) => frame.function === BEGIN && String(frame.data) === "5000.bin;5000"));
  await device.stop();
});

test("a device that answers incomplete for ever fails with incomplete and the chunk", { timeout: 60_000 }, async () => {
  const device = await stage.miniDevice((frame) => (frame.function === DATA && frame.number === 2 ? 0 : 1));
  const outcome = await send(device, bytes(7000, 16), { maxRetries: "4" });
  assertFailed(outcome, "incomplete", { name: /^TransferError$/ });
  assert.equal(outcome.error.chunk, 2);
  assert.equal(device.frames.filter((frame) => frame.number === 2).length, 5);
  await device.stop();
});

test("strict ends a transfer at the first malformed feedback", { timeout: 60_000 }, async () => {
  const device = await stage.miniDevice((frame) => {
    if (frame.function === DATA) device.publish(Buffer.from("no feedback"));
    return 1;
  });
  const outcome = await send(device, bytes(7000, 17), { strict: "true" });
  assertFailed(outcome, "protocol", { name: /^TransferError$/ });
  await device.stop();
});

test("a lost link is made again and the transfer goes on", { timeout: 60_000 }, async () => {
  const proxy = await startProxy(stage.broker.webSocketPort);
  const device = await stage.device({ delay: 0.02 });
  const data = bytes(280_000, 18);
  const url = stage.site.add("/bytes/cut.bin", data);
  const page = await stage.open({ broker: proxy.url, ...device.topics, url, format: "original", send: "1" });
  const outcome = result(page, 50_000);
  await until(10_000, "a connection", () => proxy.connections > 0);
  await sleep(1500);
  proxy.cut();
  assertWhole(await outcome, await device.image(), data);
  assert.ok(proxy.connections >= 2, "it was cut in the middle");
  assert.deepEqual(page.noted, []);
  await page.done();
  await proxy.stop();
  await device.stop();
});
