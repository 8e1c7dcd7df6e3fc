// Headless Firefox over WebDriver BiDi, with as much of chromium.mjs as tests/browser uses.
import driver from "puppeteer-core";
import { firefox, needs } from "./env.mjs";
import { watch } from "./watch.mjs";

export function startFirefox() {
  needs(firefox, "apt-get install firefox-esr, or set MIS_FIREFOX");
  return driver.launch({ browser: "firefox", executablePath: firefox, headless: true, timeout: 60_000 });
}

/**
 * A page in a context of its own. `page.noted` fills with what should not happen, as in chromium.mjs. Notes travel apart from
 * answers here: after `page.settle()` all that came before it has arrived.
 */
export async function openPage(browser) {
  const context = await browser.createBrowserContext();
  const noted = [];
  const page = await openIn(context, noted);
  return Object.assign(page, { sibling: () => openIn(context, noted), done: () => context.close() });
}

async function openIn(context, noted) {
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  await page.exposeFunction("misNote", (text) => text === "settled" || noted.push(text));
  await page.evaluateOnNewDocument(watch);
  await page.evaluateOnNewDocument(watchErrors);
  return Object.assign(page, { noted, settle: () => page.evaluate(() => window.misNote("settled")) });
}

// The driver's own `pageerror` also tells what Firefox merely notes on its console: that a socket did not open.
function watchErrors() {
  // A stack of Firefox does not begin with the message.
  addEventListener("error", ({ message, error }) => window.misNote(`error: ${message}\n${error?.stack ?? ""}`));
}
