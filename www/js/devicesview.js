// The devices: a wall of what they show, or a list. Searching and groups hide; nothing is sorted under the hand.
import { $, drawAnew, fill, h, icon, say } from "./dom.js";
import { toast } from "./dialog.js";
import { download } from "./download.js";
import { exportText } from "./exchange.js";
import { miniFrame } from "./frames.js";
import { keep, kept } from "./kept.js";
import { editDevice } from "./editing.js";
import { brokerOf, deleteDevices, devices, duplicateOf, groups, onRegistry, saveDevices } from "./registry.js";
import { asItHangs, frameLook, panelName, searchText } from "./look.js";
import { currentView, onView } from "./router.js";
import { onHistory, shows } from "./history.js";
import { askPresence, onPresence, presenceOf } from "./presence.js";
import { moment } from "./numbers.js";
import { t } from "./texts.js";

/** @typedef {import("./registry.js").Device} Device */

/** Above this many a list is read more easily than a wall. */
const WALL = 24;
/** @type {Set<string>} */
const selected = new Set();
let group = "";
let onSend = (/** @type {string[]} */ _ids) => {};

/** @param {{ send: (ids: string[]) => void, clear: (devices: Device[]) => void, identify: (devices: Device[]) => void, find: () => void }} ways */
export function setUpDevicesView({ send, clear, identify, find }) {
  onSend = send;
  onView("devices", () => {
    paint();
    askPresence();
  });
  onRegistry(() => {
    if (currentView() !== "devices") return;
    paint();
    askPresence();
  });
  onHistory(() => currentView() === "devices" && paint());
  onPresence(() => currentView() === "devices" && paint());
  $("q").addEventListener("input", filter);
  $("adddevice").addEventListener("click", () => editDevice(null));
  for (const id of ["lay-wall", "lay-list"]) {
    $(id).addEventListener("change", () => {
      keep({ lay: id === "lay-list" ? "list" : "wall" });
      paint();
    });
  }
  $("selsend").addEventListener("click", () => onSend(chosen().map(({ id }) => id)));
  $("selname").addEventListener("click", () => identify(chosen()));
  $("finddevices").addEventListener("click", find);
  $("selblank").addEventListener("click", () => clear(chosen()));
  $("seldup").addEventListener("click", async () => {
    const copies = [];
    for (const device of chosen()) {
      const copy = duplicateOf(device);
      await saveDevices(copy); // one after the other: each takes the next free number
      copies.push(copy);
    }
    clearSelection();
    if (copies.length === 1) editDevice(copies[0]);
  });
  $("selgroup").addEventListener("click", () => askGroup());
  $("selexport").addEventListener("click", () => download("devices.json", new Blob([exportText(chosen())], { type: "application/json" })));
  $("seldelete").addEventListener("click", () => remove(chosen()));
  $("selclear").addEventListener("click", clearSelection);
  $("group-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    const name = $("g-name").value.trim();
    $("group-dialog").close();
    if (name) await saveDevices(...chosen().map((device) => ({ ...device, groups: [...new Set([...device.groups, name])] })));
  });
}

/** @param {Device[]} some deleted at once; it can be undone until the page closes */
export async function remove(some) {
  const undo = await deleteDevices(...some.map(({ id }) => id));
  some.forEach(({ id }) => selected.delete(id));
  toast(some.length === 1 ? t("dev.deleted", some[0].name) : t("dev.deletedn", some.length), undo);
  if (currentView() === "devices") $("h-dev").focus({ preventScroll: true });
}

const chosen = () => devices().filter(({ id }) => selected.has(id));

function clearSelection() {
  selected.clear();
  paint();
  $("h-dev").focus({ preventScroll: true });
}

function askGroup() {
  $("g-names").replaceChildren(...groups().map((name) => h("option", { value: name })));
  $("g-name").value = "";
  $("group-dialog").showModal();
}

// ---------------------------------------------------------------- drawing

