// While a transfer runs, the browser is asked not to freeze the tab (a held Web Lock) and not to darken the screen (a wake lock).

/** @returns {() => void} lets go */
export function holdAwake() {
  const over = new AbortController();
  navigator.locks?.request("mqtt-image-sender:transfer", { mode: "shared" }, () => new Promise((done) => over.signal.addEventListener("abort", done))).catch(() => {});
  keepScreenOn(over.signal);
  return () => over.abort();
}

/** @param {AbortSignal} over */
function keepScreenOn(over) {
  if (!navigator.wakeLock) return;
  /** @type {WakeLockSentinel | null} */
  let lock = null;
  const ask = async () => {
    if (document.visibilityState !== "visible" || over.aborted) return;
    lock = await navigator.wakeLock.request("screen").catch(() => null);
    if (over.aborted) lock?.release();
  };
  document.addEventListener("visibilitychange", ask, { signal: over }); // it is released when the page is hidden
  over.addEventListener("abort", () => lock?.release());
  ask();
}
