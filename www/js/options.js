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
    this.kind = kind;
    this.words = words;
  }
}

const BITS = ["mono1", "gray2", "gray4", "planes", "palette2", "palette4"];
/** The formats that name colours, and what they are shown with first: "" leaves a picture its own. */
export const USUAL_PALETTE = { planes: "bwr", palette2: "bwry", palette4: "spectra6", png: "", bmp: "" };

/**
 * Whether a format has use for an option; the fields of the others are off.
 * @param {string} format @param {string} option @param {string} palette the one that is chosen
 */
export function honours(format, option, palette) {
  if (format === "original") return option === "format";
  if (option === "quality") return format === "jpeg";
  if (option === "palette") return format in USUAL_PALETTE;
  if (option === "dither" || option === "tone") return BITS.includes(format) || (format in USUAL_PALETTE && palette !== "");
  return true;
}

/** The extension of what is sent, as the module has it; "" keeps a file's own. @param {string} format @param {string} mime */
function extensionOf(format, mime) {
  if (format === "original") return { "image/jpeg": "jpg", "image/tiff": "tif", "image/svg+xml": "svg", "image/x-icon": "ico" }[mime] ?? /^image\/(\w+)$/.exec(mime)?.[1] ?? "bin";
  return { jpeg: "jpg", png: "png", bmp: "bmp" }[format] ?? "raw";
}

/**
 * The name in begin, as the module makes it from a file: its own, with the format's extension, and "_" for what may not stand there.
 * It is made here because the link worker is given bytes, and knows no file.
 * @param {string} own "" where there is none @param {{ format: string, mime: string }} prepared
 */
export function deliveredName(own, { format, mime }) {
  const extension = extensionOf(format, mime);
  const [, stem, old] = /^(.+)\.([^.]*)$/s.exec(own) ?? ["", own, ""];
  const same = old.toLowerCase() === extension || (extension === "jpg" && old.toLowerCase() === "jpeg");
  const name = !own ? `image.${extension}` : format === "original" || same ? own : `${stem}.${extension}`;
  return shorten(name.replace(/[;\p{Cc}]/gu, "_"));
}

/** At most 200 bytes of UTF-8, cut between characters and before the extension. @param {string} name */
function shorten(name) {
  const [, stem, extension] = /^(.+)(\.[^.]{0,15})$/s.exec(name) ?? ["", name, ""];
  const length = (text) => new TextEncoder().encode(text).length;
  const characters = [...stem];
  while (length(characters.join("") + extension) > 200) characters.pop();
  return characters.join("") + extension;
}
