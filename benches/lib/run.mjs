// From the words of the command line to printed figures.
import { parseArgs } from "node:util";
import { Figures } from "./figures.mjs";

/** Runs those of `cases` that were asked for: name to [rounds when none are asked for, the case]. */
export async function runCases(bench, cases) {
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
    const figures = new Figures(bench);
    await run(figures, rounds);
    console.error(`${name}: ${rounds} rounds in ${Math.round((performance.now() - started) / 1000)} s`);
    figures.print(values.json);
  }
}

/** Runs every variant once and forgets it, then in each round; the first of a round changes. */
export async function inRounds(rounds, variants, run) {
  for (const variant of rounds > 1 ? variants : []) await run(variant);
  const measured = [];
  for (let round = 0; round < rounds; round++) {
    const order = variants.map((_, index) => variants[(index + round) % variants.length]);
    const outcomes = {};
    for (const variant of order) outcomes[variant] = await run(variant);
    measured.push(outcomes);
  }
  return measured;
}
