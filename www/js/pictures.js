// The page's side of the image worker: started with the first picture, replaced after a trap or a huge one.
import { startWorker } from "./workers.js";
import { coded } from "./rpc.js";
import { isSvg, rasterise } from "./svg.js";

/**
 * @typedef {{ blob: Blob, name: string, url?: string }} Source
 * @typedef {{ blob: Blob, width: number, height: number, format: string, mime: string, quality?: number, warnings: string[], preview: ImageBitmap | null, thumb: Blob | null }} Prepared
 */

/** @type {import("./rpc.js").Remote | null} */
let remote = null;

/** A picture is about to come: its module is loaded while the person still chooses. */
export function expectPicture() {
  current().call("ready").catch(() => {}); // said with the picture
}

/**
 * Fetches the bytes behind a URL.
 * @param {string} url absolute @param {AbortSignal} [signal] @returns {Promise<Blob>}
 */
export async function fetchPicture(url, signal) {
  const { blob } = await call("fetch", { url }, { signal });
  return blob;
}

/**
 * @param {Source} source @param {Record<string, any>} options @param {AbortSignal} [signal] @returns {Promise<Prepared>}
 */
export async function preparePicture(source, options, signal) {
  const worker = current();
  const prepared = await prepareBlob(source.blob, idOf(source.blob), options, signal);
  if (prepared.spent) retire(worker);
  return prepared;
}

/** Pictures are told apart by number in the worker, to which each crossing is a new Blob. @type {WeakMap<Blob, number>} */
const ids = new WeakMap();
let count = 0;
function idOf(blob) {
  if (!ids.has(blob)) ids.set(blob, (count += 1));
  return ids.get(blob);
}

async function prepareBlob(blob, id, options, signal) {
  try {
    return await call("prepare", { source: blob, id, options }, { signal });
  } catch (error) {
    if (error.code !== "unsupported" || options.format === "original" || !(await isSvg(blob))) throw error;
    const bitmap = await rasterise(blob, options); // needs an <img>, so it cannot be done in the worker
    return call("prepare", { source: bitmap, id: (count += 1), options }, { signal, transfer: [bitmap] });
  }
}

/** A trap leaves the instance unusable: the call is made once more in a new one, where there is also more memory. */
async function call(method, argument, options, tries = options.transfer ? 1 : 2) {
  const worker = current();
  try {
    return await worker.call(method, argument, options);
  } catch (error) {
    if (error.name === "RuntimeError" || error.name === "LoadError") retire(worker);
    if (error.name !== "RuntimeError") throw error;
    if (tries > 1) return call(method, argument, options, tries - 1);
    const message = `The picture made its decoder stop (${error.message}). Open it in another program, save it anew and try that.`;
    throw Object.assign(coded("ImageError", "corrupt", message), { cause: error });
  }
}

function current() {
  remote ??= startWorker("image-worker");
  return remote;
}

function retire(worker) {
  if (remote === worker) remote = null;
  worker.terminateWhenIdle();
}
