// The log: each step of the connection and of the transfers, in order of time. All of it can be saved; the newest lines are shown.
import { $, h } from "./dom.js";
import { clock } from "./numbers.js";
import { t } from "./texts.js";

const KEPT = 5000;
/** Rows in the page: few, and used again, because they change eight times a second while a transfer runs. */
const SHOWN = 60;
const MESSAGE = { 1: "begin", 2: "chunk", 3: "finish" };
const BAD = ["resent", "ignored", "offline"];

/** @typedef {{ at: number, tone: string, words: () => [what: string, detail: string] }} Line */
/** @type {Line[]} */
let lines = [];
let undrawn = 0;
let frame = 0;
/** The newest line stays in sight unless the person scrolled up. */
let follows = true;

/** @param {string} what @param {string} [detail] @param {"" | "bad" | "step"} [tone] */
export function logStep(what, detail = "", tone = "step") {
  add([{ at: Date.now(), tone, words: () => [what, detail] }]);
}

/** @param {import("./broker.js").LogLine[]} log */
export function logTransfer(log) {
  add(log.map((line) => ({ at: line.at, tone: BAD.includes(line.event) || line.status === 0 ? "bad" : "", words: () => wordsOf(line) })));
}

/** @param {import("./broker.js").LogLine} line @returns {[string, string]} */
export function wordsOf({ event, function: kind, number, status, reason }) {
  const message = MESSAGE[kind] && t(`message.${MESSAGE[kind]}`, String(number));
  const answer = status === undefined ? "" : t(status === 1 ? "status.whole" : "status.incomplete");
  return [t(`event.${event}`), [message, answer, reason].filter(Boolean).join(", ")];
}

/** A transfer's journal as text, a line each. @param {import("./broker.js").LogLine[]} log */
export const journalText = (log) => log.map((line) => `${[new Date(line.at).toISOString(), ...wordsOf(line)].join("\t")}\n`).join("");

/** @param {Line[]} more */
function add(more) {
  if (!more.length) return;
  lines.push(...more);
  if (lines.length > 2 * KEPT) lines = lines.slice(-KEPT);
  undrawn += more.length;
  frame ||= requestAnimationFrame(draw); // none in a hidden tab
}

/** Draws what is new, when the fold is open. */
function draw() {
  frame = 0;
  $("sum-log").textContent = t("log.lines", lines.length);
  $("nolog").hidden = true;
  $("log").hidden = $("logacts").hidden = false;
  if (!$("logfold").open) return;
  const rows = $("logrows");
  for (const line of lines.slice(lines.length - Math.min(undrawn, SHOWN))) rows.append(write(rows.childElementCount < SHOWN ? emptyRow() : rows.firstElementChild, line));
  undrawn = 0;
  if (follows) $("log").scrollTop = 1e6;
}

const emptyRow = () => h("tr", null, h("td", null, ""), h("td", null, ""), h("td", null, ""));

/** @param {any} row @param {Line} line */
function write(row, { at, tone, words }) {
  row.className = tone;
  [clock(at), ...words()].forEach((text, i) => (row.children[i].firstChild.data = text));
  return row;
}

/** Wires the fold and the link that saves everything as text. */
export function setUpLog() {
  if (matchMedia("(max-width: 719.9px)").matches) $("logfold").open = false; // to read `innerWidth` would have all laid out first
  $("logfold").addEventListener("toggle", () => lines.length && draw());
  $("log").addEventListener("scroll", () => (follows = $("log").scrollTop + $("log").clientHeight > $("log").scrollHeight - 30), { passive: true });
  $("logsave").href = "#log"; // a link takes part in the tab order
  $("logsave").addEventListener("click", () => {
    const text = lines.map(({ at, words }) => `${[new Date(at).toISOString(), ...words()].join("\t")}\n`).join("");
    const url = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
    Object.assign($("logsave"), { href: url, download: "mqtt-image-sender.log" });
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
  });
}
