// Mosquitto, once for everybody and once for who has the password.
import { mosquitto } from "../support/env.mjs";
import { startMosquitto as startOne } from "../support/mosquitto.mjs";
import { run } from "../support/processes.mjs";

export async function startMosquitto() {
  const [open, guarded] = await Promise.all([startOne(), startOne({ users: { ada: "lovelace" } })]);
  // It ends with 3 after its help.
  const help = await run("sh", ["-c", `"$0" -h || true`, mosquitto]);
  return {
    name: `Mosquitto ${help.match(/version ([\d.]+)/)[1]}`,
    url: open.url,
    port: open.port,
    guardedUrl: guarded.url,
    stop: () => Promise.all([open.stop(), guarded.stop()]),
  };
}
