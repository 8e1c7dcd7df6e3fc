// The dithers alone, in one module: what they are given lies in its memory already, and what they make stays there.
import { loadRaw } from "./raw.js";

const DITHERS = ["none", "floyd-steinberg", "atkinson", "bayer", "dbs"];
/** In the order of benches/plain/src/ours.rs: the colours by name among which the plain dither chooses. */
const PANELS = {
  bw: null,
  bwr: ["#000000", "#ffffff", "#ff0000"],
  acep7: ["#000000", "#ffffff", "#00ff00", "#0000ff", "#ff0000", "#ffff00", "#ff8000"],
  spectra6: ["#000000", "#ffffff", "#ffff00", "#ff0000", "#0000ff", "#00ff00"],
};

/** `dither({ data, width }, panel, dither)`: milliseconds that one takes; `plain` is the plain one. */
export async function loadDithers() {
  const raw = await loadRaw("/dither.wasm");
  const timed = (work) => {
    const started = performance.now();
    if (work() === 0) throw new Error("refused");
    return performance.now() - started;
  };
  return ({ data, width }, panel, dither) => {
    const colors = PANELS[panel];
    if (dither === "plain" && !colors) {
      raw.write([data]);
      return timed(() => raw.to_mono(width));
    }
    if (dither === "plain") {
      const bytes = Uint8Array.from(colors.flatMap((color) => [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16))));
      raw.write([bytes, data]);
      return timed(() => raw.to_palette(width, colors.length));
    }
    raw.write([data]);
    if (raw.begin(width, Object.keys(PANELS).indexOf(panel), DITHERS.indexOf(dither)) === 0) throw new Error("refused");
    return timed(raw.finish);
  };
}
