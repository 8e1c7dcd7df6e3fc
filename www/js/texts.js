// What the page says. One file a language; the English of fixed elements also stands in the HTML, so that it is there before a script runs.
import en from "./texts/en.js";
import { $ } from "./dom.js";
import { keep, kept } from "./kept.js";

let texts = /** @type {Record<string, string>} */ (en);
let code = "en";

/** For Intl. */
export const language = () => (code === "zh" ? "zh-CN" : "en");

/** @param {string} wanted "en" or "zh" */
async function setLanguage(wanted) {
  code = wanted === "zh" ? "zh" : "en";
  const before = texts;
  texts = code === "zh" ? (await import("./texts/zh.js")).default : en;
  if (document.documentElement.lang !== language()) document.documentElement.lang = language(); // the same once more would style the whole page anew
  formats.clear();
  if (texts !== before) translate(); // the HTML is English
}

/** Each takes a millisecond to make. @type {Map<string, Intl.NumberFormat>} */
const formats = new Map();

/** In the page's language. @param {number} value @param {Intl.NumberFormatOptions} [options] */
export function formatNumber(value, options) {
  if (!options && Number.isInteger(value) && value >= 0 && value < 1000) return String(value); // the first one takes fifty
  const key = JSON.stringify(options ?? {});
  const format = formats.get(key) ?? new Intl.NumberFormat(language(), options);
  formats.set(key, format);
  return format.format(value);
}

/**
 * The text of `key`. `{0}` is an argument (numbers are grouped), `{0|chunk|chunks}` its plural.
 * @param {string} key @param {...(string | number)} args
 */
export function t(key, ...args) {
  const text = texts[key] ?? en[key] ?? key;
  return text.replace(/\{(\d)(?:\|([^|}]*)\|([^}]*))?\}/g, (_, i, one, many) => {
    const value = args[Number(i)];
    if (many !== undefined) return value === 1 ? one : many;
    return typeof value === "number" ? formatNumber(value) : String(value);
  });
}

function translate() {
  for (const node of document.querySelectorAll("[data-t]")) node.textContent = t(/** @type {HTMLElement} */ (node).dataset.t);
  for (const node of document.querySelectorAll("[data-t-label]")) node.setAttribute("aria-label", t(/** @type {HTMLElement} */ (node).dataset.tLabel));
  for (const node of document.querySelectorAll("[data-t-group]")) node.setAttribute("label", t(/** @type {HTMLElement} */ (node).dataset.tGroup));
  for (const node of document.querySelectorAll("[data-t-placeholder]")) node.setAttribute("placeholder", t(/** @type {HTMLElement} */ (node).dataset.tPlaceholder));
}

/** Wires the two selects at the page's foot; a link may say `lang` and `theme`. @param {string} search @param {() => void} onChange */
export async function setUpLook(search, onChange) {
  const link = Object.fromEntries(new URLSearchParams(search));
  const theme = (value) => (value ? (document.documentElement.dataset.theme = value) : delete document.documentElement.dataset.theme);
  const look = { theme: link.theme ?? kept().theme ?? "", lang: link.lang ?? kept().lang ?? (navigator.language.startsWith("zh") ? "zh" : "en") };
  theme(($("theme").value = look.theme));
  await setLanguage(($("lang").value = look.lang));
  $("theme").addEventListener("change", () => {
    theme($("theme").value);
    keep({ theme: $("theme").value });
  });
  $("lang").addEventListener("change", async () => {
    keep({ lang: $("lang").value });
    await setLanguage($("lang").value);
    onChange();
  });
}
