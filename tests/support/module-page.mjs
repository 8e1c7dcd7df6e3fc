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

/** The flags with which Chromium takes the site for one on the internet, of that name, that came over a safe connection. */
const abroad = (host, { port }) => [
  `--host-resolver-rules=MAP ${host} 127.0.0.1:${port}`, `--ip-address-space-overrides=127.0.0.1:${port}=public`,
  `--unsafely-treat-insecure-origin-as-secure=http://${host}`,
];

/**
 * Site and browser, and a broker unless told otherwise. `run(place, function, input)` runs the function there. With `host`
 * the site has that name and is on the internet, as the browser sees it.
 */
export async function openModule({ broker: wanted = true, users, host, pageCache, args = [], module = "/pkg/mqtt_image_sender.js" } = {}) {
  needs(join(www, "pkg", "mqtt_image_sender.js"), "cargo xtask build");
  const broker = wanted ? await startMosquitto({ users }) : null;
  const folders = { "/pkg/": join(www, "pkg"), "/npm/": npmPackage, "/kit/": join(tests, "support") };
  const site = await serve({ folders, caching: pageCache ? "no-cache" : "no-store" });
  site.add("/bare.html", "<!doctype html><meta charset=utf-8><title>bare</title><body></body>");
  const browser = await startChromium({ pageCache, args: [...args, ...(host ? abroad(host, site) : [])] });
  const baseURL = host ? `http://${host}` : site.url;
  const page = await openPage(browser, { baseURL });
  const first = await openTab(page);

  return {
    broker,
    site,
    browser,
    ...first,
    device: (options) => startDevice(broker, options),
    /** Another tab of the same browser: it shares locks and storage with the first. */
    tab: async () => openTab(await page.context().newPage()),
    /** A tab of another person's browser: nothing is shared, and other permissions are given. */
    person: async (options) => openTab(await openPage(browser, { baseURL, ...options })),
    /** One whose page came from this https origin. */
    async httpsTab(origin, options) {
      const tab = await openPage(browser, options);
      const fromSite = async (route) => route.fulfill({ response: await route.fetch({ url: site.url + new URL(route.request().url()).pathname }) });
      await tab.route(`${origin}/**`, fromSite);
      return openTab(tab, `${origin}/bare.html`);
    },
    async close() {
      await browser.close();
      await site.stop();
      await broker?.stop();
    },
  };

  async function openTab(tab, url = "/bare.html") {
    await tab.goto(url);
    return { page: tab, run: (place, body, input, options) => run(tab, place, body, input, options), close: () => (tab.done ?? (() => tab.close()))() };
  }

  /**
   * Runs `body({ mis, kit, unhandled, input })` with the module loaded. It is sent as source, so it sees nothing
   * of the test around it. Anything that went unhandled there is the test's failure, except errors with the text
   * `uncaught`, and these must be there: what a caller's own callback throws is shown, not swallowed.
   */
  async function run(tab, place, body, input = {}, { uncaught } = {}) {
    const noted = tab.noted ?? page.noted;
    const job = { source: body.toString(), input: { broker: broker?.url, ...input }, module };
    const { output, unhandled } = await tab.evaluate(place === "page" ? onPage : inWorker, job);
    if (uncaught) await until(3000, `the uncaught ${uncaught}`, () => noted.some((note) => note.includes(uncaught)));
    const strange = [...unhandled, ...noted.splice(0)].filter((note) => !uncaught || !note.includes(uncaught));
    assert.deepEqual(strange, []);
    return output;
  }
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
