// Works offline: what the page is made of is asked from the network first, and from the last visit's copy when there is none.
// So there is no version to raise: a page that is online is never an old one.
const CACHE = "mqtt-image-sender";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

/** Only the page's own files: pictures from elsewhere and other methods pass by. */
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const own = new URL(request.url).origin === self.location.origin && request.url.startsWith(new URL("./", self.location.href).href);
  if (request.method !== "GET" || !own || !isPart(request)) return;
  event.respondWith(answer(request));
});

/** A page, or something that a page loads for itself; a picture that is to be sent is fetched by name and is none. */
function isPart({ mode, destination, url }) {
  return mode === "navigate" || ["script", "style", "image", "worker", "manifest"].includes(destination) || /\.(js|css|svg|wasm)$/.test(new URL(url).pathname);
}

async function answer(request) {
  const cache = await caches.open(CACHE);
  const key = new URL(request.url);
  key.search = ""; // what a link says is the page's affair, and is not kept
  try {
    const response = await fetch(request);
    if (response.ok) await cache.put(key.href, response.clone());
    return response;
  } catch (error) {
    const kept = await cache.match(key.href);
    if (kept) return kept;
    throw error;
  }
}

/** The first visit loads everything before this worker listens: the page names what it has. */
self.addEventListener("message", (event) => {
  if (Array.isArray(event.data?.keep)) event.waitUntil(keepAll(event.data.keep));
});

async function keepAll(urls) {
  const cache = await caches.open(CACHE);
  const seen = new Set();
  for (const url of urls) await keep(cache, url, seen).catch(() => {}); // one after the other: the page goes first
}

/** Also what a script imports: the workers' scripts are loaded by them, and no page sees these. */
async function keep(cache, url, seen) {
  if (seen.has(url) || new URL(url).origin !== self.location.origin) return;
  seen.add(url);
  if (!(await cache.match(url))) await cache.add(url);
  if (!url.endsWith(".js")) return;
  const text = await (await cache.match(url)).text();
  for (const [, path] of text.matchAll(/(?:from|import\()\s*["'](\.\.?\/[^"']+)["']/g)) await keep(cache, new URL(path, url).href, seen).catch(() => {});
}
