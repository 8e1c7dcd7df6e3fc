// Every wait has a limit, every port is a free one of the system.
import { createServer } from "node:net";

export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

/** The promise's value, or an error that names what did not come in time. */
export function within(ms, what, promise) {
  let timer;
  const limit = new Promise((_, fail) => {
    timer = setTimeout(() => fail(new Error(`not within ${ms} ms: ${what}`)), ms);
  });
  return Promise.race([promise, limit]).finally(() => clearTimeout(timer));
}

/** Polls until the function gives something truthy, and returns that. */
export async function until(ms, what, ask, every = 20) {
  const end = performance.now() + ms;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (performance.now() > end) throw new Error(`not within ${ms} ms: ${typeof what === "function" ? await what() : what}`);
    await sleep(every);
  }
}

/** A port on loopback that nobody listens on now. Whoever takes it must bear that another was quicker. */
export async function freePort() {
  const server = createServer();
  const port = await listening(server);
  await new Promise((done) => server.close(done));
  return port;
}

/** Starts the server on a free loopback port and returns that port. One that a failed test leaves behind does not keep the file alive. */
export function listening(server) {
  return new Promise((done, fail) => {
    server.once("error", fail);
    server.listen(0, "127.0.0.1", () => {
      server.unref();
      done(server.address().port);
    });
  });
}
