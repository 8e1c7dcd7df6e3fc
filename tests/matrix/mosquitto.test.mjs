import { runMatrix } from "./matrix.mjs";
import { startMosquitto } from "./mosquitto.mjs";

runMatrix("mosquitto", startMosquitto);
