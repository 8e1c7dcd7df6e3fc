// Dialogs: the browser's own, which keep the focus inside and give it back.
import { $ } from "./dom.js";

/** @param {string} id */
export function openDialog(id) {
  const dialog = $(id);
  dialog.returnValue = "";
  if (!dialog.open) dialog.showModal();
}

/** Buttons that only close, and a click beside the dialog. */
export function setUpDialogs() {
  for (const dialog of document.querySelectorAll("dialog")) {
    for (const button of dialog.querySelectorAll("[data-close]")) button.addEventListener("click", () => dialog.close());
    dialog.addEventListener("pointerdown", (event) => {
      if (event.target !== dialog) return;
      const { left, right, top, bottom } = dialog.getBoundingClientRect();
      if (event.clientX < left || event.clientX > right || event.clientY < top || event.clientY > bottom) dialog.close();
    });
  }
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
