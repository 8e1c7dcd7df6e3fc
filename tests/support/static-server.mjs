// Serves a folder, and whatever else a test puts there, on a free loopback port.
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { extname, join, normalize, sep } from "node:path";
import { listening } from "./limits.mjs";

const types = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".webmanifest": "application/manifest+json",
  ".wasm": "application/wasm",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".ico": "image/x-icon",
};

/**
 * `folders` maps path prefixes to folders, e.g. `{ "/": www }`; the longest prefix wins. `cors` adds
 * Access-Control-Allow-Origin to everything: another origin with it lets the page fetch, one without does not. What is
 * "no-store" keeps a page with a socket out of the back/forward cache.
 */
export async function serve({ folders = {}, cors = false, caching = "no-store" } = {}) {
  const added = new Map();
  const requests = [];
  const prefixes = Object.keys(folders).sort((a, b) => b.length - a.length);

  async function body(path) {
    if (added.has(path)) return added.get(path);
    const prefix = prefixes.find((start) => path.startsWith(start));
    if (prefix === undefined) return null;
    const file = inside(folders[prefix], path.slice(prefix.length) || "index.html");
    return { bytes: await readFile(file), type: types[extname(file)] ?? "application/octet-stream" };
  }

  const server = createServer(async (request, response) => {
    const path = decodeURIComponent(new URL(request.url, "http://127.0.0.1").pathname);
    requests.push(path);
    const found = await body(path).catch(() => null);
    const headers = { "Cache-Control": caching, "X-Content-Type-Options": "nosniff" };
    if (cors) headers["Access-Control-Allow-Origin"] = "*";
    if (!found) return response.writeHead(404, headers).end("not here");
    response.writeHead(200, { ...headers, "Content-Type": found.type, "Content-Length": found.bytes.length });
    response.end(found.bytes);
  });
  const port = await listening(server);
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    requests,
    /** Puts bytes at a path and returns the path. */
    add(path, bytes, type = types[extname(path)] ?? "application/octet-stream") {
      added.set(path, { bytes: Buffer.from(bytes), type });
      return path;
    },
    /** Takes away what `add` put there; a folder's own file is seen again. */
    remove: (path) => void added.delete(path),
    stop() {
      server.closeAllConnections?.();
      return new Promise((done) => server.close(done));
    },
  };
}

function inside(folder, path) {
  const file = normalize(join(folder, path.endsWith("/") ? path + "index.html" : path));
  if (!file.startsWith(normalize(folder + sep))) throw new Error(`outside: ${path}`);
  return file;
}
