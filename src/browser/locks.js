// Web Locks: what only one client of this browser may hold at a time. Where there are none (no secure context, an old
// browser, a frame without storage) everything is held.

// What is held or wished for. A page that rests in the back/forward cache lets go of it: Chromium would throw it out of the
// cache for whoever asks next, as it does where a worker holds the lock, which does not hear of the rest.
const holders = new Set();
let awake = Promise.resolve();
let wake = () => {};
let isListening = false;

function listen() {
  if (isListening) return;
  isListening = true;
  // Node has locks and no such events.
  globalThis.addEventListener?.("pagehide", () => {
    awake = new Promise((done) => (wake = done));
    for (const holder of holders) holder.letGo();
  });
  globalThis.addEventListener?.("pageshow", () => {
    wake();
    for (const holder of holders) holder.ask();
  });
}

/** One after the other, in the given order, which has to be the same for all. `held` is false when `letGo` came first. */
function ask(names) {
  const end = new AbortController();
  const { signal } = end;
  const one = (name) => new Promise((held, failed) => {
    const keep = () => signal.aborted || new Promise((letGo) => (held(), signal.addEventListener("abort", letGo)));
    navigator.locks.request(name, { signal }, keep).catch(failed);
  });
  const all = async () => {
    for (const name of names) await one(name);
  };
  return { held: all().then(() => !signal.aborted, () => !signal.aborted), letGo: () => end.abort() };
}

// What tells one broker from another: its URL without the query, which is another one each time where it is signed. The
// practice broker is no other page's.
const brokers = (urls) => urls.filter((url) => url !== "practice:").map((url) => {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
});

/** A lock on the name `name` of a kind of things at the broker that has these URLs, which have been checked. */
export function newLock(kind, name, urls) {
  const names = [...new Set(brokers(urls))].sort().map((broker) => `mqtt-image-sender ${kind} ${broker} ${name}`);
  if (!globalThis.navigator?.locks || names.length === 0) return { hold: async () => true, release() {} };
  listen();
  let present = null;
  const holder = {
    ask: () => (present ??= ask(names)),
    letGo() {
      present?.letGo();
      present = null;
    },
  };
  return {
    /** True once it is held; false where it was not within so many milliseconds, or was let go. The wish stands until `release`. */
    async hold(patience) {
      await awake;
      holders.add(holder);
      const { held } = holder.ask();
      let timer;
      const late = new Promise((done) => (timer = setTimeout(done, patience, false)));
      return Promise.race([held, late]).finally(() => clearTimeout(timer));
    },
    release() {
      holders.delete(holder);
      holder.letGo();
    },
  };
}
