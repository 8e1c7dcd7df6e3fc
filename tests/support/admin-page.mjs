// The admin page with devices that are already kept, imported as a person would: through the file field.
import { until } from "./limits.mjs";
import { openPage } from "./chromium.mjs";

/** What an export holds. `devices`: `{ name, to, from, … }`, each on the broker `stage.broker`. */
export function listOf(stage, devices) {
  const brokers = [{ id: "stage", name: "Workshop", url: stage.broker.url }];
  return { kind: "mqtt-image-sender", version: 1, brokers, devices: devices.map((device, i) => ({ id: `d${i}`, broker: "stage", preset: "ws-2in9-v2", ...device })) };
}

/** Opens the page with this hash. */
export async function openAdmin(stage, hash = "#/devices", options = {}) {
  const page = await openPage(stage.browser, options);
  await page.goto(`${stage.site.url}/index.html${hash}`);
  await page.locator("body[data-kept]").waitFor();
  return page;
}

/** Imports a list. */
export async function importList(page, list) {
  const buffer = Buffer.from(typeof list === "string" ? list : JSON.stringify(list));
  await page.locator("#importfile").setInputFiles({ name: "list.json", mimeType: "application/json", buffer });
}

/** A page on which these devices are kept. */
export async function openWith(stage, devices, options) {
  const page = await openAdmin(stage, "#/devices", options);
  await importList(page, listOf(stage, devices));
  await until(15_000, "the devices", async () => (await page.locator(`[data-view="devices"] [data-id="d0"]`).count()) > 0);
  return page;
}

/** Chooses these devices by name, and goes to the Send view with them. */
export async function selectDevices(page, names) {
  await go(page, "devices");
  for (const name of names) await page.getByRole("checkbox", { name: `Select ${name}`, exact: true }).check();
  await page.locator("#selsend").click();
  await page.locator("#compose").waitFor();
}

export const go = (page, path) => page.evaluate((to) => void (location.hash = `#/${to}`), path);

/** Takes a picture and sends it. */
export async function sendPicture(page, { name = "picture.png", mimeType = "image/png", buffer }) {
  await page.locator("#file").setInputFiles({ name, mimeType, buffer });
  await page.locator("#send").click();
  await page.locator("#h-run").waitFor();
}

/** Waits until the row of each device is in its state, e.g. `{ "Counter 1": "done" }`. */
export async function rows(page, states, ms = 30_000) {
  const read = () => page.evaluate(() => Object.fromEntries([...document.querySelectorAll("#jobs > li")].map(({ dataset }) => [dataset.device, dataset.state])));
  let seen = {};
  await until(ms, async () => `rows ${JSON.stringify(states)}; they are ${JSON.stringify(seen)}`, async () => {
    seen = await read();
    return Object.entries(states).every(([device, state]) => seen[device] === state);
  });
}

/** Everything that this origin keeps, as text. */
export const keptText = (page) => page.evaluate(async () => {
  const db = await new Promise((done, fail) => Object.assign(indexedDB.open("mqtt-image-sender"), { onsuccess: (event) => done(event.target.result), onerror: fail }));
  const tables = await Promise.all([...db.objectStoreNames].map((name) => new Promise((done) => (db.transaction(name).objectStore(name).getAll().onsuccess = (event) => done([name, event.target.result])))));
  db.close();
  return JSON.stringify([tables, { ...localStorage }, { ...sessionStorage }, location.href, history.state]);
});
