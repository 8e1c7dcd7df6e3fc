// Only in `cargo xtask test full`: pages made of the package's declarations, without a warning.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { existsSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { examples, needs } from "../support/env.mjs";
import { npmProject } from "../support/npm-project.mjs";
import { run } from "../support/processes.mjs";

const skip = process.env.MIS_FULL === "1" ? false : "only in full: MIS_FULL=1";
let user;
before(async () => (user = await npmProject()));
after(() => user?.remove());

for (const part of ["", "/mqtt", "/image", "/worker"]) {
  test(`typedoc makes pages of mqtt-image-sender${part} without a warning`, { timeout: 90_000, skip }, async () => {
    const modules = needs(join(examples, "node_modules"), "npm ci there, as `cargo xtask test full` does");
    const at = (name) => join(user.project, name);
    if (!existsSync(at("node_modules/typescript"))) symlinkSync(join(modules, "typescript"), at("node_modules/typescript"));
    writeFileSync(at("entry.ts"), `export * from "mqtt-image-sender${part}";\n`);
    const compilerOptions = { target: "ES2022", lib: ["ES2022", "DOM", "DOM.Iterable"], types: [], module: "ESNext", moduleResolution: "bundler", strict: true };
    writeFileSync(at("tsconfig.json"), JSON.stringify({ compilerOptions, files: ["entry.ts"] }));
    const words = ["--name", "mqtt-image-sender", "--entryPoints", "entry.ts", "--out", "pages", "--treatWarningsAsErrors"];
    await run(process.execPath, [join(modules, "typedoc", "bin", "typedoc"), ...words], { cwd: user.project, ms: 80_000 });
    const shown = part === "/image" ? "functions/prepareImage.html" : "classes/MqttClient.html";
    assert.ok(existsSync(at(join("pages", shown))), shown);
  });
}
