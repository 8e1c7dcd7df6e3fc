// One send: the picture is prepared while the link comes up, then the bytes go to the link worker. A union of states, no view.
import * as link from "./broker.js";
import { coded, toPlain } from "./rpc.js";
import { deliveredName } from "./options.js";
import { holdAwake } from "./awake.js";

/**
 * @typedef {"preparing" | "connecting" | "queued" | "waiting" | "sending" | "stalled" | "paused" | "done" | "failed" | "cancelled"} State
 * @typedef {{ ok: boolean, name?: string, bytes?: number, crc32?: string, numbering?: string, chunksTotal?: number, resends?: number, elapsedMs?: number,
 *   error?: import("./rpc.js").PlainError }} Result
 */

export class SendJob {
  /** @type {State} */
  state = "preparing";
  /** The newest word of the transfer; at the end its outcome. @type {any} */
  progress = null;
  /** @type {import("./rpc.js").CodedError | null} */
  error = null;
  name = "";
  key = crypto.getRandomValues(new Uint32Array(2)).join("-");
  #abort = new AbortController();
  #paused = false;

  /**
   * @param {{ draft: import("./link.js").Draft, picture: Promise<{ source: import("./pictures.js").Source, prepared: import("./pictures.js").Prepared }>,
   *   onChange: (job: SendJob) => void, onLog: (lines: import("./broker.js").LogLine[]) => void, place?: string }} what
   */
  constructor({ draft, picture, onChange, onLog, place = "form" }) {
    this.place = place;
    this.draft = draft;
    this.picture = picture;
    this.bytes = 0; // of the prepared picture, once it is known
    this.onChange = () => onChange(this);
    this.onLog = onLog;
  }

  /** @returns {Promise<Result>} */
  async run() {
    const letGo = holdAwake();
    try {
      const outcome = (this.progress = await this.#send());
      this.#become("done");
      const { name, bytes, crc32, numbering, chunksTotal, resends, elapsedMs } = outcome;
      return { ok: true, name, bytes, crc32, numbering, chunksTotal, resends, elapsedMs: Math.round(elapsedMs) };
    } catch (error) {
      this.error = error;
      this.#become(error.code === "aborted" ? "cancelled" : "failed");
      return failure(error);
    } finally {
      letGo();
    }
  }

  /** Over before it began. @param {import("./rpc.js").CodedError} error @returns {Result} */
  fail(error) {
    this.error = error;
    this.#become("failed");
    return failure(error);
  }

  async #send() {
    const signal = this.#abort.signal;
    this.#become("preparing");
    const connected = link.connect(this.place, this.draft.broker, signal);
    connected.catch(() => {}); // a picture that cannot be prepared is said first
    const { source, prepared } = await unlessAborted(this.picture, signal);
    this.#become("connecting");
    await unlessAborted(connected, signal);
    this.name = this.draft.send.name ?? deliveredName(source.name, prepared);
    this.bytes = prepared.blob.size;
    this.#become("queued");
    const options = { ...this.draft.send, name: this.name };
    return link.send({ place: this.place, key: this.key, blob: prepared.blob, options }, { signal, onProgress: (progress) => this.#advance(progress), onLog: this.onLog });
  }

  /** @param {import("./broker.js").Progress} progress */
  #advance(progress) {
    this.progress = progress;
    const phase = { queued: "queued", preparing: "preparing", waiting: "waiting" }[progress.phase] ?? "sending";
    this.#become(progress.stalled ? "stalled" : this.#paused ? "paused" : /** @type {State} */ (phase));
  }

  /** @param {State} state */
  #become(state) {
    this.state = state;
    this.onChange();
  }

  get isOver() {
    return ["done", "failed", "cancelled"].includes(this.state);
  }
  get canPause() {
    return ["sending", "paused", "queued"].includes(this.state) && this.progress !== null;
  }

  cancel() {
    this.#abort.abort();
  }

  togglePause() {
    this.#paused = !this.#paused;
    (this.#paused ? link.pause : link.resume)(this.key);
    if (this.progress) this.#advance(this.progress);
  }
}

/** @param {any} error @returns {Result} */
export function failure(error) {
  const { name, code, message, chunk } = toPlain(error);
  return { ok: false, error: { name, code: code ?? "error", message, ...(chunk === undefined ? {} : { chunk }) } };
}

/** @template T @param {Promise<T>} promise @param {AbortSignal} signal @returns {Promise<T>} */
function unlessAborted(promise, signal) {
  return new Promise((resolve, reject) => {
    const abort = () => reject(coded("TransferError", "aborted", "Cancelled before anything was sent."));
    if (signal.aborted) return abort();
    signal.addEventListener("abort", abort);
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
