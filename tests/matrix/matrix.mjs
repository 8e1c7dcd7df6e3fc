// The rows at one broker, each a test whose outcome must be what table.mjs says of that broker.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { openModule } from "../support/module-page.mjs";
import { rows } from "./rows.mjs";
import { table } from "./table.mjs";

/** What `cargo xtask test full` alone has the programs for. */
export const onlyInFull = process.env.MIS_FULL === "1" ? false : "only in full: MIS_FULL=1";

/** Starts the broker once, and asks it everything. */
export function runMatrix(key, start, { skip = false } = {}) {
  const { name, gaps } = table[key];
  let bench;
  before(async () => {
    if (skip) return;
    bench = { broker: await start(), module: await openModule({ broker: false }) };
  }, { timeout: 180_000 });
  after(async () => {
    await bench?.module.close();
    await bench?.broker.stop();
  });

  test(`${key}: it is the version that the README names`, { skip }, (t) => {
    // Another machine may have another version: its gaps are then not known, but nothing is wrong with the client.
    if (bench.broker.name !== name) t.diagnostic(`this is ${bench.broker.name}, and the README speaks of ${name}`);
    assert.match(bench.broker.name, /\d+\.\d+/);
  });
  let unique = 0;
  for (const [row, ask] of Object.entries(rows)) {
    test(`${key}: ${row}`, { skip, timeout: 120_000 }, async (t) => {
      const seen = await ask({ ...bench, unique: `${process.pid}x${++unique}` });
      if (seen !== "✓") t.diagnostic(`${bench.broker.name}, ${row}: ${seen}`);
      assert.equal(seen, gaps[row] ?? "✓");
    });
  }
}
