// Deliveries that are not over, kept so that a reload or a crash loses none: the next page offers them again.
// A row is named after its device: a newer picture replaces the older. Each row also names its tab, whose Web Lock says that it still lives.
import { deliveredName } from "./options.js";
import { newId, put, remove, row, rows } from "./db.js";

/** @typedef {{ id: string, tab: string, at: number, title: string, name: string, image: Record<string, any>, prepared: any }} Waiting */

const tab = newId();
const lockOf = (id) => `mqtt-image-sender:tab:${id}`;

export function holdTab() {
  navigator.locks?.request(lockOf(tab), () => new Promise(() => {})).catch(() => {}); // until the page is gone
}

/**
 * Keeps a delivery as soon as its bytes are there.
 * @param {import("./fleet.js").Delivery} delivery @param {{ title: string }} run
 */
export async function enqueue(delivery, { title }) {
  const { job } = delivery;
  const ready = await delivery.picture.catch(() => null);
  if (!ready || job.isOver || delivery.job !== job) return;
  const { preview: _, ...prepared } = ready.prepared;
  await put("queue", { id: delivery.device.id, tab, at: Date.now(), title, name: job.draft.send.name ?? deliveredName(ready.source.name, ready.prepared), image: delivery.image, prepared });
  if (job.isOver) await dequeue(delivery);
}

/** @param {import("./fleet.js").Delivery} delivery */
export async function dequeue({ device, replaced }) {
  if (replaced) return; // the row is the newer picture's
  if ((await row("queue", device.id))?.tab === tab) await remove("queue", device.id);
}

/** What pages that are gone left behind. @returns {Promise<Waiting[]>} */
export async function leftBehind() {
  const all = await rows("queue");
  const locks = (await navigator.locks?.query())?.held.map(({ name }) => name) ?? [];
  return all.filter((waiting) => waiting.tab !== tab && !locks.includes(lockOf(waiting.tab))).sort((a, b) => a.at - b.at);
}

/** @param {Waiting[]} some */
export const forget = (some) => remove("queue", ...some.map(({ id }) => id));
