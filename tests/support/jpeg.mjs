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
