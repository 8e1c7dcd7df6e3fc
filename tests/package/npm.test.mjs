// The npm package as npm would publish it, imported where there is no browser, and the README's example.
import { before, test } from "node:test";
import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { needs, npmPackage, root, www } from "../support/env.mjs";
import { openPage, startChromium } from "../support/chromium.mjs";
import { startDevice } from "../support/device.mjs";
import { sample } from "../support/images.mjs";
import { startMosquitto } from "../support/mosquitto.mjs";
import { run } from "../support/processes.mjs";
import { serve } from "../support/static-server.mjs";

const limit = { timeout: 60_000 };
before(() => needs(join(npmPackage, "package.json"), "cargo xtask build"));

const description = () => JSON.parse(readFileSync(join(npmPackage, "package.json"), "utf8"));

test("npm would pack the modules, their declarations and the papers, and nothing else", limit, async () => {
  const [pack] = JSON.parse(await run("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], { cwd: npmPackage }));
  const files = pack.files.map(({ path }) => path).sort();
  const module = ["mqtt_image_sender.d.ts", "mqtt_image_sender.js", "mqtt_image_sender_bg.wasm", "mqtt_image_sender_bg.wasm.d.ts"];
  const papers = ["LICENSE-APACHE", "LICENSE-MIT", "README.md", "package.json"];
  const expected = [...papers, ...module, ...module.map((name) => `image/${name}`), ...module.map((name) => `mqtt/${name}`)].sort();
  assert.deepEqual(files, expected);
  const there = readdirSync(npmPackage, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  assert.equal(there.length, expected.length, "pkg/ has no stray files");
});

test("package.json says what it is, and every file that it names is there", () => {
  const { name, version, license, type, exports, types, main } = description();
  assert.equal(name, "mqtt-image-sender");
  assert.match(version, /^\d+\.\d+\.\d+/);
  assert.match(license, /MIT OR Apache-2\.0/);
  assert.equal(type, "module");
  const named = [main, types, ...Object.values(exports).flatMap((entry) => (typeof entry === "string" ? entry : Object.values(entry)))];
  for (const file of named) assert.ok(existsSync(join(npmPackage, file)), file);
  for (const key of [".", "./mqtt", "./image"]) assert.ok(key in exports, key);
});

for (const [what, path] of [["package", "mqtt_image_sender.js"], ["mqtt part", "mqtt/mqtt_image_sender.js"], ["image part", "image/mqtt_image_sender.js"]]) {
  test(`importing the ${what} in Node touches nothing, and its guards work`, limit, async () => {
    const url = pathToFileURL(join(npmPackage, path)).href;
    const script = `
      const before = Object.getOwnPropertyNames(globalThis).length;
      const mis = await import(${JSON.stringify(url)});
      const guards = ["isMqttError", "isImageError", "isTransferError"].filter((name) => mis[name]);
      const answers = guards.map((name) => [name, [null, 5, "x", {}, new Error("x")].some(mis[name])]);
      console.log(JSON.stringify({ answers, left: Object.getOwnPropertyNames(globalThis).length - before }));`;
    const { answers, left } = JSON.parse(await run(process.execPath, ["--input-type=module", "-e", script]));
    assert.equal(left, 0);
    const expected = { package: ["isMqttError", "isImageError", "isTransferError"], "mqtt part": ["isMqttError", "isTransferError"], "image part": ["isImageError"] };
    for (const name of expected[what]) assert.deepEqual(answers.find(([guard]) => guard === name), [name, false]);
  });
}

test("the site's module is the package's", () => {
  const read = (folder) => readFileSync(join(folder, "mqtt_image_sender_bg.wasm"));
  assert.ok(read(npmPackage).equals(read(join(www, "pkg"))));
});

test("the README's example, pasted into a page, brings a picture to a device", { timeout: 90_000 }, async () => {
  const readme = readFileSync(join(root, "README.md"), "utf8");
  const code = /<!-- example -->\s*```(?:js|javascript|ts)\n([\s\S]*?)```/.exec(readme)?.[1];
  assert.ok(code, "README.md has a ```js block after <!-- example -->");
  const lines = code.split("\n").filter((line) => line.trim());
  assert.ok(lines.length <= 12, `${lines.length} lines`);
  assert.match(code, /from "mqtt-image-sender"/);
  assert.match(code, /"wss?:\/\/[^"]+"/);

  const broker = await startMosquitto();
  const device = await startDevice(broker, { to: topic(code, "to", "mqttTestPub"), from: topic(code, "from", "mqttTestSub") });
  const site = await serve({ folders: { "/npm/": npmPackage } });
  site.add("/example.js", code.replace(/"wss?:\/\/[^"]+"/, JSON.stringify(broker.url)));
  for (const [, address] of code.matchAll(/"([^":]+\.(?:jpe?g|png))"/g)) site.add(new URL(address, `${site.url}/`).pathname, sample("Landscape", 1), "image/jpeg");
  site.add("/example.html", `<!doctype html><meta charset=utf-8><title>example</title>
    <script type=importmap>{"imports":{"mqtt-image-sender":"/npm/mqtt_image_sender.js"}}</script>
    <input type=file><button>Send</button><progress></progress><script type=module src=/example.js></script>`);
  const browser = await startChromium();
  try {
    const page = await openPage(browser);
    await page.goto(`${site.url}/example.html`);
    await page.waitForLoadState("networkidle");
    if (/querySelector|getElementById|files/.test(code)) {
      await page.locator("input").setInputFiles({ name: "photo.jpg", mimeType: "image/jpeg", buffer: sample("Landscape", 1) });
      if (/button|click/.test(code)) await page.locator("button").click();
    }
    const image = await device.image(30_000).catch((error) => assert.fail(`${error.message}; the page noted: ${page.noted}`));
    assert.equal(image.whole, true);
    assert.deepEqual(page.noted, []);
  } finally {
    await browser.close();
    await site.stop();
    await device.stop();
    await broker.stop();
  }
});

/** The topic that the example names for this option. */
function topic(code, option, otherwise) {
  return new RegExp(`\\b${option}: "([^"]+)"`).exec(code)?.[1] ?? otherwise;
}
