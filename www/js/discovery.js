// Devices that announce themselves by a retained message or a will on a topic of their own, which follows a template.
import { panelOf } from "./presets.js";
import { isOnline } from "./presence.js";

/** Where devices are looked for when the settings name no topic of presence. */
export const USUAL = "signs/{id}/status";

/** The filter that hears every device: "signs/{id}/status" → "signs/+/status". @param {string} template */
export const filterOf = (template) => template.split("/").map((level) => (level.includes("{id}") ? "+" : level)).join("/");

/** The id in a topic that follows the template, or undefined. @param {string} template @param {string} topic @returns {string | undefined} */
export function idIn(template, topic) {
  const [levels, parts] = [template.split("/"), topic.split("/")];
  if (levels.length !== parts.length) return undefined;
  let id;
  for (const [i, level] of levels.entries()) {
    const at = level.indexOf("{id}");
    if (at < 0 && level !== parts[i]) return undefined;
    if (at < 0) continue;
    const [before, after] = [level.slice(0, at), level.slice(at + "{id}".length)];
    const found = parts[i].slice(before.length, parts[i].length - after.length);
    if (!found || parts[i] !== before + found + after || (id ?? found) !== found) return undefined;
    id = found;
  }
  return id;
}

/** What the message says of the device: whether it is there, and, as JSON, its `name` and its `panel` by the page's id. @param {string} payload */
export function announced(payload) {
  let said = {};
  try {
    said = Object(JSON.parse(payload));
  } catch {
    // a word, as most say it
  }
  const name = typeof said.name === "string" ? said.name.trim().slice(0, 80) : "";
  return { online: isOnline(payload), name, preset: panelOf(said.panel)?.id };
}
