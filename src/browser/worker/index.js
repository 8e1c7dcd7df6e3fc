// `mqtt-image-sender/worker`: the package's interface on the main thread, while a connection lives in one worker and pictures
// are prepared in another. xtask lays rpc.js and errors.js beside this file.
import { Remote, toError, toPlain } from "./rpc.js";
import { ImageError, MqttError, TransferError, isTransferError } from "./errors.js";

export { ImageError, MqttError, TransferError, isImageError, isMqttError, isTransferError } from "./errors.js";

const classes = { MqttError, ImageError, TransferError };

/** Nothing to load here: the workers do. It is there so that only the import has to be changed. */
export default async function init() {}

// ---------------------------------------------------------------- the workers

// Bundlers look for exactly these two expressions.
const startLink = () => new Remote(new Worker(new URL("./link.js", import.meta.url), { type: "module" }), classes);
const startImage = () => new Remote(new Worker(new URL("./image.js", import.meta.url), { type: "module" }), classes);

/** @type {Remote | null} */
let pictures = null;
function imageWorker() {
  if (pictures) return pictures;
  const started = startImage();
  pictures = started;
  // After a trap, or a script that could not be loaded, the next picture gets a new one.
  started.onFatal = () => {
    if (pictures === started) pictures = null;
    started.terminateWhenIdle();
  };
  return started;
}

/** A call whose failure has one of our classes. A Blob, a picture or bytes are copied before it returns. */
async function ask(remote, Class, method, argument, options) {
  try {
    return await remote.call(method, argument, options);
  } catch (error) {
    throw explained(error, Class, options?.signal);
  }
}

function explained(error, Class, signal) {
  if (error.name === "DataCloneError") return new Class("invalid", `cannot be handed to a worker: ${error.message}`);
  if (error.code === "load") return new Class(Class === MqttError ? "network" : "fetch", `${error.message} Try again.`, { cause: error });
  if (error.name === "AbortError") return new Class("aborted", "aborted by its caller", { cause: signal?.reason });
  if (error.code === "aborted" && signal?.aborted) return new Class("aborted", error.message, { cause: signal.reason });
  return error;
}

// ---------------------------------------------------------------- the broker

export class MqttClient {
  #link = startLink();
  #state = "connecting";
  #clientId = "";
  #keys = 0;
  /** @type {Promise<void> | null} */
  #closed = null;
  #messages = new Map();
  #devices = new Map();
  #undo = () => {};
  onstatechange = null;
  onnotice = null;

  constructor() {
    // As a method of the class its computed name would keep the class in every bundle.
    this[Symbol.asyncDispose ?? Symbol.for("Symbol.asyncDispose")] = () => this.close();
  }

  static async connect(options) {
    const client = new MqttClient();
    try {
      await client.#connect(options);
    } catch (error) {
      client.#state = "closed";
      client.#link.terminateWhenIdle();
      throw error;
    }
    return client;
  }

  async #connect(options) {
    const { signal, credentials, onPacket, ...rest } = options ?? {};
    for (const [name, given] of Object.entries({ credentials, onPacket })) {
      if (given !== undefined && typeof given !== "function") throw new MqttError("invalid", `${name}: must be a function`);
    }
    this.#listen(credentials);
    this.#link.on("packet", (packet) => onPacket?.(packet));
    const { state, clientId } = await ask(this.#link, MqttError, "connect", { options: rest, asks: Boolean(credentials), traces: Boolean(onPacket) }, { signal });
    this.#state = state;
    this.#clientId = clientId;
    const close = () => void this.close();
    signal?.addEventListener("abort", close);
    this.#undo = () => signal?.removeEventListener("abort", close);
    if (signal?.aborted) close();
  }

