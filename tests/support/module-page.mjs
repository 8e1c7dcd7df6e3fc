// The module's JavaScript interface, used from a bare page and from a module worker of it.
import assert from "node:assert/strict";
import { join } from "node:path";
import { needs, npmPackage, tests, www } from "./env.mjs";
import { openPage, startChromium } from "./chromium.mjs";
import { startDevice } from "./device.mjs";
import { until } from "./limits.mjs";
import { startMosquitto } from "./mosquitto.mjs";
import { serve } from "./static-server.mjs";

export const places = ["page", "worker"];

/** Site and browser, and a broker unless told otherwise. `run(place, function, input)` runs the function there. */
export async function openModule({ broker: wanted = true, users, module = "/pkg/mqtt_image_sender.js" } = {}) {
  needs(join(www, "pkg", "mqtt_image_sender.js"), "cargo xtask build");
  const broker = wanted ? await startMosquitto({ users }) : null;
  const site = await serve({ folders: { "/pkg/": join(www, "pkg"), "/npm/": npmPackage, "/kit/": join(tests, "support") } });
  site.add("/bare.html", "<!doctype html><meta charset=utf-8><title>bare</title><body></body>");
  const browser = await startChromium();
  const page = await openPage(browser);
  await page.goto(`${site.url}/bare.html`);

  return {
    broker,
    site,
    browser,
    page,
    device: (options) => startDevice(broker, options),
    /**
     * Runs `body({ mis, kit, unhandled, input })` with the module loaded. It is sent as source, so it sees nothing
     * of the test around it. Anything that went unhandled there is the test's failure, except errors with the text
     * `uncaught`, and these must be there: what a caller's own callback throws is shown, not swallowed.
     */
    async run(place, body, input = {}, { uncaught } = {}) {
      const job = { source: body.toString(), input: { broker: broker?.url, ...input }, module };
      const { output, unhandled } = await page.evaluate(place === "page" ? onPage : inWorker, job);
      if (uncaught) await until(3000, `the uncaught ${uncaught}`, () => page.noted.some((note) => note.includes(uncaught)));
      const strange = [...unhandled, ...page.noted.splice(0)].filter((note) => !uncaught || !note.includes(uncaught));
      assert.deepEqual(strange, []);
      return output;
    },
    async close() {
      await browser.close();
      await site.stop();
      await broker?.stop();
    },
  };
}

async function onPage(job) {
  const { run } = await import("/kit/runner.js");
  return run(job);
}

function inWorker(job) {
  return new Promise((done, fail) => {
    const worker = new Worker("/kit/runner.js", { type: "module" });
    worker.onerror = (event) => (worker.terminate(), fail(new Error(`in the worker: ${event.message}`)));
    worker.onmessage = ({ data }) => (worker.terminate(), data.error ? fail(new Error(data.error)) : done(data.answer));
    worker.postMessage(job);
  });
}
