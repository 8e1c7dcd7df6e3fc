// The broker's state in the bar, and what the browser will say to its address before anyone connects.
import { $, fill, h, note } from "./dom.js";
import { access, onLinkState } from "./broker.js";
import { asSentence, inWords } from "./errors.js";
import { logStep } from "./log.js";
import { PRACTICE, brokerOf } from "./registry.js";
import { watchPresence } from "./presence.js";
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

const nameOf = (at) => (at === "form" ? hostOfForm : (brokerOf(at)?.name ?? t("link.none")));

export function setUpLinkView() {
  onLinkState(({ place: at, state, cause }) => {
    if (at === "") states.clear(); // a trap took all of them
    if (at === "form" && state === "connecting") hostOfForm = hostOf($("broker").value);
    const changed = state !== (states.get(at) ?? "none");
    states.set(at, state);
    paintLink();
    if (changed || cause) logStep(t(`link.${state}`, nameOf(at)), cause?.message ?? "", cause ? "bad" : "step");
    if (changed && state === "connected") watchPresence(at);
  });
  $("link").addEventListener("click", () => {
    if (place() !== "form") return go("settings");
    go("send");
    $("broker").focus();
  });
  $("broker").addEventListener("change", explainAccess);
  explainAccess();
}

/** @param {string} broker */
function hostOf(broker) {
  try {
    return new URL(broker).host || broker;
  } catch {
    return broker;
  }
}

async function explainAccess() {
  const url = $("broker").value.trim();
  if (!/^wss?:\/\/./.test(url)) return fill($("access"));
  const { access: verdict, advice } = await access(url).catch(() => ({ access: "open", advice: "" }));
  if (url !== $("broker").value.trim()) return; // typed on meanwhile
  fill($("access"), verdict !== "open" && note(verdict === "blocked" ? "bad" : "warn", verdict, h("strong", null, t(`access.${verdict}`)), verdict === "blocked" && [" ", asSentence(inWords(advice))]));
}
