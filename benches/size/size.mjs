// What a page downloads for each of these: its JavaScript, bundled and minified by esbuild, and the wasm that it loads, both
// compressed by brotli at quality 11. Run by `cargo xtask bench size`.
import { build } from "esbuild";
import { existsSync, readFileSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants } from "node:zlib";

const here = dirname(fileURLToPath(import.meta.url));
const modules = join(here, "node_modules");
const ours = join(modules, "mqtt-image-sender");
if (!existsSync(ours)) symlinkSync(process.env.MIS_PACKAGE ?? join(here, "..", "..", "pkg"), ours);

const wasm = (...parts) => parts.map((part) => join("mqtt-image-sender", part, "mqtt_image_sender_bg.wasm"));
const squash = ["jpeg/codec/dec/mozjpeg_dec.wasm", "jpeg/codec/enc/mozjpeg_enc.wasm", "png/codec/pkg/squoosh_png_bg.wasm",
  "resize/lib/resize/pkg/squoosh_resize_bg.wasm"].map((path) => join("@jsquash", path));

/** What is weighed: a name, what of it a page uses, and the wasm that comes along. */
const rows = [
  ["mqtt-image-sender", 'import init, { MqttClient, prepareImage } from "mqtt-image-sender"; use(init, MqttClient, prepareImage);', wasm("")],
  ["mqtt-image-sender/mqtt", 'import init, { MqttClient } from "mqtt-image-sender/mqtt"; use(init, MqttClient);', wasm("mqtt")],
  ["mqtt-image-sender/mqtt with practice:", 'import init, { MqttClient, VirtualDevice } from "mqtt-image-sender/mqtt"; use(init, MqttClient, VirtualDevice);',
    [...wasm("mqtt"), join("mqtt-image-sender", "practice", "practice_bg.wasm")]],
  ["mqtt-image-sender/image", 'import init, { prepareImage } from "mqtt-image-sender/image"; use(init, prepareImage);', wasm("image")],
  ["mqtt-image-sender/worker, the page", 'import { MqttClient, prepareImage } from "mqtt-image-sender/worker"; use(MqttClient, prepareImage);', []],
  ["MQTT.js", 'import mqtt from "mqtt"; use(mqtt.connect);', []],
  ["Paho", 'import Paho from "paho-mqtt"; use(Paho.Client);', []],
  ["jSquash: JPEG, PNG, resize", 'import * as jpeg from "@jsquash/jpeg"; import * as png from "@jsquash/png"; import resize from "@jsquash/resize"; use(jpeg.decode, jpeg.encode, png.decode, resize);', squash],
  ["browser-image-compression", 'import compress from "browser-image-compression"; use(compress);', []],
  ["pica", 'import pica from "pica"; use(pica);', []],
];

const squeezed = (bytes) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }).length;

async function bundle(code) {
  const contents = `${code}\nfunction use(...all) { globalThis.used = all; }`;
  const options = { stdin: { contents, resolveDir: here }, bundle: true, minify: true, format: "esm", platform: "browser", write: false, logLevel: "error" };
  return (await build({ ...options, loader: { ".wasm": "empty" } })).outputFiles[0].contents;
}

const kilo = (bytes) => (bytes / 1000).toFixed(1).padStart(8);
console.log("| kB, brotli 11 | version | script | wasm | together |\n|---|---|---:|---:|---:|");
for (const [name, code, files] of rows) {
  const script = squeezed(await bundle(code));
  const binary = files.map((file) => squeezed(readFileSync(join(modules, file)))).reduce((sum, size) => sum + size, 0);
  const [, packageName] = /from "((?:@[^/]+\/)?[^"/]+)/.exec(code);
  const { version } = JSON.parse(readFileSync(join(modules, packageName, "package.json"), "utf8"));
  console.log(`| ${name} | ${version} | ${kilo(script)} | ${kilo(binary)} | ${kilo(script + binary)} |`);
}
