// From the Send view to devices: one delivery each, written to the queue while it runs and to the history when it is over.
import { $, fill, h, note } from "./dom.js";
import { Run } from "./fleet.js";
import { RunView } from "./runview.js";
import { SMALL_CHUNK, circumstances, explain } from "./errors.js";
import { newRunId, record } from "./history.js";
import { dequeue, enqueue, forget, leftBehind } from "./queue.js";
import { PRACTICE, brokerOf, deviceOf, saveDevices } from "./registry.js";
import { editBroker, editDevice } from "./editing.js";
import { kindKey, frameLook, lookFor, panelName } from "./look.js";
import { keepRate, placeKey } from "./kept.js";
import { preparePicture } from "./pictures.js";
import { logTransfer } from "./log.js";
import { go, onView } from "./router.js";
import { t } from "./texts.js";

/** @typedef {import("./registry.js").Device} Device @typedef {import("./fleet.js").Delivery} Delivery @typedef {import("./fleet.js").Picture} Picture */

/** @type {RunView} */
let view;
/** Where a remedy leads that the Send view has. @type {(action: string) => void} */
let toSendView = () => {};

/** @param {{ toSendView: (action: string) => void, addDevice: () => void }} ways */
export function setUpSending(ways) {
  toSendView = ways.toSendView;
  view = new RunView();
  view.onAction = act;
  view.onNext = (what) => (what === "add" ? ways.addDevice() : go("send"));
  onView("run", () => {
    if (view.run) return view.paintAll();
    $("nojobs").hidden = false;
    $("runhead").hidden = true;
  });
  document.addEventListener("visibilitychange", () => document.hidden || view.paintAll());
}

/** In another language. */
export const repaintSending = () => view.paintAll();

/**
 * Sends; the view changes to the run, unless that is to go on unseen.
 * @param {string} title @param {{ device: Device, picture: Picture, image: Record<string, any>, name?: string }[]} what @param {{ unseen?: boolean }} [how]
 */
export function sendToDevices(title, what, { unseen = false } = {}) {
  const run = new Run(newRunId(), title);
  for (const one of what) run.add(one);
  run.onBegin = (delivery) => void enqueue(delivery, run).catch(() => {});
  run.onOver = (delivery) => over(run, delivery);
  if (unseen) return run.start();
  $("runhead").hidden = false;
  view.show(run);
  run.start();
  go("send/run");
}

/** The same picture stretched over each panel: a test card, or nothing. @param {Device[]} devices @param {Blob & { name: string }} card */
export function sendCard(devices, card) {
  const source = { blob: card, name: card.name };
  /** @type {Map<string, Picture>} */
  const pictures = new Map();
  const what = devices.map((device) => {
    const image = lookFor({ fit: "fill" }, device.image);
    const key = kindKey(image);
    const picture = pictures.get(key) ?? preparePicture(source, image).then((prepared) => ({ source, prepared }));
    picture.catch(() => {}); // its rows tell it
    pictures.set(key, picture);
    return { device, picture, image };
  });
  sendToDevices(t("run.title", card.name, devices.length === 1 ? devices[0].name : t("to.n", devices.length)), what);
}

/** A card of its own to each. @param {string} title @param {{ device: Device, card: Promise<File> }[]} cards */
export function sendCards(title, cards) {
  const what = cards.map(({ device, card }) => {
    const image = lookFor({ fit: "fill" }, device.image);
    const picture = card.then(async (blob) => ({ source: { blob, name: blob.name }, prepared: await preparePicture({ blob, name: blob.name }, image) }));
    picture.catch(() => {}); // its row tells it
    return { device, picture, image };
  });
  sendToDevices(title, what);
}

/** @param {Run} run @param {Delivery} delivery */
async function over(run, delivery) {
  const { device, job, picture, replaced, log } = delivery;
  logTransfer(log.slice(-20));
  await dequeue(delivery).catch(() => {});
  if (job.state === "done" && job.progress.elapsedMs > 0 && brokerOf(device.broker)) keepRate(placeKey(brokerOf(device.broker).url, device.to), (1000 * job.progress.bytesTotal) / job.progress.elapsedMs);
  const ready = await picture.catch(() => null);
  const { bytesTotal: bytes, elapsedMs: ms, resends } = job.progress ?? {};
  const error = job.state === "failed" ? { code: job.error.code, message: explain(job.error, circumstances(job)).what } : null;
  const entry = { device: device.id, name: device.name, panel: panelName(device), look: frameLook(device), state: replaced ? "cancelled" : job.state, bytes, ms: ms === undefined ? undefined : Math.round(ms), resends, ...error };
  await record(run, entry, ready && { name: ready.source.name || job.name, prepared: ready.prepared }).catch(() => {}); // a full disk loses history, not pictures
}

/** The buttons of a failed row. @param {string} action @param {Delivery} delivery */
async function act(action, delivery) {
  const { run } = view;
  const device = deviceOf(delivery.device.id) ?? delivery.device;
  const again = async (changed) => {
    await saveDevices(changed);
    run.retry(delivery, changed);
  };
  switch (action) {
    case "retry":
      return run.retry(delivery, device);
    case "small":
      return again({ ...device, send: { ...device.send, chunkSize: SMALL_CHUNK } });
    case "wait":
      return again({ ...device, sleeps: true });
    case "topics":
      return editDevice(device, "d-to");
    case "numbering":
      return editDevice(device, "d-numbering");
    case "broker":
    case "user":
      return brokerOf(device.broker) && device.broker !== PRACTICE ? editBroker(brokerOf(device.broker), action === "user" ? "b-user" : "b-url") : editDevice(device, "d-broker");
    case "reload":
      return location.reload();
    default:
      go("send");
      return toSendView(action);
  }
}

/** What an earlier page left behind is offered again; nothing of it is sent unasked. */
export async function offerLeftBehind() {
  const waiting = (await leftBehind()).filter(({ id }) => deviceOf(id));
  if (!waiting.length) return;
  const done = () => fill($("resume"));
  const yes = () => {
    done();
    const what = waiting.map(({ id, name, image, prepared }) => ({ device: deviceOf(id), image, name: name || undefined, picture: Promise.resolve({ source: { blob: prepared.blob, name }, prepared: { ...prepared, preview: null } }) }));
    sendToDevices(waiting[0].title, what);
  };
  const no = async () => {
    done();
    await forget(waiting);
  };
  const names = waiting.map(({ id }) => deviceOf(id).name);
  fill($("resume"), note("warn", "left", h("strong", null, t("resume.h", waiting.length)), " ", t("resume.why", names.slice(0, 4).join(", ") + (names.length > 4 ? " …" : "")),
    h("div.acts", null, h("button.btn.primary", { type: "button", onclick: yes }, t("resume.yes")), h("button.btn", { type: "button", onclick: no }, t("resume.no")))));
}

/** Sends anew what stands in the history, to the devices that are still there. @param {import("./history.js").Sent} sent */
export function sendAgain(sent) {
  const what = [];
  for (const { device: id, picture } of sent.entries) {
    const [device, found] = [deviceOf(id), sent.pictures[picture]];
    if (!device || !found?.blob) continue;
    const { blob, width, height, format, thumb, name } = found;
    const prepared = /** @type {any} */ ({ blob, width, height, format, mime: blob.type, thumb, warnings: [], preview: null });
    what.push({ device, image: device.image, picture: Promise.resolve({ source: { blob, name }, prepared }) });
  }
  if (what.length) sendToDevices(sent.title, what);
}
