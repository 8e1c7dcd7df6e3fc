// `cargo xtask bench image`: see README.md beside this file.
import { cases } from "./lib/image-cases.mjs";
import { runCases } from "./lib/run.mjs";

await runCases("image", cases);
