// JPEG files looked at from outside: their frame header by hand, their pixels by Chromium's decoder.

/** Marker of the frame (0xc0 is baseline), size and sampling factors of its components. */
export function frameHeader(file) {
  let at = 2;
  while (at + 4 <= file.length) {
    const marker = file[at + 1];
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (file[at] !== 0xff) break;
    if (isFrame) {
      const sampling = Array.from({ length: file[at + 9] }, (_, i) => file[at + 11 + 3 * i]);
      return { marker, width: file.readUInt16BE(at + 7), height: file.readUInt16BE(at + 5), sampling };
    }
    at += 2 + file.readUInt16BE(at + 2);
  }
  throw new Error("no frame header");
}

/** Size, and the RGBA of the pixels at these points. */
export async function decode(browser, file, points = []) {
  const page = await browser.newPage();
  try {
    return await page.evaluate(decodeInPage, { base64: Buffer.from(file).toString("base64"), points });
  } finally {
    await page.close();
  }
}

async function decodeInPage({ base64, points }) {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const bitmap = await createImageBitmap(new Blob([bytes]));
  const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
  context.drawImage(bitmap, 0, 0);
  const pixels = points.map(([x, y]) => [...context.getImageData(x, y, 1, 1).data]);
  return { width: bitmap.width, height: bitmap.height, pixels };
}

/** A segment with its marker and length [ITU-T T.81, B.1.1.4]. */
const segment = (marker, data) => [0xff, marker, (data.length + 2) >> 8, (data.length + 2) & 255, ...data];

/** A baseline JPEG of this size, 4:2:0 and all gray: 12 bits for 16 by 16 pixels, so that even a huge one is small. */
export function flatJpeg(width, height) {
  const size = [height >> 8, height & 255, width >> 8, width & 255];
  // One table each: a DC code "0" for no difference, and an AC code "0" for the end of the block.
  const lone = [1, ...Array(15).fill(0), 0];
  const head = [0xff, 0xd8, ...segment(0xdb, [0, ...Array(64).fill(16)]), ...segment(0xc0, [8, ...size, 3, 1, 0x22, 0, 2, 0x11, 0, 3, 0x11, 0]),
    ...segment(0xc4, [0x00, ...lone, 0x10, ...lone]), ...segment(0xda, [3, 1, 0, 2, 0, 3, 0, 0, 63, 0])];
  // Six blocks of two bits each.
  const bits = Math.ceil(width / 16) * Math.ceil(height / 16) * 12;
  const data = Buffer.alloc(Math.ceil(bits / 8));
  if (bits % 8) data[data.length - 1] = 255 >> bits % 8;
  return Buffer.concat([Buffer.from(head), data, Buffer.from([0xff, 0xd9])]);
}
