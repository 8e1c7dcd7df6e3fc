// Calls from the page to a worker, and the worker's events back. Errors cross as data and are Errors again on the other side.
//
//   page → worker   { id, method, argument }        a call
//                   { abort: id }                   its AbortSignal fired
//   worker → page   { id, value } | { id, error }   its end
//                   { id, emit }                    something in between (progress)
//                   { event, value }                something that no call asked for (the link's state)
//                   { fatal }                       a trap outside of any call: nothing that runs there will answer

/**
 * @typedef {{ name: string, code?: string, message: string, chunk?: number, returnCode?: number, cause?: PlainError }} PlainError
 * @typedef {{ signal: AbortSignal, emit: (value: unknown) => void }} Call
 * @typedef {Error & { code?: string, chunk?: number, returnCode?: number }} CodedError
 */

/** What may be told of an error across threads. @param {any} error @returns {PlainError} */
export function toPlain(error) {
  if (!error || typeof error !== "object") return { name: "Error", message: String(error) };
  const plain = { name: String(error.name ?? "Error"), message: String(error.message ?? error) };
  for (const key of ["code", "chunk", "returnCode"]) if (typeof error[key] === "string" || typeof error[key] === "number") plain[key] = error[key];
  if (error.name === "AbortError" && typeof error.code !== "string") plain.code = "aborted";
  if (error.cause) plain.cause = toPlain(error.cause);
  return plain;
}

/**
 * @param {PlainError} plain @param {Record<string, any>} [classes] by name, made with code, message and details
 * @returns {CodedError}
 */
export function toError(plain, classes = {}) {
  const cause = plain.cause && toError(plain.cause, classes);
  if (Object.hasOwn(classes, plain.name)) return new classes[plain.name](plain.code, plain.message, { ...plain, cause });
  const error = /** @type {CodedError} */ (new Error(plain.message, cause && { cause }));
  Object.defineProperty(error, "name", { value: plain.name, configurable: true });
  for (const key of ["code", "chunk", "returnCode"]) if (plain[key] !== undefined) error[key] = plain[key];
  return error;
}

/** An error of the page's own, in the form of the module's. @param {string} name @param {string} code @param {string} message */
export function coded(name, code, message) {
  return toError({ name, code, message });
}

/** Marks what a method returns as handed over, not copied. @param {unknown} value @param {Transferable[]} transfer */
export function handOver(value, transfer) {
  return new HandedOver(value, transfer);
}
class HandedOver {
  constructor(value, transfer) {
    this.value = value;
    this.transfer = transfer;
  }
}

/**
 * The worker's side.
 * @param {Record<string, (argument: any, call: Call) => unknown>} methods
 */
export function serve(methods) {
  /** @type {Map<number, AbortController>} */
  const running = new Map();
  self.addEventListener("message", async ({ data }) => {
    if (data.abort !== undefined) return running.get(data.abort)?.abort();
    const { id, method, argument } = data;
    const controller = new AbortController();
    running.set(id, controller);
    try {
      const result = await methods[method](argument, { signal: controller.signal, emit: (emit) => self.postMessage({ id, emit }) });
      if (result instanceof HandedOver) self.postMessage({ id, value: result.value }, result.transfer);
      else self.postMessage({ id, value: result });
    } catch (error) {
      self.postMessage({ id, error: toPlain(error) });
    } finally {
      running.delete(id);
    }
  });
  // A trap inside one of the module's own futures rejects nothing: without this its caller would wait for ever.
  const fatal = (error) => self.postMessage({ fatal: toPlain(error) });
  self.addEventListener("error", (event) => {
    event.preventDefault(); // so that the page's own listener hears of scripts that did not load, and of nothing else
    fatal(event.error ?? event);
  });
  self.addEventListener("unhandledrejection", (event) => event.reason instanceof WebAssembly.RuntimeError && fatal(event.reason));
}

/** From the worker, unasked. @param {string} event @param {unknown} value */
export function announce(event, value) {
  self.postMessage({ event, value });
}

/** The page's side of one worker. */
export class Remote {
  #worker;
  #classes;
  #next = 1;
  #retired = false;
  /** @type {CodedError | null} */
  #dead = null;
  /** @type {Map<number, { resolve: (v: any) => void, reject: (e: Error) => void, emit?: (v: any) => void, undo: () => void }>} */
  #calls = new Map();
  /** @type {Map<string, (value: any) => void>} */
  #listeners = new Map();

  /** Called when the worker can no longer be relied on. @type {(error: CodedError) => void} */
  onFatal = () => {};

  /** @param {Worker} worker @param {Record<string, any>} [classes] of the errors that come from there */
  constructor(worker, classes) {
    this.#worker = worker;
    this.#classes = classes;
    worker.addEventListener("message", ({ data }) => this.#receive(data));
    worker.addEventListener("error", (event) => {
      event.preventDefault();
      this.#dead = toError({ name: "LoadError", code: "load", message: event.message || "A worker's script could not be loaded." });
      this.#failAll(this.#dead);
    });
  }

  /** @param {string} event @param {(value: any) => void} listener */
  on(event, listener) {
    this.#listeners.set(event, listener);
  }

  /**
   * @param {string} method @param {unknown} [argument]
   * @param {{ signal?: AbortSignal, emit?: (value: any) => void, transfer?: Transferable[] }} [options]
   * @returns {Promise<any>}
   */
  call(method, argument, { signal, emit, transfer = [] } = {}) {
    if (signal?.aborted) return Promise.reject(coded("AbortError", "aborted", "Cancelled."));
    if (this.#dead) return Promise.reject(this.#dead);
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      const abort = () => this.#worker.postMessage({ abort: id });
      this.#worker.postMessage({ id, method, argument }, transfer); // throws for what cannot be copied
      signal?.addEventListener("abort", abort);
      this.#calls.set(id, { resolve, reject, emit, undo: () => signal?.removeEventListener("abort", abort) });
    });
  }

  /** Ends the worker as soon as none of its calls runs. */
  terminateWhenIdle() {
    this.#retired = true;
    if (this.#calls.size === 0) this.#worker.terminate();
  }

  #receive(data) {
    if (data.event) return this.#listeners.get(data.event)?.(data.value);
    if (data.fatal) return this.#failAll(toError(data.fatal, this.#classes));
    const call = this.#calls.get(data.id);
    if (!call) return;
    if ("emit" in data) return call.emit?.(data.emit);
    this.#calls.delete(data.id);
    call.undo();
    if (data.error) call.reject(toError(data.error, this.#classes));
    else call.resolve(data.value);
    if (this.#retired) this.terminateWhenIdle();
  }

  #failAll(error) {
    for (const call of this.#calls.values()) {
      call.undo();
      call.reject(error);
    }
    this.#calls.clear();
    this.onFatal(error);
  }
}
