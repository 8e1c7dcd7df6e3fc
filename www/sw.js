// Works offline. The list in `files.js`, which `cargo xtask build` makes, is a version of the page: this worker fetches the whole
// of it or none. A page, with its workers, has the files of the version that it was opened with for as long as it is open, so
// that none is made of two; the next one that is opened has the newest. Where there is no list, on a developer's server, no copies
// are kept, and every file comes from the network.
try {
  importScripts("files.js");
} catch {
  // as where the list is none
}
/** @type {{ version: string, files: Record<string, [number, string]> } | undefined} */
const SITE = self.SITE;
const HERE = self.registration.scope;
/** What the caches of this installation are called, each with its version: two installations may share an origin. */
const OWN = `mqtt-image-sender ${HERE} `;
/** Which version each page and worker has that is open, by the client's id: a browser stops this worker when it has nothing to do. */
const OPEN = `${OWN}open`;
const openAt = (id) => `${HERE}open/${id}`;
/** What the share sheet of a phone sends to the installed page, until the page takes it (`js/shared.js`). */
const SHARED = "mqtt-image-sender:shared";

// ---------------------------------------------------------------- copies

self.addEventListener("install", (event) => event.waitUntil(keepAll().then(() => self.skipWaiting())));
self.addEventListener("activate", (event) => event.waitUntil(forgetOlder()));

async function keepAll() {
  const paths = Object.keys(SITE?.files ?? {});
  for (const path of paths) await keep(path); // one after the other: the page goes first
}

/** A file that did not change is not fetched again; one that is not as the list says ends it, until the next visit tries anew. */
async function keep(path) {
  const url = HERE + path;
  const cache = await caches.open(OWN + SITE.version);
  if (await cache.match(url)) return;
  const older = await caches.match(url);
  const copy = (older && (await copyOf(older, path))) || (await copyOf(await fetch(url, { cache: "no-cache" }), path));
  if (!copy) throw new Error(`${path} is of another version`);
  await cache.put(url, copy);
}

/** @param {Response} response @returns {Promise<Response | null>} null when it is not what the list says */
async function copyOf(response, path) {
  const bytes = await response.arrayBuffer();
  const sum = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).subarray(0, 8);
  if ([...sum].map((byte) => byte.toString(16).padStart(2, "0")).join("") !== SITE.files[path][1]) return null;
  return new Response(bytes, { headers: response.headers });
}

/** The copies of versions that no open page has. What a still newer worker fetches is not touched. */
async function forgetOlder() {
  if (self.registration.installing || self.registration.waiting) return;
  const open = await caches.open(OPEN);
  const used = new Set([OPEN, OWN + SITE?.version]);
  for (const entry of await open.keys()) {
    const id = entry.url.slice(openAt("").length);
    if (opening.has(id) || (await self.clients.get(id))) used.add(OWN + (await (await open.match(entry)).text()));
    else await open.delete(entry);
  }
  const isOlder = (name) => name === "mqtt-image-sender" || (name.startsWith(OWN) && !used.has(name));
  for (const name of await caches.keys()) if (isOlder(name)) await caches.delete(name);
}

// ---------------------------------------------------------------- answers

self.addEventListener("fetch", (event) => {
  const { method, url } = event.request;
  if (method === "POST" && url === `${HERE}share`) return event.respondWith(putAside(event.request));
  if (method !== "GET" || !url.startsWith(HERE)) return;
  const path = url.slice(HERE.length).split(/[?#]/)[0] || "index.html"; // what a link says is the page's affair
  if (/\.(html|js|css|svg|png|jpg|wasm|webmanifest)$/.test(path)) event.respondWith(answer(event, HERE + path));
});

/** A copy of the version that whoever asks has. What is none of the page's files, and what a browser that is short of room threw away, comes from the network. */
async function answer(event, url) {
  const { request, clientId, resultingClientId } = event;
  const version = request.mode === "navigate" ? SITE?.version : await versionOf(clientId);
  opening.delete(clientId);
  if (resultingClientId && version) {
    opening.add(resultingClientId);
    event.waitUntil(remember(resultingClientId, version));
  }
  return (version && (await caches.match(url, { cacheName: OWN + version }))) || fetch(request);
}

/** @type {Map<string, string>} */
const versions = new Map();
/** What has asked for nothing yet may not be among the clients. @type {Set<string>} */
const opening = new Set();

async function remember(id, version) {
  versions.set(id, version);
  await (await caches.open(OPEN)).put(openAt(id), new Response(version));
}

/** @param {string} id a page's or a worker's @returns {Promise<string | undefined>} none: it came from the network */
async function versionOf(id) {
  const known = versions.get(id) ?? (await (await caches.match(openAt(id), { cacheName: OPEN }))?.text());
  if (known || (await self.clients.get(id))?.type === "window") return known;
  // A worker whose start some browsers do not tell: pages of two versions are rarely open at once.
  const pages = await self.clients.matchAll();
  const theirs = new Set(await Promise.all(pages.map((page) => versionOf(page.id))));
  return theirs.size === 1 ? [...theirs][0] : SITE?.version;
}

async function putAside(request) {
  const form = await request.formData();
  const at = (name) => `${HERE}shared/${name}`;
  await caches.delete(SHARED);
  const cache = await caches.open(SHARED);
  const files = form.getAll("picture").filter((one) => one instanceof File && one.size > 0);
  for (const [i, file] of files.entries()) await cache.put(at(i), new Response(file, { headers: { "Content-Type": file.type, "X-Name": encodeURIComponent(file.name) } }));
  const address = /https?:\/\/\S+/.exec([form.get("url"), form.get("text")].join(" "))?.[0];
  if (!files.length && address) await cache.put(at("url"), new Response(address));
  return Response.redirect(`${HERE}index.html#/shared`, 303);
}

self.addEventListener("message", (event) => {
  const { loaded } = event.data ?? {};
  if (loaded) event.waitUntil(Promise.all([claim(loaded, event.source), forgetOlder()]));
});

/** The first visit's page came from the network: it is this version's when all that it loaded is. @param {[string, number][]} loaded addresses and lengths @param {Client} page */
async function claim(loaded, { id }) {
  const isOther = ([url, length]) => (SITE?.files[url.slice(HERE.length)]?.[0] ?? length) !== length;
  if (loaded.some(isOther) || (await versionOf(id))) return;
  if (SITE) await remember(id, SITE.version);
  await self.clients.claim();
}
