// The panel on the wall: empty and asking for a picture, or showing what will be sent.
import { $, fill, h, note } from "./dom.js";
import { count, size } from "./numbers.js";
import { download } from "./download.js";
import { formatName } from "./look.js";
import { t } from "./texts.js";

/** Panels smaller than this are shown at a whole multiple, with hard pixels. */
const SMALL = 400;
const SMALL_ROOM = 560;

/** The frame takes the shape of the panel. @param {HTMLElement} frame @param {number} width @param {number} height */
export function shape(frame, width, height) {
  const small = width < SMALL && height < SMALL;
  const scale = small ? Math.max(1, Math.floor(SMALL_ROOM / Math.max(width, height))) : 1;
  frame.classList.toggle("small-panel", small);
  for (const [key, value] of [["--w", width], ["--h", height], ["--show", `${Math.min(width * scale, 834)}px`]]) frame.style.setProperty(String(key), String(value));
}

/** @param {import("./pictures.js").Prepared} prepared @param {string} name */
export function showPrepared(prepared, name) {
  const { preview, blob } = prepared;
  present();
  $("preview").hidden = !preview;
  for (const id of ["zoombox", "savepng", "movehint"]) $(id).hidden = !preview || prepared.format === "original";
  handle(Boolean(preview) && prepared.format !== "original", name);
  $("plain").hidden = Boolean(preview);
  if (preview) {
    shape($("frame"), prepared.width || preview.width, prepared.height || preview.height);
    paint($("preview"), preview);
    $("preview").setAttribute("aria-label", t("preview.alt", name, preview.width, preview.height));
  } else {
    shape($("frame"), 800, 480);
    $("plainname").textContent = name;
    $("plaintext").textContent = t("plain", size(blob.size));
  }
  about(prepared, name);
  offerBytes(blob, name);
}

/** The picture can be moved in the panel: the screen takes the focus. @param {boolean} on @param {string} name */
function handle(on, name) {
  const screen = $("screen");
  screen.classList.toggle("movable", on);
  if (!on) return ["tabindex", "role", "aria-label", "aria-describedby"].forEach((attribute) => screen.removeAttribute(attribute));
  screen.tabIndex = 0;
  screen.setAttribute("role", "group");
  screen.setAttribute("aria-label", t("tool.move", name));
  screen.setAttribute("aria-describedby", "movehint");
}

/** @param {HTMLCanvasElement} canvas @param {ImageBitmap} bitmap */
function paint(canvas, bitmap) {
  canvas.width = bitmap.width;
  canvas.height = bitmap.height;
  canvas.getContext("2d").drawImage(bitmap, 0, 0);
  bitmap.close();
}

/** @param {import("./pictures.js").Prepared} prepared @param {string} name */
function about({ blob, width, height, format, quality, warnings }, name) {
  const kind = [formatName(format), quality && t("about.quality", quality)].filter(Boolean).join(", ");
  fill($("about"), h("b", null, name), width > 0 && h("span.num", null, `${count(width)} × ${count(height)}`), h("span", null, kind), h("span.num", null, t("bytes", blob.size)));
  fill($("sourcenote"), warnings.map((warning) => note("warn", "warning", warning)));
}

function offerBytes(blob, name) {
  const save = $("save");
  if (save.href) URL.revokeObjectURL(save.href);
  save.href = URL.createObjectURL(blob);
  save.download = name;
  $("sum-bytes").textContent = t("bytes", blob.size);
  $("more-bytes").hidden = false;
}

/** The stage has a picture, or one is on its way. */
export function present() {
  const { activeElement: at } = document;
  const typed = at === $("url"); // whoever typed an address may want to type another
  const hadFocus = at === $("pick") || (!typed && $("ways").contains(at));
  $("pick").hidden = true;
  $("empty").hidden = true;
  for (const id of ["changing", "turn", "flip"]) $(id).hidden = false;
  if (!typed) showWays(false);
  if (hadFocus) $("change").focus({ preventScroll: true }); // what takes its place
}

/** The ways to a picture beside its file: open as long as there is none. @param {boolean} open */
export function showWays(open) {
  $("ways").hidden = !open;
  $("otherways").setAttribute("aria-expanded", String(open));
}

/** A picture that cannot be shown: the frame stays, with its name. @param {string} name */
export function showBroken(name) {
  present();
  $("preview").hidden = true;
  $("plain").hidden = false;
  $("plainname").textContent = name;
  $("plaintext").textContent = t("plain.broken");
  for (const id of ["about", "more-bytes", "turn", "flip", "zoombox", "movehint", "compare", "before", "splitline"]) $(id).hidden = true;
  showWays(true);
  handle(false, name);
}

let later = 0;
/** The bar at the panel's foot, not for what takes under 300 ms. @param {boolean} busy */
export function showBusy(busy) {
  clearTimeout(later);
  if (!busy) return void ($("busy").hidden = true);
  later = setTimeout(() => ($("busy").hidden = false), 300);
}

/** The preview as a picture. @param {string} name */
export function savePng(name) {
  $("preview").toBlob((blob) => blob && download(`${name.replace(/\.[^.]*$/, "")}-preview.png`, blob), "image/png");
}
