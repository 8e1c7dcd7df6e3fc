// What the system's share sheet gave to the installed page: the service worker has put it aside.

const SHARED = "mqtt-image-sender:shared";

/** Takes it, so that it is there once. @returns {Promise<{ files: File[], url: string }>} */
export async function takeShared() {
  const cache = await caches.open(SHARED);
  const files = [];
  let url = "";
  for (const key of await cache.keys()) {
    const answer = await cache.match(key);
    if (key.url.endsWith("/url")) url = await answer.text();
    else files.push(new File([await answer.blob()], decodeURIComponent(answer.headers.get("X-Name") ?? "") || "picture", { type: answer.headers.get("Content-Type") }));
  }
  await caches.delete(SHARED);
  return { files, url };
}
