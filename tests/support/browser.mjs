// The browser that tests/browser runs in: Chromium, or Firefox where MIS_BROWSER says so. Only its driver is loaded.
import { browserName } from "./env.mjs";

const drivers = {
  chromium: async () => {
    const { startChromium: startBrowser, openPage } = await import("./chromium.mjs");
    return { startBrowser, openPage };
  },
  firefox: async () => {
    const { startFirefox: startBrowser, openPage } = await import("./firefox.mjs");
    return { startBrowser, openPage };
  },
};
if (!drivers[browserName]) throw new Error(`MIS_BROWSER is ${browserName}: set it to chromium or firefox`);

export const { startBrowser, openPage } = await drivers[browserName]();
