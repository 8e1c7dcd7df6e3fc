// Drawings: no browser decodes them in a worker, so the page paints them through an <img>, at a bounded size.

/** Longest side that is painted, in pixels. */
const SIDE = 2048;

/** @param {Blob} blob */
export async function isSvg(blob) {
  if (blob.type.startsWith("image/svg")) return true;
  const head = (await blob.slice(0, 1024).text()).trimStart();
  return head.startsWith("<svg") || (head.startsWith("<?xml") && head.includes("<svg"));
}

/**
 * As many pixels as the panel asks for, or as the drawing says that it has.
 * @param {Blob} blob @param {{ width?: number, height?: number }} options @returns {Promise<ImageBitmap>}
 */
export async function rasterise(blob, options) {
  const url = URL.createObjectURL(blob.type.startsWith("image/svg") ? blob : blob.slice(0, blob.size, "image/svg+xml"));
  try {
    const img = new Image();
    img.src = url;
    await img.decode();
    const own = { width: img.naturalWidth || 300, height: img.naturalHeight || 150 };
    const wanted = Math.max((options.width ?? 0) / own.width, (options.height ?? 0) / own.height) || 1;
    const scale = Math.min(wanted, SIDE / Math.max(own.width, own.height));
    const size = [Math.max(1, Math.round(own.width * scale)), Math.max(1, Math.round(own.height * scale))];
    const canvas = Object.assign(document.createElement("canvas"), { width: size[0], height: size[1] });
    canvas.getContext("2d").drawImage(img, 0, 0, size[0], size[1]);
    return await createImageBitmap(canvas);
  } finally {
    URL.revokeObjectURL(url);
  }
}
