// A WebSocket whose messages reach Rust as bytes in one call each. Field by field through web-sys it takes seven, and a
// thousand chunks a second feel that.

/** `onMessage` is given a Uint8Array, or nothing for a text frame. */
export function openSocket(url, subprotocol, onOpen, onMessage, onClose) {
  const socket = new WebSocket(url, subprotocol);
  socket.binaryType = "arraybuffer";
  socket.onopen = () => onOpen(socket.protocol);
  socket.onmessage = ({ data }) => onMessage(typeof data === "string" ? undefined : new Uint8Array(data));
  // `error` says nothing that `close` does not say after it.
  socket.onclose = ({ code, reason }) => onClose(code, reason);
  return socket;
}

/** Silences and closes it. */
export function closeSocket(socket) {
  socket.onopen = socket.onmessage = socket.onclose = null;
  // Safari reports an error for a close without a code. A closed socket ignores the call.
  socket.close(1000);
}
