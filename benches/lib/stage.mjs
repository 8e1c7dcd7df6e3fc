// Broker, device, site and browser together, and one measured transfer at a time.
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { www } from "../../tests/support/env.mjs";
import { crc32 } from "../../tests/support/images.mjs";
import { until } from "../../tests/support/limits.mjs";
import { serve } from "../../tests/support/static-server.mjs";
import { openChromium } from "./chromium.mjs";
import { startBroker, startDevice } from "./peers.mjs";
import { ranBetween, threadTimes } from "./processor.mjs";

const here = fileURLToPath(new URL("..", import.meta.url));
export const CHUNK = 1400;
let serial = 0;

/** `lostOf`: of each so many data frames the device loses one. */
export async function setStage({ lostOf = 0 } = {}) {
  const broker = await startBroker();
  const device = await startDevice(broker, { lostOf });
  const site = await serve({ folders: { "/pkg/": join(www, "pkg"), "/bench/": join(here, "page"), "/modules/": join(here, "node_modules") } });
  site.add("/", '<!doctype html><meta charset=utf-8><title>bench</title><script type=module src="/bench/bench.js"></script>', "text/html; charset=utf-8");
  const page = await openChromium(`${site.url}/`);
  await until(10_000, "the page's script", async () => (await page.evaluate("typeof bench")) === "object");
  const processes = [{ name: "browser", pid: page.pid }, { name: "broker", pid: broker.pid }, { name: "device", pid: device.pid }];

  return {
    broker,
    /** Runs a call of the page's `bench` and adds what the processor did meanwhile, in microseconds a chunk. */
    async run(call, job, chunks) {
      const before = threadTimes(processes);
      const outcome = await page.evaluate(`bench.${call}(${JSON.stringify(job)})`);
      const { main, ...ran } = ranBetween(before, threadTimes(processes));
      const cpu = Object.values(ran).reduce((sum, one) => sum + one, 0);
      return { ...outcome, chunks, rate: chunks / (outcome.ms / 1000), cpu: cpu / chunks, main: main / chunks };
    },
    /** One transfer, checked at the device. */
    async send(variant, { url = broker.url, bytes, window, options = {} }) {
      const name = `${variant}-${++serial}`;
      const job = { variant, url, to: `bench/${name}/to`, from: `bench/${name}/ack`, bytes, seed: 7, window, options };
      const outcome = await this.run("send", job, Math.ceil(bytes / CHUNK));
      const arrived = await device.arrival(job.to);
      check(arrived, bytes, 7);
      return { ...outcome, frames: arrived.frames };
    },
    /** One image to `count` devices at once, each checked. */
    async sendToMany(count, { bytes, window }) {
      const names = Array.from({ length: count }, () => `many-${++serial}`);
      const job = { url: broker.url, names, bytes, seed: 7, window };
      const outcome = await this.run("sendToMany", job, count * Math.ceil(bytes / CHUNK));
      let frames = 0;
      for (const name of names) {
        const arrived = await device.arrival(`bench/${name}/to`);
        check(arrived, bytes, 7);
        frames += arrived.frames;
      }
      return { ...outcome, frames };
    },
    async strike() {
      await page.close();
      await site.stop();
      await device.stop();
      await broker.stop();
    },
  };
}

const checksums = new Map();

/** What arrived is what was sent: the page's numbers, made here a second time. */
function check(arrived, bytes, seed) {
  const key = `${bytes} ${seed}`;
  if (!checksums.has(key)) checksums.set(key, Number.parseInt(crc32(numbers(bytes, seed)), 16));
  const isWhole = arrived.bytes === bytes && arrived.crc32 === checksums.get(key);
  if (!isWhole) throw new Error(`${bytes} bytes were sent, and this arrived: ${JSON.stringify(arrived)}`);
}

function numbers(bytes, seed) {
  const image = new Uint8Array(bytes);
  let state = seed >>> 0;
  for (let at = 0; at < bytes; at++) image[at] = (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) >>> 24;
  return image;
}