function paint() {
  const all = devices();
  const list = (kept().lay ?? (all.length > WALL ? "list" : "wall")) === "list";
  $(list ? "lay-list" : "lay-wall").checked = true;
  $("devsub").textContent = all.length ? t("dev.sub", all.length) : t("dev.none");
  $("finder").hidden = all.length === 0;
  paintGroups(all);
  drawAnew(() => {
    $("wall").hidden = list;
    $("listwrap").hidden = !list || all.length === 0;
    $("wall").replaceChildren(...(list ? [] : all.map(unit)));
    $("devrows").replaceChildren(...(list ? all.map(line) : []));
  });
  filter();
  paintSelection();
}

function paintGroups(all) {
  const names = groups();
  if (group && !names.includes(group)) group = "";
  fill($("groups"), names.length > 0 && ["", ...names].map((name) => h("button.chip", { type: "button", "aria-pressed": String(name === group), onclick: () => {
    group = name;
    paintGroups(all);
    filter();
    /** @type {HTMLElement} */ ($("groups").querySelector("[aria-pressed=true]")).focus();
  } }, h("span", null, name || t("group.all")), h("span.n.num", null, String(name ? all.filter((device) => device.groups.includes(name)).length : all.length)))));
}

function unit(device) {
  const now = shows().get(device.id);
  return h("li.unit", { "data-id": device.id, "data-text": searchText(device), class: `unit${selected.has(device.id) ? " on" : ""}` },
    h("div.hang", null, miniFrame(now ?? asItHangs(device.image), frameLook(device), { mini: false, alt: now ? t("dev.shows", device.name, now.name) : "" })),
    h("div.cap", null, pick(device), h("h2", null, edit(device)), state(device), h("p", null, panelName(device))));
}

function line(device) {
  const now = shows().get(device.id);
  const cell = (...children) => h("td", { role: "cell" }, ...children);
  const wide = (...children) => h("td.hide", { role: "cell" }, ...children);
  const said = state(device);
  return h(said ? "tr" : "tr.quiet", { role: "row", "data-id": device.id, "data-text": searchText(device) }, cell(pick(device)), h("td.thumb", { role: "cell" }, miniFrame(now ?? asItHangs(device.image), frameLook(device))),
    cell(edit(device), h("span.hint", null, device.groups.join(", "))), wide(panelName(device)), wide(h("code", null, device.to)), cell(said),
    wide(now ? moment(now.at) : ""));
}

const edit = (device) => h("button.link.name", { type: "button", "aria-label": t("dev.editof", device.name), onclick: () => editDevice(device) }, device.name);

function pick(device) {
  const box = /** @type {HTMLInputElement} */ (h("input.pick", { type: "checkbox", "aria-label": t("dev.pick", device.name) }));
  box.checked = selected.has(device.id);
  box.addEventListener("change", () => {
    if (box.checked) selected.add(device.id);
    else selected.delete(device.id);
    box.closest(".unit")?.classList.toggle("on", box.checked);
    paintSelection();
  });
  return box;
}

/** Quiet when well: a failure and an absence are said first. */
function state(device) {
  const now = shows().get(device.id);
  const presence = presenceOf(device);
  if (now?.failed) return h("span.state.bad", null, icon("alert"), h("span", null, t("dev.failed")));
  if (presence) return h(presence.online ? "span.state" : "span.state.warn", null, h(presence.online ? "span.dot" : "span.dot.off", { "aria-hidden": "true" }), h("span", null, presence.online ? t("dev.online") : t("dev.away", moment(presence.at))));
  if (!brokerOf(device.broker)) return h("span.state.warn", null, icon("alert"), h("span", null, t("dev.nobroker")));
  if (device.sleeps) return h("span.state", null, icon("sleep"), h("span", null, t("dev.sleeps")));
  return now ? h("span.state", null, h("span", null, moment(now.at))) : null;
}

function filter() {
  const words = $("q").value.trim().toLowerCase();
  const members = new Set(devices().filter((device) => !group || device.groups.includes(group)).map(({ id }) => id));
  let n = 0;
  for (const node of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('[data-view="devices"] [data-id]'))) {
    node.hidden = !members.has(node.dataset.id) || !node.dataset.text.includes(words);
    n += node.hidden ? 0 : 1;
  }
  $("nodevice").hidden = n > 0 || devices().length === 0;
  if (words) say(t("dev.found", n));
}

function paintSelection() {
  const n = chosen().length;
  $("selbar").hidden = n === 0;
  $("seln").textContent = t("sel.n", n);
}
