// QR codes (ISO/IEC 18004): text as bytes of UTF-8, error correction level M, versions 1 to 40, the mask with the least penalty.

/** Level M, by version from 1: error correction bytes of a block, and the number of blocks (table 9 of the standard). */
const CORRECTION = [10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26, 26, ...Array(19).fill(28)];
const BLOCKS = [1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16, 17, 17, 18, 20, 21, 23, 25, 26, 28, 29, 31, 33, 35, 37, 38, 40, 43, 45, 47, 49];
/** Whether a module is inverted, by row and column (table 10). */
const MASKS = [
  (y, x) => (y + x) % 2 === 0, (y) => y % 2 === 0, (y, x) => x % 3 === 0, (y, x) => (y + x) % 3 === 0,
  (y, x) => ((y >> 1) + Math.floor(x / 3)) % 2 === 0, (y, x) => ((y * x) % 2) + ((y * x) % 3) === 0,
  (y, x) => (((y * x) % 2) + ((y * x) % 3)) % 2 === 0, (y, x) => (((y + x) % 2) + ((y * x) % 3)) % 2 === 0,
];

/**
 * @param {string} text @returns {{ size: number, isDark: (x: number, y: number) => boolean } | null} modules on a side, without the quiet zone of four; null: too long for any
 */
export function qrCode(text) {
  const bytes = new TextEncoder().encode(text);
  const version = BLOCKS.findIndex((_, i) => dataLength(i + 1) >= bytes.length + (i < 9 ? 2 : 3)) + 1;
  if (version === 0) return null;
  const grid = new Grid(version);
  grid.write(interleave(version, dataOf(version, bytes)));
  grid.mask();
  return { size: grid.size, isDark: (x, y) => grid.at(y, x) === 1 };
}

/** Modules that hold neither a pattern nor the format. @param {number} version */
function room(version) {
  const aligned = Math.floor(version / 7) + 2;
  const patterns = version > 1 ? (25 * aligned - 10) * aligned - 55 : 0;
  return (16 * version + 128) * version + 64 - patterns - (version > 6 ? 36 : 0);
}

/** Bytes of data in all blocks. @param {number} version */
const dataLength = (version) => (room(version) >> 3) - CORRECTION[version - 1] * BLOCKS[version - 1];

/** Mode, length, bytes, and the padding that alternates. @param {number} version @param {Uint8Array} bytes */
function dataOf(version, bytes) {
  const bits = [];
  const put = (value, length) => {
    for (let i = length - 1; i >= 0; i -= 1) bits.push((value >> i) & 1);
  };
  put(4, 4);
  put(bytes.length, version < 10 ? 8 : 16);
  for (const byte of bytes) put(byte, 8);
  put(0, 4); // there is room: the length was chosen with half a byte to spare
  const data = new Uint8Array(dataLength(version));
  for (let i = 0; i < data.length; i += 1) {
    const byte = bits.slice(8 * i, 8 * i + 8);
    data[i] = byte.length ? byte.reduce((value, bit) => 2 * value + bit, 0) : (i - (bits.length >> 3)) % 2 ? 0x11 : 0xec;
  }
  return data;
}

/** The blocks with their correction, column by column; the later blocks may be a byte longer. @param {number} version @param {Uint8Array} data */
function interleave(version, data) {
  const [count, extra] = [BLOCKS[version - 1], CORRECTION[version - 1]];
  const short = Math.floor(data.length / count);
  const longFrom = count - (data.length % count);
  const divisor = generator(extra);
  const blocks = [];
  for (let i = 0, at = 0; i < count; i += 1) {
    const length = short + (i >= longFrom ? 1 : 0);
    const part = data.subarray(at, at + length);
    at += length;
    blocks.push({ part, more: remainder(part, divisor) });
  }
  const bytes = [];
  for (let i = 0; i <= short; i += 1) for (const { part } of blocks) if (i < part.length) bytes.push(part[i]);
  for (let i = 0; i < extra; i += 1) for (const { more } of blocks) bytes.push(more[i]);
  return bytes;
}

// ---------------------------------------------------------------- Reed–Solomon over GF(256), x⁸ + x⁴ + x³ + x² + 1

/** @param {number} a @param {number} b */
function times(a, b) {
  let product = 0;
  for (let bit = 7; bit >= 0; bit -= 1) {
    product = (product << 1) ^ ((product >> 7) * 0x11d);
    if ((b >> bit) & 1) product ^= a;
  }
  return product;
}

/** (x − 1)(x − α)(x − α²) … without its leading 1. @param {number} degree */
function generator(degree) {
  const product = new Uint8Array(degree);
  product[degree - 1] = 1;
  for (let i = 0, root = 1; i < degree; i += 1, root = times(root, 2)) {
    for (let j = 0; j < degree; j += 1) product[j] = times(product[j], root) ^ (product[j + 1] ?? 0);
  }
  return product;
}

/** @param {Uint8Array} data @param {Uint8Array} divisor */
function remainder(data, divisor) {
  const rest = new Uint8Array(divisor.length);
  for (const byte of data) {
    const factor = byte ^ rest[0];
    rest.copyWithin(0, 1);
    rest[rest.length - 1] = 0;
    for (let i = 0; i < rest.length; i += 1) rest[i] ^= times(divisor[i], factor);
  }
  return rest;
}

// ---------------------------------------------------------------- modules

class Grid {
  #modules;
  /** Modules that are a pattern's. */
  #fixed;

