// Within the image worker: the picture moved and enlarged in the panel, with text and a QR code over it, before it is prepared.

/**
 * @typedef {{ x: number, y: number, zoom: number, text: string, textAt: string, qr: string, qrAt: string }} Placing shift in parts of the panel, enlargement,
 *   and what stands over the picture: text at the "foot", "top" or "middle", a code at "right", "left", "top-right", "top-left" or "middle"
 */

/** The last picture that was decoded: moving it in the panel decodes it once. @type {{ id: number, bitmap: ImageBitmap } | null} */
let last = null;
/** Longest side that is kept of it, in pixels. */
const SIDE = 4096;
/** Drawn at a multiple of the panel, so that the module has something to scale. */
const FINER = 2;

/** From what one sees of a panel that hangs turned clockwise to its own rows, in a panel of this size. Whole numbers: edges stay sharp. @type {Record<number, (width: number, height: number) => number[]>} */
const HANGS = { 90: (width) => [0, 1, -1, 0, width, 0], 180: (width, height) => [-1, 0, 0, -1, width, height], 270: (_, height) => [0, -1, 1, 0, 0, height] };

/**
 * @param {Blob | ImageBitmap} source @param {number} id of the source @param {Placing} placing @param {Record<string, any>} options
 * @param {number} hangs by how much of `options.rotate` the panel itself is turned: text, codes and moves are turned with it
 * @returns {Promise<{ source: ImageData, options: Record<string, any> }>} for `prepareImage`
 */
export async function arrange(source, id, { x, y, zoom, ...over }, options, hangs = 0) {
  const overlay = over.text || over.qr ? await import("./overlay.js") : null;
  const picture = await decode(source, id); // nothing is waited for below: another picture closes this one
  const { fit = "contain", rotate = 0, background = "#ffffff", mirror = "none", rotate: _, fit: __, mirror: ___, ...rest } = options;
  const turnedBy = (degrees, /** @type {number[]} */ [a, b]) => (degrees % 180 ? [b, a] : [a, b]);
  const size = panelSize(options, turnedBy(rotate, [picture.width, picture.height]));
  const finer = Math.min(over.qr ? 1 : FINER, SIDE / Math.max(...size)); // scaling would blur the edges of a code
  const panel = size.map((side) => Math.max(1, Math.round(side * finer)));
  const [width, height] = turnedBy(hangs, panel); // as one sees it
  const own = turnedBy(rotate - hangs, [picture.width, picture.height]);
  const canvas = new OffscreenCanvas(panel[0], panel[1]);
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  pen.fillStyle = background;
  pen.fillRect(0, 0, panel[0], panel[1]);
  if (hangs in HANGS) pen.setTransform(new DOMMatrix(HANGS[hangs](panel[0], panel[1])));
  pen.imageSmoothingQuality = "high";
  const room = overlay?.roomFor(pen, over, width, height) ?? { top: 0, bottom: height };
  const high = room.bottom - room.top;
  pen.save();
  pen.rect(0, room.top, width, high);
  pen.clip();
  pen.translate(width * (0.5 + x), room.top + high / 2 + height * y);
  const [sx, sy] = scales(fit, width / own[0], high / own[1], finer);
  pen.scale(mirror === "horizontal" ? -sx * zoom : sx * zoom, mirror === "vertical" ? -sy * zoom : sy * zoom); // here, for text and codes must not be mirrored
  pen.rotate(((rotate - hangs) * Math.PI) / 180);
  pen.drawImage(picture, -picture.width / 2, -picture.height / 2);
  pen.restore();
  overlay?.draw(pen, over, room, width, height);
  return { source: pen.getImageData(0, 0, panel[0], panel[1]), options: { ...rest, width: size[0], height: size[1], fit: "fill" } };
}

/** As `prepareImage` has it: one side left out follows the picture's shape. @param {Record<string, any>} options @param {number[]} own */
function panelSize({ width, height }, [w, h]) {
  return [width ?? (height ? Math.max(1, Math.round((height * w) / h)) : w), height ?? (width ? Math.max(1, Math.round((width * h) / w)) : h)];
}

function scales(fit, x, y, finer) {
  if (fit === "fill") return [x, y];
  const scale = fit === "cover" ? Math.max(x, y) : fit === "scale-down" ? Math.min(x, y, finer) : Math.min(x, y);
  return [scale, scale];
}

/** @param {Blob | ImageBitmap} source @param {number} id @returns {Promise<ImageBitmap>} */
async function decode(source, id) {
  if (last?.id === id) return last.bitmap;
  const full = source instanceof ImageBitmap ? source : await createImageBitmap(source).catch((cause) => {
    throw Object.assign(new Error("The browser cannot read this picture.", { cause }), { name: "ImageError", code: "unsupported" });
  });
  const scale = SIDE / Math.max(full.width, full.height);
  const bitmap = scale >= 1 ? full : await createImageBitmap(full, { resizeWidth: Math.max(1, Math.round(full.width * scale)), resizeHeight: Math.max(1, Math.round(full.height * scale)), resizeQuality: "high" });
  last?.bitmap.close();
  last = { id, bitmap };
  return bitmap;
}
