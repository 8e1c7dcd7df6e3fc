// MqttClient.connect, its errors, and its end.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { assertError } from "../support/assert-error.mjs";
import { freePort } from "../support/limits.mjs";
import { openModule, places } from "../support/module-page.mjs";
import { startProxy } from "../support/proxy.mjs";

const limit = { timeout: 30_000 };
let module;
let locked;
before(async () => {
  module = await openModule();
  locked = await openModule({ users: { anna: "correct horse" } });
});
after(async () => {
  await locked?.close();
  await module?.close();
});

async function connectError(place, options, on = module) {
  const body = async ({ mis, kit, input }) => {
    const from = performance.now();
    const error = await kit.rejection(mis, kit.within(12_000, "the rejection", mis.MqttClient.connect(input.options)));
    return { error, elapsed: performance.now() - from };
  };
  return on.run(place, body, { options });
}

for (const place of places) {
  test(`connects, says its state and closes, in a ${place}`, limit, async () => {
    const seen = await module.run(place, async ({ mis, input }) => {
      const client = await mis.MqttClient.connect({ url: input.broker });
      const states = [];
      client.onstatechange = (state, cause) => states.push([state, cause?.code ?? null]);
      const before = [client.state, client.clientId];
      await client.close();
      await client.close();
      return { before, states, after: client.state };
    });
    assert.equal(seen.before[0], "connected");
    assert.match(seen.before[1], /^mis-[0-9a-f]{16}$/);
    assert.equal(seen.after, "closed");
    assert.deepEqual(seen.states, [["closed", null]]);
  });

  test(`a wrong password is refused with the broker's return code, in a ${place}`, limit, async () => {
    const { error } = await connectError(place, { url: locked.broker.url, username: "anna", password: "wrong" }, locked);
    assertError(error, "MqttError", "refused");
    assert.ok([4, 5].includes(error.returnCode), `${error.returnCode}`);
  });

  test(`the right password is let in, as text and as bytes, in a ${place}`, limit, async () => {
    const states = await locked.run(place, async ({ mis, input }) => {
      const states = [];
      for (const password of ["correct horse", new TextEncoder().encode("correct horse")]) {
        const client = await mis.MqttClient.connect({ url: input.broker, username: "anna", password });
        states.push(client.state);
        await client.close();
      }
      return states;
    });
    assert.deepEqual(states, ["connected", "connected"]);
  });

  test(`a broker that is not there is a network error, in a ${place}`, limit, async () => {
    const { error } = await connectError(place, { url: `ws://127.0.0.1:${await freePort()}` });
    assertError(error, "MqttError", "network");
  });

  test(`a server that never answers is a timeout, after the time that was asked for, in a ${place}`, limit, async () => {
    const proxy = await startProxy();
    const { error, elapsed } = await connectError(place, { url: proxy.url, connectTimeoutMs: 400 });
    assertError(error, "MqttError", "timeout");
    assert.ok(elapsed > 380 && elapsed < 3000, `${elapsed} ms`);
    await proxy.stop();
  });
}

for (const url of ["", "broker", "http://127.0.0.1:1", "ws://", "ws://127.0.0.1:99999", "mqtt://127.0.0.1:1883", 5, null, undefined, [], ["ws://127.0.0.1:1", 7], {}]) {
  test(`the url ${JSON.stringify(url)} is invalid`, limit, async () => {
    const { error } = await connectError("page", { url });
    assertError(error, "MqttError", "invalid", /url/);
  });
}

test("no options at all are invalid", limit, async () => {
  for (const options of [undefined, null, 5, "ws://127.0.0.1:1"]) {
    assertError((await connectError("page", options)).error, "MqttError", "invalid");
  }
});

test("of several addresses the first that answers is taken", limit, async () => {
  const dead = `ws://127.0.0.1:${await freePort()}`;
  const state = await module.run("page", async ({ mis, input }) => {
    const client = await mis.MqttClient.connect({ url: [input.dead, input.broker] });
    const state = client.state;
    await client.close();
    return state;
  }, { dead });
  assert.equal(state, "connected");
});

test("a given client id is the broker's too: a second client with it is told apart or refused", limit, async () => {
  const id = await module.run("page", async ({ mis, input }) => {
    const client = await mis.MqttClient.connect({ url: input.broker, clientId: "sign-wall-7" });
    const id = client.clientId;
    await client.close();
    return id;
  });
  assert.equal(id, "sign-wall-7");
});

test("a signal that was aborted before opens no socket", limit, async () => {
  const proxy = await startProxy(module.broker.webSocketPort);
  const error = await module.run("page", async ({ mis, kit, input }) => {
    return kit.rejection(mis, mis.MqttClient.connect({ url: input.proxy, signal: AbortSignal.abort() }));
  }, { proxy: proxy.url });
  assertError(error, "MqttError", "aborted");
  assert.equal(proxy.connections, 0);
  await proxy.stop();
});

