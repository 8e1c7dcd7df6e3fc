// Has the page kept for the times without a network, by its service worker (`sw.js`).
import { serviceWorkerAddress } from "./workers.js";

export async function setUpOffline() {
  const { serviceWorker } = navigator;
  if (!serviceWorker || !isSecureContext) return;
  await serviceWorker.register(serviceWorkerAddress(), { updateViaCache: "none" });
  const { active } = await serviceWorker.ready;
  const entries = /** @type {PerformanceResourceTiming[]} */ (performance.getEntriesByType("resource"));
  active.postMessage({ loaded: entries.filter(({ decodedBodySize }) => decodedBodySize > 0).map(({ name, decodedBodySize }) => [name.split(/[?#]/)[0], decodedBodySize]) });
}
