// amqtt, from a Python environment of its own.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { needs, program, target } from "../support/env.mjs";
import { freePort } from "../support/limits.mjs";
import { answers, run, start } from "../support/processes.mjs";

const python = program("MIS_AMQTT_PYTHON", join(target, "venv-amqtt", "bin", "python"));

export async function startAmqtt() {
  needs(python, "cargo xtask test full, or a Python with amqtt in MIS_AMQTT_PYTHON");
  const [open, guarded] = await Promise.all([startOne(), startOne({ ada: "lovelace" })]);
  const version = await run(python, ["-c", "from importlib.metadata import version; print(version('amqtt'))"]);
  return {
    name: `amqtt ${version}`,
    url: open.url,
    port: open.port,
    guardedUrl: guarded.url,
    stop: () => Promise.all([open.stop(), guarded.stop()]),
  };
}

async function startOne(users) {
  const folder = mkdtempSync(join(tmpdir(), "mis-amqtt-"));
  const [port, webSocket] = [await freePort(), await freePort()];
  const file = join(folder, "passwords");
  if (users) {
    const lines = await Promise.all(Object.entries(users).map(async ([name, password]) => `${name}:${await hashed(password)}`));
    writeFileSync(file, lines.join("\n") + "\n");
  }
  const plugins = users
    ? { "amqtt.plugins.authentication.FileAuthPlugin": { password_file: file } }
    : { "amqtt.plugins.authentication.AnonymousAuthPlugin": { allow_anonymous: true } };
  const listeners = {
    default: { type: "tcp", bind: `127.0.0.1:${port}` },
    web: { type: "ws", bind: `127.0.0.1:${webSocket}` },
  };
  // JSON is YAML too.
  writeFileSync(join(folder, "amqtt.yaml"), JSON.stringify({ listeners, plugins }));
  const job = start(join(dirname(python), "amqtt"), ["-c", join(folder, "amqtt.yaml")]);
  const up = (await answers(port, job, 20_000)) && (await answers(webSocket, job));
  if (!up) throw new Error(`amqtt did not start:\n${job.said()}`);
  return {
    port,
    url: `ws://127.0.0.1:${webSocket}`,
    async stop() {
      await job.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function hashed(password) {
  return run(python, ["-c", "import sys\nfrom pwdlib import PasswordHash\nprint(PasswordHash.recommended().hash(sys.argv[1]))", password]);
}
