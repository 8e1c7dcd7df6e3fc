// CRC-32 as IEEE 802.3 and zip have it.

const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let value = n;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** @type {WeakMap<Blob, Promise<string>>} */
const sums = new WeakMap();

/** Of a Blob, computed once. @param {Blob} blob @returns {Promise<string>} */
export function sumOf(blob) {
  const sum = sums.get(blob) ?? blob.arrayBuffer().then((bytes) => crc32(new Uint8Array(bytes)));
  sums.set(blob, sum);
  return sum;
}

/** Eight lower-case hex digits. @param {Uint8Array} bytes */
export function crc32(bytes) {
  let sum = 0xffffffff;
  for (const byte of bytes) sum = (sum >>> 8) ^ TABLE[(sum ^ byte) & 0xff];
  return (~sum >>> 0).toString(16).padStart(8, "0");
}
