// Several files at once: each goes to the device that it is named after, "sign-07.jpg" to the device with the id "sign-07".
import { $, fill, h, icon, note } from "./dom.js";
import { readForm } from "./draft.js";
import { addressOf } from "./frames.js";
import { preparePicture } from "./pictures.js";
import { deviceNamed } from "./registry.js";
import { sending } from "./later.js";
import { t } from "./texts.js";

/** @typedef {{ file: File, device: import("./registry.js").Device | undefined }} Assigned */

const stemOf = (name) => name.replace(/\.[^.]*$/, "");

/** @param {File[]} files */
export function offerBatch(files) {
  /** @type {Assigned[]} */
  const all = files.map((file) => ({ file, device: deviceNamed(stemOf(file.name)) }));
  const known = all.filter(({ device }) => device);
  const forget = () => fill($("batch"));
  const send = () => {
    forget();
    sendBatch(known);
  };
  const item = ({ file, device }) => h("li.chip", null, h("img.tiny", { src: addressOf(file), alt: "" }), h("b", null, file.name), device ? h("span.n", null, "→ ", device.name) : h("span.state.warn", null, icon("alert"), h("span", null, t("batch.unknown", stemOf(file.name)))));
  fill($("batch"), note("", "batch", h("strong", null, t("batch.h", files.length)), h("ul.chips", { role: "list" }, all.map(item)),
    h("div.acts", null, known.length > 0 && h("button.btn.primary", { type: "button", onclick: send }, t("batch.send", known.length)), h("button.btn", { type: "button", onclick: forget }, t("cancel")))));
  /** @type {HTMLElement} */ ($("batch").querySelector("button")).focus();
}

/** @param {Assigned[]} known the last file for a device counts */
async function sendBatch(known) {
  const last = new Map(known.map((one) => [one.device.id, one]));
  const what = [...last.values()].map(({ file, device }) => {
    const image = readForm(device.image).draft.image;
    const source = { blob: file, name: file.name };
    const picture = preparePicture(source, image).then((prepared) => ({ source, prepared }));
    picture.catch(() => {}); // its row tells it
    return { device, picture, image };
  });
  (await sending()).sendToDevices(t("batch.title", what.length), what);
}
