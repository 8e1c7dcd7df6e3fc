// What waits for the client of one connection: promises, and the functions of whoever uses it. The client knows them by
// numbers, and keeps none of them itself.
import { reportUncaught } from "./errors.js";
import { Outcome } from "./glue.js";

/** Calls a function of the user's, if there is one. What it throws is shown, and the client goes on. */
export function tell(listener, ...news) {
  try {
    listener?.(...news);
  } catch (error) {
    reportUncaught(error);
  }
}

/** What a handler is set to: whatever is no function takes it away, as with event handlers of the platform. */
export const functionOrNull = (value) => (typeof value === "function" ? value : null);

export class Desk {
  #onstatechange = null;
  #onnotice = null;
  #publishes = new Map();
  #subscriptions = new Map();
  #checks = [];
  #closes = [];
  #abortPublish;

  /** `abortPublish` is called with the number of a publish whose signal fired. */
  constructor(abortPublish) {
    this.#abortPublish = abortPublish;
  }

  get onstatechange() {
    return this.#onstatechange;
  }

  set onstatechange(listener) {
    this.#onstatechange = functionOrNull(listener);
  }

  get onnotice() {
    return this.#onnotice;
  }

  set onnotice(listener) {
    this.#onnotice = functionOrNull(listener);
  }

  state(state, cause) {
    tell(this.#onstatechange, state, cause);
  }

  notice(code, message, topic) {
    tell(this.#onnotice, { code, message, topic });
  }

  publish(token, signal) {
    const pending = new Outcome();
    if (signal) {
      const abort = () => this.#abortPublish(token);
      signal.addEventListener("abort", abort);
      pending.forget = () => signal.removeEventListener("abort", abort);
    }
    this.#publishes.set(token, pending);
    return pending.promise;
  }

  /** Its exchange is complete, or failed with an error. */
  published(token, error) {
    const pending = this.#publishes.get(token);
    this.#publishes.delete(token);
    pending?.forget?.();
    if (error) pending?.reject(error);
    else pending?.resolve();
  }

  subscribe(id, onMessage) {
    const subscription = Object.assign(new Outcome(), { onMessage, isGranted: false });
    this.#subscriptions.set(id, subscription);
    return subscription.promise;
  }

  /** Whether its promise is still to be kept: a broker that is found again grants it again. */
  awaitsSubscription(id) {
    return this.#subscriptions.get(id)?.isGranted === false;
  }

  granted(id, granted) {
    const subscription = this.#subscriptions.get(id);
    subscription.isGranted = true;
    subscription.resolve(granted);
  }

  refused(id, error) {
    this.#subscriptions.get(id)?.reject(error);
    this.#subscriptions.delete(id);
  }

  /** Asks for its end: no message is delivered any more. False where it was asked for before, or there is none. */
  leave(id) {
    const subscription = this.#subscriptions.get(id);
    if (!subscription || subscription.end) return false;
    subscription.end = new Outcome();
    return true;
  }

  /** When it has ended. */
  left(id) {
    return this.#subscriptions.get(id)?.end?.promise ?? Promise.resolve();
  }

  unsubscribed(id) {
    this.#subscriptions.get(id)?.end?.resolve();
    this.#subscriptions.delete(id);
  }

  /** `view` is of linear memory and only valid now: each handler gets bytes of its own, which it may keep or transfer. */
  deliver(id, topic, view, qos, retain, dup) {
    const subscription = this.#subscriptions.get(id);
    if (subscription && !subscription.end) tell(subscription.onMessage, { topic, payload: view.slice(), qos, retain, dup });
  }

  check() {
    const check = new Outcome();
    this.#checks.push(check);
    return check.promise;
  }

  checked(alive) {
    for (const check of this.#checks.splice(0)) check.resolve(alive);
  }

  close() {
    const close = new Outcome();
    this.#closes.push(close);
    return close.promise;
  }

  /** The client has ended: every promise that still waits is settled, so that nobody waits for ever. */
  end(error) {
    for (const token of [...this.#publishes.keys()]) this.published(token, error);
    for (const subscription of this.#subscriptions.values()) {
      subscription.reject(error);
      subscription.end?.resolve();
    }
    this.#subscriptions.clear();
    this.checked(false);
    for (const close of this.#closes.splice(0)) close.resolve();
  }
}