  #listen(credentials) {
    const link = this.#link;
    link.on("state", ({ state, cause }) => this.#become(state, cause && toError(cause, classes)));
    link.on("notice", (notice) => this.onnotice?.(notice));
    link.on("message", ({ key, message }) => this.#messages.get(key)?.(message));
    link.on("image", ({ key, image }) => this.#devices.get(key)?.onimage?.(image));
    link.on("credentials", async (question) => {
      const answer = await Promise.resolve().then(credentials).then((value) => ({ value }), (error) => ({ error: toPlain(error) }));
      await link.call("answer", { question, ...answer });
    });
    link.onFatal = (error) => {
      link.terminateWhenIdle();
      this.#closed ??= Promise.resolve();
      this.#become("closed", explained(error, MqttError));
    };
  }

  #become(state, cause) {
    if (state === this.#state) return;
    this.#state = state;
    if (state === "closed") this.#undo();
    this.onstatechange?.(state, cause);
  }

  #ask(method, argument, options) {
    if (this.#closed) return Promise.reject(new MqttError("closed", "The client is closed."));
    return ask(this.#link, MqttError, method, argument, options);
  }

  get state() {
    return this.#state;
  }

  get clientId() {
    return this.#clientId;
  }

  publish(topic, payload, { signal, ...options } = {}) {
    return this.#ask("publish", { topic, payload, options }, { signal });
  }

  async subscribe(filter, onMessage, options) {
    if (typeof onMessage !== "function") throw new MqttError("invalid", "onMessage: must be a function");
    const key = ++this.#keys;
    this.#messages.set(key, onMessage);
    try {
      const qos = await this.#ask("subscribe", { key, filter, options });
      return {
        qos,
        unsubscribe: () => {
          this.#messages.delete(key);
          return this.#ask("unsubscribe", key);
        },
      };
    } catch (error) {
      this.#messages.delete(key);
      throw error;
    }
  }

  sendImage(image, options) {
    const send = (method, argument, more) => {
      if (this.#closed) return Promise.reject(new TransferError("closed", "The client is closed."));
      return ask(this.#link, TransferError, method, argument, more);
    };
    return new Transfer(send, ++this.#keys, image, options);
  }

  check() {
    return this.#closed ? Promise.resolve(false) : this.#ask("check");
  }

  close() {
    this.#closed ??= this.#link.call("close").finally(() => {
      this.#become("closed");
      this.#link.terminateWhenIdle();
    });
    return this.#closed;
  }

  /** For `VirtualDevice`: attaches and hands its images over. */
  async _attach(device, options) {
    const key = ++this.#keys;
    this.#devices.set(key, device);
    await this.#ask("attach", { key, options });
    return async () => {
      if (!this.#devices.delete(key) || this.#closed) return;
      await this.#ask("detach", key);
    };
  }
}

export async function checkAccess(url) {
  const link = startLink();
  try {
    return await ask(link, MqttError, "access", url);
  } finally {
    link.terminateWhenIdle();
  }
}

// ---------------------------------------------------------------- the image

class PreparedImage {
  #preview;

  constructor({ preview, ...facts }) {
    Object.assign(this, facts);
    this.#preview = preview;
  }

  preview() {
    const { data, error } = this.#preview;
    if (error) throw toError(error, classes);
    return new ImageData(new Uint8ClampedArray(data.data), data.width);
  }
}

export async function prepareImage(source, options) {
  return new PreparedImage(await prepare(source, options, true));
}

function prepare(source, { signal, ...options } = {}, shown) {
  const image = detached(source);
  if (image instanceof ImageError) return Promise.reject(image);
  return ask(imageWorker(), ImageError, "prepare", { source: image.source, options, shown }, { signal, transfer: image.transfer });
}

/** The source in a form that can be handed over: the page's address is not the worker's, and a view would bring its whole buffer. */
function detached(source) {
  if (source instanceof URL) return { source: source.href };
  if (typeof source === "string") {
    const base = globalThis.document?.baseURI ?? location.href;
    return { source: URL.canParse(source, base) ? new URL(source, base).href : source };
  }
  const isView = ArrayBuffer.isView(source);
  const buffer = isView ? source.buffer : source;
  if (!isBuffer(buffer)) return { source };
  if (buffer.detached) return new ImageError("invalid", "image: is a detached buffer: it was transferred elsewhere");
  const copy = new Uint8Array(isView ? new Uint8Array(buffer, source.byteOffset, source.byteLength) : new Uint8Array(buffer));
  return { source: copy, transfer: [copy.buffer] };
}

const isBuffer = (value) => value instanceof ArrayBuffer || (typeof SharedArrayBuffer === "function" && value instanceof SharedArrayBuffer);

/** What `prepareImage` reads of the options of `sendImage`; the connection reads, or refuses, the rest. */
const PREPARE = ["width", "height", "fit", "rotate", "mirror", "background", "format", "rows", "columns", "quality", "maxBytes", "dither", "tone",
  "saturation", "palette", "maxMegapixels", "invert"];

// ---------------------------------------------------------------- the transfer

class Transfer {
  #log = [];
  #key;
  #send;
  #cancel = new AbortController();
  #isPaused = false;
  #isOver = false;
  #progress = { phase: "preparing", bytesAcked: 0, bytesTotal: 0, chunksAcked: 0, chunksTotal: 0, resends: 0, ignored: 0, stalled: false, elapsedMs: 0, bytesPerSecond: 0 };

  constructor(send, key, image, options) {
    this.#send = send;
    this.#key = key;
    this.done = this.#run(image, options ?? {}).finally(() => (this.#isOver = true));
    this.done.catch(() => {}); // left unobserved it raises no unhandledrejection
  }

  async #run(image, { onProgress, signal, ...options }) {
    const abort = () => this.#cancel.abort(signal.reason);
    signal?.addEventListener("abort", abort);
    if (signal?.aborted) abort();
    try {
      const ready = await this.#prepared(image, options);
      return await this.#deliver(ready, onProgress);
    } catch (error) {
      // Cancelled while the picture was prepared.
      if (error.code !== "aborted" || isTransferError(error)) throw error;
      throw new TransferError("aborted", error.message, { cause: signal?.reason });
    } finally {
      signal?.removeEventListener("abort", abort);
    }
  }

  /** The bytes to send and the options that are left, without those of preparing. */
  async #prepared(image, options) {
    if (image instanceof PreparedImage) return { image: named(image), options };
    if (options.format === "original") {
      const { format, ...rest } = options;
      const given = detached(image);
      if (given instanceof ImageError) throw new TransferError(given.code, given.message);
      return { image: given.source, transfer: given.transfer, options: rest };
    }
    const entries = Object.entries(options);
    const pick = (wanted) => Object.fromEntries(entries.filter(([key]) => PREPARE.includes(key) === wanted));
    const prepared = await prepare(image, { ...pick(true), signal: this.#cancel.signal }, false);
    return { image: named({ ...prepared, name: prepared.name ?? image.name }), options: pick(false) };
  }

  #deliver({ image, transfer, options }, onProgress) {
    const emit = ({ progress, log }) => {
      this.#log = [...this.#log, ...log].slice(-1000);
      const isNews = JSON.stringify(progress) !== JSON.stringify(this.#progress);
      this.#progress = progress;
      if (isNews) onProgress?.(progress);
    };
    const done = this.#send("send", { key: this.#key, image, options }, { signal: this.#cancel.signal, transfer, emit });
    if (this.#isPaused) this.pause();
    return done;
  }

  get progress() {
    return this.#progress;
  }

  get log() {
    return this.#log;
  }

  pause() {
    this.#isPaused = true;
    this.#tell("pause");
  }

  resume() {
    this.#isPaused = false;
    this.#tell("resume");
  }

  cancel() {
    this.#cancel.abort();
  }

  #tell(method) {
    if (!this.#isOver) this.#send(method, this.#key).catch(() => {});
  }
}

/** A file with the name that its device is told: the source's own, with the extension of the format. */
function named({ bytes, name, format }) {
  if (format === "original") return new File([bytes], name ?? "image.bin");
  const extension = { jpeg: "jpg", png: "png", bmp: "bmp" }[format] ?? "raw";
  const [, stem, old] = /^(.+)\.([^.]*)$/.exec(name ?? "") ?? [null, name ?? "image", null];
  const isKept = [extension, extension === "jpg" && "jpeg"].includes(old?.toLowerCase());
  return new File([bytes], isKept ? name : `${stem}.${extension}`);
}

// ---------------------------------------------------------------- a device in the browser

export class VirtualDevice {
  #detach;
  onimage = null;

  static async attach(client, options) {
    const device = new VirtualDevice();
    device.#detach = await client._attach(device, options);
    return device;
  }

  detach() {
    return this.#detach();
  }
}
