// The dialog in which a device is tried out, with a report for whoever writes its firmware.
import { fill, h, icon, note, say } from "./dom.js";
import { connect, trial } from "./broker.js";
import { showDialog } from "./dialog.js";
import { download } from "./download.js";
import { errorNote } from "./errors.js";
import { isUnderWay } from "./fleet.js";
import { formatNumber, t } from "./texts.js";
import { brokerOf, brokerOptions } from "./registry.js";

/** @typedef {import("./registry.js").Device} Device @typedef {import("./trial.js").Finding} Finding */

const SHAPES = { ok: ["check", "ok"], bad: ["alert", "bad"], odd: ["alert", "warn"] };

/** @param {Device} device @param {(action: string) => void} onAction what an error of the broker offers */
export function showTrial(device, onAction) {
  const abort = new AbortController();
  const chunkSize = device.send.chunkSize ?? 1400;
  /** @type {Finding[]} */
  let findings = [];
  let summary = "";
  const [list, outcome] = [h("ul.found", { role: "list", "aria-label": t("trial.list") }), h("div", { role: "status", hidden: true })];
  const start = /** @type {HTMLButtonElement} */ (h("button.btn.primary", { type: "button", autofocus: true, onclick: run }, t("trial.start")));
  const save = h("button.btn", { type: "button", hidden: true, onclick: () => download(`${device.key || "device"}-test.txt`, new Blob([report()], { type: "text/plain" })) }, icon("down"), t("trial.save"));
  const dialog = showDialog("trial-dialog", t("trial.h", device.name), { body: [h("p.hint", null, t("trial.lead")), list, outcome], footer: [save, start], onClose: () => abort.abort() });

  async function run() {
    const broker = brokerOf(device.broker);
    if (!broker || isUnderWay(device.id)) return fill(outcome, note("warn", "busy", t(broker ? "trial.busy" : "error.nobroker")));
    findings = [];
    list.replaceChildren();
    fill(outcome, h("p.hint", null, t("trial.running")));
    save.hidden = start.disabled = true;
    try {
      await connect(device.broker, brokerOptions(broker), abort.signal);
      const patience = typeof device.send.ackTimeoutMs === "number" ? device.send.ackTimeoutMs : undefined;
      end(await trial(device.broker, { to: device.to, from: device.from, chunkSize, ...(patience && { patience }) }, hear, abort.signal));
    } catch (error) {
      if (abort.signal.aborted) return;
      fill(outcome, errorNote(error, { draft: { broker: brokerOptions(broker), send: { to: device.to, from: device.from }, image: {} }, phase: "connecting" }, (action) => (dialog.close(), onAction(action))));
    } finally {
      start.disabled = false;
      start.textContent = t("trial.again");
    }
  }

  /** @param {Finding} finding */
  function hear(finding) {
    findings.push(finding);
    const [shape, tone] = SHAPES[finding.outcome];
    list.append(h("li", null, h(`span.state.${tone}`, null, icon(shape), h("span", null, nameOf(finding))), finding.why && h("p.small", null, sentenceOf(finding))));
  }

  /** @param {import("./trial.js").Summary} done */
  function end({ numbering, answerMs }) {
    const bad = findings.filter((finding) => finding.outcome === "bad").length;
    summary = bad ? t("trial.bad", bad, findings.length) : t("trial.ok");
    const facts = numbering ? t("trial.facts", t(`trial.num.${numbering}`), formatNumber(answerMs)) : "";
    fill(outcome, note(bad ? "bad" : "ok", "trial", h("strong", null, summary), facts && ` ${facts}`));
    summary = [summary, facts].filter(Boolean).join(" ");
    save.hidden = false;
    say(summary, true);
  }

  const nameOf = ({ check }) => t(`trial.check.${check}`, check === "less" ? chunkSize - 1 : check === "more" ? chunkSize + 1 : chunkSize);
  const sentenceOf = (/** @type {Finding} */ { why, args = [] }) => t(`trial.why.${why}`, ...args);

  function report() {
    const head = [`${device.name}: ${device.to} / ${device.from}, ${new Date().toISOString()}`, summary, ""];
    const part = (finding) => [`${finding.outcome.toUpperCase()}\t${nameOf(finding)}`, finding.why && `\t${sentenceOf(finding)}`, ...(finding.outcome === "ok" ? [] : finding.frames.map((line) => `\t${line}`))].filter(Boolean);
    return `${[...head, ...findings.flatMap(part)].join("\n")}\n`;
  }
}
