// What the fields of the Send view say: the draft of a send, and what is worth keeping. `form.js` fills them.
import { $ } from "./dom.js";
import { FIELDS, KEPT, changedValue, extra, panel } from "./form.js";
import { lookFor } from "./look.js";
import { OPTIONS, OptionError } from "./options.js";
import { lookFields } from "./ownlook.js";
import { placingNow } from "./placing.js";
import { t } from "./texts.js";

/** @typedef {import("./link.js").Draft} Draft */

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

/** What is worth keeping: all fields but the picture's and the password. @returns {Record<string, string | boolean>} */
export function fieldsToKeep() {
  const others = lookFields(null);
  return Object.fromEntries(KEPT.map((name) => [name, others[name] ?? ($(name).type === "checkbox" ? $(name).checked : $(name).value)]));
}

/** The option that an `invalid` speaks of, if a field stands for it. @param {string} message */
export function optionIn(message) {
  return ["broker", ...FIELDS].find((name) => new RegExp(`(^|[^\\w])${name}([^\\w]|$)`).test(message));
}
