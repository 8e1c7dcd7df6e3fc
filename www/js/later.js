// What is not needed for the first view: it is loaded when that one stands.

/** @typedef {typeof import("./sending.js")} Sending */

/** What has nothing to do with the person's hands waits for a pause, but not longer than this, in milliseconds. */
const PAUSE = 300;

/** A pause of the main thread. @returns {Promise<unknown>} */
export const idle = () => new Promise((done) => (globalThis.requestIdleCallback ? requestIdleCallback(done, { timeout: PAUSE }) : setTimeout(done, 1)));

/** The first view is drawn, or nobody looks; a page in the background has no frames. @returns {Promise<void>} */
export const drawn = () => new Promise((done) => (document.hidden ? done() : requestAnimationFrame(() => setTimeout(done))));

/** @type {(loading: Promise<Sending>) => void} */
let begin;
/** @type {Promise<Sending>} */
const loaded = new Promise((resolve) => (begin = resolve));

/**
 * The views beside the Send view.
 * @param {{ toSendView: (action: string, error: any) => void }} ways @param {Promise<unknown>} after what goes first
 * @returns {Promise<Sending>}
 */
export function loadViews(ways, after) {
  const loading = load(ways, after);
  begin(loading);
  return loading;
}

/** What sends to devices, as soon as the view of a send is there. @returns {Promise<Sending>} */
export const sending = () => loaded;

async function load(ways, after) {
  await after;
  const { setUpViews } = await import("./views.js");
  await setUpViews(ways);
  return import("./sending.js");
}

let isKept = false;
/** Keeps the page for the times without a network. */
export function keepForOffline() {
  if (isKept) return;
  isKept = true;
  import("./offline.js").then(({ setUpOffline }) => setUpOffline()).catch(() => {}); // a page without it works all the same
}
