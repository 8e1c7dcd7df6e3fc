// The page's side of the link worker: one connection, its state, and transfers on it. It starts with its first use: whoever
// only looks at the page does not load the module.
import { toPlain } from "./rpc.js";
import { startWorker } from "./workers.js";

/**
 * @typedef {{ place: string, state: "none" | "connecting" | "connected" | "reconnecting" | "closed", cause?: import("./rpc.js").PlainError }} LinkState `place`: "form", or a broker's id; "" is every one
 * @typedef {{ phase: string, bytesAcked: number, bytesTotal: number, chunksAcked: number, chunksTotal: number, resends: number, ignored: number, stalled: boolean, elapsedMs: number, bytesPerSecond: number }} Progress
 * @typedef {Progress & { name: string, bytes: number, crc32: string, numbering: string }} Outcome
 * @typedef {{ at: number, event: string, function: number, number: number, status?: number, reason?: string }} LogLine
 */

/** @type {Set<(state: LinkState) => void>} */
const listeners = new Set();
const tell = (state) => listeners.forEach((heard) => heard(state));
/** Hears of what a practice device received. */
let onPractice = (/** @type {{ to: string, name: string, bytes: number, whole: boolean }} */ _image) => {};
/** Hears of what is no failure but should be known. */
let heardNotice = (/** @type {{ place: string, code: string, message: string, topic: string }} */ _notice) => {};
/** Hears of messages on topics that are watched. */
let heardMessage = (/** @type {{ place: string, topic: string, payload: string }} */ _message) => {};
/** The practice devices that are played, by every worker that starts. */
let played = [];

/** @type {import("./rpc.js").Remote | null} */
let remote = null;
const link = () => (remote ??= start());

/** A trap leaves the module unusable, and the connection with it: the next send starts with a new worker. */
function start() {
  const worker = startWorker("link-worker");
  worker.on("state", tell);
  worker.on("message", (message) => heardMessage(message));
  worker.on("notice", (notice) => heardNotice(notice));
  worker.on("practice", (image) => onPractice(image));
  worker.onFatal = (cause) => {
    if (cause.name !== "RuntimeError") return;
    if (remote === worker) remote = null;
    worker.terminateWhenIdle();
    tell({ place: "", state: "none", cause: toPlain(cause) });
  };
  if (played.length) worker.call("play", played).catch(() => {}); // a module that cannot be loaded is said by what is called next
  return worker;
}

/** @param {(state: LinkState) => void} heard */
export function onLinkState(heard) {
  listeners.add(heard);
}

/** @param {typeof heardNotice} heard */
export function onNotice(heard) {
  heardNotice = heard;
}

/** Resolves when the module is there; rejects with `load` when it is not. @returns {Promise<void>} */
export const ready = () => link().call("ready");

/** What the browser will say to this address. @param {string} url @returns {Promise<{ access: "open" | "prompt" | "blocked", advice: string }>} */
export const access = (url) => link().call("access", url);

/** @param {string} place @param {object} options @param {AbortSignal} [signal] @returns {Promise<void>} */
export const connect = (place, options, signal) => link().call("connect", { place, options }, { signal });

/** Whether a broker takes these options: connects once, beside the connections that there are. @param {object} options @returns {Promise<void>} */
export const attempt = (options) => link().call("attempt", options);

/** @param {{ place: string, topic: string, payload: string | Uint8Array, retain?: boolean }} message @returns {Promise<void>} */
export const publish = (message) => link().call("publish", message);

/** Has the messages of these topics told, on a broker that is connected. @param {string} place @param {string[]} topics */
export const subscribe = (place, topics) => link().call("watch", { place, topics });

/**
 * Tells of the messages that match a filter, retained ones too, until the signal fires.
 * @param {string} place @param {string} filter @param {(message: { topic: string, payload: string }) => void} heard @param {AbortSignal} signal
 */
export const listen = (place, filter, heard, signal) => link().call("listen", { place, filter }, { emit: heard, signal });

/**
 * Tries a device out, on a broker that is connected.
 * @param {string} place @param {import("./trial.js").TrialOptions} options @param {(finding: import("./trial.js").Finding) => void} heard @param {AbortSignal} signal
 * @returns {Promise<import("./trial.js").Summary>}
 */
export const trial = (place, options, heard, signal) => link().call("trial", { place, options }, { emit: heard, signal });

/** @param {(message: { place: string, topic: string, payload: string }) => void} heard */
export function onMessage(heard) {
  heardMessage = heard;
}

/**
 * Plays practice devices on the broker inside the module; a later call replaces the list.
 * @param {{ to: string, from: string }[]} devices @param {(image: { to: string, name: string, bytes: number, whole: boolean }) => void} heard
 */
export function play(devices, heard) {
  played = devices;
  onPractice = heard;
  return remote ? remote.call("play", devices) : Promise.resolve();
}

/**
 * @param {{ place: string, key: string, blob: Blob, options: object }} what
 * @param {{ signal: AbortSignal, onProgress: (progress: Progress) => void, onLog: (lines: LogLine[]) => void }} ways
 * @returns {Promise<Outcome>}
 */
export function send(what, { signal, onProgress, onLog }) {
  const emit = ({ progress, log }) => {
    if (progress) onProgress(progress);
    onLog(log);
  };
  return link().call("send", what, { signal, emit });
}

/** @param {string} key */
export const pause = (key) => link().call("pause", key);
/** @param {string} key */
export const resume = (key) => link().call("resume", key);

/** Visibility and the page cache do not reach a worker, so the page tells it when to test the link. */
export function watchLink() {
  const check = () => document.visibilityState === "visible" && remote?.call("check").catch(() => {});
  document.addEventListener("visibilitychange", check);
  addEventListener("pageshow", check);
  addEventListener("online", check);
}
