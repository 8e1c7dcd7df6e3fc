// Keeps the page for the times without a network: a service worker holds what this visit has loaded.
import { serviceWorkerAddress } from "./workers.js";

export async function setUpOffline() {
  if (!("serviceWorker" in navigator) || !isSecureContext) return;
  await navigator.serviceWorker.register(serviceWorkerAddress());
  const { active } = await navigator.serviceWorker.ready;
  const loaded = performance.getEntriesByType("resource").map(({ name }) => name.split("#")[0]);
  const page = location.href.split(/[?#]/)[0];
  const unseen = ["device.html", "js/image-worker.js", "js/link-worker.js", "js/device.js", "js/device-worker.js", "pkg/image/mqtt_image_sender_bg.wasm", "pkg/mqtt/mqtt_image_sender_bg.wasm"].map((path) => new URL(path, document.baseURI).href);
  active.postMessage({ keep: [...new Set([page, ...loaded, ...unseen])].filter((url) => isOwn(url)) });
}

/** A file of the page: not a picture that was fetched to be sent. @param {string} url */
const isOwn = (url) => url.startsWith(new URL("./", document.baseURI).href) && (/\.(html|js|css|svg|png|jpg|wasm|webmanifest)$/.test(url) || url.endsWith("/"));
