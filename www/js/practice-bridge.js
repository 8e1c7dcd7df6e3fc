// The practice broker lives in one page's module. Between two pages of this browser a channel carries what is said to and by a
// practice device that `device.html` plays: each page has the half that it needs, so nothing goes round in circles.

const CHANNEL = "mqtt-image-sender:practice";
const LOCK = "mqtt-image-sender:practice ";

/** Topics of the practice devices that another page plays; none without Web Locks. @returns {Promise<Set<string>>} */
export async function playedElsewhere() {
  const { held = [] } = (await navigator.locks?.query()) ?? {};
  return new Set(held.filter(({ name }) => name.startsWith(LOCK)).map(({ name }) => name.slice(LOCK.length)));
}

/** Says for as long as it is held that this page plays the device on `to`. @param {string} to @returns {Promise<() => void>} lets go */
export function claim(to) {
  return new Promise((claimed) => {
    const over = new AbortController();
    const hold = () => new Promise((done) => (over.signal.addEventListener("abort", done), claimed(() => over.abort())));
    if (navigator.locks) navigator.locks.request(LOCK + to, { mode: "shared" }, hold).catch(() => {});
    else claimed(() => {});
  });
}

/**
 * Tells the other pages what is published on `out`, and publishes here what they say on `back`.
 * @param {any} client on `practice:` @param {{ out: string, back: string }} topics @returns {Promise<() => Promise<void>>} ends it
 */
export async function carry(client, { out, back }) {
  const channel = new BroadcastChannel(CHANNEL);
  const subscription = await client.subscribe(out, ({ payload }) => channel.postMessage({ topic: out, payload: payload.slice() }));
  channel.onmessage = ({ data }) => data.topic === back && client.publish(back, data.payload).catch(() => {});
  return async () => {
    channel.close();
    await subscription.unsubscribe();
  };
}
