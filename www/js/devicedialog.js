// Add or edit a device: its panel from the list, its name, and its topics, which follow the name until they are typed.
import { $, fill, h, note } from "./dom.js";
import { editBroker } from "./brokerdialog.js";
import { openDialog } from "./dialog.js";
import { clearWrong, markWrong, setValue } from "./fields.js";
import { newId } from "./db.js";
import { kept } from "./kept.js";
import { OF_DEVICE, asItHangs } from "./look.js";
import { OPTIONS, OptionError, USUAL_PALETTE, honours } from "./options.js";
import { CUSTOM, PANELS, panelOf } from "./presets.js";
import { brokers, clashOf, deviceOf, saveBroker, saveDevices } from "./registry.js";
import { count } from "./numbers.js";
import { drawTestCard } from "./testcard.js";
import { TEMPLATE, fillTemplate, idFrom, topicError, topicWarnings } from "./topics.js";
import { t } from "./texts.js";

/** @typedef {import("./registry.js").Device} Device */

/** Longest side of the card in the dialog, in pixels. */
const CARD_SIDE = 1600;
/** What a device of an own panel has fields for. */
const OF_FIELDS = ["width", "height", "format", "palette"];
/** Options of the device by the id of their field. */
const IMAGE = { "d-width": "width", "d-height": "height", "d-rotate": "rotate" };
const SEND = { "d-chunk": "chunkSize", "d-window": "window", "d-numbering": "numbering", "d-wake": "wake", "d-retries": "maxRetries" };
const TOPICS = /** @type {const} */ ({ "d-to": "to", "d-from": "from", "d-status": "status" });

/** @type {Device | null} */
let editing = null;
/** The broker of a new device that is not kept yet: it is with the device. @type {import("./registry.js").Broker | null} */
let newBroker = null;
/** Topics and id that the person typed: they do not follow the name any more. @type {Set<string>} */
const typed = new Set();
let onSaved = (/** @type {Device} */ _device, /** @type {"" | "card" | "trial"} */ _then, /** @type {boolean} */ _isNew) => {};

/**
 * @param {Device | null} device null: a new one @param {string} [focus] the field that takes the focus
 * @param {import("./editing.js").Given | null} [given] what is known of a new one
 */
export function editDevice(device, focus = "d-name", given = null) {
  editing = device;
  newBroker = given?.broker ?? null;
  typed.clear();
  clearWrong($("device-dialog"));
  drawPresets();
  drawBrokers();
  $("device-h").textContent = t(device ? "dev.edit" : "dev.add");
  $("d-oktext").textContent = t(device ? "save" : "dev.ok");
  $("d-delete").hidden = $("d-trial").hidden = !device;
  if (device) fillFrom(device, ["d-key", ...Object.keys(TOPICS)]);
  else fillNew();
  if (given) fillFrom(given.device, ["d-to", "d-from"].filter((id) => given.device[TOPICS[id]]));
  settle();
  openDialog("device-dialog");
  const field = $(focus);
  const fold = field.closest("details");
  if (fold) fold.open = true;
  field.focus();
}

function drawPresets() {
  const heading = (name) => [h("h3", null, t(`preset.${name}`)), ...PANELS.filter((one) => one.heading === name).map(presetOf)];
  const own = { id: CUSTOM, name: t("preset.custom"), colours: "dl", bytes: 0, image: {} };
  $("presets").replaceChildren(h("legend.sr", null, t("look.panel")), ...["mono", "colour", "other"].flatMap(heading), presetOf(own));
}

function presetOf({ id, name, colours, bytes, image }) {
  const { width = 40, height = 30 } = image;
  const scale = Math.min(44 / width, 32 / height);
  const shape = h("span.shape", { "aria-hidden": "true", vars: { "--sw": `${Math.round(width * scale)}px`, "--sh": `${Math.round(height * scale)}px` } }, [...colours].map((c) => h(c === "*" ? "i.c-rgb" : `i.c-${c}`)));
  const facts = image.width ? [`${count(width)} × ${count(height)}`, bytes > 0 && t("bytes", bytes)].filter(Boolean).join(" · ") : t("preset.any");
  return h("label.preset", null, h("input", { type: "radio", name: "d-preset", value: id, onchange: settle }), h("span", null, shape, h("b", null, name), h("span.hint.num", null, facts)));
}

function drawBrokers() {
  const none = h("option", { value: "" }, t("dev.nobroker"));
  const list = [...brokers(), ...(newBroker && !brokers().some(({ id }) => id === newBroker.id) ? [newBroker] : [])];
  $("d-broker").replaceChildren(...(editing && !list.some(({ id }) => id === editing.broker) ? [none] : []), ...list.map(({ id, name }) => h("option", { value: id }, name)));
}

