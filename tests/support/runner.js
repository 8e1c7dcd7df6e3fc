// Runs one function of a test here, on a page or in a module worker, with the module loaded.
// The function arrives as its source: a test's page allows that, the product's own pages would not.
import * as kit from "/kit/kit.js";

let loading;
const unhandled = [];
self.addEventListener("unhandledrejection", (event) => unhandled.push(String(event.reason?.stack ?? event.reason)));
self.addEventListener("error", (event) => unhandled.push(`error: ${event.message}`));

export async function run({ source, input, module }) {
  const mis = await import(module);
  loading ??= mis.default?.();
  await loading;
  const body = (0, eval)(`(${source})`);
  const output = await body({ mis, kit, unhandled, input });
  await kit.sleep(0);
  return { output, unhandled: unhandled.splice(0) };
}

if (typeof WorkerGlobalScope !== "undefined" && self instanceof WorkerGlobalScope) {
  self.onmessage = async ({ data }) => {
    try {
      self.postMessage({ answer: await run(data) });
    } catch (error) {
      self.postMessage({ error: String(error?.stack ?? error) });
    }
  };
}
