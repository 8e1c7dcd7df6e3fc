// The package's TypeScript declarations: an example with every option, and the shapes that were written down for it.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { cpSync, existsSync, mkdtempSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { folder, needs, npmPackage, root, tests } from "../support/env.mjs";
import { sha256 } from "../support/images.mjs";
import { run } from "../support/processes.mjs";

const here = join(tests, "package");
const tsc = join(tests, "node_modules", "typescript", "bin", "tsc");
const limit = { timeout: 120_000 };
let project;
before(() => {
  needs(join(npmPackage, "package.json"), "cargo xtask build");
  project = mkdtempSync(join(folder("package"), "types-"));
  mkdirSync(join(project, "node_modules"));
  symlinkSync(npmPackage, join(project, "node_modules", "mqtt-image-sender"));
  for (const file of ["api.d.ts", "every-option.ts", "same-shape.ts"]) cpSync(join(here, file), join(project, file));
});
after(() => project && rmSync(project, { recursive: true, force: true }));

/** Compiles one file as a user's strict project would. */
function compile(file, options = {}) {
  const compilerOptions = {
    strict: true, exactOptionalPropertyTypes: false, noEmit: true, target: "ES2022", lib: ["ES2022", "DOM", "DOM.Iterable"], types: [],
    module: "ESNext", moduleResolution: "bundler", skipDefaultLibCheck: true, ...options,
  };
  writeFileSync(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions, files: [file] }));
  return run(process.execPath, [tsc, "-p", project], { cwd: project, ms: 100_000 });
}

test("an example with every option compiles, for bundlers and for Node's way of finding modules", limit, async () => {
  writeFileSync(join(project, "package.json"), JSON.stringify({ type: "module" }));
  await compile("every-option.ts");
  await compile("every-option.ts", { skipLibCheck: true, module: "NodeNext", moduleResolution: "NodeNext" });
});

test("the same example compiles with the worker entry", limit, async () => {
  const example = readFileSync(join(here, "every-option.ts"), "utf8");
  writeFileSync(join(project, "from-worker.ts"), example.replace('from "mqtt-image-sender"', 'from "mqtt-image-sender/worker"'));
  await compile("from-worker.ts");
});

test("where lib knows disposable values a client is one", limit, async () => {
  const lines = ['import { MqttClient } from "mqtt-image-sender";', 'await using client = await MqttClient.connect({ url: "wss://a.example" });', "await client.check();"];
  writeFileSync(join(project, "disposable.ts"), lines.join("\n"));
  await compile("disposable.ts", { lib: ["ES2022", "ESNext.Disposable", "DOM", "DOM.Iterable"] });
});

test("the declarations have at least the names, options and shapes of api.d.ts", limit, () => compile("same-shape.ts"));

const wrong = [
  "prepareImage(new Uint8Array(1), { colour: 1 })", "prepareImage(new Uint8Array(1), { width: '8' })", "prepareImage(5)",
  "MqttClient.connect({})", "MqttClient.connect({ url: 'ws://x', qos: 1 })", "client.sendImage('x', { numbering: 'prev' })",
  "client.sendImage('x', { reconnect: false })", "client.publish('a', 5)", "client.state = 'closed'", "client.subscribe('a')",
  "VirtualDevice.attach(client, { name: 'x' })", "const no: string = prepareImage('x')",
];

test("tsc refuses what is wrong, line by line", limit, async () => {
  const lines = wrong.map((line) => `export async function wrong${wrong.indexOf(line)}() { ${line}; }`);
  const head = 'import { MqttClient, VirtualDevice, prepareImage } from "mqtt-image-sender"; declare const client: MqttClient;';
  writeFileSync(join(project, "wrong.ts"), [head, ...lines].join("\n"));
  const said = await compile("wrong.ts").then(() => "", (error) => error.message);
  const passed = wrong.filter((_, i) => !said.includes(`wrong.ts(${i + 2},`));
  assert.deepEqual(passed, []);
});

// Held in a constant too, for a checkout without shared/ beside it.
for (const [copy, original, sum] of [
  ["package/api.d.ts", "api.d.ts", "2d04aa267fb9a2638ad84308c2fe010269189d3bf5cffe4e9545df6eb62efc8d"],
  ["device/reference_device.py", "device/reference_device.py", "7b983497c9705601fbd5458ed54ee8b358f487ddb2ff0184e62cf65a09a3ce17"],
]) {
  test(`${copy} is its owner's, byte for byte`, () => {
    assert.equal(sha256(readFileSync(join(tests, copy))), sum);
    const shared = join(root, "..", "shared", original);
    if (existsSync(shared)) assert.equal(sha256(readFileSync(shared)), sum, `${shared} is newer: copy it and change the sum`);
  });
}
