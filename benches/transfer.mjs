// `cargo xtask bench transfer`: see README.md beside this file.
import { parseArgs } from "node:util";
import { cases } from "./lib/cases.mjs";
import { Figures } from "./lib/figures.mjs";

const { values } = parseArgs({ options: { case: { type: "string", multiple: true }, rounds: { type: "string" }, json: { type: "boolean" } } });
const chosen = values.case ?? Object.keys(cases);
const strange = chosen.filter((name) => !(name in cases));
if (strange.length) {
  console.error(`error: there is no case ${strange}; name some of ${Object.keys(cases).join(", ")}, or none for all`);
  process.exit(1);
}
for (const name of chosen) {
  const [usual, run] = cases[name];
  const rounds = values.rounds ? Number(values.rounds) : usual;
  const started = performance.now();
  const figures = new Figures();
  await run(figures, rounds);
  console.error(`${name}: ${rounds} rounds in ${Math.round((performance.now() - started) / 1000)} s`);
  figures.print(values.json);
}
