// The broker's state in the bar, and what the browser will say to its address before anyone connects.
import { $, fill, h, note } from "./dom.js";
import { access, onLinkState } from "./broker.js";
import { asSentence } from "./errors.js";
import { logStep } from "./log.js";
import { t } from "./texts.js";

const DOT = { none: "off", closed: "off", connecting: "busy", connected: "", reconnecting: "warn" };
let current = "none";
let host = "";

/** Paints the state that was last told. */
export function paintLink() {
  $("linkdot").className = `dot ${DOT[current]}`;
  $("linktext").textContent = t(`link.${current}`, host);
}

export function setUpLinkView() {
  onLinkState(({ state, cause }) => {
    if (state === "connecting") host = hostOf($("broker").value);
    const changed = state !== current;
    current = state;
    paintLink();
    if (changed || cause) logStep(t(`link.${state}`, host), cause?.message ?? "", cause ? "bad" : "step");
  });
  $("link").addEventListener("click", () => $("broker").focus());
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
  fill($("access"), verdict !== "open" && note(verdict === "blocked" ? "bad" : "warn", verdict, h("strong", null, t(`access.${verdict}`)), verdict === "blocked" && [" ", asSentence(advice)]));
}
