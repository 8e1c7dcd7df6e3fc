import { runMatrix } from "./matrix.mjs";
import { startNats } from "./nats.mjs";

runMatrix("nats", startNats);
