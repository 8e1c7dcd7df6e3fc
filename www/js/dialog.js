// Dialogs: the browser's own, which keep the focus inside and give it back.
import { $, h, icon } from "./dom.js";
import { t } from "./texts.js";

/** @param {string} id */
export function openDialog(id) {
  const dialog = $(id);
  dialog.returnValue = "";
  if (dialog.open) return;
  const opener = /** @type {HTMLElement} */ (document.activeElement);
  dialog.addEventListener("close", () => keepFocus(opener), { once: true });
  dialog.showModal();
}

/** The browser gives the focus back to the opener; where that was drawn anew meanwhile, to the one of the same name, else to the heading. @param {HTMLElement} opener */
export function keepFocus(opener) {
  const at = document.activeElement;
  const isLost = at === document.body || Boolean(at?.closest("dialog:not([open])")); // in a closed dialog for as long as nothing is drawn
  if (opener.isConnected || !isLost) return;
  const name = opener.getAttribute("aria-label");
  const again = name && document.querySelector(`[aria-label="${CSS.escape(name)}"]`);
  /** @type {HTMLElement} */ (again ?? document.querySelector("[data-view]:not([hidden]) h1"))?.focus({ preventScroll: true });
}

/** Buttons that only close, and a click beside the dialog. */
export function setUpDialogs() {
  document.querySelectorAll("dialog").forEach(letClose);
}

/** @param {HTMLDialogElement} dialog */
function letClose(dialog) {
  for (const button of dialog.querySelectorAll("[data-close]")) button.addEventListener("click", () => dialog.close());
  dialog.addEventListener("pointerdown", (event) => {
    if (event.target !== dialog) return;
    const { left, right, top, bottom } = dialog.getBoundingClientRect();
    if (event.clientX < left || event.clientX > right || event.clientY < top || event.clientY > bottom) dialog.close();
  });
}

/**
 * A dialog that few people open: it is made when it is asked for, and gone when it is closed.
 * @param {string} id @param {string} title @param {{ body: HTMLElement[], footer: HTMLElement[], onClose?: () => void }} parts
 */
export function showDialog(id, title, { body, footer, onClose = () => {} }) {
  const close = h("button.btn.quiet.icon", { type: "button", "data-close": true, "aria-label": t("close") }, icon("x"));
  const dialog = /** @type {HTMLDialogElement} */ (h("dialog.slim", { id, "aria-labelledby": `${id}-h` },
    h("div.dlg", null, h("header", null, h("h2", { id: `${id}-h` }, title), close), h("div.addform", null, body), h("footer", null, footer))));
  dialog.addEventListener("close", () => {
    dialog.remove();
    onClose();
  });
  document.body.append(dialog);
  letClose(dialog);
  dialog.showModal();
  return dialog;
}

let leave = 0;
/**
 * For an act whose result is out of sight and can be undone.
 * @param {string} sentence @param {(() => void) | null} [undo]
 */
export function toast(sentence, undo = null) {
  clearTimeout(leave);
  $("toasttext").textContent = sentence;
  $("toastundo").hidden = !undo;
  $("toastundo").onclick = () => {
    $("toast").hidden = true;
    undo?.();
  };
  $("toast").hidden = false;
  const wait = () => (leave = setTimeout(() => ($("toast").matches(":hover, :focus-within") ? wait() : ($("toast").hidden = true)), 6000));
  wait();
}
