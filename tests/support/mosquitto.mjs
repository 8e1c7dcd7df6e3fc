// A real broker: Mosquitto with a TCP and a WebSocket listener on free loopback ports.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { pbkdf2Sync, randomBytes } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mosquitto, needs } from "./env.mjs";
import { freePort } from "./limits.mjs";
import { answers, start } from "./processes.mjs";

/**
 * Starts it and waits until both ports answer. With `users` ({ name: password }) the WebSocket listener takes
 * these alone, while TCP stays open, so that the reference device, which knows no passwords, gets in. `asItComes` leaves
 * it its limits: it drops what it cannot deliver beyond 1,000 messages, and says each second how many those were.
 */
export async function startMosquitto({ users, asItComes } = {}) {
  needs(mosquitto, "apt-get install mosquitto, or set MIS_MOSQUITTO");
  for (let attempt = 1; ; attempt++) {
    const broker = await startOnce(users, asItComes);
    if (broker.up) return broker;
    await broker.stop();
    if (attempt === 3) throw new Error(`Mosquitto did not start:\n${broker.said()}`);
  }
}

async function startOnce(users, asItComes) {
  const folder = mkdtempSync(join(tmpdir(), "mis-mosquitto-"));
  const port = await freePort();
  const webSocketPort = await freePort();
  writeFileSync(join(folder, "mosquitto.conf"), configuration(folder, port, webSocketPort, users, asItComes));
  const begin = () => start(mosquitto, ["-c", join(folder, "mosquitto.conf")]);
  const isUp = async () => (await answers(port, job)) && (await answers(webSocketPort, job));
  let job = begin();
  return {
    port,
    webSocketPort,
    url: `ws://127.0.0.1:${webSocketPort}`,
    up: await isUp(),
    said: () => job.said(),
    /** Ends it and starts it again on the same ports; it has forgotten everything. */
    async restart() {
      await job.stop();
      job = begin();
      if (!(await isUp())) throw new Error(`Mosquitto did not start again:\n${job.said()}`);
    },
    async stop() {
      await job.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

// Started by root, Mosquitto would drop to a user of its own, which cannot read the folder.
function configuration(folder, port, webSocketPort, users, asItComes) {
  const limits = asItComes ? "sys_interval 1" : "max_queued_messages 0";
  const lines = ["per_listener_settings true", limits, "log_dest stderr", "log_type error"];
  if (process.getuid?.() === 0) lines.push("user root");
  lines.push(`listener ${port} 127.0.0.1`, "allow_anonymous true");
  lines.push(`listener ${webSocketPort} 127.0.0.1`, "protocol websockets");
  lines.push(`allow_anonymous ${!users}`);
  if (users) {
    const file = join(folder, "passwords");
    const entries = Object.entries(users).map(([name, password]) => `${name}:${hashed(password)}`);
    writeFileSync(file, entries.join("\n") + "\n", { mode: 0o600 });
    lines.push(`password_file ${file}`);
  }
  return lines.join("\n") + "\n";
}

// The format of mosquitto_passwd: PBKDF2 with SHA-512, 101 rounds.
function hashed(password) {
  const salt = randomBytes(12);
  const key = pbkdf2Sync(password, salt, 101, 64, "sha512");
  return `$7$101$${salt.toString("base64")}$${key.toString("base64")}`;
}
