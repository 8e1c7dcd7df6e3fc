// The other end: Mosquitto with its default limits, a fast device and long links, each a process of its own.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mosquitto, needs } from "../../tests/support/env.mjs";
import { freePort, until, within } from "../../tests/support/limits.mjs";
import { start } from "../../tests/support/processes.mjs";

const peer = process.env.MIS_BENCH_PEER;

/** Mosquitto as it comes, but that it says each second how many messages it has dropped. */
export async function startBroker() {
  needs(mosquitto, "apt-get install mosquitto, or set MIS_MOSQUITTO");
  const folder = mkdtempSync(join(tmpdir(), "mis-bench-"));
  const [port, webSocketPort] = [await freePort(), await freePort()];
  const lines = ["log_dest stderr", "log_type error", "sys_interval 1"];
  if (process.getuid?.() === 0) lines.push("user root");
  lines.push(`listener ${port} 127.0.0.1`, "allow_anonymous true");
  lines.push(`listener ${webSocketPort} 127.0.0.1`, "protocol websockets", "allow_anonymous true");
  writeFileSync(join(folder, "mosquitto.conf"), `${lines.join("\n")}\n`);
  const job = start(mosquitto, ["-c", join(folder, "mosquitto.conf")]);
  for (const one of [port, webSocketPort]) await until(5000, () => `Mosquitto: ${job.said()}`, () => accepts(one));
  return {
    pid: job.pid,
    port,
    webSocketPort,
    url: `ws://127.0.0.1:${webSocketPort}`,
    async stop() {
      await job.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A device that answers for all; `arrival(to)` is what it says of the next image on that topic. */
export async function startDevice(broker, { lostOf = 0 } = {}) {
  const waiting = new Map();
  const arrived = [];
  let ready;
  const isReady = new Promise((done) => (ready = done));
  const job = start(needs(peer, "cargo xtask bench"), ["device", `127.0.0.1:${broker.port}`, String(lostOf)], {
    onLine(line) {
      if (line === "ready") return ready();
      const image = JSON.parse(line);
      const take = waiting.get(image.to);
      waiting.delete(image.to);
      if (take) take(image);
      else arrived.push(image);
    },
  });
  await within(5000, "the device", isReady);
  return {
    pid: job.pid,
    arrival(to) {
      const at = arrived.findIndex((image) => image.to === to);
      if (at >= 0) return Promise.resolve(arrived.splice(at, 1)[0]);
      return within(10_000, `an image on ${to}`, new Promise((done) => waiting.set(to, done)));
    },
    stop: job.stop,
  };
}

/** A link of `rtt` milliseconds before the broker's WebSocket listener. */
export async function startLink(broker, rtt) {
  let found;
  const port = new Promise((done) => (found = done));
  const job = start(needs(peer, "cargo xtask bench"), ["proxy", `127.0.0.1:${broker.webSocketPort}`, String((rtt * 1000) / 2)], {
    onLine: (line) => found(line.split(" ")[1]),
  });
  return { url: `ws://127.0.0.1:${await within(5000, "the link", port)}`, stop: job.stop };
}

function accepts(port) {
  return new Promise((done) => {
    const socket = createConnection({ port, host: "127.0.0.1" });
    socket.once("connect", () => (socket.destroy(), done(true)));
    socket.once("error", () => done(false));
  });
}
