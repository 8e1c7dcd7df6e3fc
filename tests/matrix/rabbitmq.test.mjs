import { onlyInFull, runMatrix } from "./matrix.mjs";
import { startRabbitmq } from "./rabbitmq.mjs";

runMatrix("rabbitmq", startRabbitmq, { skip: onlyInFull });
