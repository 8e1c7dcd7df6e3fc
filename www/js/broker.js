// The page's side of the link worker: one connection, its state, and transfers on it.
import { toPlain } from "./rpc.js";
import { startWorker } from "./workers.js";

/**
 * @typedef {{ state: "none" | "connecting" | "connected" | "reconnecting" | "closed", cause?: import("./rpc.js").PlainError }} LinkState
 * @typedef {{ phase: string, bytesAcked: number, bytesTotal: number, chunksAcked: number, chunksTotal: number, resends: number, ignored: number, stalled: boolean, elapsedMs: number, bytesPerSecond: number }} Progress
 * @typedef {Progress & { name: string, bytes: number, crc32: string, numbering: string }} Outcome
 * @typedef {{ at: number, event: string, function: number, number: number, status?: number, reason?: string }} LogLine
 */

let remote = start();
/** @type {(state: LinkState) => void} */
let listener = () => {};

/** A trap leaves the module unusable, and the connection with it: the next send starts with a new worker. */
function start() {
  const worker = startWorker("link-worker");
  worker.on("state", (state) => listener(state));
  worker.onFatal = (cause) => {
    if (cause.name !== "RuntimeError") return;
    remote.terminateWhenIdle();
    remote = start();
    listener({ state: "none", cause: toPlain(cause) });
  };
  return worker;
}

/** @param {(state: LinkState) => void} heard */
export function onLinkState(heard) {
  listener = heard;
}

/** Resolves when the module is there; rejects with `load` when it is not. @returns {Promise<void>} */
export const ready = () => remote.call("ready");

/** What the browser will say to this address. @param {string} url @returns {Promise<{ access: "open" | "prompt" | "blocked", advice: string }>} */
export const access = (url) => remote.call("access", url);

/** @param {object} options @param {AbortSignal} [signal] @returns {Promise<void>} */
export const connect = (options, signal) => remote.call("connect", options, { signal });

/**
 * @param {{ key: string, blob: Blob, options: object }} what
 * @param {{ signal: AbortSignal, onProgress: (progress: Progress) => void, onLog: (lines: LogLine[]) => void }} ways
 * @returns {Promise<Outcome>}
 */
export function send(what, { signal, onProgress, onLog }) {
  const emit = ({ progress, log }) => {
    if (progress) onProgress(progress);
    onLog(log);
  };
  return remote.call("send", what, { signal, emit });
}

/** @param {string} key */
export const pause = (key) => remote.call("pause", key);
/** @param {string} key */
export const resume = (key) => remote.call("resume", key);

/** Visibility and the page cache do not reach a worker, so the page tells it when to test the link. */
export function watchLink() {
  const check = () => document.visibilityState === "visible" && remote.call("check").catch(() => {});
  document.addEventListener("visibilitychange", check);
  addEventListener("pageshow", check);
  addEventListener("online", check);
}