test("a signal aborted while connecting ends the attempt, one aborted later the client", limit, async () => {
  const proxy = await startProxy();
  const seen = await module.run("page", async ({ mis, kit, input }) => {
    const attempt = new AbortController();
    setTimeout(() => attempt.abort(), 100);
    const early = await kit.rejection(mis, mis.MqttClient.connect({ url: input.proxy, signal: attempt.signal }));
    const controller = new AbortController();
    const client = await mis.MqttClient.connect({ url: input.broker, signal: controller.signal });
    controller.abort();
    await kit.until(2000, "closed", () => client.state === "closed");
    return { early, late: await kit.rejection(mis, client.publish("a", "b")) };
  }, { proxy: proxy.url });
  assertError(seen.early, "MqttError", "aborted");
  assertError(seen.late, "MqttError", "closed");
  await proxy.stop();
});

test("every call after close() is rejected with closed", limit, async () => {
  const errors = await module.run("page", async ({ mis, kit, input }) => {
    const client = await mis.MqttClient.connect({ url: input.broker });
    await client.close();
    const calls = {
      publish: client.publish("a", "b"),
      subscribe: client.subscribe("a", () => {}),
      sendImage: client.sendImage(new Uint8Array([1]), { format: "original" }).done,
      attach: mis.VirtualDevice.attach(client),
    };
    const errors = {};
    for (const [name, promise] of Object.entries(calls)) errors[name] = await kit.rejection(mis, promise);
    return errors;
  });
  assertError(errors.publish, "MqttError", "closed");
  assertError(errors.subscribe, "MqttError", "closed");
  assertError(errors.attach, "MqttError", "closed");
  assertError(errors.sendImage, "TransferError", "closed");
});

test("close() in onstatechange and in a message's callback harms nothing", limit, async () => {
  const states = await module.run("page", async ({ mis, kit, input }) => {
    const client = await mis.MqttClient.connect({ url: input.broker });
    const states = [];
    client.onstatechange = (state) => (states.push(state), client.close());
    await client.subscribe("mis/close/in/callback", () => (client.close(), client.close()));
    client.publish("mis/close/in/callback", "now").catch(() => {});
    await kit.until(3000, "closed", () => client.state === "closed");
    await client.close();
    return states;
  });
  assert.deepEqual(states, ["closed"]);
});

test("onstatechange that throws, and one that is no function, harm nothing", limit, async () => {
  const after = await module.run("page", async ({ mis, kit, input }) => {
    const client = await mis.MqttClient.connect({ url: input.broker });
    client.onstatechange = () => {
      throw new Error("the caller's own");
    };
    await client.close();
    await kit.sleep(50);
    return client.state;
  }, {}, { uncaught: "the caller's own" });
  assert.equal(after, "closed");
});

test("a cut link is made again by itself, and its subscription too", limit, async () => {
  const proxy = await startProxy(module.broker.webSocketPort);
  const job = module.run("page", async ({ mis, kit, input }) => {
    const client = await mis.MqttClient.connect({ url: input.proxy, reconnect: { minDelayMs: 20, maxDelayMs: 100 } });
    const states = [];
    const got = [];
    client.onstatechange = (state) => states.push(state);
    await client.subscribe("mis/again/+", ({ payload }) => got.push(new TextDecoder().decode(payload)), { qos: 1 });
    await kit.until(5000, "the cut and the new link", () => states.length >= 2);
    await client.publish("mis/again/x", "after", { qos: 1 });
    await kit.until(3000, "the message", () => got.length);
    await client.close();
    return { states, got };
  }, { proxy: proxy.url });
  setTimeout(proxy.cut, 700);
  const seen = await job;
  assert.deepEqual(seen.states, ["reconnecting", "connected", "closed"]);
  assert.deepEqual(seen.got, ["after"]);
  await proxy.stop();
});

test("with reconnect: false a cut link closes the client, with the cause", limit, async () => {
  const proxy = await startProxy(module.broker.webSocketPort);
  const job = module.run("page", async ({ mis, kit, input }) => {
    const client = await mis.MqttClient.connect({ url: input.proxy, reconnect: false });
    const states = [];
    client.onstatechange = (state, cause) => states.push([state, kit.describe(mis, cause)]);
    await kit.until(5000, "closed", () => client.state === "closed");
    return states;
  }, { proxy: proxy.url });
  setTimeout(proxy.cut, 700);
  const [[state, cause], ...more] = await job;
  assert.equal(state, "closed");
  assertError(cause, "MqttError", "network");
  assert.deepEqual(more, []);
  await proxy.stop();
});

test("check() is true over a living link and false within 3 s over one that swallows", limit, async () => {
  const proxy = await startProxy(module.broker.webSocketPort);
  const job = module.run("page", async ({ mis, kit, input }) => {
    const client = await mis.MqttClient.connect({ url: input.proxy, reconnect: false });
    const living = await client.check();
    await kit.sleep(800);
    const from = performance.now();
    const dead = await client.check();
    const elapsed = performance.now() - from;
    await client.close();
    return { living, dead, elapsed };
  }, { proxy: proxy.url });
  setTimeout(proxy.swallow, 700);
  const seen = await job;
  assert.equal(seen.living, true);
  assert.equal(seen.dead, false);
  assert.ok(seen.elapsed < 3000, `${seen.elapsed} ms`);
  await proxy.stop();
});
