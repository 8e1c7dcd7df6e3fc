// What npm would publish, by `npm pack --dry-run`: no file too many, and none too few.
import { test } from "node:test";
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join, posix } from "node:path";
import { needs, npmPackage } from "../support/env.mjs";
import { run } from "../support/processes.mjs";

needs(join(npmPackage, "package.json"), "cargo xtask build");
const [pack] = JSON.parse(await run("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], { cwd: npmPackage }));
const packed = pack.files.map(({ path }) => path).sort();

test("npm packs the modules, their declarations and the papers, and nothing else", () => {
  const module = ["mqtt_image_sender.d.ts", "mqtt_image_sender.js", "mqtt_image_sender_bg.wasm", "mqtt_image_sender_bg.wasm.d.ts", "node.js"];
  const worker = ["errors.js", "image.js", "index.d.ts", "index.js", "link.js", "mirror.js", "rpc.js"];
  const practice = ["practice.d.ts", "practice.js", "practice_bg.wasm", "practice_bg.wasm.d.ts"].map((name) => `practice/${name}`);
  const papers = ["LICENSE-APACHE", "LICENSE-MIT", "README.md", "package.json"];
  const expected = [...papers, ...module, ...practice, ...module.map((name) => `image/${name}`), ...module.map((name) => `mqtt/${name}`), ...worker.map((name) => `worker/${name}`)].sort();
  const snippet = /^(image\/|mqtt\/|practice\/)?snippets\/mqtt-image-sender-[0-9a-f]+\/src\/browser\/\w+\.js$/;
  assert.deepEqual(packed.filter((path) => !snippet.test(path)), expected);
});

test("pkg/ has no file that is not packed", () => {
  const there = readdirSync(npmPackage, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  assert.equal(there.length, packed.length);
});

test("every file that a module imports is packed", () => {
  for (const path of packed.filter((name) => name.endsWith(".js"))) {
    const text = readFileSync(join(npmPackage, path), "utf8");
    for (const [, address] of text.matchAll(/^import .* from ['"](\.[^'"]+)['"]/gm)) assert.ok(packed.includes(posix.join(posix.dirname(path), address)), `${path}: ${address}`);
  }
});
