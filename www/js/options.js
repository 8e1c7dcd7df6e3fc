// Every option of the module that a field or a link may give: whose it is, and how it is read from text.
// Ranges and what goes with what are the module's to judge: it rejects with `invalid` and the option's name.

/** @typedef {"broker" | "send" | "image"} Part */

/** The module's default topics, here for what the page says of them. */
export const DEFAULT_TO = "mqttTestPub";
export const DEFAULT_FROM = "mqttTestSub";

const text = (value) => value;
const decimal = (value) => {
  if (!/^[+-]?\d+(\.\d+)?$/.test(value)) throw new OptionError("number", value);
  return Number(value);
};
const flag = (value) => {
  if (!["true", "false", "1", "0"].includes(value)) throw new OptionError("flag", value);
  return value === "true" || value === "1";
};
const orWord = (...words) => (value) => (words.includes(value) ? value : decimal(value));
const oneOf = (...words) => (value) => {
  if (!words.includes(value)) throw new OptionError("choice", value, words.join(", "));
  return value;
};

/** @type {Record<string, [Part, (value: string) => any]>} */
export const OPTIONS = {
  username: ["broker", text],
  clientId: ["broker", text],
  keepAlive: ["broker", decimal],
  cleanSession: ["broker", flag],
  connectTimeoutMs: ["broker", decimal],
  reconnect: ["broker", (value) => (flag(value) ? undefined : false)],
  maxMessagesPerSecond: ["broker", decimal],
  maxOutstanding: ["broker", decimal],
  maxPacketBytes: ["broker", decimal],

  to: ["send", text],
  from: ["send", text],
  name: ["send", text],
  chunkSize: ["send", decimal],
  ackTimeoutMs: ["send", orWord("auto")],
  waitForDevice: ["send", decimal],
  wake: ["send", text],
  maxRetries: ["send", (value) => (value === "Infinity" ? Infinity : decimal(value))],
  restarts: ["send", decimal],
  window: ["send", orWord("auto")],
  numbering: ["send", oneOf("auto", "echo", "next")],
  strict: ["send", flag],
  integrity: ["send", flag],
  qos: ["send", decimal],

  width: ["image", decimal],
  height: ["image", decimal],
  fit: ["image", oneOf("contain", "cover", "fill", "scale-down")],
  rotate: ["image", decimal],
  mirror: ["image", oneOf("none", "horizontal", "vertical")],
  background: ["image", text],
  format: ["image", text],
  rows: ["image", oneOf("padded", "continuous")],
  columns: ["image", decimal],
  quality: ["image", decimal],
  maxBytes: ["image", decimal],
  dither: ["image", oneOf("none", "floyd-steinberg", "atkinson", "bayer", "dbs")],
  tone: ["image", orWord("auto", "none")],
  saturation: ["image", decimal],
  palette: ["image", (value) => (value.includes("#") ? value.split(",").map((colour) => colour.trim()) : value)],
  maxMegapixels: ["image", decimal],
  invert: ["image", flag],
};

/** A value that is not of its option's kind; `kind` and `words` choose and fill the sentence. */
export class OptionError extends Error {
  /** @param {string} kind @param {string} value @param {string} [words] */
  constructor(kind, value, words = "") {
    super(`${kind}: ${value}`);
    Object.assign(this, { kind, value, words });
  }
}

/** What the device is called when nobody said, per format. */
const EXTENSION = { jpeg: "jpg", png: "png", bmp: "bmp" };

/** What "original" and the lossless formats cannot honour; their fields are off. @param {string} format @param {string} option */
export function honours(format, option) {
  if (format === "original") return option === "format";
  return format === "jpeg" || option !== "quality";
}

/**
 * The name in begin, as the module makes it from a file: its own, with the format's extension, and "_" for what may not stand there.
 * @param {string} fileName @param {string} format
 */
export function deliveredName(fileName, format) {
  const extension = EXTENSION[format] ?? (format === "original" ? "" : "bin");
  const clean = fileName.replace(/[;\p{Cc}]/gu, "_");
  const stem = clean.replace(/\.[^.]*$/, "") || "image";
  if (format === "original") return shorten(clean || "image.bin", "");
  return shorten(stem, `.${extension}`);
}

/** At most 200 bytes of UTF-8, cut between characters. */
function shorten(stem, ending) {
  const bytes = (s) => new TextEncoder().encode(s).length;
  const characters = [...stem];
  while (bytes(characters.join("") + ending) > 200) characters.pop();
  return characters.join("") + ending;
}
