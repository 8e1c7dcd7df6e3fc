// Topics of a device: made from a template, and judged before anything is sent to them.
import { t } from "./texts.js";

export const TEMPLATE = { to: "signs/{id}/img", from: "signs/{id}/ack", status: "" };

/** @param {string} template @param {string} id */
export const fillTemplate = (template, id) => template.replaceAll("{id}", id);

/** An id that is safe in every broker's topics: "Café 1.2" → "cafe-1-2". @param {string} name */
export function idFrom(name) {
  return name.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/[^\p{L}\p{N}_-]+/gu, "-").replace(/^-+|-+$/g, "");
}

/** What a topic name may not be (MQTT 3.1.1, 4.7), or undefined. @param {string} topic */
export function topicError(topic) {
  if (!topic) return t("topic.empty");
  if (/[#+]/.test(topic)) return t("topic.wildcard", topic);
  if (topic.includes("\u0000")) return t("topic.nul");
  if (new TextEncoder().encode(topic).length > 65_535) return t("topic.long");
  return undefined;
}

/** What some broker will not bear in it. @param {string} topic @returns {string[]} */
export function topicWarnings(topic) {
  const warnings = [];
  if (topic.includes(".")) warnings.push(t("topic.dot", topic));
  if (/\s/.test(topic)) warnings.push(t("topic.space", topic));
  if (topic.startsWith("$")) warnings.push(t("topic.dollar", topic));
  return warnings;
}
