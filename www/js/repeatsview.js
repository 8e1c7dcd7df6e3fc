// What is sent again and again, above the history: when it is due, what came of the last time, and how it is stopped.
import { $, fill, h, icon } from "./dom.js";
import { toast } from "./dialog.js";
import { moment } from "./numbers.js";
import { deviceOf } from "./registry.js";
import { onRepeats, repeatNow, repeats, setUpRepeats, stopRepeat } from "./repeats.js";
import { currentView, onView } from "./router.js";
import { t } from "./texts.js";

/** @typedef {import("./repeats.js").Repeat} Repeat */

export function setUpRepeatsView() {
  onView("history", () => paint()); // beside the history's own
  onRepeats(() => currentView() === "history" && paint());
  setUpRepeats();
}

function paint() {
  const list = repeats();
  fill($("repeats"), list.length > 0 && [h("h2.day", { id: "repeats-h" }, t("again.h")), h("ul.card", { role: "list", "aria-labelledby": "repeats-h" }, list.map(row))]);
}

/** @param {Repeat} repeat */
function row({ id, name, url, minutes, devices, next, last }) {
  const names = devices.map(deviceOf).filter(Boolean).map((device) => device.name);
  const whom = names.length > 3 ? t("to.n", names.length) : names.join(", ");
  const outcome = last && h(`span.state${last.what === "failed" ? ".bad" : ""}`, null, icon(last.what === "failed" ? "alert" : "check"), h("span", null, t(`again.${last.what}`, moment(last.at), last.why ?? "")));
  const stop = () => {
    const undo = stopRepeat(id);
    toast(t("again.stopped", name), undo);
    $("h-his").focus({ preventScroll: true });
  };
  const button = (key, press) => h("button.btn", { type: "button", "aria-label": `${t(key)}: ${name || url}`, onclick: press }, t(key));
  return h("li.repeat", null, h("div", null, h("h3", null, name || url), h("p.small", null, `${whom} · ${t("again.every1", minutes)} · ${t("again.next", moment(next))}`), outcome), h("div.acts", null, button("again.now", () => repeatNow(id)), button("again.stop", stop)));
}
