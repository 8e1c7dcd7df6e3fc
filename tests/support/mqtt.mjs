// A tiny MQTT 3.1.1 client over TCP, written apart from the product: QoS 0, enough to watch topics and to play a device.
import { createConnection } from "node:net";
import { until, within } from "./limits.mjs";

let clients = 0;

/** Connects to the broker's TCP listener. `messages` fills with { topic, payload, retain } as they come. */
export async function connect({ port }) {
  const socket = createConnection({ port, host: "127.0.0.1" });
  const messages = [];
  const acknowledged = new Set();
  const client = { messages, onmessage: null };
  let pending = Buffer.alloc(0);
  socket.on("error", () => {});
  socket.on("data", (bytes) => {
    pending = Buffer.concat([pending, bytes]);
    for (let packet; (packet = cut(pending)); ) {
      pending = packet.rest;
      handle(packet);
    }
  });

  function handle({ type, flags, body }) {
    if (type === 2) acknowledged.add("connect");
    if (type === 9) acknowledged.add(body.readUInt16BE(0));
    if (type !== 3) return;
    const end = 2 + body.readUInt16BE(0);
    const message = { topic: body.toString("utf8", 2, end), payload: body.subarray(end), retain: (flags & 1) === 1 };
    messages.push(message);
    client.onmessage?.(message);
  }

  let identifier = 0;
  socket.write(packet(0x10, text("MQTT"), Buffer.from([4, 2, 0, 0]), text(`raw-${process.pid}-${++clients}`)));
  await until(5000, "CONNACK", () => acknowledged.has("connect"));

  socket.unref();

  client.subscribe = async (filter) => {
    const id = ++identifier;
    socket.write(packet(0x82, uint16(id), text(filter), Buffer.from([0])));
    await until(5000, `SUBACK for ${filter}`, () => acknowledged.has(id), 2);
  };
  client.publish = (topic, payload, { retain = false } = {}) => {
    socket.write(packet(retain ? 0x31 : 0x30, text(topic), Buffer.from(payload)));
  };
  client.close = () => {
    const closed = new Promise((done) => socket.once("close", done));
    socket.end(packet(0xe0));
    return within(1000, "the socket's end", closed).catch(() => socket.destroy());
  };
  return client;
}

/**
 * Watches a topic from now on. `frames()` waits until all that was published before it has come, by sending a
 * message of its own through the broker, and returns what others sent.
 */
export async function observe(broker, topic) {
  const client = await connect(broker);
  await client.subscribe(topic);
  let marks = 0;
  return {
    async frames() {
      const mark = `mark ${++marks}`;
      client.publish(topic, mark);
      await until(5000, "the observer's own message", () => client.messages.some(({ payload }) => payload.toString() === mark));
      return client.messages.map(({ payload }) => payload).filter((payload) => !/^mark \d+$/.test(payload.toString()));
    },
    close: client.close,
  };
}

function cut(bytes) {
  let length = 0;
  for (let at = 1; at < 5; at++) {
    if (at >= bytes.length) return null;
    length += (bytes[at] & 127) * 128 ** (at - 1);
    if (bytes[at] & 128) continue;
    const end = at + 1 + length;
    if (bytes.length < end) return null;
    return { type: bytes[0] >> 4, flags: bytes[0] & 15, body: bytes.subarray(at + 1, end), rest: bytes.subarray(end) };
  }
  throw new Error("a length of more than four bytes");
}

function packet(first, ...parts) {
  const body = Buffer.concat(parts);
  const head = [first];
  let length = body.length;
  do {
    head.push((length % 128) | (length > 127 ? 128 : 0));
    length = Math.floor(length / 128);
  } while (length);
  return Buffer.concat([Buffer.from(head), body]);
}

function uint16(number) {
  return Buffer.from([number >> 8, number & 255]);
}

function text(string) {
  const bytes = Buffer.from(string, "utf8");
  return Buffer.concat([uint16(bytes.length), bytes]);
}
