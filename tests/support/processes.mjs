// Child processes: known by their process id, ended by it, and never left behind. They do not keep a test file alive:
// what a failed test forgot to stop ends with the file.
import { spawn } from "node:child_process";
import { createConnection } from "node:net";
import { createInterface } from "node:readline";
import { sleep, within } from "./limits.mjs";

const alive = new Set();
process.on("exit", () => {
  for (const child of alive) child.kill("SIGKILL");
});

/** Starts a program. `onLine` sees each line of its standard output; `said()` is all that it wrote, for error messages. */
export function start(program, args, { onLine = () => {}, cwd, env } = {}) {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], cwd, env });
  const said = [];
  alive.add(child);
  const ended = new Promise((done) => {
    child.once("error", (error) => (said.push(String(error)), alive.delete(child), done(-1)));
    child.once("close", (code) => (alive.delete(child), done(code ?? -1)));
  });
  for (const handle of [child, child.stdout, child.stderr]) handle.unref();
  createInterface({ input: child.stdout }).on("line", (line) => (said.push(line), onLine(line)));
  createInterface({ input: child.stderr }).on("line", (line) => said.push(line));
  return {
    pid: child.pid,
    ended,
    hasEnded: () => !alive.has(child),
    said: () => said.join("\n"),
    /** `SIGSTOP`, `SIGCONT`: a program that is busy elsewhere. */
    signal: (name) => child.kill(name),
    async stop() {
      if (alive.has(child)) child.kill("SIGTERM");
      await within(3000, `the end of ${program}`, ended).catch(() => child.kill("SIGKILL"));
    },
  };
}

/** Runs a program to its end and returns what it wrote; anything but exit code 0 is an error that shows it. */
export async function run(program, args, { ms = 60_000, ...options } = {}) {
  const lines = [];
  const job = start(program, args, { ...options, onLine: (line) => lines.push(line) });
  const code = await within(ms, `${program} ${args.join(" ")}`, job.ended).catch(async (error) => {
    await job.stop();
    throw error;
  });
  if (code !== 0) throw new Error(`${program} ${args.join(" ")} ended with ${code}:\n${job.said()}`);
  return lines.join("\n");
}

/** Whether something takes connections at `port` within `ms`, and before `job` ends. */
export async function answers(port, job, ms = 10_000) {
  let ended = false;
  job.ended.then(() => (ended = true));
  for (const end = performance.now() + ms; performance.now() < end && !ended; await sleep(20)) {
    if (await accepts(port)) return true;
  }
  return false;
}

function accepts(port) {
  return new Promise((done) => {
    const socket = createConnection({ port, host: "127.0.0.1" });
    socket.once("connect", () => (socket.destroy(), done(true)));
    socket.once("error", () => done(false));
  });
}
