// The log: each step of the connection and of the transfers, in order of time. All of it can be saved; the newest lines are shown.
import { $, h } from "./dom.js";
import { clock } from "./numbers.js";
import { t } from "./texts.js";

const KEPT = 5000;
/** Rows in the page: few, because the table is laid out anew four times a second while a transfer runs. */
const SHOWN = 100;
const MESSAGE = { 1: "begin", 2: "chunk", 3: "finish" };
const BAD = ["resent", "ignored", "offline"];

/** @typedef {{ at: number, tone: string, words: () => [what: string, detail: string] }} Line */
/** @type {Line[]} */
let lines = [];
let undrawn = 0;

/** @param {string} what @param {string} [detail] @param {"" | "bad" | "step"} [tone] */
export function logStep(what, detail = "", tone = "step") {
  add([{ at: Date.now(), tone, words: () => [what, detail] }]);
}

/** @param {import("./broker.js").LogLine[]} log */
export function logTransfer(log) {
  add(log.map((line) => ({ at: line.at, tone: BAD.includes(line.event) || line.status === 0 ? "bad" : "", words: () => wordsOf(line) })));
}

/** @param {import("./broker.js").LogLine} line @returns {[string, string]} */
function wordsOf({ event, function: kind, number, status, reason }) {
  const message = MESSAGE[kind] && t(`message.${MESSAGE[kind]}`, String(number));
  const answer = status === undefined ? "" : t(status === 1 ? "status.whole" : "status.incomplete");
  return [t(`event.${event}`), [message, answer, reason].filter(Boolean).join(", ")];
}

/** @param {Line[]} more */
function add(more) {
  if (!more.length) return;
  lines.push(...more);
  if (lines.length > 2 * KEPT) lines = lines.slice(-KEPT);
  undrawn += more.length;
  draw();
}

/** Draws what is new, when the fold is open. */
function draw() {
  $("sum-log").textContent = t("log.lines", lines.length);
  $("nolog").hidden = true;
  $("log").hidden = $("logacts").hidden = false;
  if (!$("logfold").open || undrawn === 0) return;
  const journal = $("log");
  const follows = journal.scrollTop + journal.clientHeight > journal.scrollHeight - 30;
  const rows = $("logrows");
  const fresh = lines.slice(-Math.min(undrawn, SHOWN)).map(rowOf);
  if (fresh.length === SHOWN) rows.replaceChildren(...fresh);
  else rows.append(...fresh);
  while (rows.childElementCount > SHOWN) rows.firstElementChild.remove();
  undrawn = 0;
  if (follows) requestAnimationFrame(() => (journal.scrollTop = journal.scrollHeight));
}

/** @param {Line} line */
function rowOf({ at, tone, words }) {
  return h(tone ? `tr.${tone}` : "tr", null, h("td", null, clock(at)), words().map((word) => h("td", null, word)));
}

/** Wires the fold and the link that saves everything as text. */
export function setUpLog() {
  if (innerWidth < 720) $("logfold").open = false;
  $("logfold").addEventListener("toggle", () => lines.length && draw());
  $("logsave").href = "#log"; // a link takes part in the tab order
  $("logsave").addEventListener("click", () => {
    const text = lines.map(({ at, words }) => `${[new Date(at).toISOString(), ...words()].join("\t")}\n`).join("");
    const url = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
    Object.assign($("logsave"), { href: url, download: "mqtt-image-sender.log" });
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
  });
}
