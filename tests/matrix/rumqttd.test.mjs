import { onlyInFull, runMatrix } from "./matrix.mjs";
import { startRumqttd } from "./rumqttd.mjs";

runMatrix("rumqttd", startRumqttd, { skip: onlyInFull });
