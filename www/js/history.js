// What was sent to which device when, and what each device shows now. Kept in this browser, with the bytes of the newest sends.
import { sumOf } from "./crc32.js";
import { newId, put, remove, removeAll, rows } from "./db.js";

/**
 * @typedef {{ width: number, height: number, format: string, thumb: Blob | null, blob?: Blob, name: string }} SentPicture
 * @typedef {{ device: string, name: string, panel: string, look: string, picture: number, state: string, bytes?: number, ms?: number, resends?: number, code?: string, message?: string }} Entry
 * @typedef {{ id: string, at: number, title: string, pictures: SentPicture[], entries: Entry[] }} Sent
 * @typedef {{ device: string, at: number, name: string, width: number, height: number, thumb: Blob | null, failed: boolean, sum?: string }} Shown `sum`: CRC-32 of the bytes that it took
 */

/** So many sends are listed; so many of the newest can be sent again. */
const LISTED = 300;
const WITH_BYTES = 40;

/** @type {Map<string, Shown>} */
let shown = new Map();
/** What is written of each run, for as long as somebody holds the run; `places`: where its pictures stand. @type {WeakMap<object, { sent: Sent, places: Map<Blob, number> }>} */
let open = new WeakMap();
const listeners = new Set();

/** What each device shows now, by its id. */
export const shows = () => shown;

/** @param {() => void} heard */
export const onHistory = (heard) => listeners.add(heard);
const tell = () => listeners.forEach((heard) => heard());

export async function loadHistory() {
  shown = new Map((await rows("shows")).map((row) => [row.device, row]));
}

/** @returns {Promise<Sent[]>} newest first */
export async function sends() {
  return (await rows("sends")).sort((a, b) => b.at - a.at);
}

export const newRunId = newId;

/**
 * A delivery is over: it is added to its send, and the device's frame changes.
 * @param {{ id: string, at: number, title: string }} run
 * @param {Omit<Entry, "picture">} entry @param {{ name: string, prepared: import("./pictures.js").Prepared } | null} picture null: none could be prepared.
 *   Devices that get the same bytes share one picture of the send
 */
export async function record(run, entry, picture) {
  const { sent, places } = open.get(run) ?? { sent: { id: run.id, at: run.at, title: run.title, pictures: [], entries: [] }, places: new Map() };
  open.set(run, { sent, places });
  let at = -1;
  if (picture) {
    const { width, height, format, thumb, blob } = picture.prepared;
    at = places.get(blob) ?? sent.pictures.length;
    places.set(blob, at);
    sent.pictures[at] = { width, height, format, thumb, blob, name: picture.name };
  }
  sent.entries = [...sent.entries.filter((other) => other.device !== entry.device), { ...entry, picture: at }];
  await put("sends", sent);
  await show(entry, picture);
  await prune();
  tell();
}

/** @param {Omit<Entry, "picture">} entry */
async function show({ device, state }, picture) {
  const before = shown.get(device);
  if (state === "done" && picture) {
    const { width, height, thumb, blob } = picture.prepared;
    await hang({ device, at: Date.now(), name: picture.name, width, height, thumb, failed: false, sum: await sumOf(blob) });
  } else if (state === "failed") await hang({ at: Date.now(), name: "", width: picture?.prepared.width ?? 800, height: picture?.prepared.height ?? 480, thumb: null, ...before, device, failed: true });
}

async function hang(row) {
  shown.set(row.device, row);
  await put("shows", row);
}

/** Old sends go, and before them their bytes. */
async function prune() {
  const all = await sends();
  const old = all.slice(LISTED);
  if (old.length) await remove("sends", ...old.map(({ id }) => id));
  const heavy = all.slice(WITH_BYTES, LISTED).filter((sent) => sent.pictures.some((picture) => picture.blob));
  for (const sent of heavy) sent.pictures.forEach((picture) => delete picture.blob);
  if (heavy.length) await put("sends", ...heavy);
}

/** Everything that the page keeps. */
export async function forgetAll() {
  await removeAll();
  shown = new Map();
  open = new WeakMap();
  tell();
}
