// Like esbuild, Rollup leaves `new URL("….wasm", import.meta.url)` as it is: the wasm is laid beside the bundle.
import { nodeResolve } from "@rollup/plugin-node-resolve";
import { readFileSync } from "node:fs";

const beside = (...paths) => ({
  name: "beside",
  generateBundle() {
    for (const path of paths) this.emitFile({ type: "asset", fileName: path.split("/").at(-1), source: readFileSync(path) });
  },
});

export default {
  input: "page/main.js",
  output: { dir: "dist/rollup", format: "es" },
  plugins: [nodeResolve({ browser: true }), beside("page/index.html", "node_modules/mqtt-image-sender/mqtt_image_sender_bg.wasm")],
};
