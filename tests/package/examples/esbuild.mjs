// esbuild leaves `new URL("….wasm", import.meta.url)` as it is: the wasm has to lie beside the bundle.
import { build } from "esbuild";
import { copyFileSync } from "node:fs";
import { basename } from "node:path";

async function page(folder, out, wasm) {
  await build({ entryPoints: [`${folder}/main.js`], bundle: true, format: "esm", minify: true, outdir: out });
  copyFileSync(`${folder}/index.html`, `${out}/index.html`);
  for (const file of wasm) copyFileSync(`node_modules/mqtt-image-sender/${file}`, `${out}/${basename(file)}`);
}

await page("page", "dist/esbuild", ["mqtt_image_sender_bg.wasm"]);
// What `practice:` needs is a file of its own where the rest comes from mqtt-image-sender/mqtt.
await page("practice", "dist/practice-esbuild", ["mqtt/mqtt_image_sender_bg.wasm", "practice/practice_bg.wasm"]);
