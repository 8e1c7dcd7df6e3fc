// Panel bytes back to pixels, for a virtual device that has no panel: PANELS are packed as their drivers take them.

/** Colours as an eye sees them on paper. @type {Record<string, number[]>} */
const INK = { black: [36, 36, 38], white: [234, 233, 227], red: [158, 36, 0], yellow: [233, 180, 28], blue: [45, 93, 173], green: [67, 111, 68], orange: [194, 106, 42] };
const CODES = {
  bw: ["black", "white"],
  bwry: ["black", "white", "yellow", "red"],
  spectra6: ["black", "white", "yellow", "red", "white", "blue", "green"],
  "spectra6-gxepd2": ["black", "white", "green", "blue", "red", "yellow", "orange"],
  acep7: ["black", "white", "green", "blue", "red", "yellow", "orange"],
};
const BITS = { mono1: 1, gray2: 2, palette2: 2, gray4: 4, palette4: 4, gray8: 8, rgb565be: 16, rgb565le: 16, rgb888: 24 };

/**
 * @param {Uint8Array} bytes @param {Record<string, any>} image a preset's options
 * @returns {ImageData | null} null: the bytes are not that panel's
 */
export function unpack(bytes, image) {
  const { width, height, format, columns = 1 } = image;
  if (!width || !height || !(format in BITS || format === "planes") || width % columns) return null;
  const part = width / columns;
  const stride = Math.ceil((part * (BITS[format] ?? 1)) / 8);
  const plane = stride * height * columns;
  if (bytes.length !== (format === "planes" ? 2 * plane : plane)) return null;
  const pixels = new ImageData(width, height);
  const read = reader(format, image, bytes, plane);
  for (let half = 0; half < columns; half += 1) {
    for (let y = 0; y < height; y += 1) {
      const row = half * stride * height + y * stride;
      for (let x = 0; x < part; x += 1) pixels.data.set([...read(row, x), 255], 4 * (y * width + half * part + x));
    }
  }
  return pixels;
}

/** @param {string} format @param {Record<string, any>} image @param {Uint8Array} bytes @param {number} plane @returns {(row: number, x: number) => number[]} the colour of a pixel, from where its row begins */
function reader(format, { palette, invert }, bytes, plane) {
  const bits = BITS[format] ?? 1;
  const at = (from, x) => (bytes[from + ((x * bits) >> 3)] >> (8 - bits - ((x * bits) & 7))) & ((1 << bits) - 1);
  const gray = (value) => INK.black.map((black, i) => black + (value * (INK.white[i] - black)) / ((1 << bits) - 1));
  switch (format) {
    case "mono1":
      return (row, x) => (at(row, x) === (invert ? 0 : 1) ? INK.white : INK.black);
    case "planes": {
      const [black, color] = typeof invert === "object" ? [invert.black, invert.color] : [invert, invert];
      const ink = palette === "bwy" ? INK.yellow : INK.red;
      return (row, x) => (at(plane + row, x) === (color ? 0 : 1) ? ink : at(row, x) === (black ? 1 : 0) ? INK.black : INK.white);
    }
    case "palette2":
    case "palette4": {
      const codes = CODES[palette] ?? CODES.bwry;
      return (row, x) => INK[codes[at(row, x)] ?? "white"];
    }
    case "rgb888":
      return (row, x) => [...bytes.subarray(row + 3 * x, row + 3 * x + 3)];
    case "rgb565be":
    case "rgb565le": {
      const high = format === "rgb565be" ? 0 : 1;
      return (row, x) => {
        const value = (bytes[row + 2 * x + high] << 8) | bytes[row + 2 * x + 1 - high];
        return [((value >> 11) * 255) / 31, (((value >> 5) & 63) * 255) / 63, ((value & 31) * 255) / 31];
      };
    }
    default:
      return (row, x) => gray(at(row, x));
  }
}
