// For the first minute: pictures to try, and the ways to devices of one's own, while nothing but the practice device is known.
import { $ } from "./dom.js";
import { sending } from "./later.js";
import { isFirstRun, onRegistry } from "./registry.js";
import { go } from "./router.js";

let hasPicture = false;

/** @param {boolean} has a picture is there, or on its way */
export function settleSamples(has) {
  hasPicture = has;
  paint();
}

const paint = () => ($("samples").hidden = hasPicture || !isFirstRun());

/** What leads to devices of one's own. @type {Record<string, () => Promise<void>>} */
const REAL = {
  device: async () => (await import("./editing.js")).editDevice(null),
  broker: async () => (await import("./editing.js")).editBroker(null, "b-preset", () => REAL.device()), // a broker alone sends nothing
  import: async () => {
    go("devices"); // where it is seen what came of it
    $("importfile").click();
  },
};

/** @param {(file: File) => void} onFile */
export function setUpSamples(onFile) {
  paint();
  onRegistry(paint);
  for (const button of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-sample]"))) {
    button.addEventListener("click", async () => {
      const { sample } = button.dataset;
      if (sample === "card") return onFile(await (await import("./testcard.js")).testCard({ name: "mqtt-image-sender" }));
      const answer = await fetch(sample);
      onFile(new File([await answer.blob()], sample.split("/").pop(), { type: "image/jpeg" }));
    });
  }
  for (const button of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-real]"))) button.addEventListener("click", () => sending().then(REAL[button.dataset.real]));
}
