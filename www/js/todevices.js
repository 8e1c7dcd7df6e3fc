// The Send view with devices as recipients: their kinds as cards, one picture for each kind, and the button that sends to all of them.
import { $, fill, h } from "./dom.js";
import { readForm, wantedLook } from "./draft.js";
import { settleForm, usePanel } from "./form.js";
import { KindCards } from "./kinds.js";
import { kept, placeKey } from "./kept.js";
import { duration, size } from "./numbers.js";
import { brokerOf, groups, devices } from "./registry.js";
import { hasOwnLook, showLook } from "./ownlook.js";
import { recipients, sendMode } from "./recipients.js";
import { sending } from "./later.js";
import { t } from "./texts.js";

/** @typedef {import("./compose.js").Compose} Compose @typedef {import("./look.js").Kind} Kind */

/** Bytes of each kind's picture, as far as they are prepared. @type {Map<string, number>} */
let bytes = new Map();
const cards = new KindCards();

/** @param {Compose} compose @param {() => void} refresh prepares the stage anew */
export function setUpToDevices(compose, refresh) {
  cards.onSelect = () => {
    settleKinds();
    refresh();
  };
  cards.estimate = (kind, n) => timeOf(kind.devices[0], n);
  return { prepared: () => prepared(compose) };
}

/** To the next kind of panel, or back. @param {1 | -1} by */
export const stepKind = (by) => cards.select(cards.selected + by);

/** The recipients changed, or the way to send. */
export function settleKinds() {
  cards.show(sendMode() === "devices" ? recipients() : []);
  usePanel(cards.current?.image ?? null);
  showLook(cards.current?.key ?? "", cards.kinds.length > 1);
  paintSend();
}

/** The stage has its picture: its card shows it too, and the other cards follow. */
function prepared(compose) {
  if (!cards.current) return;
  bytes = new Map();
  if (!compose.prepared) return;
  put(cards.current, compose.prepared);
  cards.refresh(async (kind, signal) => {
    const { prepared: other } = await compose.aside(lookOf(kind), signal);
    put(kind, other);
    other.preview?.close();
    return other;
  });
}

function put(kind, ready) {
  bytes.set(kind.key, ready.blob.size);
  cards.put(kind, ready);
  sumUp();
}

const lookOf = (kind) => readForm(kind.image).draft.image;

/** @returns {number | undefined} milliseconds, from the device's last rate */
function timeOf(device, n) {
  const broker = brokerOf(device.broker);
  const rate = broker && kept().rates?.[placeKey(broker.url, device.to)];
  return rate ? (1000 * n) / rate : undefined;
}

/** Bytes in all, and how long the slowest takes. */
function sumUp() {
  if (sendMode() !== "devices" || !cards.kinds.every(({ key }) => bytes.has(key))) return;
  const total = cards.kinds.reduce((sum, kind) => sum + bytes.get(kind.key) * kind.devices.length, 0);
  const times = cards.kinds.flatMap((kind) => kind.devices.map((device) => timeOf(device, bytes.get(kind.key)))).filter((time) => time !== undefined);
  fill($("sum"), h("span.num", null, h("b", null, size(total)), recipients().length > 1 && ` ${t("sum.all")}`), h("span.num", null, times.length ? t("sum.time", duration(Math.max(...times))) : ""));
}

/** What the button says. */
export function paintSend() {
  if (sendMode() !== "devices") return;
  const n = recipients().length;
  $("sendtext").textContent = n === 1 ? t("go.send1", recipients()[0].name) : n > 1 ? t("go.sendn", n) : t("go.send");
}

/** One picture a kind, one delivery a device. @param {Compose} compose */
export async function sendComposed(compose) {
  const what = [];
  const name = $("name").value.trim();
  for (const kind of cards.kinds) {
    const image = lookOf(kind);
    const picture = kind === cards.current ? compose.hold(image) : compose.aside(image);
    picture.catch(() => {}); // each delivery tells it
    for (const device of kind.devices) what.push({ device, picture, image, ...(name && { name }) });
  }
  const order = new Map(devices().map(({ id }, i) => [id, i]));
  what.sort((a, b) => order.get(a.device.id) - order.get(b.device.id));
  repeat(compose, what.map(({ device }) => device.id));
  (await sending()).sendToDevices(t("run.title", compose.name || t("run.picture"), whom(what.map(({ device }) => device))), what);
}

/** What was chosen to be sent again and again. @param {Compose} compose @param {string[]} ids */
async function repeat({ url, name }, ids) {
  const minutes = Number($("again").value);
  if (!url || !(minutes >= 1)) return;
  const wanted = wantedLook();
  const own = Object.fromEntries(cards.kinds.filter(({ key }) => hasOwnLook(key)).map(({ key, image }) => [key, wantedLook(image)]));
  $("again").value = ""; // the next picture is another matter
  settleForm();
  (await import("./repeats.js")).addRepeat({ url, name, minutes, devices: ids, wanted, own });
}

/** A device, a group, or a number. */
function whom(list) {
  if (list.length === 1) return list[0].name;
  const ids = new Set(list.map(({ id }) => id));
  const whole = groups().find((group) => {
    const members = devices().filter((device) => device.groups.includes(group));
    return members.length === ids.size && members.every(({ id }) => ids.has(id));
  });
  return whole ?? t("to.n", list.length);
}
