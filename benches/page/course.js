// The course of a transfer for clients that publish frame by frame: begin, data with a window, finish.
import { controlFrame } from "./link.js";

export const CHUNK = 1400;

/**
 * `publish(frame)` hands a frame of the device protocol to the client; the returned function takes every feedback.
 * Nothing is lost on loopback, so that nothing is sent again.
 */
export function startCourse({ image, window, publish }) {
  const chunks = Math.ceil(image.length / CHUNK);
  let next = 0;
  let answered = 0;
  let finish;
  const done = new Promise((resolve) => (finish = resolve));
  publish(controlFrame(1, `bench.bin;${image.length}`));
  return { done, feedback };

  function feedback(kind, number, status) {
    if (status !== 1) throw new Error(`status ${status} for ${kind} ${number}`);
    if (kind === 3) return finish();
    if (kind === 2) answered++;
    while (next < chunks && next - answered < window) publish(dataFrame(next++));
    if (kind === 2 && answered === chunks) publish(controlFrame(3));
  }

  /** As one writes it without thinking of speed: a buffer for each frame, its head through a DataView. */
  function dataFrame(number) {
    const data = image.slice(number * CHUNK, (number + 1) * CHUNK);
    const frame = new Uint8Array(9 + data.length);
    const view = new DataView(frame.buffer);
    view.setUint32(0, 0xffffeeee, true);
    view.setInt8(4, 2);
    view.setInt16(5, number, true);
    view.setInt16(7, data.length, true);
    frame.set(data, 9);
    return frame;
  }
}

/** The eight bytes of a feedback. */
export function readFeedback(payload, feedback) {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  feedback(view.getInt8(4), view.getUint16(5, true), view.getInt8(7));
}
