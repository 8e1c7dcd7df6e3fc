// Headless Chromium, and pages that note what a test asks about afterwards.
import { chromium as driver } from "playwright-core";
import { chromium, needs } from "./env.mjs";

const flags = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync"];

/** The driver turns the back/forward cache off, `pageCache` turns it on again. */
export function startChromium({ args = [], pageCache = false } = {}) {
  needs(chromium, "apt-get install chromium, or set MIS_CHROMIUM");
  const root = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  const ignoreDefaultArgs = pageCache ? ["--disable-back-forward-cache"] : [];
  return driver.launch({ executablePath: chromium, args: [...flags, ...root, ...args], ignoreDefaultArgs, timeout: 30_000 });
}

/**
 * A page in a context of its own (nothing is remembered between tests). `page.noted` fills with what should not
 * happen: errors, unhandled rejections, refusals by the Content-Security-Policy.
 */
export async function openPage(browser, options = {}) {
  const context = await browser.newContext(options);
  const noted = [];
  await context.exposeFunction("misNote", (text) => noted.push(text));
  await context.addInitScript(watch);
  context.on("console", (message) => {
    if (message.type() !== "error") return;
    if (/Content.Security.Policy|Trusted ?Types|TrustedHTML/i.test(message.text())) noted.push(`csp: ${message.text()}`);
  });
  context.on("weberror", (error) => noted.push(`error: ${error.error()?.stack ?? error.error()}`));
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  return Object.assign(page, { noted, done: () => context.close() });
}

// Runs in each page before its own scripts.
function watch() {
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
