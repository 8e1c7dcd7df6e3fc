/** Why no link can be opened to a URL or to any of several, or undefined where they can. */
export function flawInUrls(urls) {
  if (urls === undefined) return "is needed: ws:// or wss:// and a host, or practice:";
  const all = listOf(urls);
  return all.length === 0 ? "must hold at least one URL" : all.map(flawInUrl).find(Boolean);
}

/** One URL or several, as a list. */
export const listOf = (urls) => [urls].flat();

/** Why no link can be opened to a URL, or undefined where one can. */
export function flawInUrl(url) {
  if (typeof url !== "string") return "must be a string, or an array of strings";
  if (url === "practice:") return undefined;
  let parsed;
  try {
    parsed = new URL(url);
  } catch {
    return `"${url}" is not a URL: write ws://host:port/path`;
  }
  const { protocol, hash, username, password } = parsed;
  if (/^(mqtts?|tcp):$/.test(protocol)) return "a browser reaches a broker by WebSocket only: write ws:// or wss:// and the broker's WebSocket port";
  if (!/^wss?:$/.test(protocol)) return `must begin with ws:// or wss://, or be "practice:" alone, not ${protocol}`;
  if (hash) return "must not have a #fragment";
  if (username || password) return "must not hold a user name or password: use username and password";
  return undefined;
}
