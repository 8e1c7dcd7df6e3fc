// The reference device of the project's owner, started with paho-mqtt against a broker.
import { join } from "node:path";
import { python, tests } from "./env.mjs";
import { within } from "./limits.mjs";
import { start } from "./processes.mjs";

export const referenceDevice = join(tests, "device", "reference_device.py");
let started = 0;

/**
 * Starts it on topics of its own and waits for its `ready`. Faults are its command line options,
 * e.g. `{ silent: 0.1, "ask-again": 3 }`.
 */
export async function startDevice(broker, { seconds = 60, images = 100, ...options } = {}) {
  const name = `d${process.pid}x${++started}`;
  const topics = { to: `mis/${name}/to`, from: `mis/${name}/from` };
  const settings = { port: broker.port, ...topics, seconds, images, ...options };
  const args = Object.entries(settings).flatMap(([key, value]) => [`--${key}`, String(value)]);
  const inbox = new Inbox();
  const job = start(python, [referenceDevice, ...args], { onLine: (line) => inbox.line(line) });
  job.ended.then((code) => inbox.end(code, job.said()));
  await within(15_000, `the reference device's ready (paho-mqtt >= 2 for ${python}?)`, inbox.ready).catch(async (error) => {
    await job.stop();
    throw error;
  });
  return {
    topics,
    /** The next image that it received, as its JSON line says. */
    image: (ms = 30_000) => within(ms, "an image at the reference device", inbox.next()),
    /** How many images it received that nobody asked for yet. */
    unread: () => inbox.images.length,
    stop: job.stop,
  };
}

/** Lines of the device: `ready` first, then one JSON object an image. */
class Inbox {
  images = [];
  waiting = [];
  ready = new Promise((done, fail) => Object.assign(this, { setReady: done, failReady: fail }));

  line(line) {
    if (line === "ready") return this.setReady();
    const image = JSON.parse(line);
    const first = this.waiting.shift();
    if (first) first.done(image);
    else this.images.push(image);
  }

  next() {
    if (this.images.length) return Promise.resolve(this.images.shift());
    if (this.ended) return Promise.reject(this.ended);
    return new Promise((done, fail) => this.waiting.push({ done, fail }));
  }

  end(code, said) {
    this.ended = new Error(`the reference device ended with ${code}: ${said}`);
    this.failReady(this.ended);
    for (const { fail } of this.waiting.splice(0)) fail(this.ended);
  }
}
