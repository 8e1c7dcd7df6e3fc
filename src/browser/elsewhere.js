// The practice broker and the device's side of the protocol are a module of their own, so that a page that only connects does
// not load them. xtask lays it beside the module that this script belongs to.
import init, { linkPractice, newReceiver } from "../../../../../practice/practice.js";
import { MqttError } from "./errors.js";

let loading;

/** Loads it once; after a failure the next call tries again. */
function load() {
  return (loading ??= init(onDisk()).catch((cause) => {
    loading = undefined;
    throw new MqttError("network", `the module for practice: cannot be loaded: ${cause.message}`, { cause });
  }));
}

/** Where there is no server to fetch the wasm from, its bytes. */
function onDisk() {
  const files = import.meta.url.startsWith("file:") && globalThis.process?.getBuiltinModule?.("fs");
  if (files) return { module_or_path: files.readFileSync(new URL("../../../../../practice/practice_bg.wasm", import.meta.url)) };
}

export async function link() {
  await load();
  return linkPractice;
}

export async function receiver(next) {
  await load();
  return newReceiver(next);
}
