// Headless Chromium, and pages that note what a test asks about afterwards.
import { chromium as driver } from "playwright-core";
import { chromium, needs } from "./env.mjs";
import { watch } from "./watch.mjs";

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
  return Object.assign(page, { noted, sibling: () => context.newPage(), done: () => context.close() });
}
