// The README's table of brokers says what the suite asserts, cell by cell.
import { test } from "node:test";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../support/env.mjs";
import { rows } from "./rows.mjs";
import { table } from "./table.mjs";

function rendered() {
  const brokers = Object.values(table);
  const lines = [["", ...brokers.map(({ name }) => name)], brokers.map(() => "---").concat("---")];
  for (const row of Object.keys(rows)) lines.push([row, ...brokers.map(({ gaps }) => gaps[row] ?? "✓")]);
  return lines.map((cells) => `| ${cells.join(" | ")} |`.replace("|  |", "| |")).join("\n");
}

test("the README has the table of brokers as it is run", () => {
  const readme = readFileSync(join(root, "README.md"), "utf8");
  assert.ok(readme.includes(`\n${rendered()}\n`), `the README's table should be:\n${rendered()}`);
});

test("every gap belongs to a row", () => {
  for (const { name, gaps } of Object.values(table)) {
    for (const row of Object.keys(gaps)) assert.ok(row in rows, `${name}: ${row}`);
  }
});
