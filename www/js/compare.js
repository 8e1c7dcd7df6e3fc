// Before and after: over the panel's picture the same picture without the panel's colours, up to the slider's line.
import { $ } from "./dom.js";
import { readForm } from "./draft.js";

/** What the panel alone asks for. */
const OF_PANEL = ["palette", "dither", "tone", "invert", "rows", "columns", "quality", "maxBytes"];

/** Where the slider stood before the key was held. */
let held = "";
/** What the canvas shows: of which picture, with which options. */
let shown = { source: null, options: "" };
let abort = new AbortController();

/** @param {import("./compose.js").Compose} compose */
export function setUpCompare(compose) {
  const settle = () => show(compose);
  $("split").addEventListener("input", settle);
  addEventListener("keydown", (event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    if (event.key !== "c" || event.repeat || event.ctrlKey || event.metaKey || event.altKey || target.closest("input:not([type=range]), select, textarea, dialog") || $("compare").hidden) return;
    held = $("split").value;
    $("split").value = "100";
    settle();
  });
  addEventListener("keyup", (event) => {
    if (event.key !== "c" || held === "") return;
    $("split").value = held;
    held = "";
    settle();
  });
}

/** Also called when the stage has a new picture. @param {import("./compose.js").Compose} compose */
export async function show(compose) {
  const percent = Number($("split").value);
  const has = Boolean(compose.prepared?.preview) && compose.prepared.format !== "original";
  $("compare").hidden = !has;
  const [canvas, stage] = [$("before"), $("preview")];
  const fits = Math.abs(canvas.width * stage.height - canvas.height * stage.width) <= stage.width; // else it is that of another panel
  const hide = (yes) => (canvas.hidden = $("splitline").hidden = yes);
  hide(!has || percent === 0 || !fits);
  $("screen").style.setProperty("--split", `${percent}%`);
  if (!has || percent === 0) return;
  const options = Object.fromEntries(Object.entries(readForm().draft.image).filter(([name]) => !OF_PANEL.includes(name)));
  const wanted = { source: compose.source, options: JSON.stringify(options) };
  abort.abort();
  if (wanted.source === shown.source && wanted.options === shown.options) return;
  const { signal } = (abort = new AbortController());
  const result = await compose.aside({ ...options, format: "png" }, signal).catch(() => null);
  if (!result?.prepared.preview || signal.aborted) return;
  shown = wanted;
  const { preview } = result.prepared;
  canvas.width = preview.width;
  canvas.height = preview.height;
  canvas.getContext("2d").drawImage(preview, 0, 0);
  preview.close();
  hide($("split").value === "0");
}
