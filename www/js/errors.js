// An error is a next step: one sentence what happened, one what probably is the cause, a first button that tries the remedy.
import { h, note } from "./dom.js";
import { size } from "./numbers.js";
import { language, t } from "./texts.js";

/**
 * @typedef {{ draft: import("./link.js").Draft | null, phase: string, bytesAcked?: number, bytesTotal?: number, url?: string }} Circumstances
 * @typedef {{ what: string, why?: string, actions: string[], checklist?: boolean }} Explanation
 */

/** Chunks that fit the small buffers of microcontroller libraries. */
export const SMALL_CHUNK = 200;

/** The module's messages are English: in another language each says what its kind says there. @param {any} error @param {string} kind */
function whyOf(error, kind) {
  if (language().startsWith("en")) return error.message;
  const option = /^(\w+): /.exec(error.message)?.[1] ?? "";
  return t(`why.${kind}`, option || error.message);
}

/** "retry" stands only where nothing better is known: the button below says "Send again". @param {import("./rpc.js").CodedError} error @param {Circumstances} at @returns {Explanation} */
export function explain(error, at) {
  const say = (key, ...args) => t(`error.${key}`, ...args);
  const send = at.draft?.send ?? {};
  const broker = at.draft?.broker ?? {};
  switch (error.code) {
    case "no-answer":
      return noAnswer(error, at, send);
    case "incomplete":
      return { what: say("incomplete", error.chunk ?? 0), why: whyOf(error, "incomplete"), actions: ["retry", "small"] };
    case "protocol":
      if (error.name === "TransferError") return { what: say("protocol"), why: whyOf(error, "protocol"), actions: ["numbering"] };
      return { what: say("protocol.broker"), why: whyOf(error, "broker"), actions: ["broker"] };
    case "too-large":
      if (error.name === "TransferError") return { what: say("toolarge", size(at.bytesTotal ?? 0)), why: say("toolarge.why"), actions: ["quality", "change"] };
      return { what: say("toolarge.image"), why: whyOf(error, "toolarge"), actions: ["change"] };
    case "closed":
      return { what: say("closed"), why: whyOf(error, "closed"), actions: ["retry"] };
    case "refused":
      return refused(error, send, broker);
    case "network":
    case "timeout":
      return { what: say("network", broker.url ?? ""), why: say("network.why"), actions: ["broker"], checklist: true };
    case "blocked":
      return { what: say("blocked"), why: whyOf(error, "blocked"), actions: ["broker"] };
    case "unsupported":
      return { what: say("unsupported"), why: whyOf(error, "unsupported"), actions: ["change", "original"] };
    case "corrupt":
      return { what: say("corrupt"), why: whyOf(error, "corrupt"), actions: ["change"] };
    case "fetch":
      return { what: say("fetch"), why: error.message.includes("drop it") || !language().startsWith("en") ? whyOf(error, "fetch") : `${error.message}. ${say("fetch.way")}`, actions: /^https?:/.test(at.url ?? "") ? ["change", "openurl"] : ["change"] };
    case "invalid":
      return { what: say("invalid"), why: whyOf(error, "invalid"), actions: ["show"] };
    case "no-broker":
      return { what: say("nobroker"), why: say("nobroker.why"), actions: ["broker"] };
    case "busy":
      return { what: say("busy"), why: say("busy.why"), actions: ["retry"] };
    case "load":
      return { what: say("load"), why: whyOf(error, "load"), actions: ["reload"] };
    default:
      return { what: error.message || String(error), actions: ["retry"] };
  }
}

function noAnswer(error, at, send) {
  const chunk = error.chunk;
  const chunkSize = send.chunkSize ?? 1400;
  if (chunk === 0 && chunkSize > SMALL_CHUNK) return { what: t("error.buffer", chunkSize), why: t("error.buffer.why"), actions: ["small"] };
  if (chunk !== undefined) return { what: t("error.stopped", size(at.bytesAcked ?? 0)), why: whyOf(error, "stopped"), actions: ["retry"] };
  if (at.phase === "finish") return { what: t("error.nofinish"), why: whyOf(error, "stopped"), actions: ["retry"] };
  return { what: t("error.silent", send.from ?? ""), why: t("error.silent.why"), actions: ["wait", "topics"] };
}

function refused(error, send, broker) {
  if (error.returnCode === undefined) return { what: t("error.refused.topic", send.from ?? ""), why: whyOf(error, "topic"), actions: ["topics"] };
  const who = broker.username ? t("error.refused.user", broker.username) : t("error.refused.nobody");
  return { what: error.returnCode >= 4 ? who : t("error.refused"), why: whyOf(error, "refused"), actions: [error.returnCode >= 4 ? "user" : "broker"] };
}

/** What is known of a send that failed. @param {import("./send.js").SendJob} job @returns {Circumstances} */
export const circumstances = ({ draft, progress, bytes }) => ({ draft, phase: progress?.phase ?? "", bytesAcked: progress?.bytesAcked, bytesTotal: progress?.bytesTotal ?? bytes });

/** Which field an action leads to. */
export const FIELD_OF = { numbering: "numbering", quality: "quality", broker: "broker", user: "username", topics: "to" };

/**
 * @param {import("./rpc.js").CodedError} error @param {Circumstances} at @param {(action: string, error: import("./rpc.js").CodedError) => void} onAction
 * @returns {HTMLElement}
 */
export function errorNote(error, at, onAction) {
  const { what, why, actions, checklist } = explain(error, at);
  const button = (action, i) => h(i === 0 ? "button.btn.primary" : i === 1 ? "button.btn" : "button.btn.quiet", { type: "button", "data-action": action, onclick: () => onAction(action, error) }, t(`do.${action}`));
  return note("bad", error.code,
    h("strong", null, what), why && why !== what && [" ", asSentence(why)],
    checklist && h("details", null, h("summary", null, t("check.h")), h("ol", null, [1, 2, 3, 4].map((i) => h("li", null, t(`check.${i}`))))),
    h("div.acts", null, actions.map(button)));
}

/** The module's messages are clauses, to be put after an error's name. @param {string} clause */
export function asSentence(clause) {
  const begun = /^[a-z]+ /.test(clause) ? clause[0].toUpperCase() + clause.slice(1) : clause;
  return /[.?!。？]$/.test(begun) ? begun : `${begun}.`;
}

/** What `checkAccess` advises, in the page's language. @param {string} advice */
export const inWords = (advice) => whyOf({ message: advice }, "blocked");
