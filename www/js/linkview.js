// The broker's state in the bar.
import { $ } from "./dom.js";
import { PRACTICE, brokerOf } from "./registry.js";
import { recipients, sendMode } from "./recipients.js";
import { go } from "./router.js";
import { t } from "./texts.js";

const DOT = { none: "off", closed: "off", connecting: "busy", connected: "", reconnecting: "warn" };
/** Each connection's state, by place. @type {Map<string, string>} */
const states = new Map();
let hostOfForm = "";

/** The class of the dot that shows a connection's state; "" for connected. @param {string} at the place */
export const dotOf = (at) => DOT[states.get(at) ?? "none"];

/** Where the next picture goes: the fields' broker, or that of the first device that is chosen. */
function place() {
  return sendMode() === "topic" ? "form" : (recipients()[0]?.broker ?? PRACTICE);
}

/** Paints the state that was last told. */
export function paintLink() {
  const state = states.get(place()) ?? "none";
  $("linkdot").className = `dot ${dotOf(place())}`;
  const name = nameOf(place());
  $("linktext").textContent = state === "none" && place() !== "form" ? name : t(`link.${state}`, name);
}

/** The broker in words. @param {string} at the place */
export const nameOf = (at) => (at === "form" ? hostOfForm : (brokerOf(at)?.name ?? t("link.none")));

/** @param {string} at the place; "" is every one, which a trap took @param {string} state @returns {boolean} whether it is another one */
export function putState(at, state) {
  if (at === "") states.clear();
  if (at === "form" && state === "connecting") hostOfForm = hostOf($("broker").value);
  const changed = state !== (states.get(at) ?? "none");
  states.set(at, state);
  paintLink();
  return changed;
}

/** To where that connection is described. */
export function setUpLinkView() {
  $("link").addEventListener("click", () => {
    if (place() !== "form") return go("settings");
    go("send");
    $("broker").focus();
  });
}

/** @param {string} broker */
export function hostOf(broker) {
  try {
    return new URL(broker).host || broker;
  } catch {
    return broker;
  }
}
