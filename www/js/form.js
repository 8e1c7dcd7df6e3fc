// The fields of the Send view: read into a draft, filled from a link or from what was kept, switched with the format.
import { $ } from "./dom.js";
import { setValue } from "./fields.js";
import { OPTIONS, OptionError, USUAL_PALETTE, honours } from "./options.js";
import { lookFor } from "./look.js";
import { lookFields } from "./ownlook.js";
import { placingNow } from "./placing.js";
import { t } from "./texts.js";

/** @typedef {import("./link.js").Draft} Draft */

/** Options that a field can hold. */
const FIELDS = Object.keys(OPTIONS).filter((name) => document.getElementById(name));
const KEPT = ["broker", ...FIELDS.filter((name) => name !== "name")];

/** Options of a link that have no field; they stay until the link is gone. @type {{ broker: object, send: object, image: object }} */
let extra = { broker: {}, send: {}, image: {} };

/** The panel of the devices that are chosen: it takes the place of the fields of its size and format. @type {Record<string, any> | null} */
let panel = null;

/** @param {Record<string, any> | null} image a device's own options; null: the fields say it */
export function usePanel(image) {
  panel = image;
}

/**
 * What the fields say. Fields left as they were are left out, so that the module's defaults hold.
 * @param {Record<string, any> | null} [of] a device's own options, where its picture is asked for and not the one on the stage
 * @returns {{ draft: Draft, errors: { option: string, message: string }[] }}
 */
export function readForm(of = panel) {
  const read = readFields(of !== null, lookFields(of));
  const { image } = read.draft;
  const placing = placingNow();
  if (placing && (of?.format ?? image.format) !== "original") image.placing = placing;
  if (of) read.draft.image = lookFor(image, of);
  return read;
}

/** What the fields want of a picture, whichever device it is for. @param {Record<string, any> | null} [of] as such a panel has it @returns {Record<string, any>} */
export function wantedLook(of = null) {
  const placing = placingNow();
  return { ...readFields(true, lookFields(of)).draft.image, ...(placing && { placing }) };
}

/** @param {boolean} evenDisabled @param {Record<string, string>} others what stands in the place of fields @returns {{ draft: Draft, errors: { option: string, message: string }[] }} */
function readFields(evenDisabled, others) {
  /** @type {Draft} */
  const draft = { broker: { url: $("broker").value.trim(), ...extra.broker }, send: { ...extra.send }, image: { ...extra.image } };
  const errors = [];
  for (const name of FIELDS) {
    const value = changedValue($(name), evenDisabled, others[name]);
    if (value === undefined) continue;
    const [part, read] = OPTIONS[name];
    try {
      draft[part][name] = typeof value === "boolean" ? value : read(value);
    } catch (error) {
      errors.push({ option: name, message: sentence(name, value, error) });
    }
  }
  draft.send.to = $("to").value.trim();
  draft.send.from = $("from").value.trim();
  if ($("password").value) draft.broker.password = $("password").value;
  return { draft, errors };
}

/** @param {string} name @param {any} value @param {any} error */
function sentence(name, value, error) {
  return error instanceof OptionError ? t(`wrong.${error.kind}`, name, value, error.words) : String(error);
}

/** The value of a field that says something else than its default, as text; a check box as boolean. */
function changedValue(field, evenDisabled = false, other = undefined) {
  if (field.disabled && !evenDisabled) return undefined; // with a panel `lookFor` chooses
  if (field.type === "checkbox") return field.checked || undefined;
  if (field.validity.badInput) return t("notanumber");
  const value = other ?? (field.type === "password" ? field.value : field.value.trim());
  const usual = field.tagName === "SELECT" ? field.options[0].value : ["color", "range"].includes(field.type) ? field.defaultValue : "";
  return value === usual ? undefined : value;
}

