// The fields of the Send view: filled from a link or from what was kept, and switched with the format. `draft.js` reads them.
import { $ } from "./dom.js";
import { setValue } from "./fields.js";
import { OPTIONS, USUAL_PALETTE, honours } from "./options.js";
import { t } from "./texts.js";

/** Options that a field can hold. */
export const FIELDS = Object.keys(OPTIONS).filter((name) => document.getElementById(name));
export const KEPT = ["broker", ...FIELDS.filter((name) => name !== "name")];

/** Options of a link that have no field; they stay until the link is gone. @type {{ broker: object, send: object, image: object }} */
export let extra = { broker: {}, send: {}, image: {} };

/** The panel of the devices that are chosen: it takes the place of the fields of its size and format. @type {Record<string, any> | null} */
export let panel = null;

/** @param {Record<string, any> | null} image a device's own options; null: the fields say it */
export function usePanel(image) {
  panel = image;
}

/** The value of a field that says something else than its default, as text; a check box as boolean. */
export function changedValue(field, evenDisabled = false, other = undefined) {
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