  /** @param {number} version */
  constructor(version) {
    this.version = version;
    this.size = 4 * version + 17;
    this.#modules = new Uint8Array(this.size ** 2);
    this.#fixed = new Uint8Array(this.size ** 2);
    this.#patterns();
  }

  at(y, x) {
    return this.#modules[y * this.size + x];
  }

  #fix(y, x, dark) {
    if (y < 0 || x < 0 || y >= this.size || x >= this.size) return;
    this.#modules[y * this.size + x] = Number(dark);
    this.#fixed[y * this.size + x] = 1;
  }

  #patterns() {
    const { size, version } = this;
    for (let i = 0; i < size; i += 1) {
      this.#fix(6, i, i % 2 === 0);
      this.#fix(i, 6, i % 2 === 0);
    }
    const ring = (y, x, reach, isDark) => {
      for (let dy = -reach; dy <= reach; dy += 1) for (let dx = -reach; dx <= reach; dx += 1) this.#fix(y + dy, x + dx, isDark(Math.max(Math.abs(dy), Math.abs(dx))));
    };
    for (const [y, x] of [[3, 3], [3, size - 4], [size - 4, 3]]) ring(y, x, 4, (far) => far !== 2 && far !== 4);
    const places = alignment(version);
    const last = places.length - 1;
    for (const [i, y] of places.entries()) {
      for (const [j, x] of places.entries()) {
        if ((i === 0 && j === 0) || (i === 0 && j === last) || (i === last && j === 0)) continue; // a finder stands there
        ring(y, x, 2, (far) => far !== 1);
      }
    }
    this.#format(0);
    if (version < 7) return;
    const bits = (version << 12) | checked(version, 12, 0x1f25);
    for (let i = 0; i < 18; i += 1) {
      const [long, short] = [Math.floor(i / 3), size - 11 + (i % 3)];
      this.#fix(long, short, (bits >> i) & 1);
      this.#fix(short, long, (bits >> i) & 1);
    }
  }

  /** Level M (0) and the mask, twice. @param {number} mask */
  #format(mask) {
    const { size } = this;
    const bits = ((mask << 10) | checked(mask, 10, 0x537)) ^ 0x5412;
    for (let i = 0; i < 15; i += 1) {
      const dark = (bits >> i) & 1;
      if (i < 8) this.#fix(i < 6 ? i : i + 1, 8, dark);
      else this.#fix(8, i < 9 ? 7 : 14 - i, dark);
      if (i < 8) this.#fix(8, size - 1 - i, dark);
      else this.#fix(size - 15 + i, 8, dark);
    }
    this.#fix(size - 8, 8, 1);
  }

  /** Up and down in pairs of columns, from the right. @param {number[]} bytes */
  write(bytes) {
    const { size } = this;
    let i = 0;
    for (let right = size - 1; right > 0; right -= 2) {
      if (right === 6) right = 5; // the timing pattern's column
      for (let step = 0; step < size; step += 1) {
        const y = ((right + 1) & 2) === 0 ? size - 1 - step : step;
        for (const x of [right, right - 1]) {
          if (this.#fixed[y * size + x]) continue;
          this.#modules[y * size + x] = ((bytes[i >> 3] ?? 0) >> (7 - (i & 7))) & 1;
          i += 1;
        }
      }
    }
  }

  /** Puts the mask on that leaves the fewest shapes that mislead a reader. */
  mask() {
    const scores = MASKS.map((_, mask) => {
      this.#apply(mask);
      const score = this.#penalty();
      this.#apply(mask); // and off again
      return score;
    });
    this.#apply(scores.indexOf(Math.min(...scores)));
  }

  #apply(mask) {
    const { size } = this;
    for (let y = 0; y < size; y += 1) for (let x = 0; x < size; x += 1) if (!this.#fixed[y * size + x] && MASKS[mask](y, x)) this.#modules[y * size + x] ^= 1;
    this.#format(mask);
  }

  /** Runs, blocks, shapes like a finder, and an uneven share of dark (7.8.3). */
  #penalty() {
    const { size } = this;
    let score = 0;
    let dark = 0;
    for (let i = 0; i < size; i += 1) {
      const [row, column] = [[], []];
      for (let j = 0; j < size; j += 1) {
        row.push(this.at(i, j));
        column.push(this.at(j, i));
        dark += this.at(i, j);
        if (i && j && new Set([this.at(i, j), this.at(i - 1, j), this.at(i, j - 1), this.at(i - 1, j - 1)]).size === 1) score += 3;
      }
      for (const line of [row.join(""), column.join("")]) {
        for (const [run] of line.matchAll(/0{5,}|1{5,}/g)) score += run.length - 2;
        score += 40 * (line.match(/(?=10111010000|00001011101)/g)?.length ?? 0);
      }
    }
    return score + 10 * Math.floor(Math.abs((20 * dark) / size ** 2 - 10));
  }
}

/** Rows and columns of the alignment patterns' centres. @param {number} version @returns {number[]} */
function alignment(version) {
  if (version === 1) return [];
  const count = Math.floor(version / 7) + 2;
  const step = version === 32 ? 26 : 2 * Math.ceil((4 * version + 4) / (2 * count - 2));
  return [6, ...Array.from({ length: count - 1 }, (_, i) => 4 * version + 10 - step * (count - 2 - i))];
}

/** The check bits of a BCH code. @param {number} value @param {number} bits how many @param {number} divisor */
function checked(value, bits, divisor) {
  let rest = value;
  for (let i = 0; i < bits; i += 1) rest = (rest << 1) ^ ((rest >> (bits - 1)) * divisor);
  return rest;
}
