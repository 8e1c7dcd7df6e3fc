// The cases of `bench image`. Each takes the figures to add to and how many rounds to run.
import { inputs, onImageStage } from "./image-stage.mjs";
import { inRounds } from "./run.mjs";

const PICTURES = ["12 MP", "12 MP progressive", "14 MP", "22 MP", "100 MP", "2 MP", "PNG 1600x960"];
const VARIANTS = ["ours", "image", "canvas", "canvas, high", "ImageDecoder", "jSquash", "browser-image-compression", "pica"];
const DECODERS = ["ours", "image", "canvas", "ImageDecoder", "jSquash"];
const PANELS = ["bw", "bwr", "acep7", "spectra6"];
const DITHERS = ["floyd-steinberg", "none", "atkinson", "bayer", "dbs"];
const MEMORY = 32_000_000;

/** name: [rounds when none are asked for, the case] */
export const cases = {
  warm: [7, warm],
  cold: [5, cold],
  decode: [15, decode],
  dither: [15, dither],
};

/** Files to JPEGs of 800 by 480 pixels, with everything loaded and tried before. */
async function warm(figures, rounds) {
  await onImageStage(async (open) => {
    for (const name of PICTURES) await open((bench) => picture(figures, rounds, name, bench));
  });
}

async function picture(figures, rounds, name, bench) {
  const input = inputs[name];
  const variants = await able(VARIANTS, name, (variant) => bench("jpeg", { variant, input }));
  const measured = await inRounds(rounds, variants, (variant) => bench("jpeg", { variant, input }));
  figures.compare(name, measured, ({ ms }) => ms, "ms");
  const { ours, ...others } = measured.at(-1);
  figures.add(name, ours.memory, "file and 32 MB", input.bytes + MEMORY, "bytes of linear memory");
  for (const [peer, { memory }] of Object.entries(others)) {
    if (memory > 0) figures.add(name, ours.memory, peer, memory, "bytes of linear memory");
  }
}

/** The first picture in a browser that was just started: loading and compiling included. */
async function cold(figures, rounds) {
  await onImageStage(async (open) => {
    for (const name of ["12 MP", "2 MP"]) {
      const first = async (variant) => {
        let outcome;
        await open(async (bench) => (outcome = await bench("jpeg", { variant, input: inputs[name] })));
        return { ms: outcome.ms + outcome.loading };
      };
      const variants = await able(VARIANTS, name, first);
      const measured = await inRounds(rounds, variants, first);
      figures.compare(`${name}, the first picture`, measured, ({ ms }) => ms, "ms");
    }
  });
}

/** A PNG to its pixels. */
async function decode(figures, rounds) {
  await onImageStage((open) => open(async (bench) => {
    const name = "PNG 1600x960";
    const run = (variant) => bench("pixels", { variant, input: inputs[name] });
    const variants = await able(DECODERS, name, run);
    figures.compare(`${name} to pixels`, await inRounds(rounds, variants, run), ({ ms }) => ms, "ms");
  }));
}

/** Pixels to a panel's bytes, beside a plain Floyd-Steinberg in whole numbers on sRGB values. */
async function dither(figures, rounds) {
  await onImageStage((open) => open(async (bench) => {
    for (const panel of PANELS) {
      for (const dither of DITHERS) {
        const jobs = { ours: dither, "plain Floyd-Steinberg": "plain" };
        const times = dither === "dbs" ? 1 : 10;
        const run = (variant) => bench("dither", { input: inputs.panel, panel, dither: jobs[variant], times });
        figures.compare(`${panel}, ${dither}, 800x480`, await inRounds(rounds, Object.keys(jobs), run), ({ ms }) => ms, "ms");
      }
    }
  }));
}

/** Those variants that can do it at all; why another cannot is told. */
async function able(variants, name, run) {
  const good = [];
  for (const variant of variants) {
    try {
      await run(variant);
      good.push(variant);
    } catch (error) {
      if (variant === "ours") throw error;
      console.error(`${name}: ${variant} fails: ${error.message.split("\n")[0].slice(-200)}`);
    }
  }
  return good;
}
