// Holds the connection and the transfers: a tab in the background goes on, and a picture cannot hurt the link.
import { serve, announce, toPlain, coded } from "./rpc.js";
import { loader } from "./module.js";
import { newLines, outcomeOf, progressOf } from "./mirror.js";

const load = loader(() => import("../pkg/mqtt/mqtt_image_sender.js"));
load().catch(() => {}); // at once; whoever needs it next is told why it failed

/** How often the page hears of a running transfer, in milliseconds: as often as a person can read it. */
const TELL_EVERY = 125;

/** The connection, and the options that it was made with. @type {{ key: string, client: any } | null} */
let link = null;
/** A connect that is under way. @type {{ key: string, abort: AbortController, done: Promise<void> } | null} */
let attempt = null;
/** @type {Map<string, any>} */
const transfers = new Map();

serve({
  ready: async () => void (await load()),

  access: async (url) => {
    const { checkAccess } = await load();
    const { access, advice } = await checkAccess(url);
    return { access, advice };
  },

  /** Connects, or keeps the connection that there is when it was made with the same options. */
  async connect(options, { signal }) {
    await load();
    const key = JSON.stringify(options);
    if (link?.key === key && link.client.state !== "closed") return;
    if (attempt?.key !== key) {
      attempt?.abort.abort();
      const abort = new AbortController(); // of the attempt only: the client must outlive the job that asked for it
      attempt = { key, abort, done: open(key, options, abort.signal) };
    }
    const mine = attempt;
    const stop = () => mine.abort.abort();
    signal.addEventListener("abort", stop);
    try {
      await mine.done;
    } finally {
      signal.removeEventListener("abort", stop);
      if (attempt === mine) attempt = null;
    }
  },

  /** Sends bytes that are ready; emits `{ progress, log }`, resolves with the outcome. */
  async send({ key, blob, options }, { signal, emit }) {
    const bytes = new Uint8Array(await blob.arrayBuffer());
    if (!link) throw coded("TransferError", "closed", "There is no connection.");
    if (signal.aborted) throw coded("TransferError", "aborted", "Cancelled.");
    const startedAt = Date.now(); // the log counts from here
    let newest = null;
    const onProgress = (progress) => (newest = progressOf(progress));
    const transfer = link.client.sendImage(bytes, { ...options, format: "original", onProgress });
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
      clearInterval(timer);
      tell();
      signal.removeEventListener("abort", cancel);
      transfers.delete(key);
    }
  },

  pause: (key) => transfers.get(key)?.pause(),
  resume: (key) => transfers.get(key)?.resume(),

  /** Tests the link after the tab was away. */
  check: async () => (link ? link.client.check() : true),

  close,
});

async function open(key, options, signal) {
  const { MqttClient } = await load();
  await close();
  if (signal.aborted) throw coded("MqttError", "aborted", "Cancelled.");
  announce("state", { state: "connecting" });
  try {
    const client = await MqttClient.connect({ ...options, signal });
    link = { key, client };
    client.onstatechange = (state, cause) => link?.client === client && announce("state", { state, cause: cause && toPlain(cause) });
    announce("state", { state: client.state });
  } catch (error) {
    announce("state", { state: "none", cause: toPlain(error) });
    throw error;
  }
}

async function close() {
  const old = link;
  link = null;
  if (!old) return;
  old.client.onstatechange = null;
  await old.client.close();
  announce("state", { state: "none" });
}
