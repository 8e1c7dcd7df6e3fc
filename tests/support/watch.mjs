// Runs in each page before its own scripts, sent as source: what a test asks about afterwards is noted from the start.
export function watch() {
  addEventListener("securitypolicyviolation", (event) => {
    window.misNote(`csp: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile ?? ""}:${event.lineNumber}`);
  });
  addEventListener("unhandledrejection", (event) => window.misNote(`unhandled: ${event.reason?.stack ?? event.reason}`));
  window.misLongTasks = [];
  new PerformanceObserver((list) => {
    for (const { duration, startTime } of list.getEntries()) window.misLongTasks.push({ duration, startTime });
  }).observe({ type: "longtask", buffered: true });
  window.misOutcomes = [];
  // Watched from the moment it is parsed: the page's own script may fill it before the document is ready.
  new MutationObserver((_, parsed) => {
    const output = document.querySelector("output#result");
    if (!output) return;
    parsed.disconnect();
    const note = () => window.misOutcomes.push(output.textContent);
    new MutationObserver(note).observe(output, { childList: true, characterData: true, subtree: true });
  }).observe(document, { childList: true, subtree: true });
}
