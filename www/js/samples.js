// For the first minute: pictures to try, while nothing but the practice device is known.
import { $ } from "./dom.js";
import { isFirstRun, onRegistry } from "./registry.js";

let hasPicture = false;

/** @param {boolean} has a picture is there, or on its way */
export function settleSamples(has) {
  hasPicture = has;
  paint();
}

const paint = () => ($("samples").hidden = hasPicture || !isFirstRun());

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
}
