// A TCP relay before the broker: counts what connects, and can swallow or cut what passes.
import { createConnection, createServer } from "node:net";
import { listening } from "./limits.mjs";
import { socketKeeper } from "./sockets.mjs";

/** Without a port behind it, it takes connections and never answers. */
export async function startProxy(behind) {
  const { sockets, keep, cut } = socketKeeper();
  const dead = new Set();
  let swallowing = false;
  let refusing = false;
  const proxy = { connections: 0, cut, refuse, swallow, release: () => (swallowing = false), stop };
  const server = createServer((near) => {
    proxy.connections++;
    if (refusing) return near.destroy();
    keep(near);
    if (swallowing) dead.add(near);
    if (behind === undefined) return near.resume();
    const far = keep(createConnection({ port: behind, host: "127.0.0.1" }));
    near.on("data", (bytes) => dead.has(near) || far.write(bytes));
    far.on("data", (bytes) => dead.has(near) || near.write(bytes));
    near.once("close", () => dead.delete(near));
    near.once("close", () => far.destroy());
    far.once("close", () => near.destroy());
  });
  proxy.port = await listening(server);
  proxy.url = `ws://127.0.0.1:${proxy.port}`;
  return proxy;

  /** What passes is lost from now on, without a word to either side, until `release`; then new connections get through. */
  function swallow() {
    swallowing = true;
    for (const socket of sockets) dead.add(socket);
  }

  /** Whether new connections end at once. */
  function refuse(wanted) {
    refusing = wanted;
  }

  function stop() {
    cut();
    return new Promise((done) => server.close(done));
  }
}