const presetField = () => /** @type {HTMLInputElement} */ ($("presets").querySelector("input:checked"));

/** @param {Device} device @param {string[]} its fields that do not follow the name */
function fillFrom(device, its) {
  choosePreset(device.preset);
  $("d-name").value = device.name;
  $("d-key").value = device.key;
  $("d-groups").value = device.groups.join(", ");
  $("d-broker").value = device.broker;
  if ($("d-broker").selectedIndex < 0) $("d-broker").selectedIndex = 0;
  for (const [id, key] of Object.entries(TOPICS)) $(id).value = device[key] ?? "";
  for (const [id, key] of Object.entries({ ...IMAGE, ...SEND })) setValue($(id), String((id in IMAGE ? device.image : device.send)[key] ?? ($(id).tagName === "SELECT" ? $(id).options[0].value : "")));
  setValue($("d-format"), device.image.format ?? "jpeg");
  setValue($("d-palette"), [device.image.palette ?? ""].flat().join(","));
  $("d-sleeps").checked = device.sleeps;
  for (const id of its) typed.add(id);
}

function fillNew() {
  $("device-form").reset();
  choosePreset(PANELS[0].id);
  const [first] = brokers();
  $("d-broker").value = first.id;
  $("d-name").value = "";
}

function choosePreset(id) {
  const field = [...$("presets").querySelectorAll("input")].find((input) => input.value === id) ?? [...$("presets").querySelectorAll("input")].at(-1);
  field.checked = true;
  field.closest("label").scrollIntoView?.({ block: "nearest" });
}

/** The id follows the name, the topics follow the id; fields of an own panel are there only for one. */
function settle() {
  const own = presetField().value === CUSTOM;
  for (const node of document.querySelectorAll(".own-panel")) /** @type {HTMLElement} */ (node).hidden = !own;
  $("d-palettefield").hidden = !own || !($("d-format").value in USUAL_PALETTE);
  if (own && USUAL_PALETTE[$("d-format").value] && !$("d-palette").value) $("d-palette").value = USUAL_PALETTE[$("d-format").value];
  if (!typed.has("d-key")) $("d-key").value = idFrom($("d-name").value);
  const template = { ...TEMPLATE, ...kept().template };
  for (const [id, key] of Object.entries(TOPICS)) if (!typed.has(id)) $(id).value = $("d-key").value && template[key] ? fillTemplate(template[key], $("d-key").value) : "";
  warn();
  drawCard();
}

/** The panel as it will hang, with its test card. */
function drawCard() {
  const preset = panelOf(presetField().value);
  const { width = 800, height = 480 } = asItHangs({ ...(preset ? preset.image : { width: Number($("d-width").value) || 800, height: Number($("d-height").value) || 480 }), rotate: Number($("d-rotate").value) });
  $("d-frame").className = ["frame", preset?.look].filter(Boolean).join(" ");
  $("d-frame").style.setProperty("--w", String(width));
  $("d-frame").style.setProperty("--h", String(height));
  const scale = Math.min(1, CARD_SIDE / Math.max(width, height));
  drawTestCard({ name: $("d-name").value.trim() || t("dev.name"), width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) }, $("d-card"));
}

function warn() {
  const topics = Object.keys(TOPICS).map((id) => $(id).value.trim());
  const warnings = [...new Set(topics.flatMap(topicWarnings))];
  const clash = $("d-to").value && clashOf(/** @type {Device} */ ({ ...(editing ?? { id: "" }), broker: $("d-broker").value, to: $("d-to").value.trim(), from: $("d-from").value.trim() }));
  if (clash) warnings.push(t("topic.clash", clash.name));
  fill($("d-warnings"), warnings.map((warning) => note("warn", "warning", warning)));
}

