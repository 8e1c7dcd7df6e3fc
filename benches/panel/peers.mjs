// The peers that run in Node, asked line by line: { tool, source, target, width, height, palette }. Files are R, G, B, A pixels.
import { readFileSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import CanvasDither from "canvas-dither";
import * as imageQ from "image-q";

const tools = {
  "canvas-dither Floyd-Steinberg": (pixels, { width, height }) => CanvasDither.floydsteinberg({ data: pixels, width, height }).data,
  "canvas-dither Atkinson": (pixels, { width, height }) => CanvasDither.atkinson({ data: pixels, width, height }).data,
  "image-q": byImageQ,
};

/** With its defaults: Floyd–Steinberg, serpentine. */
function byImageQ(pixels, { width, height, palette }) {
  const { Palette, Point, PointContainer } = imageQ.utils;
  const colors = new Palette();
  for (const [r, g, b] of palette) colors.add(Point.createByRGBA(r, g, b, 255));
  const picture = PointContainer.fromUint8Array(pixels, width, height);
  return imageQ.applyPaletteSync(picture, colors, { imageQuantization: "floyd-steinberg" }).toUint8Array();
}

for await (const line of createInterface({ input: process.stdin })) {
  const job = JSON.parse(line);
  writeFileSync(job.target, tools[job.tool](new Uint8ClampedArray(readFileSync(job.source)), job));
  console.log("ok");
}
