// Each panel that the page knows by name gets the bytes that its driver takes, and each text is there in both languages.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { www } from "../support/env.mjs";
import { sample } from "../support/images.mjs";
import { openModule } from "../support/module-page.mjs";

const load = (file) => import(pathToFileURL(join(www, "js", file)));
const { PANELS } = await load("presets.js");
let module;
before(async () => (module = await openModule({ broker: false })));
after(() => module?.close());

test("a picture for each preset has its panel's bytes", { timeout: 60_000 }, async () => {
  const picture = sample("Landscape", 1).toString("base64");
  const made = await module.run("worker", async ({ mis, input }) => {
    const bytes = Uint8Array.from(atob(input.picture), (letter) => letter.charCodeAt(0));
    const lengths = {};
    for (const { id, image } of input.panels) lengths[id] = (await mis.prepareImage(bytes, image)).bytes.length;
    return lengths;
  }, { picture, panels: PANELS });
  const sized = PANELS.filter(({ bytes }) => bytes > 0);
  assert.deepEqual(Object.fromEntries(sized.map(({ id }) => [id, made[id]])), Object.fromEntries(sized.map(({ id, bytes }) => [id, bytes])));
  assert.ok(sized.length >= 20 && made["lcd-320x240-jpeg"] > 0);
});

test("the Chinese texts have the keys of the English ones, with the same arguments", async () => {
  const [en, zh] = [(await load("texts/en.js")).default, (await load("texts/zh.js")).default];
  assert.deepEqual(Object.keys(zh).sort(), Object.keys(en).sort());
  const given = (text) => [...new Set([...text.matchAll(/\{(\d)/g)].map(([, n]) => n))].sort().join();
  for (const key of Object.keys(en)) {
    assert.ok(zh[key].trim(), key);
    const more = given(zh[key]).split(",").filter((n) => n && !given(en[key]).includes(n));
    assert.deepEqual(more, [], `${key} asks for an argument that it is not given`);
  }
});

test("every text that the page asks for exists, and every text is asked for", async () => {
  const en = (await load("texts/en.js")).default;
  const files = ["index.html", "device.html", ...readdirSync(join(www, "js")).filter((name) => name.endsWith(".js")).map((name) => `js/${name}`)];
  const code = files.map((name) => readFileSync(join(www, name), "utf8")).join("\n");
  const asked = new Set([...code.matchAll(/\b(?:t|say)\("([\w.]+)"|data-t(?:-\w+)?="([\w.]+)"/g)].map(([, call, attribute]) => call ?? attribute));
  const known = (key) => key in en || `error.${key}` in en;
  assert.deepEqual([...asked].filter((key) => !known(key)), []);
  // Keys that are put together: `job.${state}` and the like.
  const stems = [...code.matchAll(/`([\w.]+)\$\{/g)].map(([, stem]) => stem).filter((stem) => stem.endsWith("."));
  const unused = Object.keys(en).filter((key) => !code.includes(`"${key}"`) && !code.includes(`"${key.replace(/^error\./, "")}"`) && !stems.some((stem) => key.startsWith(stem)));
  assert.deepEqual(unused, []);
});
