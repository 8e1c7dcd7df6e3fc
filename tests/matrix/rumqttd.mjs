// rumqttd, as the automation's program `broker` runs it.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { needs, program, root, target } from "../support/env.mjs";
import { within } from "../support/limits.mjs";
import { answers, start } from "../support/processes.mjs";

const broker = program("MIS_RUMQTTD", join(target, "xtask", "broker"));

export async function startRumqttd() {
  needs(broker, "cargo build --profile xtask -p xtask --bin broker --no-default-features --features demo");
  const [open, guarded] = await Promise.all([startOne(), startOne("--user", "ada:lovelace")]);
  return {
    name: `rumqttd ${version()}`,
    url: `ws://127.0.0.1:${open.webSocket}`,
    port: open.port,
    guardedUrl: `ws://127.0.0.1:${guarded.webSocket}`,
    stop: () => Promise.all([open.stop(), guarded.stop()]),
  };
}

const version = () => readFileSync(join(root, "Cargo.lock"), "utf8").match(/name = "rumqttd"\nversion = "(.*)"/)[1];

async function startOne(...words) {
  let setPorts;
  const ports = new Promise((done) => (setPorts = done));
  const job = start(broker, words, { onLine: (line) => setPorts(JSON.parse(line)) });
  const failed = job.ended.then((code) => Promise.reject(new Error(`rumqttd ended with ${code}:\n${job.said()}`)));
  failed.catch(() => {});
  const opened = await within(15_000, "rumqttd's ports", Promise.race([ports, failed]));
  const up = (await answers(opened.port, job)) && (await answers(opened.webSocket, job));
  if (!up) throw new Error(`rumqttd did not open its ports:\n${job.said()}`);
  return { ...opened, stop: job.stop };
}