/** @returns {Device | null} null: something is wrong, and is marked */
function read() {
  clearWrong($("device-dialog"));
  const wrong = [];
  const value = (id) => $(id).value.trim();
  const preset = panelOf(presetField().value);
  const image = readImage(value, wrong);
  const device = /** @type {Device} */ ({
    id: editing?.id ?? newId(), at: editing?.at ?? Date.now(), name: value("d-name"), key: value("d-key"),
    groups: value("d-groups").split(/[,，、]/).map((group) => group.trim()).filter(Boolean), broker: value("d-broker"),
    to: value("d-to"), from: value("d-from"), ...(value("d-status") && { status: value("d-status") }), preset: preset?.id ?? CUSTOM, image,
    send: { ...keptOptions(), ...options(SEND, wrong) }, sleeps: $("d-sleeps").checked,
  });
  if (!device.name) wrong.push(["d-name", t("dev.noname")]);
  for (const [id, key] of Object.entries(TOPICS)) {
    const fault = key === "status" && !device.status ? undefined : topicError(device[key] ?? "");
    if (fault) wrong.push([id, fault]);
  }
  if (device.to && device.to === device.from) wrong.push(["d-from", t("topic.same")]);
  for (const [id, message] of wrong) markWrong(id, message);
  if (wrong.length) $(wrong[0][0]).focus();
  return wrong.length ? null : device;
}

/** What the device has from an import or a remedy and no field here shows. */
function keptOptions() {
  return Object.fromEntries(Object.entries(editing?.send ?? {}).filter(([name]) => !Object.values(SEND).includes(name)));
}

/** The options of its pictures: those of the panel that is chosen, and what the device has and no field here shows. */
function readImage(value, wrong) {
  const preset = panelOf(presetField().value);
  const { rotate: _, ...before } = structuredClone(editing?.image ?? {});
  const isSame = editing?.preset === (preset?.id ?? CUSTOM) && (preset || (before.format ?? "jpeg") === value("d-format"));
  const panel = isSame && preset ? before : preset ? structuredClone(preset.image) : ownImage(value, wrong);
  const rest = Object.entries(before).filter(([name]) => (isSame || !OF_DEVICE.includes(name)) && !OF_FIELDS.includes(name) && honours(panel.format, name, panel.palette ?? ""));
  const rotate = Number($("d-rotate").value);
  return { ...Object.fromEntries(rest), ...panel, ...(rotate && { rotate }) };
}

function ownImage(value, wrong) {
  const image = options({ "d-width": "width", "d-height": "height" }, wrong);
  for (const id of ["d-width", "d-height"]) {
    const number = image[IMAGE[id]];
    if (number !== undefined && !(Number.isInteger(number) && number >= 1 && number <= 16_384)) wrong.push([id, t("dev.size")]);
  }
  const format = value("d-format");
  const palette = format in USUAL_PALETTE && value("d-palette") ? { palette: OPTIONS.palette[1](value("d-palette")) } : {};
  return { ...image, format, ...palette };
}

function options(fields, wrong) {
  const read = {};
  for (const [id, name] of Object.entries(fields)) {
    const text = $(id).value.trim();
    if (text === "" || ($(id).tagName === "SELECT" && text === $(id).options[0].value)) continue;
    try {
      read[name] = OPTIONS[name][1](text);
    } catch (error) {
      wrong.push([id, error instanceof OptionError ? t(`wrong.${error.kind}`, $(id).labels[0].textContent, text, error.words) : String(error)]);
    }
  }
  return read;
}

/** @param {"" | "card" | "trial"} then */
async function save(then) {
  const device = read();
  if (!device) return;
  if (newBroker?.id === device.broker && !brokers().some(({ id }) => id === device.broker)) await saveBroker(newBroker);
  await saveDevices(device);
  $("device-dialog").close();
  onSaved(device, then, !editing);
}

/** @param {{ saved: (device: Device, then: "" | "card" | "trial", isNew: boolean) => void, removed: (device: Device) => void }} heard */
export function setUpDeviceDialog({ saved, removed }) {
  onSaved = saved;
  for (const id of ["d-key", ...Object.keys(TOPICS)]) {
    $(id).addEventListener("input", () => {
      if ($(id).value) typed.add(id);
      else typed.delete(id); // emptied, it follows again
      if (id === "d-key" || !$(id).value) settle();
      else warn();
    });
  }
  for (const id of ["d-name", "d-format", "d-broker", "d-width", "d-height", "d-rotate"]) $(id).addEventListener("input", settle);
  $("d-addbroker").addEventListener("click", () => editBroker(null, "b-preset", ({ id }) => {
    drawBrokers();
    $("d-broker").value = id;
    settle();
  }));
  $("device-form").addEventListener("input", (event) => clearWrong(event.target.closest(".field") ?? undefined));
  $("device-form").addEventListener("submit", (event) => {
    event.preventDefault();
    save("");
  });
  $("d-test").addEventListener("click", () => save("card"));
  $("d-trial").addEventListener("click", () => save("trial"));
  $("d-delete").addEventListener("click", () => {
    const device = editing && deviceOf(editing.id);
    $("device-dialog").close();
    if (device) removed(device);
  });
}
