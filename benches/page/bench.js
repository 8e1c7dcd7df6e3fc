// What the benchmark calls in the page, one expression at a time.
import { batched, lean } from "./floors.js";
import { mqttjs, paho, rawws } from "./peers.js";

const makers = { ours, lean, batched, rawws, mqttjs, paho };
const clients = new Map();
const images = new Map();
let memory;

/** The package's own client. */
async function ours(url) {
  const { default: init, MqttClient } = await import("/pkg/mqtt/mqtt_image_sender.js");
  ({ memory } = await init());
  const client = await MqttClient.connect({ url });
  return {
    client,
    async send({ to, from, image, window, options }) {
      const { resends } = await client.sendImage(image, { to, from, window, format: "original", name: "bench.bin", ...options }).done;
      return resends;
    },
  };
}

globalThis.bench = {
  /** Sends an image of so many bytes with a variant's client at `url`; milliseconds, and what it says of itself. */
  async send({ variant, url, to, from, bytes, seed, window, options }) {
    const key = `${variant} ${url}`;
    if (!clients.has(key)) clients.set(key, await makers[variant](url));
    const image = imageOf(bytes, seed);
    const started = performance.now();
    const resends = await clients.get(key).send({ to, from, image, window, options });
    return { ms: performance.now() - started, resends: resends ?? 0, memory: memory?.buffer.byteLength ?? 0 };
  },

  /** One image to each of `names`, all at once, through a client of its own with one subscription. */
  async sendToMany({ url, names, bytes, seed, window }) {
    const { default: init, MqttClient, prepareImage } = await import("/pkg/mqtt_image_sender.js");
    const { memory } = await init();
    const client = await MqttClient.connect({ url });
    await client.subscribe("bench/+/ack", () => {});
    const image = await prepareImage(imageOf(bytes, seed), { format: "original" });
    const before = memory.buffer.byteLength;
    const started = performance.now();
    const send = (name) => client.sendImage(image, { to: `bench/${name}/to`, from: `bench/${name}/ack`, name: "bench.bin", window }).done;
    const outcomes = await Promise.all(names.map(send));
    const ms = performance.now() - started;
    const resends = outcomes.reduce((sum, outcome) => sum + outcome.resends, 0);
    const grown = memory.buffer.byteLength - before;
    await client.close();
    image.free();
    return { ms, resends, grown, memory: memory.buffer.byteLength };
  },
};

/** The same bytes for the same numbers, here and in the process that checks what arrived. */
function imageOf(bytes, seed) {
  const key = `${bytes} ${seed}`;
  if (!images.has(key)) {
    images.clear();
    const image = new Uint8Array(bytes);
    let state = seed >>> 0;
    for (let at = 0; at < bytes; at++) image[at] = (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) >>> 24;
    images.set(key, image);
  }
  return images.get(key);
}
