// How frames leave the page: as which WebSocket messages, with how much in the socket, and with how many timers.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { openModule } from "../support/module-page.mjs";
import { feedback, parse } from "../support/mini-device.mjs";
import { startWebSocketServer } from "../support/web-socket-server.mjs";

const limit = { timeout: 60_000 };
const CHUNK = 1400;
let module;
before(async () => (module = await openModule({ broker: false })));
after(() => module?.close());

/** Broker and device in one: answers every frame. `messages` has the frames of each WebSocket message with data. */
async function startQuickDevice({ hold = () => false } = {}) {
  const messages = [];
  const held = [];
  const server = await startWebSocketServer({
    onFrame({ bytes }, link) {
      const frames = [];
      for (const { kind, body } of packets(bytes)) {
        if (kind === 1) link.send("binary", [0x20, 2, 0, 0]);
        if (kind === 8) link.send("binary", [0x90, 3, body[0], body[1], 0]);
        if (kind === 12) link.send("binary", [0xd0, 0]);
        if (kind === 3) frames.push(parse(body.subarray(2 + body.readUInt16BE(0))));
      }
      if (frames.some((frame) => frame.function === 2)) messages.push(frames.length);
      for (const frame of frames) {
        const packet = Buffer.concat([Buffer.from([0x30, 13, 0, 3]), Buffer.from("ack"), feedback(frame.function, frame.number, 1)]);
        if (hold(frame)) held.push(packet);
        else link.send("binary", packet);
      }
      server.release = () => held.splice(0).forEach((packet) => link.send("binary", packet));
      server.link = link;
    },
  });
  return Object.assign(server, { messages });
}

/** The packets of a message; none spans two of them. */
function* packets(bytes) {
  for (let at = 0; at < bytes.length; ) {
    const kind = bytes[at] >> 4;
    let length = 0;
    let start = at + 1;
    for (let shift = 0; ; shift += 7) {
      length |= (bytes[start] & 127) << shift;
      if (bytes[start++] < 128) break;
    }
    at = start + length;
    yield { kind, body: bytes.subarray(start, at) };
  }
}

/** Sends an image and watches the page's own doors: sends, what was in the socket after each, and timers. */
function send(url, chunks, options) {
  return module.run("page", async ({ mis, kit, input }) => {
    const seen = { sends: 0, timers: 0, most: 0 };
    const { send } = WebSocket.prototype;
    WebSocket.prototype.send = function (data) {
      send.call(this, data);
      seen.sends++;
      seen.most = Math.max(seen.most, this.bufferedAmount);
    };
    const client = await mis.MqttClient.connect({ url: input.url, maxOutstanding: 2000 });
    const { setTimeout } = globalThis;
    globalThis.setTimeout = (...parameters) => (seen.timers++, setTimeout(...parameters));
    const image = kit.bytes(input.chunks * (input.options.chunkSize ?? 1400), 8);
    const started = performance.now();
    const { done } = client.sendImage(image, { to: "to", from: "ack", format: "original", ...input.options });
    const { resends } = await done.finally(() => {
      globalThis.setTimeout = setTimeout;
      WebSocket.prototype.send = send;
    });
    const seconds = (performance.now() - started) / 1000;
    await client.close();
    return { ...seen, resends, seconds };
  }, { url, chunks, options });
}

test("stop and wait: every chunk leaves at once, as a message of its own, and without a timer", limit, async () => {
  const device = await startQuickDevice();
  const seen = await send(device.url, 400, {});
  assert.equal(device.messages.length, 400);
  assert.ok(device.messages.every((frames) => frames === 1));
  // Progress is told 20 times a second, by a timer.
  assert.ok(seen.timers <= 20 + 45 * seen.seconds, `${seen.timers} timers in ${seen.seconds} s`);
  assert.equal(seen.resends, 0);
  await device.stop();
});

test("a window is filled with one message, and what comes together makes room for one message", limit, async () => {
  const device = await startQuickDevice({ hold: (frame) => frame.function === 2 && frame.number > 0 && frame.number <= 64 });
  const sending = send(device.url, 200, { window: 64 });
  while (device.messages.length < 2) await new Promise((done) => setTimeout(done, 5));
  assert.deepEqual(device.messages, [1, 64], "chunk 0 alone, then a whole window");
  device.release();
  const seen = await sending;
  assert.equal(device.messages.reduce((sum, frames) => sum + frames, 0), 200);
  assert.ok(device.messages.length < 100, `${device.messages.length} messages for 200 chunks: ${device.messages}`);
  assert.equal(seen.resends, 0);
  await device.stop();
});

test("no more than 256 KiB and one packet ever wait in the socket", limit, async () => {
  const device = await startQuickDevice();
  const sending = send(device.url, 600, { window: 600, chunkSize: 32_000, numbering: "echo", ackTimeoutMs: 60_000 });
  while (!device.messages.length) await new Promise((done) => setTimeout(done, 5));
  // Nothing is read any more: 19 MB are more than all the buffers on the way hold.
  device.link.pause();
  await new Promise((done) => setTimeout(done, 1500));
  const before = device.messages.length;
  device.link.resume();
  const seen = await sending;
  assert.ok(device.messages.length > before);
  assert.ok(seen.most > 100_000, `the socket was never full: ${seen.most} bytes`);
  assert.ok(seen.most <= 256 * 1024 + 32_100, `${seen.most} bytes were in the socket`);
  await device.stop();
});
