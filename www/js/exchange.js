// Export and import: devices and brokers as a JSON file that people read and edit. It holds no password.
import { newId } from "./db.js";
import { PRACTICE, brokers, devices, saveAll } from "./registry.js";
import { panelOf } from "./presets.js";
import { OPTIONS } from "./options.js";
import { topicError } from "./topics.js";
import { t } from "./texts.js";

/** @typedef {import("./registry.js").Device} Device @typedef {import("./registry.js").Broker} Broker */

const KIND = "mqtt-image-sender";
const VERSION = 1;

/** @param {Device[]} which @returns {string} JSON */
export function exportText(which = devices()) {
  const used = brokers().filter((broker) => broker.id !== PRACTICE && (which.length === devices().length || which.some((device) => device.broker === broker.id)));
  const withoutSecrets = (/** @type {Broker} */ { password: _, passwordFor: __, ...rest }) => rest;
  const plain = ({ at: _, ...device }) => device;
  return `${JSON.stringify({ kind: KIND, version: VERSION, brokers: used.map(withoutSecrets), devices: which.map(plain) }, null, 2)}\n`;
}

/**
 * Reads an exported file. What is wrong with it is said with the place where it stands, and nothing of it is taken.
 * @param {string} text @returns {{ brokers: Broker[], devices: Device[], error?: string }}
 */
export function readExport(text) {
  try {
    const file = parse(text);
    const read = { brokers: list(file, "brokers").map(brokerFrom), devices: list(file, "devices").map(deviceFrom) };
    return { ...read, ...(read.devices.length || read.brokers.length ? {} : { error: t("import.empty") }) };
  } catch (error) {
    return { brokers: [], devices: [], error: error.message };
  }
}

function parse(text) {
  let file;
  try {
    file = JSON.parse(text);
  } catch (cause) {
    throw new Error(t("import.json", cause.message));
  }
  if (file === null || typeof file !== "object") throw new Error(t("import.kind"));
  if (Array.isArray(file)) return { devices: file }; // a bare list of devices, as someone writes it by hand
  if (file.kind !== undefined && file.kind !== KIND) throw new Error(t("import.kind"));
  if (file.version > VERSION) throw new Error(t("import.version"));
  return file;
}

function list(file, name) {
  const found = file[name] ?? [];
  if (!Array.isArray(found)) throw new Error(t("import.list", name));
  return found;
}

const textOf = (value, place) => {
  if (typeof value !== "string" || !value.trim()) throw new Error(t("import.text", place));
  return value.trim();
};

function brokerFrom(value, i) {
  const place = `brokers[${i}]`;
  const url = textOf(value?.url, `${place}.url`);
  try {
    if (!/^wss?:$/.test(new URL(url).protocol)) throw new Error();
  } catch {
    throw new Error(t("import.url", `${place}.url`));
  }
  const broker = /** @type {Broker} */ ({ id: String(value.id ?? newId()), name: textOf(value.name ?? url, `${place}.name`), url });
  for (const name of ["username", "preset", "clientId"]) if (typeof value[name] === "string" && value[name]) broker[name] = value[name];
  for (const name of ["maxMessagesPerSecond", "keepAlive"]) if (Number.isFinite(value[name])) broker[name] = value[name];
  return broker;
}

function deviceFrom(value, i) {
  const place = `devices[${i}]`;
  const name = textOf(value?.name, `${place}.name`);
  const topic = (key) => {
    const found = textOf(value[key], `${place}.${key}`);
    const wrong = topicError(found);
    if (wrong) throw new Error(`${place}.${key}: ${wrong}`);
    return found;
  };
  const preset = panelOf(value.preset);
  const groups = Array.isArray(value.groups) ? value.groups.filter((group) => typeof group === "string" && group) : [];
  return /** @type {Device} */ ({
    id: String(value.id ?? newId()), name, key: typeof value.key === "string" ? value.key : "", groups, broker: String(value.broker ?? ""),
    to: topic("to"), from: topic("from"), ...(value.status && { status: topic("status") }), preset: preset ? preset.id : "custom",
    image: options(value.image ?? preset?.image ?? {}, "image", `${place}.image`), send: options(value.send ?? {}, "send", `${place}.send`), sleeps: value.sleeps === true, at: Date.now() + i,
  });
}

/** Only options that the module has: one that it does not know would fail every send. */
function options(value, part, place) {
  if (typeof value !== "object" || Array.isArray(value)) throw new Error(t("import.options", place));
  const strange = Object.keys(value).find((name) => OPTIONS[name]?.[0] !== part || ["to", "from", "name"].includes(name));
  if (strange) throw new Error(t("import.option", place, strange));
  return value;
}

/** Takes what was read: the same id replaces, a broker keeps the password that it has here. @param {{ brokers: Broker[], devices: Device[] }} read */
export async function takeImport(read) {
  const known = new Map(brokers().map((broker) => [broker.id, broker]));
  const secret = (broker) => {
    const old = known.get(broker.id);
    return old?.passwordFor === broker.url ? { ...broker, password: old.password, passwordFor: old.passwordFor } : broker;
  };
  await saveAll(read.brokers.map(secret), read.devices);
}
