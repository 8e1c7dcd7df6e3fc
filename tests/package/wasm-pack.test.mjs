// Only in `cargo xtask test full`: what `wasm-pack build` makes of the crate, and a page of five lines that uses it.
import { test } from "node:test";
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { folder, root } from "../support/env.mjs";
import { openPage, startChromium } from "../support/chromium.mjs";
import { startDevice } from "../support/device.mjs";
import { sample, sha256 } from "../support/images.mjs";
import { startMosquitto } from "../support/mosquitto.mjs";
import { run } from "../support/processes.mjs";
import { serve } from "../support/static-server.mjs";

const skip = process.env.MIS_FULL === "1" ? false : "only in full: MIS_FULL=1";
const wasmPack = process.env.MIS_WASM_PACK || "wasm-pack";
// Without a wasm-bindgen of the right version on PATH, wasm-pack compiles one.
const limit = { timeout: 1_500_000, skip };

async function build(target) {
  const out = join(folder("wasm-pack"), target);
  await run(wasmPack, ["--version"]).catch(() => assert.fail("wasm-pack is not there: cargo install wasm-pack, or set MIS_WASM_PACK"));
  await run(wasmPack, ["build", root, "--release", "--target", target, "--out-dir", out], { ms: 1_400_000, cwd: root });
  return out;
}

test("wasm-pack builds for bundlers", limit, async () => {
  const out = await build("bundler");
  const files = readdirSync(out);
  for (const file of ["package.json", "mqtt_image_sender.js", "mqtt_image_sender.d.ts", "mqtt_image_sender_bg.wasm"]) assert.ok(files.includes(file), `${file} in ${files}`);
  const { name, types } = JSON.parse(readFileSync(join(out, "package.json"), "utf8"));
  assert.equal(name, "mqtt-image-sender");
  const declarations = readFileSync(join(out, types), "utf8");
  for (const declared of ["class MqttClient", "function prepareImage", "interface SendOptions", "class VirtualDevice"]) assert.ok(declarations.includes(declared), declared);
});

test("wasm-pack builds for the web, and five lines send an image with it", limit, async () => {
  const out = await build("web");
  const broker = await startMosquitto();
  const device = await startDevice(broker);
  const site = await serve({ folders: { "/pkg/": out } });
  const photo = sample("Landscape", 1);
  site.add("/photo.jpg", photo);
  site.add("/five.html", `<!doctype html><script type="module">
    import init, { MqttClient } from "/pkg/mqtt_image_sender.js";
    await init();
    const client = await MqttClient.connect({ url: "${broker.url}" });
    await client.sendImage("/photo.jpg", ${JSON.stringify({ ...device.topics, format: "original" })}).done;
    await client.close();
    </script>`);
  const browser = await startChromium();
  try {
    const page = await openPage(browser);
    await page.goto(`${site.url}/five.html`);
    const image = await device.image();
    assert.deepEqual([image.whole, image.name, image.sha256], [true, "photo.jpg", sha256(photo)]);
    assert.deepEqual(page.noted, []);
  } finally {
    await browser.close();
    await site.stop();
    await device.stop();
    await broker.stop();
  }
});
