// Who gets the picture: devices and groups as chips; or one topic, by its fields.
import { $, fill, h, icon } from "./dom.js";
import { keep, kept } from "./kept.js";
import { PRACTICE, deviceOf, devices, groups, isFirstRun, onRegistry } from "./registry.js";
import { t } from "./texts.js";

/** @type {Set<string>} */
let chosen = new Set();
/** @type {"devices" | "topic"} */
let mode = "devices";
let onChange = () => {};

export const sendMode = () => mode;
/** @returns {import("./registry.js").Device[]} those that are still there, in the order of the list */
export const recipients = () => devices().filter((device) => chosen.has(device.id));

/** @param {Iterable<string>} ids */
export function chooseDevices(ids) {
  chosen = new Set(ids);
  setMode("devices");
  settle();
}

/** @param {"devices" | "topic"} next */
function setMode(next) {
  mode = next;
  $("compose").dataset.mode = next;
  $(next === "devices" ? "by-devices" : "by-topic").checked = true;
}

function settle() {
  keep({ recipients: [...chosen], mode });
  paintChips();
  onChange();
}

/** The way to send, before anything else is known. @param {boolean} topic the fields were given by a link */
export function setUpMode(topic) {
  const last = kept();
  setMode(topic ? "topic" : (last.mode ?? (last.fields ? "topic" : "devices")));
}

/** Nobody was chosen yet: the only device that there is, and the practice device only as long as it is that. */
function usual() {
  const real = devices().filter(({ broker }) => broker !== PRACTICE);
  return (isFirstRun() ? devices().slice(0, 1) : real.length === 1 ? real : []).map(({ id }) => id);
}

/** @param {() => void} changed other recipients, or another way to send @param {Promise<void>} known what is kept was read */
export function setUpRecipients(changed, known) {
  chosen = new Set(kept().recipients);
  onChange = changed;
  for (const [id, value] of /** @type {const} */ ([["by-devices", "devices"], ["by-topic", "topic"]])) {
    $(id).addEventListener("change", () => {
      setMode(value);
      keep({ mode });
      onChange();
    });
  }
  $("choose").addEventListener("click", async () => {
    const [{ openChooser }] = await Promise.all([import("./chooser.js"), known]);
    openChooser(chosen, chooseDevices);
  });
  $("chips").addEventListener("click", ({ target }) => {
    const gone = target.closest("button")?.parentElement;
    if (gone) known.then(() => forget(gone));
  });
  onRegistry(() => {
    if (!kept().recipients) chosen = new Set(usual());
    paintChips();
    onChange();
  });
}

/** A whole group is one chip. */
export function paintChips() {
  const open = new Set(recipients().map(({ id }) => id));
  const chips = [];
  for (const group of groups()) {
    const members = devices().filter((device) => device.groups.includes(group));
    if (members.length < 2 || !members.every(({ id }) => open.has(id))) continue;
    members.forEach(({ id }) => open.delete(id));
    chips.push(chip(group, t("to.n", members.length), members.map(({ id }) => id)));
  }
  for (const id of open) chips.push(chip(deviceOf(id).name, "", [id]));
  $("chips").replaceChildren(...chips);
  $("chips").hidden = chips.length === 0;
  const asleep = recipients().filter((device) => device.sleeps);
  fill($("to-hint"), chips.length === 0 ? t("to.nobody") : asleep.length === 0 ? "" : t("to.asleep", asleep.map(({ name }) => name).slice(0, 3).join(", "), asleep.length));
}

/** @param {HTMLElement} gone a chip */
function forget(gone) {
  const at = [...$("chips").children].indexOf(gone);
  gone.dataset.ids.split(" ").forEach((id) => chosen.delete(id));
  settle();
  const next = $("chips").children[at] ?? $("chips").lastElementChild;
  (next?.querySelector("button") ?? $("choose")).focus();
}

function chip(name, more, ids) {
  return h("li.chip", { "data-ids": ids.join(" ") }, h("b", null, name), more && h("span.n", null, more), h("button.btn.quiet.icon", { type: "button", "aria-label": t("to.remove", name) }, icon("x")));
}
