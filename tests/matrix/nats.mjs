// NATS with JetStream, an MQTT listener over TCP, and one in WebSocket.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { needs, program } from "../support/env.mjs";
import { freePort, until, within } from "../support/limits.mjs";
import { connect } from "../support/mqtt.mjs";
import { answers, run, start } from "../support/processes.mjs";
import { recipe } from "../support/recipe.mjs";

const nats = program("MIS_NATS", "nats-server");

export async function startNats() {
  needs(nats, "apt-get install nats-server, or set MIS_NATS");
  // Where users are known, NATS takes nobody else: those who may come in without a name have a broker of their own.
  const [open, guarded] = await Promise.all([startOne(), startOne({ users: { ada: "lovelace" } })]);
  return {
    name: `NATS ${await version()}`,
    url: open.url,
    port: open.port,
    guardedUrl: guarded.url,
    stop: () => Promise.all([open.stop(), guarded.stop()]),
  };
}

/** Three nodes that know each other, as the page on brokers says, and can be killed. */
export async function startCluster() {
  needs(nats, "apt-get install nats-server, or set MIS_NATS");
  const routes = [await freePort(), await freePort(), await freePort()];
  const [a, b, c] = routes;
  const changes = (own) => ({
    "0.0.0.0:6222": `127.0.0.1:${own}`,
    "nats://a:6222": `nats://127.0.0.1:${a}`, "nats://b:6222": `nats://127.0.0.1:${b}`, "nats://c:6222": `nats://127.0.0.1:${c}`,
  });
  const nodes = await Promise.all(routes.map((own, index) => startOne({ name: `n${index}`, more: recipe("nats-cluster.conf", changes(own)) })));
  // Until they have elected one among them, each turns clients away.
  for (const node of nodes) await until(30_000, "a client at each node", () => connect(node).then((client) => client.close().then(() => true), () => false));
  return { nodes, version: await version(), stop: () => Promise.all(nodes.map((node) => node.stop())) };
}

const version = async () => (await run(nats, ["--version"])).match(/[\d.]+/)[0];

async function startOne({ name = "one", users = {}, more = "" } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "mis-nats-"));
  const [port, webSocket, clients] = [await freePort(), await freePort(), await freePort()];
  const known = Object.entries(users).map(([user, password]) => `{ user: "${user}", password: "${password}" }`);
  const lines = [
    // JetStream holds MQTT's sessions, and needs a name.
    `server_name: "${name}"`, `listen: "127.0.0.1:${clients}"`, `jetstream { store_dir: "${join(folder, "store")}" }`,
    `mqtt { listen: "127.0.0.1:${port}" }`, `websocket { listen: "127.0.0.1:${webSocket}", no_tls: true }`, more,
  ];
  if (known.length) lines.push(`authorization { users: [${known.join(", ")}] }`);
  writeFileSync(join(folder, "nats.conf"), lines.join("\n") + "\n");
  const job = start(nats, ["-c", join(folder, "nats.conf")]);
  if (!(await answers(port, job)) || !(await answers(webSocket, job))) throw new Error(`NATS did not start:\n${job.said()}`);
  return {
    port,
    url: `ws://127.0.0.1:${webSocket}/mqtt`,
    async kill(signal) {
      job.signal(signal);
      await within(10_000, "the end of a node", job.ended);
    },
    async stop() {
      await job.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
