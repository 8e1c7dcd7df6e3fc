// The question of a link from elsewhere: what will be sent where, and nothing before the click.
import { $, say } from "./dom.js";
import { allow, placeKey } from "./kept.js";
import { t } from "./texts.js";

/** A click that was meant for what stood here before must not send, in milliseconds. */
const CALM = 500;

/**
 * Asks; `answer` is true when the person said yes, false when they want to look at it in the form first.
 * @param {{ broker: string, to: string, url: string }} what @returns {{ answer: Promise<boolean>, close: () => void }}
 */
export function ask({ broker, to, url }) {
  show(true);
  $("confirm").disabled = true;
  $("q-url").textContent = url.length > 300 ? `${url.slice(0, 300)}…` : url;
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

/** The picture is shown, so that one may answer. @param {string} text how large it is */
export function showSize(text) {
  $("q-size").textContent = text;
  setTimeout(() => ($("confirm").disabled = false), CALM);
}

function show(asking) {
  for (const id of ["question", "confirm", "decline"]) $(id).hidden = !asking;
  $("compose").toggleAttribute("data-asking", asking); // what the question takes the place of is shown and hidden by others meanwhile
  $("run").classList.toggle("going", asking);
  (asking ? $("q-h") : $("send")).focus({ preventScroll: true });
}
