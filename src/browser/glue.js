// Small objects that are cheaper to make here than field by field from Rust, and questions that web-sys cannot ask.

// What a promise comes to: its value, and whether it was kept.
export const whenSettled = (promise, then) =>
  void promise.then((value) => then(value, true), (error) => then(error, false));

// A promise and the functions that settle it.
export class Outcome {
  constructor() {
    this.promise = new Promise((resolve, reject) => Object.assign(this, { resolve, reject }));
  }
}

// On the page or the worker itself where no target is named.
export const listen = (target, event, heard) => (target ?? globalThis).addEventListener?.(event, heard);

export const unlisten = (target, event, heard) => (target ?? globalThis).removeEventListener?.(event, heard);

// A promise that nobody has to observe: its rejection raises no unhandledrejection.
export const leaveUnobserved = (promise) => void promise.catch(() => {});

// Made whole, so that every one has the same shape.
export const makeProgress = (
  phase,
  bytesAcked,
  bytesTotal,
  chunksAcked,
  chunksTotal,
  resends,
  ignored,
  stalled,
  elapsedMs,
  bytesPerSecond,
) => ({
  phase,
  bytesAcked,
  bytesTotal,
  chunksAcked,
  chunksTotal,
  resends,
  ignored,
  stalled,
  elapsedMs,
  bytesPerSecond,
});

export const makeOutcome = (progress, name, bytes, crc32, numbering) => ({
  ...progress,
  name,
  bytes,
  crc32: crc32.toString(16).padStart(8, "0"),
  numbering,
});

// `mis-` and 16 random hex digits.
export const randomClientId = () => `mis-${hex(randomBits())}${hex(randomBits())}`;

const hex = (bits) => bits.toString(16).padStart(8, "0");

// 32 of them: from the platform's generator where there is one.
export const randomBits = () => globalThis.crypto?.getRandomValues(new Uint32Array(1))[0] ?? (Math.random() * 2 ** 32) >>> 0;

export const makeLogEntry = (atMs, event, function_, number, status, reason) => ({
  atMs,
  event,
  function: function_,
  number,
  ...(status !== undefined && { status }),
  ...(reason !== undefined && { reason }),
});
