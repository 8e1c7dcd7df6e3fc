// The look in a send to several kinds of panel: one for all, or a kind's own. The fields show what the kind on the stage has.
import { $ } from "./dom.js";
import { setValue } from "./fields.js";
import { kept } from "./kept.js";
import { kindKey } from "./look.js";

/** The fields that a kind may answer for itself. */
const FIELDS = ["fit", "dither", "tone", "saturation"];

/** What kinds have of their own, by key; that of the kind on the stage stands in the fields. @type {Map<string, Record<string, string>>} */
const own = new Map(Object.entries(kept().looks ?? {}));
/** The kind on the stage. */
let current = "";
/** What the others have, while the fields show a kind's own; null while they show what is for all. @type {Record<string, string> | null} */
let common = null;

const read = () => Object.fromEntries(FIELDS.map((id) => [id, $(id).value]));
const write = (values) => FIELDS.forEach((id) => setValue($(id), values[id]));

/** What stands in the place of the fields for a picture that is not the one on the stage. @param {Record<string, any> | null} image a device's own options; null: the look for all @returns {Record<string, string>} */
export function lookFields(image) {
  const key = image ? kindKey(image) : null;
  return key === current ? {} : (own.get(key) ?? common ?? {});
}

/** What is worth keeping of them. @returns {Record<string, Record<string, string>>} */
export const looksToKeep = () => ({ ...Object.fromEntries(own), ...(common && { [current]: read() }) });

/** @param {string} key */
export const hasOwnLook = (key) => own.has(key);

/** Another kind stands on the stage, or there are others. A kind alone has nothing of its own. @param {string} key @param {boolean} several */
export function showLook(key, several) {
  const isOther = key !== current;
  if (!several) {
    if (isOther && common) write(common);
    own.clear();
    common = null;
  } else if (isOther) {
    const shared = common ?? read();
    if (common) own.set(current, read());
    const its = own.get(key);
    write(its ?? shared);
    common = its ? shared : null;
  }
  current = key;
  $("scope").hidden = !several;
  $(common ? "scope-one" : "scope-all").checked = true;
}

/** Wires the choice; who listens to the fields hears of it too. */
export function setUpOwnLook() {
  $("scope-one").addEventListener("change", () => {
    common = read();
    own.set(current, common);
  });
  $("scope-all").addEventListener("change", () => {
    if (common) write(common);
    common = null;
    own.delete(current);
  });
}
