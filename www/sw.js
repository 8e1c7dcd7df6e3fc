// Works offline: what the page is made of is asked from the network first, and from the last visit's copy when there is none.
// So there is no version to raise: a page that is online is never an old one.
const CACHE = "mqtt-image-sender";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

/** What the share sheet of a phone sends to the installed page, until the page takes it (`js/shared.js`). */
const SHARED = "mqtt-image-sender:shared";

self.addEventListener("fetch", (event) => {
  const { method, url } = event.request;
  if (method === "POST" && url === new URL("share", self.location.href).href) event.respondWith(putAside(event.request));
});

async function putAside(request) {
  const form = await request.formData();
  const at = (name) => new URL(`shared/${name}`, self.location.href).href;
  await caches.delete(SHARED);
  const cache = await caches.open(SHARED);
  const files = form.getAll("picture").filter((one) => one instanceof File && one.size > 0);
  for (const [i, file] of files.entries()) await cache.put(at(i), new Response(file, { headers: { "Content-Type": file.type, "X-Name": encodeURIComponent(file.name) } }));
  const address = /https?:\/\/\S+/.exec([form.get("url"), form.get("text")].join(" "))?.[0];
  if (!files.length && address) await cache.put(at("url"), new Response(address));
  return Response.redirect(new URL("index.html#/shared", self.location.href).href, 303);
}

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
