// Where things are. xtask sets the MIS_* variables; by hand, the fallbacks do.
import { existsSync, mkdirSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const from = process.env;

export const tests = fileURLToPath(new URL("..", import.meta.url));
export const root = resolve(from.MIS_ROOT ?? join(tests, ".."));
/** The deployable page, with the modules in `pkg/` inside it. */
export const www = resolve(from.MIS_WWW ?? join(root, "www"));
/** The npm package as `cargo xtask build` leaves it. */
export const npmPackage = resolve(from.MIS_PACKAGE ?? join(root, "pkg"));
export const target = join(root, "target");
/** Where `tests/package/examples/package-lock.json` is installed: only for `full`. */
export const examples = resolve(from.MIS_EXAMPLES ?? join(target, "examples"));

export const chromium = firstThere(from.MIS_CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome");
export const mosquitto = firstThere(from.MIS_MOSQUITTO, "/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto", "/opt/homebrew/sbin/mosquitto");
export const nats = firstThere(from.MIS_NATS, "/usr/sbin/nats-server", "/usr/bin/nats-server", "/usr/local/bin/nats-server");
export const python = firstThere(from.MIS_PYTHON, join(target, "venv", "bin", "python")) ?? "python3";

/** Where a broker's program is: as the variable says, at the path, or by its name on PATH or in sbin. */
export function program(variable, name) {
  const folders = [...(from.PATH ?? "").split(delimiter), "/usr/sbin", "/usr/local/sbin"];
  return firstThere(from[variable], ...(name.startsWith("/") ? [name] : folders.map((folder) => join(folder, name)))) ?? name;
}

/** A folder under target/, made if it is not there. */
export function folder(...names) {
  const path = join(target, ...names);
  mkdirSync(path, { recursive: true });
  return path;
}

/** Fails with one line that says what to do, instead of with a stack in the middle of a test. */
export function needs(path, remedy) {
  if (!path || !existsSync(path)) throw new Error(`${path ?? "a program"} is not there: ${remedy}`);
  return path;
}

function firstThere(...paths) {
  return paths.find((path) => path && existsSync(path));
}
