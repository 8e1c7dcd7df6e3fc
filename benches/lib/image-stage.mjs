// A site with the module, its peers and the pictures, and a Chromium with one page of it for each group of measurements.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { needs, www } from "../../tests/support/env.mjs";
import { until } from "../../tests/support/limits.mjs";
import { serve } from "../../tests/support/static-server.mjs";
import { openChromium } from "./chromium.mjs";

const here = fileURLToPath(new URL("..", import.meta.url));
const folder = needs(process.env.MIS_BENCH_INPUTS, "cargo xtask bench image");

/** Name to { file, bytes, size }. */
export const inputs = JSON.parse(readFileSync(join(folder, "inputs.json"), "utf8"));

/** `act(open)`; each `open(act)` calls `act(bench)` with a browser of its own, where nothing has been loaded yet. */
export async function onImageStage(act) {
  const plain = needs(process.env.MIS_BENCH_PLAIN, "cargo xtask bench image");
  const modules = ["plain.wasm", "dither.wasm"];
  const folders = { "/pkg/": join(www, "pkg"), "/bench/": join(here, "page"), "/modules/": join(here, "node_modules"), "/inputs/": folder };
  const site = await serve({ folders });
  for (const name of modules) site.add(`/${name}`, readFileSync(join(plain, name)));
  site.add("/", '<!doctype html><meta charset=utf-8><title>bench</title><script type=module src="/bench/image.js"></script>', "text/html; charset=utf-8");
  try {
    await act((within) => onPage(`${site.url}/`, within));
  } finally {
    await site.stop();
  }
}

async function onPage(url, act) {
  const page = await openChromium(url);
  try {
    await until(10_000, "the page's script", async () => (await page.evaluate("typeof bench")) === "object");
    await act((call, job) => page.evaluate(`bench.${call}(${JSON.stringify(job)})`));
  } finally {
    await page.close();
  }
}
