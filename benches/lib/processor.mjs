// CPU time by thread, from Linux's scheduler: what a thread ran, and not what it waited for. Elsewhere there is none.
import { readdirSync, readFileSync } from "node:fs";

/** Nanoseconds that each thread of these processes and of their children has run, by `process/thread`. */
export function threadTimes(roots) {
  const times = new Map();
  for (const { name, pid } of roots.flatMap(({ name, pid }) => family(pid).map((pid) => ({ name, pid })))) {
    for (const thread of list(`/proc/${pid}/task`)) {
      const [ran] = read(`/proc/${pid}/task/${thread}/schedstat`).split(" ");
      const isMain = thread === String(pid);
      if (ran) times.set(`${name} ${pid} ${thread}`, { name, pid, isMain, isRenderer: isRenderer(pid), ran: Number(ran) });
    }
  }
  return times;
}

/**
 * What ran between two looks: microseconds by name, and of the renderer's main thread. The page is the renderer whose main
 * thread ran most.
 */
export function ranBetween(before, after) {
  const ran = {};
  let main = 0;
  for (const [key, { name, isMain, isRenderer, ran: end }] of after) {
    const micros = (end - (before.get(key)?.ran ?? 0)) / 1000;
    ran[name] = (ran[name] ?? 0) + micros;
    if (isMain && isRenderer) main = Math.max(main, micros);
  }
  return { ...ran, main };
}

const children = (pid) => list(`/proc/${pid}/task`).flatMap((thread) => read(`/proc/${pid}/task/${thread}/children`).split(" ").filter(Boolean));
const family = (pid) => [String(pid), ...children(pid).flatMap(family)];
const renderers = new Map();

function isRenderer(pid) {
  if (!renderers.has(pid)) renderers.set(pid, read(`/proc/${pid}/cmdline`).includes("--type=renderer"));
  return renderers.get(pid);
}

function read(path) {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return "";
  }
}

function list(path) {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
