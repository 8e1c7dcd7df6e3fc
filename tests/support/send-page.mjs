// The send page on its stage: served from www/, opened in Chromium, with a broker behind it.
import assert from "node:assert/strict";
import { join } from "node:path";
import { needs, www } from "./env.mjs";
import { openPage, startChromium } from "./chromium.mjs";
import { observe } from "./mqtt.mjs";
import { startDevice } from "./device.mjs";
import { startMiniDevice } from "./mini-device.mjs";
import { startMosquitto } from "./mosquitto.mjs";
import { serve } from "./static-server.mjs";
import { until } from "./limits.mjs";
import { crc32, sha256 } from "./images.mjs";

/** Broker, site and browser for the tests of one file. */
export async function setStage({ users, args } = {}) {
  needs(join(www, "pkg", "mqtt_image_sender.js"), "cargo xtask build");
  const stage = {
    broker: await startMosquitto({ users }),
    site: await serve({ folders: { "/": www } }),
    browser: await startChromium({ args }),
    async strike() {
      await stage.browser?.close();
      await stage.site?.stop();
      await stage.broker?.stop();
    },
    device: (options) => startDevice(stage.broker, options),
    miniDevice: (answer) => startMiniDevice(stage.broker, answer),
    observe: (topic) => observe(stage.broker, topic),
    /** The address of the send page with these parameters. An array repeats its name. */
    link(parameters, fragment = "") {
      const query = new URLSearchParams();
      for (const [name, value] of Object.entries({ broker: stage.broker.url, ...parameters })) {
        for (const one of [value].flat()) query.append(name, one);
      }
      return `${stage.site.url}/index.html?${query}${fragment}`;
    },
    /** Opens that address in a context of its own. */
    async open(parameters, { fragment, ...options } = {}) {
      const page = await openPage(stage.browser, options);
      await page.goto(stage.link(parameters, fragment));
      return page;
    },
    /** Opens the page with `send=1`, waits for the outcome, checks that nothing was noted, and closes it. */
    async send(parameters, { ms = 30_000, ...options } = {}) {
      const page = await stage.open({ ...parameters, send: "1" }, options);
      const outcome = await result(page, ms);
      const outcomes = await page.evaluate(() => window.misOutcomes);
      assert.deepEqual(outcomes.map(JSON.parse), [outcome], "set once");
      assert.deepEqual(page.noted, []);
      await page.done();
      return outcome;
    },
  };
  return stage;
}

/** Waits for `<output id="result">` to be filled and returns its JSON. */
export async function result(page, ms = 30_000) {
  const output = page.locator("output#result");
  const text = await until(ms, async () => `an outcome in #result; the page says: ${await seen(page)}`, () => output.textContent());
  return JSON.parse(text);
}

async function seen(page) {
  return (await page.locator("body").innerText().catch(() => "nothing")).slice(-600);
}

/** What a transfer of these bytes must have left on both sides. */
export function assertWhole(outcome, image, bytes, { chunkSize = 1400, ...expected } = {}) {
  const chunks = Math.ceil(bytes.length / chunkSize);
  assert.deepEqual(Object.keys(outcome).sort(), ["bytes", "chunksTotal", "crc32", "elapsedMs", "name", "numbering", "ok", "resends"]);
  assert.equal(outcome.ok, true);
  assert.equal(outcome.bytes, bytes.length);
  assert.equal(outcome.crc32, crc32(bytes));
  assert.equal(outcome.chunksTotal, chunks);
  assert.equal(outcome.name, image.name);
  assert.ok(Number.isFinite(outcome.elapsedMs) && outcome.elapsedMs >= 0, `elapsedMs ${outcome.elapsedMs}`);
  assert.ok(Number.isInteger(outcome.resends) && outcome.resends >= 0, `resends ${outcome.resends}`);
  assert.equal(image.whole, true);
  assert.equal(image.size, bytes.length);
  assert.equal(image.chunks, chunks);
  assert.equal(image.sha256, sha256(bytes));
  for (const [key, value] of Object.entries(expected)) assert.equal(outcome[key], value, key);
}

/** What a transfer that must not begin has to leave: this code, a message, and silence on the topic. */
export function assertFailed(outcome, code, { name, message } = {}) {
  assert.equal(outcome.ok, false, JSON.stringify(outcome));
  assert.deepEqual(Object.keys(outcome).sort(), ["error", "ok"]);
  const allowed = new Set(["name", "code", "message", "chunk"]);
  assert.deepEqual(Object.keys(outcome.error).filter((key) => !allowed.has(key)), []);
  assert.equal(outcome.error.code, code, JSON.stringify(outcome.error));
  if (name) assert.match(outcome.error.name, name);
  assert.match(outcome.error.message, /\S/);
  if (message) assert.match(outcome.error.message, message);
}
