// The link interface: what a link may say, what it may not, and when it must ask first.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { bytes, png } from "../support/images.mjs";
import { until, sleep } from "../support/limits.mjs";
import { startProxy } from "../support/proxy.mjs";
import { assertFailed, assertWhole, result, setStage } from "../support/send-page.mjs";

// broker.example leads to loopback here, so that a broker that does not look local can be there all the same.
const args = ["--host-resolver-rules=MAP broker.example 127.0.0.1"];
const limit = { timeout: 60_000 };
let stage;
let url;
let picture;
before(async () => {
  stage = await setStage({ args });
  url = stage.site.add("/fine.bin", bytes(3000));
  picture = stage.site.add("/fine.png", png(8, 8, () => [200, 100, 0, 255]));
});
after(() => stage?.strike());

/** The link's outcome is `invalid` with this word in its message, and nobody connected. */
async function invalid(parameters, word, options) {
  const proxy = await startProxy(stage.broker.webSocketPort);
  const query = { broker: proxy.url, to: "mis/invalid/to", from: "mis/invalid/from", url, format: "original" };
  const outcome = await stage.send({ ...query, ...parameters }, options);
  assertFailed(outcome, "invalid", { message: word });
  assert.equal(proxy.connections, 0);
  await proxy.stop();
  return outcome;
}

test("an unknown parameter is named, not ignored", limit, () => invalid({ colour: "red" }, /colour/));

test("a parameter that differs in its case is unknown", limit, () => invalid({ chunksize: "200" }, /chunksize/));

test("a password in the query is refused, and is not repeated anywhere", limit, async () => {
  const outcome = await invalid({ username: "anna", password: "open-sesame" }, /password/);
  assert.ok(!JSON.stringify(outcome).includes("open-sesame"));
});

// Not in the form that a link has: refused before anything is opened.
for (const parameters of [
  { width: "12px" }, { width: "0x10" }, { width: "1e3" }, { width: "" }, { width: " 80" }, { width: ["80", "80"] },
  { ackTimeoutMs: "soon" }, { maxRetries: "NaN" }, { strict: "yes" }, { strict: "TRUE" }, { to: ["a", "b"] },
]) {
  const [name, value] = Object.entries(parameters)[0];
  test(`${name}=${JSON.stringify(value)} is ill-formed`, limit, () => invalid({ format: "jpeg", ...parameters }, new RegExp(name)));
}

// In the form of a number or a word, but none that the module takes: no frame leaves.
for (const parameters of [
  { width: "-1" }, { width: "0" }, { width: "16385" }, { width: "80.5" }, { chunkSize: "0" }, { chunkSize: "32768" }, { quality: "101" },
  { fit: "stretch" }, { format: "tiff" }, { background: "red;" }, { numbering: "prev" }, { qos: "3" }, { to: "mis/#" },
]) {
  const [name, value] = Object.entries(parameters)[0];
  test(`${name}=${JSON.stringify(value)} is out of range`, limit, async () => {
    const observer = await stage.observe("mis/range/to");
    const outcome = await stage.send({ to: "mis/range/to", from: "mis/range/from", url: picture, ...parameters });
    assertFailed(outcome, "invalid", { message: new RegExp(name) });
    assert.deepEqual(await observer.frames(), []);
    await observer.close();
  });
}

test("a link names a panel, whose bytes are sent unless the link says otherwise", limit, async () => {
  const device = await stage.device();
  const send = async (more) => {
    const outcome = await stage.send({ ...device.topics, url: picture, preset: "ws-2in13-b-v4", ...more });
    return [outcome.bytes, (await device.image()).sha256];
  };
  const [bytes, sum] = await send({});
  assert.equal(bytes, 8000);
  assert.deepEqual(await send({ preset: [], width: "122", height: "250", format: "planes", palette: "bwr" }).then(([n, other]) => [n, other === sum]), [8000, false], "its colour plane is turned over");
  assert.equal((await send({ format: "mono1" }))[0], 4000);
  await device.stop();
});

test("a panel that nobody knows is named", limit, () => invalid({ preset: "ws-99in" }, /preset/));

test("utm_ parameters say nothing and harm nothing", limit, async () => {
  const device = await stage.device();
  const outcome = await stage.send({ ...device.topics, url, format: "original", utm_source: "mail", utm_x: "1" });
  assertWhole(outcome, await device.image(), bytes(3000));
  await device.stop();
});

