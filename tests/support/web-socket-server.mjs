// A WebSocket server of a few lines, whose frames and handshake a test makes up.
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { listening } from "./limits.mjs";
import { socketKeeper } from "./sockets.mjs";

const guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const opcodes = { text: 1, binary: 2 };

/**
 * Takes every connection and answers it with the subprotocol `protocol`, or with none where it is `null`.
 * `onFrame({ opcode, bytes }, link)` hears what comes; `link.send("binary", bytes)` answers, `link.pause()` reads no more.
 */
export async function startWebSocketServer({ protocol = "mqtt", onFrame = () => {} } = {}) {
  const { keep, cut } = socketKeeper();
  const server = createServer();
  const seen = { offered: [], frames: [], closed: 0 };
  server.on("upgrade", (request, socket) => {
    seen.offered.push(request.headers["sec-websocket-protocol"]);
    keep(socket).once("close", () => seen.closed++);
    const accept = createHash("sha1").update(request.headers["sec-websocket-key"] + guid).digest("base64");
    const lines = ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade"];
    lines.push(`Sec-WebSocket-Accept: ${accept}`);
    if (protocol !== null) lines.push(`Sec-WebSocket-Protocol: ${protocol}`);
    socket.write(lines.join("\r\n") + "\r\n\r\n");
    const link = { send: (kind, bytes) => socket.write(frame(opcodes[kind], Buffer.from(bytes))), pause: () => socket.pause(), resume: () => socket.resume() };
    readFrames(socket, (frame) => (seen.frames.push(frame), onFrame(frame, link)));
  });
  const port = await listening(server);
  return {
    url: `ws://127.0.0.1:${port}`,
    seen,
    stop() {
      cut();
      return new Promise((done) => server.close(done));
    },
  };
}

/** A whole frame of up to 125 bytes, as servers send it: without a mask. */
function frame(opcode, bytes) {
  if (bytes.length > 125) throw new Error("too long for this server");
  return Buffer.concat([Buffer.from([0x80 | opcode, bytes.length]), bytes]);
}

/** A close frame is answered by the end of the socket, and told to nobody. What comes in fragments is told as one. */
function readFrames(socket, heard) {
  let buffer = Buffer.alloc(0);
  let begun = [];
  let kind;
  socket.on("data", (bytes) => {
    buffer = Buffer.concat([buffer, bytes]);
    for (let end; (end = frameEnd(buffer)) && buffer.length >= end; buffer = buffer.subarray(end)) {
      const opcode = buffer[0] & 0x0f;
      if (opcode === 8) return socket.end();
      if (opcode !== 0) kind = opcode;
      begun.push(unmasked(buffer.subarray(0, end)));
      const isLast = buffer[0] & 0x80;
      if (isLast) heard({ opcode: kind, bytes: Buffer.concat(begun.splice(0)) });
    }
  });
}

/** Where the frame at the start of `buffer` ends, as soon as its length is known. */
function frameEnd(buffer) {
  if (buffer.length < 10) return buffer.length < 6 || (buffer[1] & 0x7f) > 125 ? undefined : 6 + (buffer[1] & 0x7f);
  const length = buffer[1] & 0x7f;
  if (length === 127) return 14 + buffer.readUInt32BE(6);
  return length === 126 ? 8 + buffer.readUInt16BE(2) : 6 + length;
}

function unmasked(frame) {
  const length = frame[1] & 0x7f;
  const start = length === 127 ? 14 : length === 126 ? 8 : 6;
  const mask = frame.subarray(start - 4, start);
  return Buffer.from(frame.subarray(start)).map((byte, index) => byte ^ mask[index % 4]);
}
