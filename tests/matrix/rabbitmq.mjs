// RabbitMQ with its web-MQTT plugin: one node, or three that form a cluster.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { needs, program } from "../support/env.mjs";
import { freePort, until } from "../support/limits.mjs";
import { connect } from "../support/mqtt.mjs";
import { answers, start } from "../support/processes.mjs";
import { recipe } from "../support/recipe.mjs";

// The one in sbin becomes another user with directories of its own.
const server = program("MIS_RABBITMQ", "/usr/lib/rabbitmq/bin/rabbitmq-server");
/** One took 15 s. */
const longest = 120_000;

// What a failed test did not stop ends with the file.
const pidFiles = new Set();
process.on("exit", () => {
  for (const file of pidFiles) if (existsSync(file)) end(Number(readFileSync(file, "utf8")), "SIGKILL");
});

export async function startRabbitmq() {
  const cluster = await startCluster(1);
  return {
    name: `RabbitMQ ${cluster.version()}`,
    url: cluster.nodes[0].url,
    port: cluster.nodes[0].port,
    // Anonymous clients come in here as well, but a wrong password does not.
    guardedUrl: cluster.nodes[0].url,
    user: "guest",
    password: "guest",
    stop: cluster.stop,
  };
}

export async function startCluster(size) {
  needs(server, "apt-get install rabbitmq-server, or its lib/rabbitmq/bin/rabbitmq-server in MIS_RABBITMQ");
  const folder = mkdtempSync(join(tmpdir(), "mis-rabbitmq-"));
  // epmd, by which nodes find each other, has a port of its own here, and ends with the cluster.
  const epmdPort = await freePort();
  const epmd = start("epmd", ["-port", String(epmdPort), "-address", "127.0.0.1"]);
  if (!(await answers(epmdPort, epmd))) throw new Error(`epmd did not start:\n${epmd.said()}`);
  writeFileSync(join(folder, "enabled"), "[rabbitmq_mqtt,rabbitmq_web_mqtt].\n");
  // Names are the cluster's own: two clusters on this machine do not meet.
  const names = Array.from({ length: size }, (_, index) => `r${process.pid}x${index + 1}@localhost`);
  const nodes = [];
  const stop = async () => {
    await Promise.all(nodes.map((node) => node.kill("SIGTERM")));
    await epmd.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  // One after the other: of three that start at once each may hold itself for the one that knows the clients' names, and then
  // nobody gets in.
  for (const name of names) {
    const node = await startNode(folder, name, names, epmdPort);
    nodes.push(node);
    if (await node.opens()) continue;
    await stop();
    throw new Error(`RabbitMQ did not start:\n${node.said()}`);
  }
  await meet(nodes);
  return { nodes, stop, version: () => nodes[0].said().match(/RabbitMQ ([\d.]+)/)?.[1] ?? "of unknown version" };
}

async function startNode(folder, name, names, epmdPort) {
  const [port, webSocket, amqp, dist] = [await freePort(), await freePort(), await freePort(), await freePort()];
  const own = join(folder, name.split("@")[0]);
  const [a, b, c] = names;
  const cluster = names.length > 1 ? recipe("rabbitmq-cluster.conf", { "rabbit@a": a, "rabbit@b": b, "rabbit@c": c }) : "";
  const lines = [
    `listeners.tcp.local = 127.0.0.1:${amqp}`, `mqtt.listeners.tcp.1 = 127.0.0.1:${port}`,
    "web_mqtt.tcp.ip = 127.0.0.1", `web_mqtt.tcp.port = ${webSocket}`, "mqtt.allow_anonymous = true",
    cluster,
  ];
  writeFileSync(`${own}.conf`, lines.join("\n") + "\n");
  const pidFile = `${own}.pid`;
  pidFiles.add(pidFile);
  const env = {
    PATH: process.env.PATH, HOME: folder, LANG: "C.UTF-8",
    RABBITMQ_NODENAME: name, RABBITMQ_CONFIG_FILE: `${own}.conf`, RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, "enabled"),
    RABBITMQ_MNESIA_BASE: `${own}-data`, RABBITMQ_LOG_BASE: `${own}-log`, RABBITMQ_PID_FILE: pidFile,
    RABBITMQ_DIST_PORT: String(dist), ERL_EPMD_ADDRESS: "127.0.0.1", ERL_EPMD_PORT: String(epmdPort),
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: "-setcookie any -kernel inet_dist_use_interface {127,0,0,1} +S 2:2 +sbwt none",
  };
  const job = start(server, [], { env, cwd: folder });
  return {
    port,
    url: `ws://127.0.0.1:${webSocket}/ws`,
    said: job.said,
    opens: async () => (await answers(webSocket, job, longest)) && (await answers(port, job, longest)) && (await started(job)),
    /** Ends the node itself: the program that was started is a shell around it. */
    async kill(signal) {
      pidFiles.delete(pidFile);
      if (existsSync(pidFile)) end(Number(readFileSync(pidFile, "utf8")), signal);
      const gone = until(10_000, `the end of ${name}`, () => job.hasEnded());
      await gone.catch(() => job.stop());
    },
  };
}

// A node that says it is complete may not know yet who else holds the clients' names, and lets its first client hang.
async function meet(nodes) {
  const clients = [];
  for (const node of nodes) clients.push(await until(longest, "a client at each node", () => listener(node).catch(() => null)));
  clients[0].publish("mis/met", "hello");
  await until(longest, "a message at each node", () => clients.every(({ messages }) => messages.length));
  await Promise.all(clients.map((client) => client.close()));
}

async function listener(node) {
  const client = await connect(node);
  await client.subscribe("mis/met");
  return client;
}

// Its ports open some seconds before it is complete.
async function started(job) {
  return until(longest, "the end of RabbitMQ's start", () => /completed with \d+ plugins/.test(job.said())).then(() => true, () => false);
}

function end(pid, signal) {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (error.code !== "ESRCH") throw error;
  }
}
