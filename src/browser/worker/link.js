// The worker that holds one connection: `MqttClient` and `VirtualDevice` of the main thread act here. xtask lays rpc.js and
// mirror.js beside this file.
import init, { MqttClient, VirtualDevice, checkAccess } from "../mqtt/mqtt_image_sender.js";
import { announce, serve, toError, toPlain } from "./rpc.js";
import { newLines, outcomeOf, progressOf } from "./mirror.js";

let client;
const subscriptions = new Map();
const transfers = new Map();
const devices = new Map();
/** Credentials that the main thread was asked for. */
const asked = new Map();
let questions = 0;

serve({
  async connect({ options, asks, traces }, { signal }) {
    await init();
    // The call's signal ends the attempt only; the main thread closes a client that is connected.
    const attempt = new AbortController();
    const stop = () => attempt.abort();
    signal.addEventListener("abort", stop);
    if (signal.aborted) stop();
    client = await MqttClient.connect({ ...options, signal: attempt.signal, ...(asks && { credentials }), ...(traces && { onPacket }) });
    signal.removeEventListener("abort", stop);
    client.onstatechange = (state, cause) => announce("state", { state, cause: cause && toPlain(cause) });
    client.onnotice = (notice) => announce("notice", notice);
    return { state: client.state, clientId: client.clientId };
  },

  answer({ question, value, error }) {
    const { resolve, reject } = asked.get(question);
    asked.delete(question);
    if (error) reject(toError(error));
    else resolve(value);
  },

  publish: ({ topic, payload, options }, { signal }) => client.publish(topic, payload, { ...options, signal }),

  async subscribe({ key, filter, options }) {
    const onMessage = (message) => announce("message", { key, message: { ...message, payload: message.payload.slice() } });
    const subscription = await client.subscribe(filter, onMessage, options);
    subscriptions.set(key, subscription);
    return subscription.qos;
  },

  async unsubscribe(key) {
    await subscriptions.get(key)?.unsubscribe();
    subscriptions.delete(key);
  },

  async send({ key, image, options }, { signal, emit }) {
    const lines = () => newest?.() ?? [];
    const onProgress = (progress) => emit({ progress: progressOf(progress), log: lines() });
    const transfer = client.sendImage(image, { ...options, format: "original", onProgress });
    const newest = newLines(transfer);
    const cancel = () => transfer.cancel();
    signal.addEventListener("abort", cancel);
    if (signal.aborted) cancel();
    transfers.set(key, transfer);
    try {
      return outcomeOf(await transfer.done);
    } finally {
      emit({ progress: progressOf(transfer.progress), log: lines() });
      signal.removeEventListener("abort", cancel);
      transfers.delete(key);
    }
  },

  pause: (key) => transfers.get(key)?.pause(),
  resume: (key) => transfers.get(key)?.resume(),

  async attach({ key, options }) {
    const device = await VirtualDevice.attach(client, options);
    device.onimage = ({ name, bytes, whole }) => announce("image", { key, image: { name, bytes: bytes.slice(), whole } });
    devices.set(key, device);
  },

  async detach(key) {
    await devices.get(key)?.detach();
    devices.delete(key);
  },

  async access(url) {
    await init();
    const { access, advice } = await checkAccess(url);
    return { access, advice };
  },

  check: () => client.check(),
  close: () => client.close(),
});

const onPacket = (packet) => announce("packet", packet);

function credentials() {
  return new Promise((resolve, reject) => {
    const question = ++questions;
    asked.set(question, { resolve, reject });
    announce("credentials", question);
  });
}
