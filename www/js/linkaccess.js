// Hears the connections' states for the bar and the log, and says what the browser will do to the broker's address before anyone connects.
import { $, fill, h, note } from "./dom.js";
import { access, onLinkState } from "./broker.js";
import { asSentence, inWords } from "./errors.js";
import { nameOf, putState } from "./linkview.js";
import { logStep } from "./log.js";
import { watchPresence } from "./presence.js";
import { t } from "./texts.js";

export function setUpLinkAccess() {
  onLinkState(({ place, state, cause }) => {
    const changed = putState(place, state);
    if (changed || cause) logStep(t(`link.${state}`, nameOf(place)), cause?.message ?? "", cause ? "bad" : "step");
    if (changed && state === "connected") watchPresence(place);
  });
  $("broker").addEventListener("change", explainAccess);
  explainAccess();
}

async function explainAccess() {
  const url = $("broker").value.trim();
  if (!/^wss?:\/\/./.test(url)) return fill($("access"));
  const { access: verdict, advice } = await access(url).catch(() => ({ access: "open", advice: "" }));
  if (url !== $("broker").value.trim()) return; // typed on meanwhile
  fill($("access"), verdict !== "open" && note(verdict === "blocked" ? "bad" : "warn", verdict, h("strong", null, t(`access.${verdict}`)), verdict === "blocked" && [" ", asSentence(inWords(advice))]));
}
