// Options: what does not exist or has the wrong type or range is `invalid`, with its name, and never ignored.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { assertError } from "../support/assert-error.mjs";
import { openModule } from "../support/module-page.mjs";

const limit = { timeout: 30_000 };
let module;
before(async () => (module = await openModule()));
after(() => module?.close());

// Written as source, so that NaN, functions, typed arrays and holes reach the page as they are.
const wrong = {
  connect: [
    "colour: 1", "URL: 'x'", "clientId: 5", "username: 5", "password: 5", "credentials: 'x'", "keepAlive: -1", "keepAlive: 1.5",
    "keepAlive: 65536", "keepAlive: '60'", "keepAlive: NaN", "keepAlive: null", "cleanSession: 1", "will: {}", "will: 'x'",
    "will: { topic: 'a/#' }", "will: { topic: 'a', qos: 3 }", "will: { topic: 'a', colour: 1 }", "will: { topic: 'a', retain: 'x' }",
    "connectTimeoutMs: 0", "connectTimeoutMs: '5'", "reconnect: true", "reconnect: 5", "reconnect: { minDelay: 5 }",
    "reconnect: { minDelayMs: -1 }", "reconnect: { maxAttempts: 1.5 }", "maxMessagesPerSecond: 0", "maxOutstanding: 0",
    "maxOutstanding: 1.5", "maxPacketBytes: -1", "signal: {}", "signal: null",
  ],
  prepare: [
    "colour: 1", "Width: 8", "width: 0", "width: 16385", "width: 8.5", "width: '8'", "width: NaN", "width: Infinity", "width: null",
    "height: 128000", "height: -1", "fit: 'stretch'", "fit: 5", "rotate: 45", "rotate: '90'", "mirror: 'both'", "background: 'red'",
    "background: '#12'", "background: '#12345g'", "background: 5", "format: 'tiff'", "format: 'JPEG'", "format: 5", "rows: 'none'",
    "columns: 3", "quality: 0", "quality: 101", "quality: 85.5", "quality: '85'", "maxBytes: 0", "maxBytes: -5", "dither: 'random'",
    "tone: 3", "saturation: -1", "saturation: 2.5", "palette: 'cmyk'", "palette: []", "maxMegapixels: 0", "maxMegapixels: '1'",
    "invert: 'yes'", "invert: { red: true }", "signal: 5", "signal: {}",
    "to: 'a'", "chunkSize: 5", "onProgress: () => {}",
  ],
  send: [
    "colour: 1", "chunksize: 200", "to: 5", "to: ''", "to: 'a/#'", "to: 'a/+/b'", "from: ''", "from: null", "from: 'a/#'", "name: ''", "name: 5",
    "name: 'a;b'", "name: 'a\\nb'", "name: 'x'.repeat(201)", "chunkSize: 0", "chunkSize: 32768", "chunkSize: 1.5", "chunkSize: '200'",
    "chunkSize: NaN", "chunkSize: -1", "ackTimeoutMs: 0", "ackTimeoutMs: 'soon'", "ackTimeoutMs: -5", "waitForDevice: -1",
    "waitForDevice: '5'", "wake: 'a/+'", "wake: 5", "maxRetries: -1", "maxRetries: 1.5", "maxRetries: NaN", "restarts: -1",
    "restarts: '1'", "window: 0", "window: 1025", "window: 'wide'", "window: 1.5", "numbering: 'prev'", "strict: 1", "strict: 'true'",
    "integrity: 'x'", "qos: 3", "qos: '0'", "onProgress: 5", "onProgress: null", "signal: {}", "width: 8.5", "fit: 'stretch'",
  ],
  attach: ["colour: 1", "to: 5", "to: 'a/#/b'", "from: 'a/#'", "from: 5", "numbering: 'prev'", "numbering: null"],
};

const calls = {
  connect: ["MqttError", "mis.MqttClient.connect({ url: input.broker, ...options })"],
  prepare: ["ImageError", "mis.prepareImage(new ImageData(2, 2), options)"],
  send: [/^(TransferError|ImageError|MqttError)$/, "client.sendImage(new ImageData(2, 2), options).done"],
  attach: ["MqttError", "mis.VirtualDevice.attach(client, options)"],
};

/** Runs all of one call in one go and returns each one's error. */
async function errors(call, sources) {
  return module.run("page", async ({ mis, kit, input }) => {
    const client = await mis.MqttClient.connect({ url: input.broker });
    const errors = [];
    for (const source of input.sources) {
      const start = new Function("mis", "client", "input", `const options = { ${source} }; return ${input.call};`);
      errors.push(await kit.rejection(mis, kit.within(3000, source, start(mis, client, input))).catch((error) => ({ message: String(error) })));
    }
    const state = client.state;
    await client.close();
    if (state !== "connected") throw new Error(`the client was ${state} afterwards`);
    return errors;
  }, { sources, call: calls[call][1] });
}

for (const [call, sources] of Object.entries(wrong)) {
  test(`what is wrong for ${call} is invalid by name`, { timeout: 180_000 }, async (t) => {
    const all = await errors(call, sources);
    for (const [i, source] of sources.entries()) {
      await t.test(`{ ${source} }`, () => {
        const error = all[i];
        const path = source.split(":")[0].trim();
        assert.equal(error.code, "invalid", error.message);
        assert.match(error.name, new RegExp(calls[call][0]));
        assertError(error, error.name, "invalid");
        assert.ok(error.message.includes(path), `${error.message} names ${path}`);
      });
    }
  });
}

