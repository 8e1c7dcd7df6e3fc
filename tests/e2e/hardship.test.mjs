// Only in `cargo xtask test full`: long transfers through everything that is not the end of the world, and the largest image.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { bytes, crc32, sha256 } from "../support/images.mjs";
import { sleep, until } from "../support/limits.mjs";
import { openModule } from "../support/module-page.mjs";
import { startProxy } from "../support/proxy.mjs";

const skip = process.env.MIS_FULL === "1" ? false : "only in full: MIS_FULL=1";
const WINDOW = 16;
let module, proxy;
before(async () => {
  if (skip) return;
  module = await openModule();
  proxy = await startProxy(module.broker.webSocketPort);
});
after(async () => {
  await module?.close();
  await proxy?.stop();
});

/** Starts a transfer through the proxy in the page and returns how to look after it. */
async function begin(device, size, options) {
  const { page } = module;
  await page.evaluate(async ({ url, topics, size, options }) => {
    const mis = await import("/pkg/mqtt_image_sender.js");
    await mis.default();
    const { bytes } = await import("/kit/kit.js");
    const client = await mis.MqttClient.connect({ url, keepAlive: 4, connectTimeoutMs: 2000, reconnect: { minDelayMs: 100, maxDelayMs: 1000 } });
    const transfer = client.sendImage(bytes(size, 31), { ...topics, format: "original", ...options });
    const outcome = { ended: false };
    globalThis.hardship = { client, transfer, outcome };
    transfer.done.then((done) => Object.assign(outcome, { ended: true, done }), (error) => Object.assign(outcome, { ended: true, error: String(error) }));
  }, { url: proxy.url, topics: device.topics, size, options });
  return {
    progress: () => page.evaluate(() => globalThis.hardship.transfer.progress),
    /** Waits until this share has been confirmed and the link is up. */
    async reaches(share) {
      await until(120_000, `${share} of the image`, async () => {
        const { bytesAcked, stalled } = await this.progress();
        return bytesAcked >= share * size && !stalled;
      });
    },
    async outcome(ms) {
      await until(ms, "the end of the transfer", () => page.evaluate(() => globalThis.hardship.outcome.ended), 200);
      const outcome = await page.evaluate(() => globalThis.hardship.outcome);
      await page.evaluate(() => globalThis.hardship.client.close());
      return outcome;
    },
  };
}

/** It arrived, and nothing was sent again but what was outstanding when the link went. */
function assertUnharmed(outcome, image, size, faults) {
  assert.equal(outcome.error, undefined);
  const data = bytes(size, 31);
  assert.equal(outcome.done.crc32, crc32(data));
  assert.deepEqual([image.whole, image.sha256, image.begins], [true, sha256(data), 1]);
  const again = image.data - image.chunks;
  assert.ok(again <= faults * WINDOW, `${again} chunks came again after ${faults} faults, with ${WINDOW} outstanding`);
}

const TEN_MEGABYTES = 10_000_000;
const hardships = {
  "the link is cut 20 times": { times: 20, strike: () => proxy.cut() },
  "the broker is restarted 5 times": { times: 5, strike: () => module.broker.restart() },
  "the network is gone without a word for 5 s, 10 times": {
    times: 10,
    async strike() {
      proxy.swallow();
      await sleep(5000);
      proxy.release();
    },
  },
};
for (const [what, { times, strike }] of Object.entries(hardships)) {
  test(`10 MB arrive whole though ${what}`, { skip, timeout: 600_000 }, async (t) => {
    const device = await module.device({ seconds: 600 });
    const transfer = await begin(device, TEN_MEGABYTES, { window: WINDOW });
    for (let fault = 1; fault <= times; fault++) {
      await transfer.reaches(fault / (times + 1));
      assert.equal(await module.page.evaluate(() => globalThis.hardship.outcome.ended), false, "it is under way");
      await strike();
    }
    const outcome = await transfer.outcome(300_000);
    const image = await device.image();
    assertUnharmed(outcome, image, TEN_MEGABYTES, times);
    t.diagnostic(`${image.data - image.chunks} chunks came again, ${Math.round(outcome.done.elapsedMs / 1000)} s`);
    await device.stop();
  });
}

test("a transfer goes on after its tab was frozen for a minute", { skip, timeout: 300_000 }, async (t) => {
  const device = await module.device({ seconds: 300, delay: 0.05 });
  const size = 4_000_000;
  const transfer = await begin(device, size, { window: 2 });
  await transfer.reaches(0.05);
  await module.page.evaluate(() => setInterval(() => (globalThis.ticks = (globalThis.ticks ?? 0) + 1), 100));
  // Chromium freezes no tab that it shows, and headless it shows all: its process is stopped instead.
  const { processInfo } = await (await module.browser.newBrowserCDPSession()).send("SystemInfo.getProcessInfo");
  const signal = (name) => processInfo.filter(({ type }) => type === "renderer").forEach(({ id }) => process.kill(id, name));
  signal("SIGSTOP");
  await sleep(60_000);
  assert.equal(device.unread(), 0, "it is not over");
  signal("SIGCONT");
  const ticks = await module.page.evaluate(() => globalThis.ticks);
  assert.ok(ticks < 100, `${ticks} ticks of 600: the page was not frozen, and nothing is shown`);
  const outcome = await transfer.outcome(200_000);
  const image = await device.image();
  assertUnharmed(outcome, image, size, 1);
  t.diagnostic(`${image.data - image.chunks} chunks came again, ${Math.round(outcome.done.elapsedMs / 1000)} s`);
  await device.stop();
});

for (const numbering of ["echo", "next"]) {
  test(`the largest image, 45,875,200 bytes, arrives whole by ${numbering}`, { skip, timeout: 300_000 }, async (t) => {
    const size = 45_875_200;
    const device = await module.device({ seconds: 300, numbering });
    const transfer = await begin(device, size, { window: 64 });
    const outcome = await transfer.outcome(280_000);
    const image = await device.image(60_000);
    assertUnharmed(outcome, image, size, 0);
    assert.equal(image.chunks, 32_768);
    assert.equal(outcome.done.numbering, numbering);
    t.diagnostic(`${Math.round(outcome.done.elapsedMs)} ms`);
    await device.stop();
  });
}
