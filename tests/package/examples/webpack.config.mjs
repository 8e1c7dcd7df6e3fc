// webpack finds the wasm by itself; nothing here is about this package.
import { copyFileSync } from "node:fs";
import { resolve } from "node:path";

export default {
  mode: "production",
  entry: "./page/main.js",
  output: { path: resolve("dist/webpack"), filename: "main.js" },
  performance: { hints: false },
  plugins: [(compiler) => compiler.hooks.done.tap("page", () => copyFileSync("page/index.html", "dist/webpack/index.html"))],
};
