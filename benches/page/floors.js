// What can be had at most from a page, written by hand: one buffer that is used again, nothing copied twice.
import { CHUNK } from "./course.js";
import { controlPacket, openLink, publishHead } from "./link.js";

/** One WebSocket message a packet, sent at once. */
export const lean = (url) => floor(url, "lean", directly);

/** What one turn of the event loop made room for leaves as one WebSocket message; alone, a packet goes at once. */
export const batched = (url) => floor(url, "batched", joining);

async function floor(url, name, way) {
  const link = await openLink(url, `bench-${name}`);
  return { send: (job) => send(link, way, job) };
}

async function send(link, way, { to, from, image, window }) {
  await link.subscribe(from);
  const chunks = Math.ceil(image.length / CHUNK);
  const writer = way(link.socket, to, image);
  let next = 0;
  let answered = 0;
  await new Promise((done) => {
    link.onFeedback = (kind, number, status) => {
      if (status !== 1) throw new Error(`status ${status} for ${kind} ${number}`);
      if (kind === 3) return done();
      if (kind === 2) answered++;
      while (next < chunks && next - answered < window) writer.chunk(next, next++ === answered);
      if (kind === 2 && answered === chunks) link.socket.send(controlPacket(to, 3));
    };
    link.socket.send(controlPacket(to, 1, `bench.bin;${image.length}`));
  });
  writer.end();
}

function directly(socket, to, image) {
  const buffer = new Uint8Array(2 * CHUNK);
  const pack = packer(to, image, buffer);
  return { chunk: (number) => socket.send(buffer.subarray(0, pack(number, 0))), end() {} };
}

function joining(socket, to, image) {
  const buffer = new Uint8Array(1200 * CHUNK);
  const pack = packer(to, image, buffer);
  const { port1, port2 } = new MessageChannel();
  let filled = 0;
  let asked = false;
  const flush = () => {
    socket.send(buffer.subarray(0, filled));
    filled = 0;
  };
  port2.onmessage = () => {
    asked = false;
    flush();
  };
  return {
    chunk(number, alone) {
      filled = pack(number, filled);
      if (alone) return flush();
      if (!asked) {
        asked = true;
        port1.postMessage(null);
      }
    },
    end: () => port1.close(),
  };
}

/** Writes chunks as packets into `buffer`, and says where each ends. */
function packer(to, image, buffer) {
  const whole = publishHead(to, CHUNK);
  const rest = image.length % CHUNK;
  const last = rest ? publishHead(to, rest) : whole;
  const chunks = Math.ceil(image.length / CHUNK);
  return function pack(number, at) {
    const head = number === chunks - 1 ? last : whole;
    buffer.set(head, at);
    const end = at + head.length;
    buffer[end - 4] = number & 255;
    buffer[end - 3] = number >> 8;
    const data = image.subarray(number * CHUNK, (number + 1) * CHUNK);
    buffer.set(data, end);
    return end + data.length;
  };
}
