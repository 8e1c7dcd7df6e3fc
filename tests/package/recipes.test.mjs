// The recipes of tests/brokers/README.md that are marked "run": each broker is started with what stands there, over TLS, and an image
// goes to the device that may have it, and no message anywhere else.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mosquitto, nats, needs } from "../support/env.mjs";
import { freePort, until } from "../support/limits.mjs";
import { openModule } from "../support/module-page.mjs";
import { run, start } from "../support/processes.mjs";
import { recipe } from "../support/recipe.mjs";

const limit = { timeout: 60_000 };
let folder;
let module;
before(async () => {
  folder = mkdtempSync(join(tmpdir(), "mis-recipes-"));
  const [key, certificate] = ["privkey.pem", "fullchain.pem"].map((name) => join(folder, name));
  await run("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-keyout", key, "-out", certificate]);
  module = await openModule({ broker: false, args: ["--ignore-certificate-errors"] });
});
after(async () => {
  await module?.close();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

/** A file of the page, written into our folder. */
function put(name, changes) {
  writeFileSync(join(folder, name), recipe(name, changes));
  return join(folder, name);
}

async function startMosquitto() {
  needs(mosquitto, "apt-get install mosquitto, or set MIS_MOSQUITTO");
  const [tcp, tls] = [await freePort(), await freePort()];
  const file = put("mosquitto.conf", { "/etc/mosquitto": folder, "listener 1883": `listener ${tcp}`, "listener 8443": `listener ${tls} 127.0.0.1` });
  // Started by root it would drop to a user that cannot read the folder.
  if (process.getuid?.() === 0) writeFileSync(file, `user root\n${readFileSync(file, "utf8")}`);
  put("acl");
  const passwords = join(folder, "passwords");
  for (const [at, [user, password]] of users.entries()) {
    await run("mosquitto_passwd", [...(at ? [] : ["-c"]), "-b", passwords, user, password]);
  }
  return { job: start(mosquitto, ["-c", file]), port: tls, path: "" };
}

async function startNats() {
  needs(nats, "apt-get install nats-server, or set MIS_NATS");
  const [own, tcp, tls] = [await freePort(), await freePort(), await freePort()];
  const file = put("nats.conf", { "/etc/nats": folder, "/var/lib/nats": join(folder, "nats"), ":4222": `:${own}`, ":1883": `:${tcp}`, "0.0.0.0:8443": `127.0.0.1:${tls}` });
  return { job: start(nats, ["-c", file]), port: tls, path: "/mqtt" };
}

const users = [["page", "page's"], ["7", "7's"], ["8", "8's"]];

for (const [name, broker] of [["Mosquitto", startMosquitto], ["NATS", startNats]]) {
  test(`${name}, set up as the page says, lets each one do what it may and nothing else`, limit, async () => {
    const { job, port, path } = await broker();
    try {
      await until(10_000, () => `${name}; it said ${job.said()}`, () => accepts(port));
      const seen = await module.run("page", session, { url: `wss://localhost:${port}${path}` });
      assert.deepEqual(seen.image, { whole: true, bytes: 30_000 });
      assert.equal(seen.refused.code, "refused", seen.refused.message);
      assert.deepEqual(seen.heard, ["signs/7/ack"], "a device speaks on its own topic only");
      assert.deepEqual(seen.overheard, [], "a device hears its own topic only");
    } finally {
      await job.stop();
    }
  });
}

/** In the browser: the page sends to device 7, and device 7 tries what it may not. */
async function session({ mis, kit, input }) {
  const connect = (username, password) => mis.MqttClient.connect({ url: input.url, username, password, reconnect: { maxAttempts: 5 } });
  const refused = await kit.rejection(mis, connect("page", "guessed"));
  const clients = await Promise.all([connect("page", "page's"), connect("page", "page's"), connect("7", "7's"), connect("7", "7's")]);
  const [sender, listener, device, spy] = clients;
  const virtual = await mis.VirtualDevice.attach(device, { to: "signs/7/img", from: "signs/7/ack" });
  let image;
  virtual.onimage = ({ whole, bytes }) => (image = { whole, bytes: bytes.length });
  await sender.sendImage(kit.bytes(30_000), { to: "signs/7/img", from: "signs/7/ack", format: "original" }).done;
  await kit.until(2000, "the image", () => image);
  await virtual.detach();

  const heard = [];
  const overheard = [];
  await listener.subscribe("signs/+/ack", ({ topic }) => heard.push(topic));
  await spy.subscribe("signs/8/img", ({ topic }) => overheard.push(topic)).catch(() => {});
  await sender.publish("signs/8/img", "secret");
  await device.publish("signs/8/ack", "forged").catch(() => {});
  // Mosquitto cuts the link of whoever publishes what it may not.
  await kit.sleep(300);
  await kit.until(10_000, "the device", () => device.state === "connected");
  await device.publish("signs/7/ack", "mine");
  await kit.until(3000, "its own word", () => heard.includes("signs/7/ack"));
  await kit.sleep(300);
  await Promise.all(clients.map((client) => client.close()));
  return { image, refused, heard, overheard };
}

function accepts(port) {
  return new Promise((done) => {
    const socket = createConnection({ port, host: "127.0.0.1" });
    socket.once("connect", () => (socket.destroy(), done(true)));
    socket.once("error", () => done(false));
  });
}
