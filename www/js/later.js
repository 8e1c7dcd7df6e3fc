// What is not needed for the first picture: the views beside the Send view, loaded when that one stands.

/** @typedef {typeof import("./sending.js")} Sending */

/** @type {(loading: Promise<Sending>) => void} */
let begin;
/** @type {Promise<Sending>} */
const loaded = new Promise((resolve) => (begin = resolve));

/** @param {{ toSendView: (action: string, error: any) => void }} ways @returns {Promise<Sending>} */
export function loadViews(ways) {
  const loading = load(ways);
  begin(loading);
  return loading;
}

/** What sends to devices, as soon as the view of a send is there. @returns {Promise<Sending>} */
export const sending = () => loaded;

async function load(ways) {
  const { setUpViews } = await import("./views.js");
  await setUpViews(ways);
  return import("./sending.js");
}
