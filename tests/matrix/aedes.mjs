// aedes, in a process of its own: this file started as a program is the broker.
import { createServer as createTcpServer } from "node:net";
import { createServer as createHttpServer } from "node:http";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { tests } from "../support/env.mjs";
import { within } from "../support/limits.mjs";
import { start } from "../support/processes.mjs";

const self = fileURLToPath(import.meta.url);

export async function startAedes() {
  const [open, guarded] = await Promise.all([startOne(), startOne("guarded")]);
  return {
    name: `aedes ${version()}`,
    url: `ws://127.0.0.1:${open.webSocket}`,
    port: open.port,
    guardedUrl: `ws://127.0.0.1:${guarded.webSocket}`,
    stop: () => Promise.all([open.stop(), guarded.stop()]),
  };
}

const version = () => JSON.parse(readFileSync(join(tests, "node_modules", "aedes", "package.json"), "utf8")).version;

async function startOne(...words) {
  let setPorts;
  const ports = new Promise((done) => (setPorts = done));
  const job = start(process.execPath, [self, ...words], { onLine: (line) => setPorts(JSON.parse(line)) });
  const failed = job.ended.then((code) => Promise.reject(new Error(`aedes ended with ${code}:\n${job.said()}`)));
  failed.catch(() => {});
  return { ...(await within(15_000, "aedes's ports", Promise.race([ports, failed]))), stop: job.stop };
}

/** A port of the system's choice each for TCP and WebSocket, printed as JSON. */
async function serve(guarded) {
  const { Aedes } = await import("aedes");
  const { WebSocketServer, createWebSocketStream } = await import("ws");
  const broker = await Aedes.createBroker();
  if (guarded) {
    broker.authenticate = (_client, name, password, done) => {
      const known = name === "ada" && password?.toString() === "lovelace";
      done(known ? null : Object.assign(new Error("unknown"), { returnCode: 4 }), known);
    };
  }
  const tcp = createTcpServer(broker.handle).listen(0, "127.0.0.1");
  const http = createHttpServer().listen(0, "127.0.0.1");
  new WebSocketServer({ server: http }).on("connection", (socket, request) => {
    broker.handle(createWebSocketStream(socket), request);
  });
  await Promise.all([tcp, http].map((server) => server.listening || once(server, "listening")));
  console.log(JSON.stringify({ port: tcp.address().port, webSocket: http.address().port }));
}

if (process.argv[1] === self) await serve(process.argv[2] === "guarded");
