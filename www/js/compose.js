// The picture of the Send view: where it comes from, and what the panel will show. The newest request wins.
import { $, fill, say } from "./dom.js";
import { fetchPicture, preparePicture } from "./pictures.js";
import { deliveredName } from "./options.js";
import { present, showBroken, showBusy, showPrepared } from "./stage.js";
import { errorNote, explain } from "./errors.js";
import { t } from "./texts.js";

/**
 * @typedef {import("./pictures.js").Source} Source
 * @typedef {import("./pictures.js").Prepared} Prepared
 * @typedef {{ key: string, source: Promise<Source>, abort: AbortController, held: boolean, failed: boolean, prepared: Promise<Prepared> }} Attempt
 */

export class Compose {
  /** @type {Promise<Source> | null} */
  #source = null;
  /** @type {Attempt | null} */
  #attempt = null;
  #fetching = new AbortController();
  #lostUrl = "";
  /** Whose picture the stage shows. @type {Promise<Source> | null} */
  #shown = null;
  /** What the stage shows. @type {Prepared | null} */
  prepared = null;
  /** The address that the picture came from; "" for a file. */
  url = "";
  /** The picture's name, as far as it is known. */
  name = "";
  /** Called when `prepared` changed. */
  onPrepared = () => {};
  /** What a note about the picture offers to do. @type {(action: string, error: import("./rpc.js").CodedError) => void} */
  onAction = () => {};

  get hasSource() {
    return this.#source !== null;
  }

  /** Stands for the picture itself: two of them may have the same name. */
  get source() {
    return this.#source;
  }

  /** @param {Blob & { name?: string }} file */
  take(file) {
    this.#fetching.abort();
    this.#lostUrl = this.url = $("url").value = "";
    this.name = file.name || t("pasted");
    this.#source = Promise.resolve({ blob: file, name: this.name });
  }

  /** @param {string} url absolute */
  fetch(url) {
    this.#fetching.abort();
    this.#fetching = new AbortController();
    const { signal } = this.#fetching;
    const name = (this.name = fileNameOf(url));
    this.url = url;
    present();
    this.#lostUrl = "";
    this.#source = fetchPicture(url, signal).then((blob) => ({ blob, name, url }));
    this.#source.catch(() => signal.aborted || (this.#lostUrl = url));
  }

  /**
   * Prepares the picture as `options` say and shows it; the same request again is answered with the same result.
   * @param {Record<string, any>} options @returns {Promise<Prepared>}
   */
  refresh(options) {
    const source = this.#source;
    if (!source) return Promise.reject(new Error("There is no picture"));
    const key = JSON.stringify(options);
    const last = this.#attempt;
    if (last?.source === source && last.key === key && !last.failed) return last.prepared;
    if (last && !last.held) last.abort.abort();
    const abort = new AbortController();
    const prepared = source.then((known) => preparePicture(known, options, abort.signal));
    prepared.catch(() => {}); // whoever asked is told; the stage shows it below
    const attempt = (this.#attempt = { key, source, abort, held: false, failed: false, prepared });
    this.#show(attempt, options);
    return prepared;
  }

  /** As `refresh`, for a send: a newer wish does not stop it, and an address that failed is tried again. @param {Record<string, any>} options */
  async hold(options) {
    this.#fetchAgain();
    const prepared = this.refresh(options);
    if (this.#attempt) this.#attempt.held = true;
    return { source: await this.#source, prepared: await prepared };
  }

  /** Prepares the same picture for another panel, as `hold` does for the stage, which does not change. @param {Record<string, any>} options @param {AbortSignal} [signal] @returns {import("./fleet.js").Picture} */
  async aside(options, signal) {
    this.#fetchAgain();
    const source = await this.#source;
    return { source, prepared: await preparePicture(source, options, signal) };
  }

  /** An address that failed: whoever asks for its picture again wants it tried again. */
  #fetchAgain() {
    if (this.#lostUrl) this.fetch(this.#lostUrl);
  }

  /** @param {Attempt} attempt @param {Record<string, any>} options */
  async #show(attempt, options) {
    showBusy(true);
    fill($("sourcenote"));
    const isNewest = () => this.#attempt === attempt;
    let name = "";
    try {
      const source = await attempt.source;
      name = source.name;
      const prepared = await attempt.prepared;
      if (!isNewest()) return;
      this.#shown = attempt.source;
      showPrepared(prepared, deliveredName(name, prepared));
      this.#become(prepared);
    } catch (error) {
      attempt.failed = true;
      if (!isNewest()) return;
      const isOptions = error.code === "invalid" && this.#shown === attempt.source; // the picture itself is well
      if (!isOptions) showBroken(name || fileNameOf($("url").value) || $("url").value);
      this.#become(null);
      say(explain(error, { draft: null, phase: "preparing" }).what, true);
      fill($("sourcenote"), errorNote(error, { draft: null, phase: "preparing", url: absolute($("url").value) }, this.onAction));
    } finally {
      if (isNewest()) showBusy(false);
    }
  }

  #become(prepared) {
    this.prepared = prepared;
    this.onPrepared();
  }
}

/** @param {string} url */
export function absolute(url) {
  try {
    return new URL(url, document.baseURI).href;
  } catch {
    return "";
  }
}

/** The last part of the path, or "". @param {string} url */
function fileNameOf(url) {
  try {
    return decodeURIComponent(new URL(url, document.baseURI).pathname.split("/").pop());
  } catch {
    return "";
  }
}
