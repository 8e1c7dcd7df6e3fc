// What cannot be sent fails with the right code, and not one frame reaches the device's topic.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { bytes } from "../support/images.mjs";
import { freePort } from "../support/limits.mjs";
import { assertFailed, assertWhole, setStage } from "../support/send-page.mjs";
import { serve } from "../support/static-server.mjs";

const password = "correct horse";
let stage;
let locked;
let silentOrigin;
let count = 0;
before(async () => {
  stage = await setStage();
  locked = await setStage({ users: { anna: password } });
  silentOrigin = await serve();
});
after(async () => {
  await silentOrigin?.stop();
  await locked?.strike();
  await stage?.strike();
});

/** Sends, and fails if anything at all was published on the device's topic meanwhile. */
async function refused(parameters, code, expected = {}, { on = stage, ...options } = {}) {
  const topics = { to: `mis/refused/${++count}/to`, from: `mis/refused/${count}/from` };
  const observer = await on.observe(topics.to);
  const outcome = await on.send({ ...topics, ...parameters }, options);
  assertFailed(outcome, code, expected);
  assert.deepEqual(await observer.frames(), []);
  await observer.close();
  return outcome.error;
}

const limit = { timeout: 60_000 };

for (const format of ["original", "jpeg"]) {
  test(`an image of 0 bytes under ${format}`, limit, async () => {
    const url = stage.site.add("/empty.jpg", Buffer.alloc(0));
    await refused({ url, format }, "invalid", { name: /^(Image|Transfer)Error$/ });
  });
}

test("one byte more than 32,768 chunks can carry", { timeout: 120_000 }, async () => {
  const url = stage.site.add("/huge.bin", Buffer.alloc(45_875_201, 1));
  await refused({ url, format: "original" }, "too-large", { name: /^TransferError$/ }, { ms: 90_000 });
});

test("one byte more than 32,768 chunks of one byte can carry", limit, async () => {
  const url = stage.site.add("/32769.bin", bytes(32_769));
  await refused({ url, format: "original", chunkSize: "1" }, "too-large", { name: /^TransferError$/ });
});

test("a name with a semicolon", limit, async () => {
  const url = stage.site.add("/fine.bin", bytes(10));
  await refused({ url, format: "original", name: "a;b.jpg" }, "invalid", { name: /^TransferError$/, message: /name/ });
});

test("a name of more than 200 bytes", limit, async () => {
  await refused({ url: "/fine.bin", format: "original", name: "ü".repeat(101) }, "invalid", { message: /name/ });
});

test("a text file under format jpeg", limit, async () => {
  const url = stage.site.add("/notes.txt", "This is no picture.\n".repeat(50), "text/plain");
  await refused({ url, format: "jpeg" }, "unsupported", { name: /^ImageError$/ });
});

test("a picture that is broken in its header", limit, async () => {
  const url = stage.site.add("/broken.jpg", Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16]), bytes(3000)]));
  await refused({ url, format: "jpeg" }, "corrupt", { name: /^ImageError$/ });
});

test("an address that answers 404", limit, async () => {
  await refused({ url: "/not/here.jpg" }, "fetch", { name: /^ImageError$/, message: /404/ });
});

test("an address on an origin that CORS forbids says how to go round it", limit, async () => {
  const url = silentOrigin.url + silentOrigin.add("/theirs.jpg", bytes(100));
  const error = await refused({ url }, "fetch", { name: /^ImageError$/, message: /save/i });
  assert.match(error.message, /drop/i);
  assert.doesNotMatch(error.message, /404/);
});

test("an address where no server is", limit, async () => {
  await refused({ url: `http://127.0.0.1:${await freePort()}/a.jpg` }, "fetch", { name: /^ImageError$/ });
});

test("a broker that is not there", limit, async () => {
  const url = stage.site.add("/fine.bin", bytes(10));
  const broker = `ws://127.0.0.1:${await freePort()}`;
  await refused({ broker, url, format: "original" }, "network", { name: /^MqttError$/ });
});

test("something that speaks http, but is no broker", limit, async () => {
  const url = stage.site.add("/fine.bin", bytes(10));
  await refused({ broker: stage.site.url.replace("http", "ws"), url, format: "original" }, "network", { name: /^MqttError$/ });
});

test("a broker's address that is none", limit, async () => {
  await refused({ broker: "http://127.0.0.1:1", url: "/fine.bin", format: "original" }, "invalid", { message: /broker|url|ws:/i });
});

for (const [what, username, fragment] of [
  ["a wrong password", "anna", "#password=wrong"],
  ["an unknown user", "bert", `#password=${encodeURIComponent(password)}`],
  ["no credentials at all", undefined, ""],
]) {
  test(what, limit, async () => {
    const url = locked.site.add("/fine.bin", bytes(10));
    const parameters = { url, format: "original", ...(username ? { username } : {}) };
    await refused(parameters, "refused", { name: /^MqttError$/ }, { on: locked, fragment });
  });
}

test("the right password, in the fragment, is let in", limit, async () => {
  const data = bytes(1500);
  const device = await locked.device();
  const url = locked.site.add("/fine.bin", data);
  const fragment = `#password=${encodeURIComponent(password)}`;
  const outcome = await locked.send({ ...device.topics, url, format: "original", username: "anna" }, { fragment });
  assertWhole(outcome, await device.image(), data);
  await device.stop();
});
