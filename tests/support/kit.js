// Served to the pages and workers of the browser suite: small helpers around the module under test.

/** What a promise rejects with, as plain data; an error of the test if it does not reject. */
export async function rejection(mis, promise) {
  try {
    await promise;
  } catch (error) {
    return describe(mis, error);
  }
  throw new Error("it did not reject");
}

export function describe(mis, error) {
  const classes = ["MqttError", "ImageError", "TransferError"];
  return {
    isError: error instanceof Error,
    name: error?.name,
    code: error?.code,
    message: error?.message,
    chunk: error?.chunk,
    returnCode: error?.returnCode,
    instanceOf: classes.filter((name) => mis[name] && error instanceof mis[name]),
    guards: ["isMqttError", "isImageError", "isTransferError"].filter((name) => mis[name](error)),
    text: String(error),
  };
}

export async function sha256(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Bytes that depend on length and seed alone. */
export function bytes(length, seed = 1) {
  const out = new Uint8Array(length);
  let state = (seed * 2654435761) >>> 0 || 1;
  for (let i = 0; i < length; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    out[i] = state >>> 24;
  }
  return out;
}

export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

export async function until(ms, what, ask) {
  const end = performance.now() + ms;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (performance.now() > end) throw new Error(`not within ${ms} ms: ${what}`);
    await sleep(10);
  }
}

/** The promise's value, or an error after so many milliseconds. */
export function within(ms, what, promise) {
  return Promise.race([promise, sleep(ms).then(() => Promise.reject(new Error(`not within ${ms} ms: ${what}`)))]);
}

/** RGBA of some pixels of an encoded picture, by the browser's decoder. */
export async function decode(bytes, points = []) {
  const bitmap = await createImageBitmap(new Blob([bytes]));
  const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
  context.drawImage(bitmap, 0, 0);
  const pixels = points.map(([x, y]) => [...context.getImageData(x, y, 1, 1).data]);
  return { width: bitmap.width, height: bitmap.height, pixels };
}
