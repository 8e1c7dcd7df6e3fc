// What stands in tests/brokers/README.md under "run", for the tests that start a broker with it.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { tests } from "./env.mjs";

const page = readFileSync(join(tests, "brokers", "README.md"), "utf8");

/** A file of the page, with each key of `changes` replaced by its value: our folder, our ports. */
export function recipe(name, changes = {}) {
  const text = new RegExp(`<!-- run: ${name} -->\\n\`\`\`\\n([\\s\\S]*?)\`\`\``).exec(page)?.[1];
  assert.ok(text, `the page has ${name}`);
  return Object.entries(changes).reduce((file, [from, to]) => {
    assert.ok(file.includes(from), `${name} has ${from}`);
    return file.replaceAll(from, to);
  }, text);
}
