// `cargo xtask bench transfer`: see README.md beside this file.
import { cases } from "./lib/cases.mjs";
import { runCases } from "./lib/run.mjs";

await runCases("transfer", cases);
