// A picture by the camera: on phones by the system's own, elsewhere in a dialog.
import { fill, h, note } from "./dom.js";
import { showDialog } from "./dialog.js";
import { t } from "./texts.js";

/** What a photograph is asked for: more than any panel has. In pixels. */
const WIDTH = 2560;

/** @param {(file: File) => void} onFile */
export function takePhotograph(onFile) {
  if (matchMedia("(pointer: coarse)").matches) return bySystem(onFile);
  return inDialog(onFile);
}

function bySystem(onFile) {
  const input = /** @type {HTMLInputElement} */ (h("input", { type: "file", accept: "image/*", capture: "environment" }));
  input.addEventListener("change", () => input.files[0] && onFile(input.files[0]));
  input.click();
}

async function inDialog(onFile) {
  /** @type {MediaStream | null} */
  let stream = null;
  let closed = false;
  const video = /** @type {HTMLVideoElement} */ (h("video.camera", { autoplay: true, playsinline: true, "aria-label": t("camera.h") }));
  video.muted = true;
  const take = /** @type {HTMLButtonElement} */ (h("button.btn.primary", { type: "button", disabled: true, onclick: shoot }, t("camera.take")));
  const outcome = h("div", { role: "status", hidden: true });
  const stop = () => stream?.getTracks().forEach((track) => track.stop());
  const dialog = showDialog("camera-dialog", t("camera.h"), { body: [video, outcome], footer: [take], onClose: () => ((closed = true), stop()) });
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { width: { ideal: WIDTH }, facingMode: "environment" } });
    if (closed) return stop();
    video.srcObject = stream;
    await video.play();
    take.disabled = false;
    take.focus();
  } catch (error) {
    if (!closed) fill(outcome, note("bad", "camera", h("strong", null, t(error.name === "NotAllowedError" ? "camera.denied" : "camera.failed"))));
  }

  async function shoot() {
    const canvas = Object.assign(document.createElement("canvas"), { width: video.videoWidth, height: video.videoHeight });
    canvas.getContext("2d").drawImage(video, 0, 0);
    const blob = /** @type {Blob} */ (await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.95)));
    dialog.close();
    onFile(new File([blob], t("camera.file"), { type: "image/jpeg" }));
  }
}
