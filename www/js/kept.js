// What this browser keeps between visits: the fields (never the password), allowed links, rates. It may be full or forbidden.

const KEY = "mqtt-image-sender";

/**
 * @typedef {{ fields?: Record<string, string | boolean>, looks?: Record<string, Record<string, string>>, allowed?: string[], rates?: Record<string, number>, device?: Record<string, string>, lang?: string, theme?: string,
 *   recipients?: string[], mode?: "devices" | "topic", lay?: "wall" | "list", template?: Record<string, string>,
 *   repeats?: import("./repeats.js").Repeat[] }} Kept
 * @returns {Kept}
 */
export function kept() {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? "{}") ?? {};
  } catch {
    return {};
  }
}

/** @param {Kept} change */
export function keep(change) {
  try {
    localStorage.setItem(KEY, JSON.stringify({ ...kept(), ...change }));
  } catch {
    // a page without storage works all the same
  }
}

export function forgetKept() {
  try {
    localStorage.removeItem(KEY);
  } catch {
    // nothing was kept
  }
}

/** One broker and topic, for permissions and rates. @param {string} broker @param {string} to */
export const placeKey = (broker, to) => JSON.stringify([new URL(broker).href, to]);

/** @param {string} place */
export const isAllowed = (place) => kept().allowed?.includes(place) ?? false;

/** @param {string} place */
export const allow = (place) => keep({ allowed: [...new Set([...(kept().allowed ?? []), place])] });

/** Remembers how fast a place took its last picture, in bytes a second. @param {string} place @param {number} rate */
export function keepRate(place, rate) {
  const rates = Object.entries(kept().rates ?? {}).filter(([key]) => key !== place);
  keep({ rates: Object.fromEntries([...rates.slice(-49), [place, Math.round(rate)]]) });
}
