// NATS with JetStream, an MQTT listener over TCP, and one in WebSocket.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { needs, program } from "../support/env.mjs";
import { freePort } from "../support/limits.mjs";
import { answers, run, start } from "../support/processes.mjs";

const nats = program("MIS_NATS", "nats-server");

export async function startNats() {
  needs(nats, "apt-get install nats-server, or set MIS_NATS");
  // Where users are known, NATS takes nobody else: those who may come in without a name have a broker of their own.
  const [open, guarded] = await Promise.all([startOne(), startOne({ ada: "lovelace" })]);
  const version = (await run(nats, ["--version"])).match(/[\d.]+/)[0];
  return {
    name: `NATS ${version}`,
    url: open.url,
    port: open.port,
    guardedUrl: guarded.url,
    stop: () => Promise.all([open.stop(), guarded.stop()]),
  };
}

async function startOne(users = {}) {
  const folder = mkdtempSync(join(tmpdir(), "mis-nats-"));
  const [port, webSocket, clients] = [await freePort(), await freePort(), await freePort()];
  const known = Object.entries(users).map(([user, password]) => `{ user: "${user}", password: "${password}" }`);
  const lines = [
    // JetStream holds MQTT's sessions, and needs a name.
    `server_name: "one"`, `listen: "127.0.0.1:${clients}"`, `jetstream { store_dir: "${join(folder, "store")}" }`,
    `mqtt { listen: "127.0.0.1:${port}" }`, `websocket { listen: "127.0.0.1:${webSocket}", no_tls: true }`,
  ];
  if (known.length) lines.push(`authorization { users: [${known.join(", ")}] }`);
  writeFileSync(join(folder, "nats.conf"), lines.join("\n") + "\n");
  const job = start(nats, ["-c", join(folder, "nats.conf")]);
  if (!(await answers(port, job)) || !(await answers(webSocket, job))) throw new Error(`NATS did not start:\n${job.said()}`);
  return {
    port,
    url: `ws://127.0.0.1:${webSocket}/mqtt`,
    async stop() {
      await job.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
