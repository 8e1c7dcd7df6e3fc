// Small objects that are cheaper to make here than field by field from Rust, and questions that web-sys cannot ask.

export const makeMessage = (topic, payload, qos, retain, dup) => ({ topic, payload, qos, retain, dup });

export const makeNotice = (code, message, topic) => ({ code, message, topic });

// SharedArrayBuffer is a name only on isolated pages.
export const isSharedBuffer = (value) =>
  typeof SharedArrayBuffer === "function" && value instanceof SharedArrayBuffer;

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

export const makeLogEntry = (atMs, event, function_, number, status, reason) => ({
  atMs,
  event,
  function: function_,
  number,
  ...(status !== undefined && { status }),
  ...(reason !== undefined && { reason }),
});
