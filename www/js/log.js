// The log: each step of the connection and of the transfers, in order of time. All of it can be saved; the newest lines are shown.
import { $, h } from "./dom.js";
import { clock } from "./numbers.js";
import { t } from "./texts.js";

const KEPT = 5000;
const SHOWN = 200;
const FUNCTION = { 1: "begin", 2: "chunk", 3: "finish" };

/** @typedef {{ at: number, what: string, detail: string, tone: string }} Line */
/** @type {Line[]} */
let lines = [];
let undrawn = 0;

/** @param {string} what @param {string} [detail] @param {"" | "bad" | "step"} [tone] */
export function logStep(what, detail = "", tone = "step") {
  add([{ at: Date.now(), what, detail, tone }]);
}

/** @param {import("./broker.js").LogLine[]} log @param {number} startedAt */
export function logTransfer(log, startedAt) {
  add(log.map(({ atMs, event, function: kind, number, status, reason }) => ({
    at: atMs > 1e11 ? atMs : startedAt + atMs,
    what: t(`event.${event}`),
    detail: [message(kind, number), status === undefined ? "" : t(status === 1 ? "status.whole" : "status.incomplete"), reason].filter(Boolean).join(", "),
    tone: ["resent", "ignored", "offline"].includes(event) || status === 0 ? "bad" : "",
  })));
}

function message(kind, number) {
  const name = FUNCTION[kind];
  return name ? t(`message.${name}`, String(number)) : "";
}

/** @param {Line[]} more */
function add(more) {
  if (!more.length) return;
  lines.push(...more);
  if (lines.length > KEPT) lines = lines.slice(-KEPT);
  undrawn += more.length;
  $("sum-log").textContent = t("log.lines", lines.length);
  $("nolog").hidden = true;
  $("log").hidden = $("logacts").hidden = false;
  draw();
}

/** Draws what is new, when the fold is open. */
export function draw() {
  if (!$("logfold").open || undrawn === 0) return;
  const journal = $("log");
  const follows = journal.scrollTop + journal.clientHeight > journal.scrollHeight - 30;
  const rows = $("logrows");
  rows.append(...lines.slice(-Math.min(undrawn, SHOWN)).map(({ at, what, detail, tone }) => h(tone ? `tr.${tone}` : "tr", null, h("td", null, clock(at)), h("td", null, what), h("td", null, detail))));
  while (rows.childElementCount > SHOWN) rows.firstElementChild.remove();
  undrawn = 0;
  if (follows) journal.scrollTop = journal.scrollHeight;
}

/** Wires the fold and the link that saves everything as text. */
export function setUpLog() {
  if (innerWidth < 720) $("logfold").open = false;
  $("logfold").addEventListener("toggle", draw);
  $("logsave").addEventListener("click", () => {
    const text = lines.map(({ at, what, detail }) => `${new Date(at).toISOString()}\t${what}\t${detail}\n`).join("");
    const url = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
    Object.assign($("logsave"), { href: url, download: "mqtt-image-sender.log" });
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
  });
  $("logsave").href = "#log"; // a link takes part in the tab order
}
