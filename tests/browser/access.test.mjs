// What the browser says to a connection: mixed content and Local Network Access, told apart from a broker that is not there.
// The page is one on the internet, as Chromium sees it; the broker is on this computer.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { assertError } from "../support/assert-error.mjs";
import { freePort } from "../support/limits.mjs";
import { openModule, places } from "../support/module-page.mjs";
import { startProxy } from "../support/proxy.mjs";

const limit = { timeout: 60_000 };
const permissions = ["local-network-access"];
let module;
before(async () => (module = await openModule({ host: "signs.example" })));
after(() => module?.close());

/** A tab in the browser of somebody who has not been asked yet. Headless Chromium takes being asked for a no. */
const unasked = () => module.person();
const willing = () => module.person({ permissions });

async function unwilling() {
  const tab = await module.person();
  const session = await tab.page.context().newCDPSession(tab.page);
  const { targetInfo: { browserContextId } } = await session.send("Target.getTargetInfo");
  const browser = await module.browser.newBrowserCDPSession();
  for (const name of ["local-network-access", "local-network", "loopback-network"]) {
    await browser.send("Browser.setPermission", { permission: { name }, setting: "denied", browserContextId });
  }
  await session.detach(); // the other one has to stay: its end would take the answer back
  return tab;
}

/** What checkAccess says of the URL, and what becomes of a connection to it. */
const ask = (url, { tab = module, place = "page" } = {}) =>
  tab.run(place, async ({ mis, kit, input }) => {
    const said = await mis.checkAccess(input.url);
    const from = performance.now();
    const tried = mis.MqttClient.connect({ url: input.url, connectTimeoutMs: 5000 });
    const error = await tried.then((client) => void client.close(), (error) => kit.describe(mis, error));
    return { ...said, error, elapsed: performance.now() - from };
  }, { url });

for (const place of places) {
  test(`before the person has answered it is a prompt, and a refusal says so and not that the broker is away, in a ${place}`, limit, async () => {
    for (const url of [module.broker.url, `ws://127.0.0.1:${await freePort()}`]) {
      const tab = await unasked();
      const { access, advice, error } = await ask(url, { tab, place });
      assert.equal(access, "prompt");
      assert.match(advice, /your browser will ask.*say yes/);
      assert.ok(advice.includes(new URL(url).host));
      assertError(error, "MqttError", "blocked");
      const after = await tab.run(place, ({ mis, input }) => mis.checkAccess(input.url), { url });
      assert.equal(error.message, after.advice);
      await tab.close();
    }
  });

  test(`where the person has said no it is blocked before a socket is tried, in a ${place}`, limit, async () => {
    const [tab, proxy] = [await unwilling(), await startProxy()];
    const { access, advice, error } = await ask(proxy.url, { tab, place });
    assert.equal(access, "blocked");
    assert.match(advice, /allow it under the icon beside the address/);
    assertError(error, "MqttError", "blocked");
    assert.equal(error.message, advice);
    assert.equal(proxy.connections, 0);
    await proxy.stop();
    await tab.close();
  });

  test(`where the person has said yes it connects, and a broker that is away is a network error, in a ${place}`, limit, async () => {
    const tab = await willing();
    const there = await ask(module.broker.url, { tab, place });
    assert.deepEqual([there.access, there.advice, there.error ?? null], ["open", "", null]);
    const away = await ask(`ws://127.0.0.1:${await freePort()}`, { tab, place });
    assert.equal(away.access, "open");
    assertError(away.error, "MqttError", "network", /no broker answers/);
    await tab.close();
  });
}

test("private addresses and .local names are of the local network, public ones are not", limit, async () => {
  const said = await module.run("page", async ({ mis, input }) => {
    const said = {};
    for (const host of input.hosts) said[host] = (await mis.checkAccess(`ws://${host}:9001`)).access;
    return said;
  }, { hosts: ["10.0.0.7", "172.16.0.1", "172.32.0.1", "192.168.1.2", "169.254.3.4", "broker.local", "[fd00::1]", "[fe80::1]", "[2001:db8::1]", "8.8.8.8", "broker.example", "127.9.9.9", "[::1]"] });
  const open = Object.keys(said).filter((host) => said[host] === "open");
  assert.deepEqual(open, ["172.32.0.1", "[2001:db8::1]", "8.8.8.8", "broker.example"]);
  assert.ok(Object.values(said).every((access) => access === "open" || access === "prompt"));
});

test("ws:// from an https page is mixed content: blocked before a socket is tried, with wss:// as the way out", limit, async () => {
  const tab = await module.httpsTab("https://shop.example");
  const { access, advice, error, elapsed } = await ask("ws://broker.example:9001", { tab });
  assert.equal(access, "blocked");
  assert.match(advice, /came by https.*broker\.example:9001.*wss:\/\//);
  assertError(error, "MqttError", "blocked");
  assert.equal(error.message, advice);
  assert.ok(elapsed < 1000, `${elapsed} ms`);
  const browsers = await tab.run("page", () => {
    try {
      return void new WebSocket("ws://broker.example:9001");
    } catch (error) {
      return error.name;
    }
  });
  assert.equal(browsers, "SecurityError", "the browser itself refuses it");
  await tab.close();
});

test("ws:// to this computer is no mixed content: after a yes it connects from an https page too", limit, async () => {
  const tab = await module.httpsTab("https://shop.example", { permissions });
  const { access, error } = await ask(module.broker.url, { tab });
  assert.deepEqual([access, error ?? null], ["open", null]);
  await tab.close();
});

test("a page of the same network is asked nothing, and hears of a broker that is away", limit, async () => {
  const near = await openModule({ broker: false });
  const { access, error } = await ask(`ws://127.0.0.1:${await freePort()}`, { tab: near });
  assert.equal(access, "open");
  assertError(error, "MqttError", "network", /no broker answers/);
  await near.close();
});
