// A test card: marks in the corners, a ramp of grays, colour bars, name and size. What is wrong with a panel's wiring shows in it.
import { count } from "./numbers.js";
import { t } from "./texts.js";

const INKS = ["#000000", "#ffffff", "#ffff00", "#ff0000", "#0000ff", "#00ff00", "#ff8000"];

/** @param {{ name: string, width?: number, height?: number }} what @returns {Promise<File>} */
export const testCard = async (what) => asFile(drawTestCard(what), `${t("testcard.file")}.png`);

/** @param {{ name: string, width?: number, height?: number }} what @param {HTMLCanvasElement} [canvas] takes that size */
export function drawTestCard({ name, width = 800, height = 480 }, canvas) {
  const pen = paper(width, height, canvas);
  const unit = Math.max(1, Math.min(width, height) / 100);
  pen.fillRect(0, 0, width, unit);
  pen.fillRect(0, height - unit, width, unit);
  pen.fillRect(0, 0, unit, height);
  pen.fillRect(width - unit, 0, unit, height);
  corners(pen, width, height, 9 * unit);
  bars(pen, width, height, unit);
  write(pen, name, width / 2, height * 0.3, Math.min(16 * unit, (1.5 * width) / Math.max(name.length, 6)), 700);
  write(pen, `${count(width)} × ${count(height)}`, width / 2, height * 0.5, 8 * unit, 400);
  return pen;
}

/** A device's name and its number, large: who stands before the panel knows which one it is. @param {{ name: string, number: number, width?: number, height?: number }} what @returns {Promise<File>} */
export async function nameCard({ name, number, width = 800, height = 480 }) {
  const pen = paper(width, height);
  write(pen, String(number), width / 2, height * 0.4, Math.min(height * 0.62, (1.3 * width) / String(number).length), 700);
  write(pen, name, width / 2, height * 0.84, Math.min(height * 0.18, (1.6 * width) / Math.max(name.length, 6)), 600);
  return asFile(pen, `${name}.png`);
}

/** An empty picture, which clears a panel, or is written on. @param {{ width?: number, height?: number }} [size] @returns {Promise<File>} */
export async function blank({ width = 800, height = 480 } = { width: 8, height: 8 }) {
  return asFile(paper(width, height), `${t("blank.file")}.png`);
}

/** White, with a black pen on it. @param {number} width @param {number} height in pixels @param {HTMLCanvasElement} [canvas] */
function paper(width, height, canvas = document.createElement("canvas")) {
  Object.assign(canvas, { width, height });
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#ffffff";
  pen.fillRect(0, 0, width, height);
  pen.fillStyle = "#000000";
  return pen;
}

/** As PNG. @param {CanvasRenderingContext2D} pen @param {string} name @returns {Promise<File>} */
async function asFile(pen, name) {
  const blob = /** @type {Blob} */ (await new Promise((done) => pen.canvas.toBlob(done, "image/png")));
  return new File([blob], name, { type: "image/png" });
}

/** A filled corner at the top left, so that a turned or mirrored panel is seen at once; open ones elsewhere. */
function corners(pen, width, height, size) {
  const gap = size / 3;
  pen.lineWidth = size / 6;
  pen.fillRect(gap, gap, size, size);
  for (const [x, y] of [[width - gap - size, gap], [gap, height - gap - size], [width - gap - size, height - gap - size]]) pen.strokeRect(x + size / 12, y + size / 12, size * 0.83, size * 0.83);
}

function bars(pen, width, height, unit) {
  const [left, room] = [16 * unit, width - 32 * unit];
  const steps = 8;
  for (let i = 0; i < steps; i += 1) {
    const gray = Math.round((255 * i) / (steps - 1));
    pen.fillStyle = `rgb(${gray}, ${gray}, ${gray})`;
    pen.fillRect(left + (i * room) / steps, height * 0.62, room / steps + 1, height * 0.12);
  }
  INKS.forEach((ink, i) => {
    pen.fillStyle = ink;
    pen.fillRect(left + (i * room) / INKS.length, height * 0.76, room / INKS.length + 1, height * 0.12);
  });
  pen.fillStyle = "#000000";
}

function write(pen, text, x, y, size, weight) {
  pen.font = `${weight} ${Math.round(size)}px system-ui, sans-serif`;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.fillText(text, x, y);
}
