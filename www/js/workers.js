// Starts the page's workers. Worker addresses are a Trusted Types sink: only these pass.
import { Remote } from "./rpc.js";

const NAMES = ["link-worker", "image-worker", "device-worker"];
const address = (name) => {
  if (name === "sw") return new URL("../sw.js", import.meta.url).href;
  if (!NAMES.includes(name)) throw new TypeError(`No worker is called ${name}`);
  return new URL(`./${name}.js`, import.meta.url).href;
};
const policy = globalThis.trustedTypes?.createPolicy("workers", { createScriptURL: address });

/** @param {"link-worker" | "image-worker" | "device-worker"} name */
export function startWorker(name) {
  return new Remote(new Worker(policy ? policy.createScriptURL(name) : address(name), { type: "module", name }));
}

/** @returns {any} the service worker's address, as `register` takes it */
export const serviceWorkerAddress = () => (policy ? policy.createScriptURL("sw") : address("sw"));
