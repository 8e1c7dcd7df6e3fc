// A device whose answers a test decides, frame by frame: for what the reference device cannot do.
import { connect } from "./mqtt.mjs";

export const BEGIN = 1;
export const DATA = 2;
export const FINISH = 3;
let started = 0;

/**
 * Answers each frame with the status that `answer(frame)` returns; null is silence. `frames` keeps what came:
 * { function, number, data }.
 */
export async function startMiniDevice(broker, answer) {
  const name = `m${process.pid}x${++started}`;
  const topics = { to: `mis/${name}/to`, from: `mis/${name}/from` };
  const client = await connect(broker);
  const frames = [];
  client.onmessage = ({ payload }) => {
    const frame = parse(payload);
    frames.push(frame);
    const status = answer(frame, frames);
    if (status !== null) client.publish(topics.from, feedback(frame.function, frame.number, status));
  };
  await client.subscribe(topics.to);
  return { topics, frames, publish: (payload) => client.publish(topics.from, payload), stop: client.close };
}

export function parse(payload) {
  if (payload.length < 9 || payload.readUInt32LE(0) !== 0xffffeeee) throw new Error(`no frame: ${payload.toString("hex")}`);
  const length = payload.readInt16LE(7);
  if (payload.length !== 9 + length) throw new Error(`a frame of ${payload.length} bytes that says ${length}`);
  return { function: payload.readInt8(4), number: payload.readInt16LE(5), data: payload.subarray(9) };
}

export function feedback(kind, number, status) {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt32LE(0xeeeeffff, 0);
  bytes.writeInt8(kind, 4);
  bytes.writeInt16LE(number, 5);
  bytes.writeInt8(status, 7);
  return bytes;
}
