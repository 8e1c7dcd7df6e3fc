// The views of the page, by hash: #/send, #/send/run, #/devices, #/history, #/settings.
import { t } from "./texts.js";

const VIEWS = { send: "send", "send/run": "run", devices: "devices", history: "history", settings: "settings" };
/** @type {Map<string, (() => void)[]>} */
const shown = new Map();
let current = "";

/** @param {string} view @param {() => void} draw called each time the view comes up, and now if it is up */
export function onView(view, draw) {
  shown.set(view, [...(shown.get(view) ?? []), draw]);
  if (current === view) draw();
}

/** @param {string} path as after "#/" */
export function go(path) {
  if (location.hash === `#/${path}`) return show(true);
  location.hash = `#/${path}`;
}

export const currentView = () => current;

/** The heading takes the focus after a change of view. @param {boolean} moved */
function show(moved) {
  if (location.hash && !location.hash.startsWith("#/")) return; // an anchor within the view
  const path = location.hash.slice(2);
  const view = VIEWS[path] ?? "send";
  current = view;
  for (const section of document.querySelectorAll("[data-view]")) /** @type {HTMLElement} */ (section).hidden = /** @type {HTMLElement} */ (section).dataset.view !== view;
  const tab = view === "run" ? "send" : view;
  for (const link of document.querySelectorAll("[data-nav]")) {
    if (/** @type {HTMLElement} */ (link).dataset.nav === tab) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  shown.get(view)?.forEach((draw) => draw());
  const heading = /** @type {HTMLElement} */ (document.querySelector(`[data-view="${view}"] h1`));
  document.title = [heading.textContent, t("title")].join(" · ");
  if (!moved) return;
  scrollTo(0, 0);
  heading.focus({ preventScroll: true });
}

export function setUpRoutes() {
  addEventListener("hashchange", () => show(true));
  show(false);
}
