// What stands before a cluster for clients that know one address: a TCP relay to the nodes in turn, past those that are away.
import { createConnection, createServer } from "node:net";
import { listening } from "./limits.mjs";
import { socketKeeper } from "./sockets.mjs";

export async function startBalancer(ports) {
  const { keep, cut } = socketKeeper();
  let next = 0;
  const server = createServer((near) => {
    keep(near).pause();
    reach(near, next++, ports.length);
  });
  const port = await listening(server);
  return {
    port,
    stop() {
      cut();
      return new Promise((done) => server.close(done));
    },
  };

  function reach(near, index, left) {
    if (left === 0) return near.destroy();
    const far = keep(createConnection({ port: ports[index % ports.length], host: "127.0.0.1" }));
    let connected = false;
    far.once("connect", () => {
      connected = true;
      near.pipe(far).pipe(near);
      near.once("close", () => far.destroy());
    });
    far.once("close", () => (connected ? near.destroy() : reach(near, index + 1, left - 1)));
  }
}
