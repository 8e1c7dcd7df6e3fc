// The history: by day, what was sent to whom, and with what outcome. Each send opens to its devices, and can be sent again.
import { $, drawAnew, h, icon } from "./dom.js";
import { miniFrame } from "./frames.js";
import { onHistory, sends } from "./history.js";
import { day, duration, moment, size } from "./numbers.js";
import { devices, onRegistry } from "./registry.js";
import { currentView, onView } from "./router.js";
import { t } from "./texts.js";

/** @typedef {import("./history.js").Sent} Sent @typedef {import("./history.js").Entry} Entry */

let onAgain = (/** @type {Sent} */ _sent) => {};

/** @param {{ again: (sent: Sent) => void }} ways */
export function setUpHistoryView({ again }) {
  onAgain = again;
  onView("history", paint);
  onHistory(() => currentView() === "history" && paint());
  onRegistry(() => currentView() === "history" && paint());
  $("hdev").addEventListener("change", paint);
}

async function paint() {
  const chosen = $("hdev").value;
  $("hdev").replaceChildren(h("option", { value: "" }, t("his.all")), ...devices().map(({ id, name }) => h("option", { value: id }, name)));
  $("hdev").value = devices().some(({ id }) => id === chosen) ? chosen : "";
  const all = (await sends()).filter((sent) => !$("hdev").value || sent.entries.some(({ device }) => device === $("hdev").value));
  $("nohistory").hidden = all.length > 0;
  const days = [];
  for (const sent of all) {
    const name = day(sent.at);
    if (days.at(-1)?.name !== name) days.push({ name, list: [] });
    days.at(-1).list.push(sent);
  }
  const opened = new Set([...document.querySelectorAll(".past:has(details[open])")].map((row) => row.getAttribute("data-id")));
  drawAnew(() => $("days").replaceChildren(...days.flatMap(({ name, list }) => [h("h2.day", null, name), h("ul.card", { role: "list" }, list.map(past))])));
  for (const row of document.querySelectorAll(".past")) row.querySelector("details").open = opened.has(row.getAttribute("data-id"));
}

/** @param {Sent} sent */
function past(sent) {
  const picture = sent.pictures.find(Boolean);
  const can = sent.pictures.some(({ blob }) => blob);
  const names = sent.entries.map(({ name }) => name);
  const whom = names.length > 3 ? t("to.n", names.length) : names.join(", ");
  const name = picture?.name ?? sent.title;
  const again = h("button.btn", { type: "button", disabled: !can, "aria-label": `${t("his.again")}: ${name}, ${moment(sent.at)}`, onclick: () => onAgain(sent) }, icon("again"), h("span.lbl", null, t("his.again")));
  return h("li.past", { "data-id": sent.id }, h("span.when.num", null, new Intl.DateTimeFormat(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" }).format(sent.at)),
    miniFrame(picture ?? {}, sent.entries[0]?.look ?? ""), h("div", null, h("h3", null, name), h("p", null, whom)), outcome(sent), h("div.acts", null, again),
    h("details.fold", null, h("summary", null, t("his.devices")), h("ul.entries", { role: "list" }, sent.entries.map(entry))));
}

/** @param {Sent} sent */
function outcome({ entries }) {
  const n = (state) => entries.filter((entry) => entry.state === state).length;
  const [done, failed, cancelled] = [n("done"), n("failed"), n("cancelled")];
  const words = [done > 0 && (done === entries.length ? t("his.arrived") : t("his.n", done)), failed > 0 && t("run.failed", failed), cancelled > 0 && t("his.cancelled", cancelled)].filter(Boolean).join(", ");
  const tone = failed ? "bad" : cancelled ? "warn" : "ok";
  return h(`span.state.${tone}`, null, icon(failed ? "alert" : cancelled ? "stop" : "check"), h("span", null, words));
}

/** @param {Entry} entry */
function entry({ name, panel, state, bytes, ms, resends, message }) {
  const facts = [bytes && size(bytes), ms !== undefined && duration(ms), resends > 0 && t("facts.resends", resends), message].filter(Boolean).join(" · ");
  const shape = { done: "check", failed: "alert" }[state] ?? "stop";
  return h("li", null, h("b", null, name), h("span.hint", null, panel), h(`span.state${state === "failed" ? ".bad" : ""}`, null, icon(shape), h("span", null, t(state === "cancelled" ? "his.cancelled1" : `job.${state}`))), h("span.hint.num", null, facts));
}
