// What the browser will say to a connection before it is tried: mixed content and Local Network Access. A refused socket looks
// like a broker that is off, so the browser is asked beforehand, and what it will ask the person in its turn is explained.

// The names under which browsers have had the permission, newest first.
const PERMISSIONS = { loopback: ["loopback-network", "local-network-access"], local: ["local-network", "local-network-access"] };

const answer = (access, advice = "") => ({ access, advice });

/** `Access` of the browser to a URL that has been checked. */
export async function access(text) {
  if (text === "practice:") return answer("open");
  const { host, hostname, protocol } = new URL(text);
  const there = space(hostname);
  const page = globalThis.location;
  if (there === "public") {
    // An https page may not open ws:// to a name on the internet.
    return page?.protocol !== "https:" || protocol !== "ws:" ? answer("open") : answer("blocked",
      `this page came by https, so the browser will not let it connect to ${host} without encryption: use wss:// and the broker's TLS port, ` +
      "or open this page by http from the broker's own network");
  }
  // A page without a host (a file, a blob) counts as local, as the browser does not ask it.
  if (!page?.hostname || space(page.hostname) !== "public") return answer("open");
  switch (await permission(PERMISSIONS[there])) {
    case "denied":
      return answer("blocked", `this browser was told not to let the page reach devices on your network, and ${host} is one of them: allow ` +
        "it under the icon beside the address, and load the page again");
    case "prompt":
      return answer("prompt", `your browser will ask whether this page may reach devices on your network: say yes, ${host} is one of them`);
    default: // granted, or a browser that does not know the permission
      return answer("open");
  }
}

/** The state of the first permission that this browser knows. */
async function permission(names) {
  for (const name of names) {
    try {
      return (await navigator.permissions.query({ name })).state;
    } catch {
      // Unknown here.
    }
  }
}

/** Where a host is, as far as its name tells. A public name may lead to a private address; that only the browser sees. */
function space(name) {
  const host = name.replace(/^\[|\]$/g, "");
  if (/^(.*\.)?localhost$|^::1$|^127(\.\d+){3}$/i.test(host)) return "loopback";
  const isPrivate = /^(10\.\d+|192\.168|169\.254|172\.(1[6-9]|2\d|3[01]))(\.\d+){2}$|\.local$/i.test(host)
    // Unique local (fc00::/7) and link-local (fe80::/10) addresses.
    || /^f([cd]|e[89ab])[\da-f]*:/i.test(host);
  return isPrivate ? "local" : "public";
}
