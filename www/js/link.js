// The link interface: index.html?broker=…&to=…&url=…&send=1 and device.html?broker=…&connect=1, read once at the start.
import { OPTIONS, OptionError } from "./options.js";
import { PANELS, panelOf } from "./presets.js";
import { t } from "./texts.js";

/**
 * @typedef {{ url?: string, username?: string, password?: string, [option: string]: any }} BrokerPart
 * @typedef {{ to?: string, from?: string, [option: string]: any }} SendPart
 * @typedef {{ broker: BrokerPart, send: SendPart, image: Record<string, any> }} Draft
 * @typedef {{ given: boolean, go: boolean, texts: Record<string, string>, draft: Draft, url?: string, device?: string, errors: { option: string, message: string }[] }} Link
 */

const PAGES = {
  send: { url: "url", go: "send", options: Object.keys(OPTIONS) },
  device: { url: "", go: "connect", options: ["to", "from", "username", "clientId", "keepAlive", "numbering"] },
};

/**
 * @param {{ search: string, hash: string, baseURI: string }} from @param {"send" | "device"} page @returns {Link}
 */
export function readLink({ search, hash, baseURI }, page) {
  const rules = PAGES[page];
  /** @type {Link} */
  const link = { given: false, go: false, texts: {}, draft: { broker: {}, send: {}, image: {} }, errors: [] };
  const wrong = (option, message) => link.errors.push({ option, message });
  const seen = new Set();
  for (const [name, value] of new URLSearchParams(search)) {
    if (name.startsWith("utm_")) continue;
    if (seen.has(name)) {
      wrong(name, t("wrong.twice", name));
      continue;
    }
    seen.add(name);
    try {
      take(link, rules, name, value, baseURI);
    } catch (error) {
      wrong(name, error instanceof OptionError ? t(`wrong.${error.kind}`, name, value, error.words) : t("wrong.url", name, value));
    }
  }
  usePreset(link);
  readPassword(link, hash, wrong);
  if (link.go) for (const name of link.device ? [rules.url] : ["broker", rules.url]) if (name && !(name in link.texts) && !link.errors.some((e) => e.option === name)) wrong(name, t("wrong.missing", name));
  return link;
}

function take(link, rules, name, value, baseURI) {
  const { draft } = link;
  if (name === "lang" || name === "theme") return; // texts.js reads them
  link.given = true;
  if (name === rules.go) return void (link.go = OPTIONS.strict[1](value));
  if (name === "broker") draft.broker.url = brokerUrl(value);
  else if (name === rules.url) link.url = new URL(value, baseURI).href;
  else if (name === "device" && rules.url) return void (link.device = value);
  else if (name === "preset") {
    if (!panelOf(value)) throw new OptionError("choice", value, PANELS.map(({ id }) => id).join(", "));
  } else if (name === "password") throw new OptionError("password", "");
  else if (!rules.options.includes(name)) throw new OptionError("unknown", value);
  else {
    const [part, read] = OPTIONS[name];
    const option = read(value);
    if (option !== undefined) draft[part][name] = option;
  }
  link.texts[name] = value;
}

/** What a panel that is named is, where the link does not say it itself: with a format of its own only the size. @param {Link} link */
function usePreset({ texts, draft }) {
  for (const [name, value] of Object.entries(panelOf(texts.preset)?.image ?? {})) {
    const isSize = name === "width" || name === "height";
    if (!(name in texts) && (isSize || !("format" in texts))) draft.image[name] = value;
  }
}

/** A password in the user part would stay in the address bar and in histories. */
function brokerUrl(value) {
  const url = new URL(value);
  if (url.password || url.username) throw new OptionError("password", "");
  return value;
}

function readPassword(link, hash, wrong) {
  if (!hash.startsWith("#password=")) return;
  link.given = true;
  try {
    link.draft.broker.password = decodeURIComponent(hash.slice("#password=".length));
  } catch {
    wrong("password", t("wrong.encoding", "password"));
  }
}

/** Takes a password out of the address bar, wherever it stood. @param {Location} where */
export function cleanAddress(where) {
  const url = new URL(where.href);
  const before = url.href;
  if (url.hash.startsWith("#password=")) url.hash = "";
  if (url.searchParams.has("password")) url.searchParams.delete("password");
  if (url.href !== before) history.replaceState(history.state, "", url.href);
}

/** A broker on this computer: a link may send to it without a question. @param {string} broker */
export function isLoopback(broker) {
  const { protocol, hostname } = new URL(broker);
  if (protocol === "practice:") return true;
  return hostname === "localhost" || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
