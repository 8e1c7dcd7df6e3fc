// The package in Node: the same, except that there is no server to fetch the wasm from. xtask lays one beside each build.
import { readFile } from "node:fs/promises";
import init from "./mqtt_image_sender.js";

export * from "./mqtt_image_sender.js";

/** As in a browser, with or without an argument. */
export default async function fromDisk(module) {
  return init(module ?? { module_or_path: await readFile(new URL("./mqtt_image_sender_bg.wasm", import.meta.url)) });
}
