// Numbers for people: SI units, three digits, the separators of the page's language.
import { formatNumber as format, language, t } from "./texts.js";

/** 48213 → "48,213" @param {number} value */
export const count = (value) => format(value);

/** 48213 → "48.2 kB", 812 → "812 bytes" @param {number} bytes */
export function size(bytes) {
  if (bytes < 1000) return t("bytes", bytes);
  const mega = bytes >= 999_500;
  return `${three(bytes / (mega ? 1e6 : 1e3))} ${mega ? "MB" : "kB"}`;
}

/** @param {number} bytes @param {number} total "119 of 192 kB" */
export const part = (bytes, total) => t("part", size(bytes), size(total));

/** 8100 → "8.10 kB/s" @param {number} perSecond */
export const speed = (perSecond) => `${perSecond < 1000 ? `${three(perSecond)} B` : size(perSecond)}/s`;

/** @param {number} ms "0.4 s", "9 s", "3 min" */
export function duration(ms) {
  if (ms < 9500) return t("seconds", format(Math.max(ms, 50) / 1000, { maximumFractionDigits: 1 }));
  if (ms < 99_500) return t("seconds", format(Math.round(ms / 1000)));
  if (ms < 5_400_000) return t("minutes", format(Math.round(ms / 60_000)));
  return t("hours", format(ms / 3_600_000, { maximumFractionDigits: 1 }));
}

const three = (value) => format(value, value >= 100 ? { maximumFractionDigits: 0 } : { maximumSignificantDigits: 3, minimumSignificantDigits: 3 });

/** The time of day with milliseconds, for the log. @param {number} at since the epoch */
export function clock(at) {
  const date = new Date(at);
  const two = (value, digits = 2) => String(value).padStart(digits, "0");
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${two(date.getMilliseconds(), 3)}`;
}

/** Today the time, else the day. @param {number} at since the epoch */
export function moment(at) {
  const date = new Date(at);
  const today = date.toDateString() === new Date().toDateString();
  return new Intl.DateTimeFormat(language(), today ? { hour: "2-digit", minute: "2-digit" } : { day: "numeric", month: "short" }).format(date);
}

/** @param {number} at "Today", "Friday 27 November" in the page's language */
export function day(at) {
  const days = Math.round((new Date().setHours(0, 0, 0, 0) - new Date(at).setHours(0, 0, 0, 0)) / 86_400_000);
  if (days < 2) {
    const word = new Intl.RelativeTimeFormat(language(), { numeric: "auto" }).format(-days, "day");
    return word[0].toUpperCase() + word.slice(1);
  }
  return new Intl.DateTimeFormat(language(), { weekday: "long", day: "numeric", month: "long" }).format(new Date(at));
}
