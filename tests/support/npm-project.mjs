// A project of a user's: the package unpacked into its node_modules as npm would do it.
import { mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { folder, needs, npmPackage } from "./env.mjs";
import { run } from "./processes.mjs";

/** Packed and unpacked, so that a file that is left out is missed here and not at a user's. */
export async function npmProject() {
  needs(join(npmPackage, "package.json"), "cargo xtask build");
  const project = mkdtempSync(join(folder("package"), "npm-"));
  const [pack] = JSON.parse(await run("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", project], { cwd: npmPackage }));
  await run("tar", ["-xzf", join(project, pack.filename), "-C", project]);
  mkdirSync(join(project, "node_modules"));
  const installed = join(project, "node_modules", "mqtt-image-sender");
  renameSync(join(project, "package"), installed);
  return {
    project,
    installed,
    remove: () => rmSync(project, { recursive: true, force: true }),
  };
}
