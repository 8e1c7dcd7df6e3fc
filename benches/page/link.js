// The least that a hand-written page needs of MQTT 3.1.1, for the floors. No part of the module that is measured.
const text = new TextEncoder();

/**
 * A link whose CONNECT was answered: its `socket` and `subscribe(topic)`. What the devices answer goes to its `onFeedback`, as
 * function, number and status.
 */
export async function openLink(url, name) {
  const socket = new WebSocket(url, "mqtt");
  socket.binaryType = "arraybuffer";
  await new Promise((done, fail) => ((socket.onopen = done), (socket.onerror = fail)));
  const link = { socket, onFeedback: null, onControl: null, subscribe };
  socket.onmessage = ({ data }) => read(new Uint8Array(data), link);
  const connected = new Promise((done) => (link.onControl = done));
  // The broker throws off the first of two clients with one id, and one page has links to it by several ways.
  const id = text.encode(`${name}-${new URL(url).port}`);
  socket.send(packet(0x10, [0, 4, 77, 81, 84, 84, 4, 2, 0, 0, 0, id.length, ...id]));
  await connected;
  return link;

  async function subscribe(topic) {
    const granted = new Promise((done) => (link.onControl = done));
    const filter = text.encode(topic);
    socket.send(packet(0x82, [0, 1, 0, filter.length, ...filter, 0]));
    await granted;
  }
}

/** Walks the packets of one message. A feedback is the last 8 bytes of a PUBLISH. */
function read(bytes, link) {
  let at = 0;
  while (at < bytes.length) {
    const kind = bytes[at++] & 0xf0;
    let length = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++];
      length |= (byte & 127) << shift;
      if (byte < 128) break;
    }
    const end = at + length;
    if (kind === 0x30) link.onFeedback?.(bytes[end - 4], bytes[end - 3] | (bytes[end - 2] << 8), bytes[end - 1]);
    else link.onControl?.(kind);
    at = end;
  }
}

/** A packet whose body is short. */
function packet(first, body) {
  return Uint8Array.from([first, body.length, ...body]);
}

/** The bytes before the data of a frame with `length` bytes: PUBLISH of QoS 0 to `topic`, and the frame's head. */
export function publishHead(topic, length) {
  const name = text.encode(topic);
  let rest = 2 + name.length + 9 + length;
  const head = [0x30];
  do {
    head.push((rest & 127) | (rest > 127 ? 128 : 0));
    rest >>= 7;
  } while (rest > 0);
  head.push(0, name.length, ...name, 0xee, 0xee, 0xff, 0xff, 2, 0, 0, length & 255, length >> 8);
  return Uint8Array.from(head);
}

/** The frame of begin or finish. */
export function controlFrame(kind, data = "") {
  const bytes = text.encode(data);
  return Uint8Array.from([0xee, 0xee, 0xff, 0xff, kind, 0, 0, bytes.length, 0, ...bytes]);
}

/** The same as a packet. */
export function controlPacket(topic, kind, data = "") {
  const head = publishHead(topic, data.length);
  head[head.length - 5] = kind;
  return Uint8Array.from([...head, ...text.encode(data)]);
}