for (const value of ["true", "false", "1", "0"]) {
  test(`strict=${value} is a boolean`, limit, async () => {
    const device = await stage.device();
    const outcome = await stage.send({ ...device.topics, url, format: "original", strict: value });
    assertWhole(outcome, await device.image(), bytes(3000));
    await device.stop();
  });
}

test("an address relative to the page is one", limit, async () => {
  const device = await stage.device();
  const outcome = await stage.send({ ...device.topics, url: "fine.bin", format: "original" });
  assertWhole(outcome, await device.image(), bytes(3000));
  await device.stop();
});

test("a password in the fragment is taken out of the address bar, and kept nowhere", limit, async () => {
  const device = await stage.device();
  const page = await stage.open({ ...device.topics, url, format: "original", username: "anna", send: "1" }, { fragment: "#password=open-sesame" });
  assertWhole(await result(page), await device.image(), bytes(3000));
  assert.ok(!page.url().includes("sesame"), page.url());
  const kept = await page.evaluate(async () => {
    const databases = (await indexedDB.databases()).map(({ name }) => name);
    return JSON.stringify([{ ...localStorage }, { ...sessionStorage }, history.state, document.cookie, document.body.innerText, databases]);
  });
  assert.ok(!kept.includes("sesame"), kept);
  assert.deepEqual(page.noted, []);
  await page.done();
  await device.stop();
});

test("without send=1 the page fills itself in and sends nothing", limit, async () => {
  const observer = await stage.observe("mis/waits/to");
  const page = await stage.open({ to: "mis/waits/to", from: "mis/waits/from", url, format: "original" });
  await page.locator("#send").waitFor();
  await sleep(1500);
  assert.equal(await page.locator("output#result").textContent(), "");
  assert.deepEqual(await observer.frames(), []);
  assert.deepEqual(page.noted, []);
  await page.done();
  await observer.close();
});

test("a link to a broker elsewhere shows what it would send, and connects to nothing before the click", limit, async () => {
  const proxy = await startProxy(stage.broker.webSocketPort);
  const device = await stage.device();
  const link = { broker: `ws://broker.example:${proxy.port}`, ...device.topics, url, format: "original", send: "1" };
  const page = await stage.open(link);
  const text = await asked(page);
  assert.match(text, /broker\.example/);
  assert.ok(text.includes(device.topics.to), text);
  await sleep(1000);
  assert.equal(proxy.connections, 0);
  assert.equal(await page.locator("output#result").textContent(), "");

  await page.locator("#confirm").click();
  assertWhole(await result(page), await device.image(), bytes(3000));
  assert.ok(proxy.connections > 0);

  // Allowed once in this browser: the same broker and topic go at once, another topic asks again.
  const again = await page.context().newPage();
  await again.goto(stage.link(link));
  assertWhole(await result(again), await device.image(), bytes(3000));
  const connections = proxy.connections;
  const other = await page.context().newPage();
  await other.goto(stage.link({ ...link, to: "mis/other/to" }));
  await asked(other);
  await sleep(500);
  assert.equal(proxy.connections, connections);
  assert.deepEqual(page.noted, []);
  await page.done();
  await device.stop();
  await proxy.stop();
});

test("a link to broker.example:1 asks, and its result stays empty until the person answers", limit, async () => {
  const page = await stage.open({ broker: "ws://broker.example:1", to: "wall", from: "wall/ack", url: picture, send: "1" });
  assert.match(await asked(page), /broker\.example:1/);
  assert.equal(await page.locator("output#result").textContent(), "");
  await page.done();
});

test("names that only look like loopback ask too", limit, async () => {
  for (const broker of ["ws://127.0.0.1.broker.example:1", "ws://localhost.broker.example:1", "ws://127.0.0.1@broker.example:1"]) {
    const page = await stage.open({ broker, to: "wall", from: "wall/ack", url, send: "1" });
    await until(10_000, `a question or a refusal for ${broker}`, async () => {
      const text = await page.locator("output#result").textContent();
      return (await page.locator("#confirm").isVisible()) || JSON.parse(text || "{}").error?.code === "invalid";
    });
    await page.done();
  }
});

/** What the page's question says, once it stands there with its button. */
async function asked(page) {
  await page.locator("#confirm").waitFor({ state: "visible" });
  await page.locator("body[data-kept]").waitFor();
  assert.equal(await page.locator("#send").isVisible(), false, "the question has the only button that sends");
  return page.locator("#question").innerText();
}
