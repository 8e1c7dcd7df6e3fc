import { onlyInFull, runMatrix } from "./matrix.mjs";
import { startAmqtt } from "./amqtt.mjs";

runMatrix("amqtt", startAmqtt, { skip: onlyInFull });
