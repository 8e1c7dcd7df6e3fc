// Holds the connection and the transfers: a tab in the background goes on, and a picture cannot hurt the link.
import { serve, announce, toPlain, coded } from "./rpc.js";
import { loader } from "./module.js";
import { newLines, outcomeOf, progressOf } from "./mirror.js";
import { player } from "./practice-player.js";

const load = loader(() => import("../pkg/mqtt/mqtt_image_sender.js"));

/** How often the page hears of a running transfer, in milliseconds: as often as a person can read it. */
const TELL_EVERY = 125;

/**
 * The connections, each with the options that it was made with, by place: "form" for the fields of the Send view, a broker's id for devices.
 * @typedef {{ options: any, key: string, client: any, watched: Set<string>, sending: number }} Link `sending`: how many transfers run over it
 * @type {Map<string, Link>}
 */
const links = new Map();
/** Connects that are under way, by place. @type {Map<string, { key: string, abort: AbortController, done: Promise<void> }>} */
const attempts = new Map();
const playAll = player(load, (image) => announce("practice", image));
/** The practice devices of this page. @type {{ to: string, from: string }[]} */
let practice = [];
/** @type {Map<string, any>} */
const transfers = new Map();

serve({
  ready: async () => void (await load()),

  access: async (url) => {
    const { checkAccess } = await load();
    const { access, advice } = await checkAccess(url);
    return { access, advice };
  },

  /** Connects, or keeps the connection that this place has when it was made with the same options. */
  async connect({ place, options }, { signal }) {
    await load();
    if (options.url === "practice:") await playAll(practice).catch(() => {}); // they are there before anyone asks for them
    const key = JSON.stringify(options);
    const link = links.get(place);
    if (link?.key === key && link.client.state !== "closed") return;
    const attempt = attempts.get(place);
    if (attempt?.key !== key) {
      attempt?.abort.abort();
      const abort = new AbortController(); // of the attempt only: the client must outlive the job that asked for it
      attempts.set(place, { key, abort, done: open(place, key, options, abort.signal) });
    }
    const mine = attempts.get(place);
    const stop = () => mine.abort.abort();
    if (place === "form") signal.addEventListener("abort", stop); // elsewhere other devices wait for the same connection
    try {
      await mine.done;
    } finally {
      signal.removeEventListener("abort", stop);
      if (attempts.get(place) === mine) attempts.delete(place);
    }
  },

  /** Connects once with these options, and lets go again. */
  async attempt(options, { signal }) {
    const { MqttClient } = await load();
    const rival = rivalOf(options);
    if (rival?.link.sending) throw coded("MqttError", "busy", "A transfer runs over the connection that has this client id.");
    if (rival) await close(rival.place);
    try {
      const client = await MqttClient.connect({ ...options, reconnect: false, signal });
      await client.close();
    } finally {
      if (rival) open(rival.place, rival.link.key, rival.link.options, new AbortController().signal).catch(() => {}); // its state says so
    }
  },

  /** Sends bytes that are ready; emits `{ progress, log }`, resolves with the outcome. */
  async send({ place, key, blob, options }, { signal, emit }) {
    const bytes = new Uint8Array(await blob.arrayBuffer());
    const link = linkOf(place);
    if (signal.aborted) throw coded("TransferError", "aborted", "Cancelled.");
    const startedAt = Date.now(); // the log counts from here
    let newest = null;
    const onProgress = (progress) => (newest = progressOf(progress));
    const transfer = link.client.sendImage(bytes, { ...options, format: "original", onProgress });
    link.sending += 1;
    const cancel = () => transfer.cancel();
    signal.addEventListener("abort", cancel);
    transfers.set(key, transfer);
    const lines = newLines(transfer);
    const tell = () => {
      const log = lines().map(({ atMs, ...line }) => ({ at: startedAt + atMs, ...line }));
      if (newest || log.length) emit({ progress: newest, log });
      newest = null;
    };
    const timer = setInterval(tell, TELL_EVERY);
    try {
      return outcomeOf(await transfer.done);
    } finally {
      link.sending -= 1;
      clearInterval(timer);
      tell();
      signal.removeEventListener("abort", cancel);
      transfers.delete(key);
    }
  },

  pause: (key) => transfers.get(key)?.pause(),
  resume: (key) => transfers.get(key)?.resume(),

  /** Tests the links after the tab was away. */
  check: async () => (await Promise.all([...links.values()].map(({ client }) => client.check()))).every(Boolean),

  /** Publishes one message, for what is no picture. */
  async publish({ place, topic, payload, retain }) {
    await linkOf(place).client.publish(topic, payload, { retain });
  },

  /** Tells of the messages on these topics. */
  async watch({ place, topics }) {
    const link = links.get(place);
    if (!link) return;
    const { client, watched } = link;
    const tell = (message) => announce("message", { place, topic: message.topic, payload: textOf(message) });
    const watchOne = async (topic) => {
      watched.add(topic);
      await client.subscribe(topic, tell).catch((error) => {
        watched.delete(topic); // refused today, perhaps not tomorrow
        throw error;
      });
    };
    await Promise.all(topics.filter((topic) => !watched.has(topic)).map(watchOne));
  },

  /** Tells of the messages that match a filter, retained ones too, until the call is aborted. */
  async listen({ place, filter }, { signal, emit }) {
    const { client } = linkOf(place);
    const subscription = await client.subscribe(filter, (message) => emit({ topic: message.topic, payload: textOf(message) }));
    if (!signal.aborted) await new Promise((over) => signal.addEventListener("abort", over));
    await subscription.unsubscribe();
  },

  /** Tries a device out; emits a finding for each check. */
  async trial({ place, options }, { signal, emit }) {
    return (await import("./trial.js")).tryOut(linkOf(place).client, options, emit, signal);
  },

  /** The practice devices that this page plays: those that were played and are not named any more end. */
  play: (devices) => playAll((practice = devices)),
});

/** The beginning of a message, as text. */
const textOf = ({ payload }) => new TextDecoder().decode(payload.slice(0, 4096));

/** @param {string} place */
function linkOf(place) {
  const link = links.get(place);
  if (!link) throw coded("MqttError", "closed", "There is no connection.");
  return link;
}

/** The page's own connection that has this client id: two of them would throw each other out. @param {{ url: string, clientId?: string }} options */
function rivalOf({ url, clientId }) {
  const [place, link] = [...links].find(([, { options }]) => clientId && options.clientId === clientId && new URL(options.url).host === new URL(url).host) ?? [];
  return place === undefined ? null : { place, link };
}

async function open(place, key, options, signal) {
  const { MqttClient } = await load();
  await close(place);
  if (signal.aborted) throw coded("MqttError", "aborted", "Cancelled.");
  announce("state", { place, state: "connecting" });
  try {
    const client = await MqttClient.connect({ ...options, signal });
    links.set(place, { options, key, client, watched: new Set(), sending: 0 });
    client.onstatechange = (state, cause) => links.get(place)?.client === client && announce("state", { place, state, cause: cause && toPlain(cause) });
    client.onnotice = ({ code, message, topic }) => announce("notice", { place, code, message, topic });
    announce("state", { place, state: client.state });
  } catch (error) {
    announce("state", { place, state: "none", cause: toPlain(error) });
    throw error;
  }
}

/** @param {string} place */
async function close(place) {
  const old = links.get(place);
  links.delete(place);
  if (!old) return;
  old.client.onstatechange = null;
  await old.client.close();
  announce("state", { place, state: "none" });
}
