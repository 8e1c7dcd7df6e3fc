// The sockets of a server that a test runs: none keeps the file alive, and all can be ended.

/** `keep` gives back what it is given; `cut` ends all that are still open, without a word to either side. */
export function socketKeeper() {
  const sockets = new Set();
  return {
    sockets,
    keep(socket) {
      sockets.add(socket);
      socket.unref();
      socket.on("error", () => {});
      socket.once("close", () => sockets.delete(socket));
      return socket;
    },
    cut() {
      for (const socket of sockets) socket.destroy();
    },
  };
}