/** Fills the fields from a link: what it does not say stands at its default. @param {import("./link.js").Link} link */
export function fillFromLink(link) {
  $("compose").reset();
  extra = { broker: {}, send: {}, image: {} };
  for (const [name, value] of Object.entries({ ...link.draft.image, ...link.texts })) { // a preset's options stand in the draft alone
    const field = document.getElementById(name);
    if (field) setValue(field, value);
    else if (OPTIONS[name]) extra[OPTIONS[name][0]][name] = link.draft[OPTIONS[name][0]][name];
  }
  $("password").value = link.draft.broker.password ?? "";
  const rest = Object.values(extra).flatMap(Object.entries).map(([name, value]) => `${name} ${typeof value === "object" ? JSON.stringify(value) : value}`);
  $("extra").hidden = rest.length === 0;
  $("extra").textContent = t("extra", rest.join(", "));
  for (const fold of document.querySelectorAll("#fields details")) /** @type {HTMLDetailsElement} */ (fold).open = Object.keys(link.texts).some((name) => fold.querySelector(`#${CSS.escape(name)}`));
}

/** @param {Record<string, string | boolean>} fields */
export function fillFromKept(fields) {
  for (const name of KEPT) if (fields[name] !== undefined) setValue($(name), fields[name]);
}

/** What is worth keeping: all fields but the picture's and the password. @returns {Record<string, string | boolean>} */
export function fieldsToKeep() {
  const others = lookFields(null);
  return Object.fromEntries(KEPT.map((name) => [name, others[name] ?? ($(name).type === "checkbox" ? $(name).checked : $(name).value)]));
}

/** The virtual device of the same broker and topics, without the password. */
function deviceAddress() {
  const query = new URLSearchParams({ broker: $("broker").value.trim(), to: $("to").value.trim(), from: $("from").value.trim(), username: $("username").value.trim() });
  for (const [name, value] of [...query]) if (!value) query.delete(name);
  return query.has("broker") ? `device.html?${query}&connect=1` : "device.html";
}

/** Switches off what the format cannot honour, and says in each fold what it holds. */
export function settleForm() {
  const format = panel ? (panel.format ?? "jpeg") : $("format").value;
  const palette = () => (panel ? (panel.palette ?? "") : $("palette").value);
  $("device").href = deviceAddress();
  if (!panel && USUAL_PALETTE[format] && !$("palette").value) setValue($("palette"), USUAL_PALETTE[format]);
  for (const name of FIELDS) if (OPTIONS[name][0] === "image") $(name).disabled = !honours(format, name, palette());
  for (const id of ["palette", "dither"]) $(id).closest(".field").hidden = $(id).disabled;
  $("inks").hidden = $("palette").disabled && $("dither").disabled;
  for (const id of ["panel", "turn", "flip"]) $(id).disabled = $("width").disabled;
  const size = $("width").value || $("height").value ? `${$("width").value}x${$("height").value}` : "";
  $("panel").value = [...$("panel").options].some((option) => option.value === size) ? size : "other";
  for (const id of ["tone", "saturation"]) {
    $(id).closest(".slider").hidden = $(id).disabled;
    $(`${id}-now`).textContent = $(id).value === $(id).defaultValue ? t(id === "tone" ? "look.auto" : "look.asis") : `${Math.round(100 * Number($(id).value))} %`;
  }
  $("more-text").hidden = format === "original";
  const said = (...names) => names.filter((name) => changedValue($(name)) !== undefined).map((name) => shortValue($(name)));
  $("sum-text").textContent = ["line", "qr"].map((id) => $(id).value.trim()).filter(Boolean).join(", ");
  $("sum-again").textContent = $("again").value ? t("again.every1", Number($("again").value)) : "";
  $("sum-look").textContent = said("quality", "maxBytes", "rotate", "mirror").join(", ");
  $("sum-send").textContent = said("chunkSize", "window", "numbering", "ackTimeoutMs", "maxRetries", "restarts", "waitForDevice", "qos", "name").join(", ");
  $("sum-broker").textContent = said("keepAlive", "maxMessagesPerSecond", "clientId").join(", ");
}

function shortValue(field) {
  const label = field.labels[0].textContent;
  return `${label}: ${field.tagName === "SELECT" ? field.selectedOptions[0].textContent : field.value}`;
}

/** The option that an `invalid` speaks of, if a field stands for it. @param {string} message */
export function optionIn(message) {
  return ["broker", ...FIELDS].find((name) => new RegExp(`(^|[^\\w])${name}([^\\w]|$)`).test(message));
}
