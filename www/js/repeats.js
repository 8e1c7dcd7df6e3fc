// An address whose picture is sent again every so many minutes while the page is open, to whoever does not show those bytes yet.
import { sumOf } from "./crc32.js";
import { newId } from "./db.js";
import { shows } from "./history.js";
import { keep, kept } from "./kept.js";
import { kindKey, lookFor } from "./look.js";
import { preparePicture } from "./pictures.js";
import { deviceOf } from "./registry.js";
import { coded } from "./rpc.js";
import { sendToDevices } from "./sending.js";
import { t } from "./texts.js";

/**
 * @typedef {{ id: string, url: string, name: string, minutes: number, devices: string[], wanted: Record<string, any>, own?: Record<string, Record<string, any>>, next: number, last?: { at: number, what: "same" | "sent" | "failed", why?: string } }} Repeat
 *   `wanted`: the look that was chosen, and in `own` those of single kinds of panel; `next`: when it is due, since the epoch
 */

/** How often it is looked whether one is due, in milliseconds. */
const LOOK_EVERY = 5000;
const listeners = new Set();

/** @returns {Repeat[]} */
export const repeats = () => kept().repeats ?? [];
/** @param {() => void} heard */
export const onRepeats = (heard) => listeners.add(heard);

/** @param {Repeat[]} list */
function put(list) {
  keep({ repeats: list });
  for (const heard of listeners) heard();
}

/** A device has one at most: a newer one takes it over. @param {Omit<Repeat, "id" | "next">} what */
export function addRepeat(what) {
  const others = repeats().map((other) => ({ ...other, devices: other.devices.filter((id) => !what.devices.includes(id)) })).filter(({ devices }) => devices.length);
  put([...others, { ...what, id: newId(), next: Date.now() + what.minutes * 60_000 }]);
}

/** @param {string} id @returns {() => void} undoes it */
export function stopRepeat(id) {
  const before = repeats().find((one) => one.id === id);
  put(repeats().filter((one) => one.id !== id));
  return () => before && put([...repeats(), before]);
}

/** Fetches, prepares, and sends what is new. @param {string} id */
export async function repeatNow(id) {
  const repeat = repeats().find((one) => one.id === id);
  if (!repeat) return;
  change(id, { next: Date.now() + repeat.minutes * 60_000 }); // first, so that a slow address is not asked twice
  try {
    change(id, { last: { at: Date.now(), what: (await send(repeat)) ? "sent" : "same" } });
  } catch (error) {
    change(id, { last: { at: Date.now(), what: "failed", why: error.message } });
  }
}

/** @param {string} id @param {Partial<Repeat>} news */
const change = (id, news) => put(repeats().map((one) => (one.id === id ? { ...one, ...news } : one)));

/** @param {Repeat} repeat @returns {Promise<boolean>} whether anything was new */
async function send({ url, name, devices, wanted, own }) {
  const source = { blob: await fetchAnew(url), name, url };
  /** @type {Map<string, Promise<import("./pictures.js").Prepared>>} */
  const pictures = new Map();
  const what = [];
  for (const device of devices.map(deviceOf).filter(Boolean)) {
    const image = lookFor(own?.[kindKey(device.image)] ?? wanted, device.image);
    const key = kindKey(image);
    pictures.set(key, pictures.get(key) ?? preparePicture(source, image));
    const prepared = await pictures.get(key);
    prepared.preview?.close(); // nobody looks
    const now = shows().get(device.id);
    if (now && !now.failed && now.sum === (await sumOf(prepared.blob))) continue;
    what.push({ device, image, picture: Promise.resolve({ source, prepared }) });
  }
  if (what.length) sendToDevices(t("run.title", name, what.length === 1 ? what[0].device.name : t("to.n", what.length)), what, { unseen: true });
  return what.length > 0;
}

/** As the server has it now, not as the browser kept it. @param {string} url */
async function fetchAnew(url) {
  const answer = await fetch(url, { cache: "no-cache" }).catch(() => {
    throw coded("ImageError", "fetch", t("why.fetch"));
  });
  if (!answer.ok) throw coded("ImageError", "fetch", t("again.status", answer.status));
  return answer.blob();
}

/** One tab of this browser does it. */
export function setUpRepeats() {
  const run = () => {
    let busy = false;
    const look = async () => {
      if (busy) return;
      busy = true;
      for (const { id, next } of repeats()) if (next <= Date.now()) await repeatNow(id);
      busy = false;
    };
    setInterval(look, LOOK_EVERY);
    look();
    return new Promise(() => {});
  };
  if (navigator.locks) navigator.locks.request("mqtt-image-sender:repeats", run).catch(() => {});
  else run();
}