test("unknown options inside others are named too", limit, async () => {
  const nested = { "will: { topic: 'a', colour: 1 }": /colour/, "reconnect: { minDelay: 5 }": /minDelay/ };
  const all = await errors("connect", Object.keys(nested));
  for (const [i, word] of Object.values(nested).entries()) assert.match(all[i].message, word);
  const [invert, ink] = await errors("prepare", ["format: 'mono1', invert: { red: true }", "format: 'palette2', palette: [{ color: '#000000', kod: 1 }]"]);
  assert.equal(invert.code, "invalid");
  assert.equal(ink.code, "invalid");
});

test("undefined counts as left out, in every option", { timeout: 60_000 }, async () => {
  const state = await module.run("page", async ({ mis, kit, input }) => {
    const gone = (names) => Object.fromEntries(names.split(" ").map((name) => [name, undefined]));
    const broker = gone("clientId username password credentials keepAlive cleanSession will connectTimeoutMs reconnect maxMessagesPerSecond maxOutstanding maxPacketBytes signal");
    const prepare = gone("width height fit rotate mirror background format rows columns quality maxBytes dither tone saturation palette maxMegapixels invert signal");
    const send = gone("to from name chunkSize ackTimeoutMs waitForDevice wake maxRetries restarts window numbering strict integrity qos onProgress");
    const client = await mis.MqttClient.connect({ url: input.broker, ...broker });
    const device = await mis.VirtualDevice.attach(client, gone("to from numbering"));
    await client.publish("a", "b", gone("qos retain signal"));
    await client.subscribe("a", () => {}, gone("qos"));
    await mis.prepareImage(new ImageData(2, 2), prepare);
    await mis.prepareImage(new ImageData(2, 2), undefined);
    const sender = await mis.MqttClient.connect({ url: input.broker });
    const { name, numbering } = await kit.within(9000, "done", sender.sendImage(new ImageData(2, 2), { ...prepare, ...send }).done);
    await device.detach();
    await sender.close();
    await client.close();
    return { name, numbering };
  });
  assert.deepEqual(state, { name: "image.jpg", numbering: "echo" });
});

test("options that are no object are invalid, one whose getter throws is rejected", limit, async () => {
  const seen = await module.run("page", async ({ mis, kit, input }) => {
    const client = await mis.MqttClient.connect({ url: input.broker });
    const image = new ImageData(2, 2);
    const codes = [];
    for (const options of [null, 5, "jpeg", true, []]) {
      codes.push((await kit.rejection(mis, mis.prepareImage(image, options))).code);
      codes.push((await kit.rejection(mis, client.sendImage(image, options).done)).code);
    }
    const trap = { get width() { throw new Error("the caller's own"); } };
    const thrown = await kit.rejection(mis, mis.prepareImage(image, trap));
    const after = (await mis.prepareImage(image)).width;
    await client.close();
    return { codes, thrown: thrown.isError, after };
  });
  assert.deepEqual(seen, { codes: Array(10).fill("invalid"), thrown: true, after: 2 });
});

// Options that a later version brings may be rejected with their name until then, but never passed over in silence.
for (const [options, honoured] of [
  ["rotate: 90", "image.width === 20 && image.height === 40"],
  ["mirror: 'horizontal'", "image.width === 40"],
  ["maxBytes: 900, format: 'jpeg'", "image.bytes.length <= 900"],
  ["format: 'bmp'", "image.bytes[0] === 0x42"],
  ["format: 'mono1', dither: 'none'", "image.bytes.length === 5 * 20"],
  ["format: 'rgb565le'", "image.bytes.length === 40 * 20 * 2"],
  ["format: 'gray4', rows: 'continuous'", "image.bytes.length === 40 * 20 / 2"],
  ["format: 'palette4', palette: 'acep7'", "image.bytes.length === 40 * 20 / 2"],
  ["saturation: 0, format: 'png'", "image.bytes.length > 0"],
]) {
  test(`{ ${options} } is honoured, or invalid by name`, limit, async () => {
    const answer = await module.run("page", async ({ mis, kit, input }) => {
      const pixels = new ImageData(40, 20);
      pixels.data.forEach((_, i) => (pixels.data[i] = i % 4 === 3 ? 255 : (i * 37) & 255));
      try {
        const image = await new Function("mis", "pixels", `return mis.prepareImage(pixels, { ${input.options} })`)(mis, pixels);
        return { honoured: new Function("image", `return ${input.honoured}`)(image) };
      } catch (error) {
        return { error: kit.describe(mis, error) };
      }
    }, { options, honoured });
    if (answer.error) {
      assertError(answer.error, "ImageError", "invalid");
      assert.ok(options.split(",").some((option) => answer.error.message.includes(option.split(":")[0].trim())), answer.error.message);
    } else {
      assert.equal(answer.honoured, true);
    }
  });
}

for (const options of ["quality: 80, format: 'png'", "quality: 80, format: 'original'", "width: 8, format: 'original'", "background: '#000000', format: 'original'",
  "dither: 'bayer', format: 'jpeg'", "palette: 'bw', format: 'jpeg'", "invert: true, format: 'png'", "rows: 'padded', format: 'jpeg'"]) {
  test(`{ ${options} } cannot be honoured by that format and is invalid`, limit, async () => {
    const [error] = await errors("prepare", [options]);
    assertError(error, "ImageError", "invalid", new RegExp(options.split(":")[0]));
  });
}
