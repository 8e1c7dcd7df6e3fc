// Chromium with one page, driven over its debugging port with Runtime.evaluate alone. No other domain is switched on: a
// driver that listens to the network has each WebSocket message copied to it, and then that is what one measures.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import WebSocket from "ws";
import { chromium, needs } from "../../tests/support/env.mjs";
import { until, within } from "../../tests/support/limits.mjs";
import { start } from "../../tests/support/processes.mjs";

const flags = ["--headless=new", "--remote-debugging-port=0", "--remote-debugging-address=127.0.0.1", "--disable-gpu",
  "--disable-quic", "--no-first-run", "--no-default-browser-check", "--disable-background-networking",
  "--disable-component-update", "--disable-sync"];

/** Opens `url`; `evaluate(expression)` gives the value, which may be a promise's. */
export async function openChromium(url) {
  needs(chromium, "apt-get install chromium, or set MIS_CHROMIUM");
  const profile = mkdtempSync(join(tmpdir(), "mis-bench-"));
  const root = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  const job = start(chromium, [...flags, ...root, `--user-data-dir=${profile}`, url]);
  const port = await until(30_000, () => `Chromium's port: ${job.said()}`, () => /DevTools listening on ws:\/\/127\.0\.0\.1:(\d+)/.exec(job.said())?.[1]);
  const page = await until(10_000, "a page", () => pageAt(port, url));
  const socket = new WebSocket(page.webSocketDebuggerUrl, { perMessageDeflate: false });
  const waiting = new Map();
  socket.on("message", (data) => {
    const { id, result, error } = JSON.parse(data);
    waiting.get(id)?.(error ? { exceptionDetails: error } : result);
    waiting.delete(id);
  });
  await within(10_000, "the debugging socket", new Promise((done, fail) => socket.once("open", done).once("error", fail)));
  let id = 0;
  return {
    pid: job.pid,
    async evaluate(expression, ms = 300_000) {
      const parameters = { expression, awaitPromise: true, returnByValue: true };
      const answer = new Promise((done) => waiting.set(++id, done));
      socket.send(JSON.stringify({ id, method: "Runtime.evaluate", params: parameters }));
      const { result, exceptionDetails } = await within(ms, expression, answer);
      if (exceptionDetails) throw new Error(`${expression}: ${exceptionDetails.exception?.description ?? JSON.stringify(exceptionDetails)}`);
      return result.value;
    },
    async close() {
      socket.terminate();
      await job.stop();
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

async function pageAt(port, url) {
  const pages = await fetch(`http://127.0.0.1:${port}/json/list`).then((answer) => answer.json(), () => []);
  return pages.find((page) => page.type === "page" && page.url === url);
}
