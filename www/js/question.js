// The question of a link from elsewhere: what will be sent where, and nothing before the click.
import { $, say } from "./dom.js";
import { allow, placeKey } from "./kept.js";
import { t } from "./texts.js";

/**
 * Asks; `answer` is true when the person said yes, false when they want to look at it in the form first.
 * @param {{ broker: string, to: string, url: string }} what @returns {{ answer: Promise<boolean>, close: () => void }}
 */
export function ask({ broker, to, url }) {
  show(true);
  $("q-url").textContent = url;
  $("q-broker").textContent = broker;
  $("q-to").textContent = to;
  say(t("q.h"));
  const answer = new Promise((resolve) => {
    $("confirm").onclick = () => {
      if ($("q-keep").checked) allow(placeKey(broker, to));
      resolve(true);
    };
    $("decline").onclick = () => resolve(false);
  });
  return { answer, close: () => show(false) };
}

/** @param {string} text how large the picture is that would be sent */
export function showSize(text) {
  $("q-size").textContent = text;
}

function show(asking) {
  for (const id of ["question", "confirm", "decline"]) $(id).hidden = !asking;
  for (const id of ["fields", "tools", "send"]) $(id).hidden = asking;
  $("run").classList.toggle("going", asking);
  (asking ? $("q-h") : $("send")).focus({ preventScroll: true });
}
