// Who is there: a device's status topic carries a retained message or its will. Empty, "0", "offline", "false" and {"online":false} say that it is away.
import { connect, onMessage, subscribe } from "./broker.js";
import { brokerOf, brokerOptions, deviceOf, devices } from "./registry.js";

/** @typedef {{ online: boolean, at: number }} Presence */

/** @type {Map<string, Presence>} */
const known = new Map();
const listeners = new Set();

/** @param {import("./registry.js").Device} device @returns {Presence | undefined} */
export const presenceOf = (device) => known.get(device.id);
/** @param {() => void} heard */
export const onPresence = (heard) => listeners.add(heard);

/** @param {string} payload */
export function isOnline(payload) {
  const text = payload.trim().toLowerCase();
  if (text.startsWith("{")) {
    try {
      const { online, status, state } = JSON.parse(text);
      return isOnline(String(online ?? status ?? state ?? "online"));
    } catch {
      return true;
    }
  }
  return !["", "0", "offline", "false", "off", "away", "disconnected"].includes(text);
}

/** Asks a broker that is connected for the status of its devices. @param {string} place the broker's id */
export function watchPresence(place) {
  const topics = devices().filter((device) => device.broker === place && device.status).map((device) => device.status);
  if (topics.length) subscribe(place, [...new Set(topics)]).catch(() => {}); // a broker may refuse it; then nobody knows
}

/** Connects to the brokers that know who is there. One that cannot be reached is said when something is sent to it. */
export function askPresence() {
  for (const place of new Set(devices().filter(({ status }) => status).map(({ broker }) => broker))) {
    const broker = brokerOf(place);
    if (broker) connect(place, brokerOptions(broker)).then(() => watchPresence(place), () => {});
  }
}

export function setUpPresence() {
  onMessage(({ place, topic, payload }) => {
    const named = devices().filter((device) => device.broker === place && device.status === topic);
    for (const { id } of named) known.set(id, { online: isOnline(payload), at: Date.now() });
    for (const id of known.keys()) if (!deviceOf(id)) known.delete(id);
    if (named.length) listeners.forEach((heard) => heard());
  });
}
