import { onlyInFull, runMatrix } from "./matrix.mjs";
import { startAedes } from "./aedes.mjs";

runMatrix("aedes", startAedes, { skip: onlyInFull });
