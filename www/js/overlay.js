// Within the image worker: what stands over the picture, in black on white, so that every panel can show it.
import { qrCode } from "./qr.js";

/** White modules around a code, as the standard asks for. */
const QUIET = 4;
/** Share of the shorter side that a code takes where its modules can have two pixels and more. */
const SHARE = 0.45;
const LINES = 4;

/** @typedef {{ text: string, textAt: string, qr: string, qrAt: string }} Over @typedef {{ top: number, bottom: number }} Room rows of the panel */

/**
 * The rows that a band of text leaves to the picture: it would cover the picture's foot, which people want to see.
 * @param {OffscreenCanvasRenderingContext2D} pen @param {Over} over @param {number} width @param {number} height in pixels @returns {Room}
 */
export function roomFor(pen, { text, textAt }, width, height) {
  if (!text || textAt === "middle") return { top: 0, bottom: height };
  const high = bandHeight(lineSize(pen, text, width, height));
  return textAt === "top" ? { top: high, bottom: height } : { top: 0, bottom: height - high };
}

/** @param {OffscreenCanvasRenderingContext2D} pen @param {Over} over @param {Room} room as `roomFor` says @param {number} width @param {number} height in pixels */
export function draw(pen, { text, textAt, qr, qrAt }, room, width, height) {
  if (text && textAt === "middle") plate(pen, text, width, height);
  else if (text) band(pen, text, width, height, textAt === "top");
  if (qr) code(pen, qr, qrAt, { width, ...room });
}

const font = (size) => `600 ${size}px system-ui, sans-serif`;

/** Of the letters of a line across the picture, in pixels. */
function lineSize(pen, text, width, height) {
  const size = Math.max(8, Math.round(height * 0.14));
  pen.font = font(size);
  return Math.max(8, Math.min(size, Math.floor((size * 0.96 * width) / pen.measureText(text).width)));
}

const bandHeight = (size) => Math.round(size * 1.6);

/** A line in a band across the picture. */
function band(pen, text, width, height, atTop) {
  const size = lineSize(pen, text, width, height);
  const high = bandHeight(size);
  const start = atTop ? 0 : height - high;
  pen.fillStyle = "#ffffff";
  pen.fillRect(0, start, width, high);
  print(pen, [text], size, width, start + high / 2);
}

/** As large as it goes, on as many lines as that takes. */
function plate(pen, text, width, height) {
  const most = 0.94 * width;
  let best = { size: 0, lines: [text] };
  for (let n = 1; n <= LINES; n += 1) {
    const lines = inLines(text, n);
    pen.font = font(100);
    const widest = Math.max(...lines.map((line) => pen.measureText(line).width));
    const size = Math.floor(Math.min((100 * most) / widest, (0.9 * height) / (1.2 * lines.length)));
    if (size > best.size) best = { size, lines };
  }
  const room = Math.round(best.size * (1.2 * best.lines.length + 0.4));
  pen.fillStyle = "#ffffff";
  pen.fillRect(0, Math.round((height - room) / 2), width, room);
  print(pen, best.lines, Math.max(8, best.size), width, height / 2);
}

/** Breaks at spaces into lines of about the same length; Chinese has none, and breaks anywhere. @param {string} text @param {number} n @returns {string[]} */
function inLines(text, n) {
  const words = text.includes(" ") ? text.split(/\s+/) : [...text];
  const space = text.includes(" ") ? " " : "";
  const length = text.length / n;
  const lines = [""];
  for (const word of words) {
    const longer = lines.at(-1) ? lines.at(-1) + space + word : word;
    if (lines.at(-1) && lines.length < n && longer.length > length + word.length / 2) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}

function print(pen, lines, size, width, middle) {
  pen.fillStyle = "#000000";
  pen.font = font(size);
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  lines.forEach((line, i) => pen.fillText(line, width / 2, middle + 1.2 * size * (i - (lines.length - 1) / 2), width * 0.98));
}

/** Whole pixels a module, in the room that the text leaves. */
function code(pen, text, at, { width, top, bottom }) {
  const found = qrCode(text);
  const shorter = Math.min(width, bottom - top);
  const modules = found && found.size + 2 * QUIET;
  const scale = found && Math.min(Math.max(2, Math.floor((at === "middle" ? 1 : SHARE) * (shorter / modules))), Math.floor(shorter / modules));
  if (!scale) throw Object.assign(new Error("qr: the code does not fit the panel; give it a shorter text"), { name: "ImageError", code: "invalid" });
  const side = modules * scale;
  const x = at === "middle" ? Math.floor((width - side) / 2) : at.endsWith("left") ? 0 : width - side;
  const y = at === "middle" ? top + Math.floor((bottom - top - side) / 2) : at.startsWith("top") ? top : bottom - side;
  pen.fillStyle = "#ffffff";
  pen.fillRect(x, y, side, side);
  pen.fillStyle = "#000000";
  for (let row = 0; row < found.size; row += 1) {
    for (let column = 0; column < found.size; column += 1) if (found.isDark(column, row)) pen.fillRect(x + (column + QUIET) * scale, y + (row + QUIET) * scale, scale, scale);
  }
}
