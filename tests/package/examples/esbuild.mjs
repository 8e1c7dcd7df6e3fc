// esbuild leaves `new URL("….wasm", import.meta.url)` as it is: the wasm has to lie beside the bundle.
import { build } from "esbuild";
import { copyFileSync } from "node:fs";

await build({ entryPoints: ["page/main.js"], bundle: true, format: "esm", minify: true, outdir: "dist/esbuild" });
copyFileSync("page/index.html", "dist/esbuild/index.html");
copyFileSync("node_modules/mqtt-image-sender/mqtt_image_sender_bg.wasm", "dist/esbuild/mqtt_image_sender_bg.wasm");
