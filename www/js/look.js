// How a picture is prepared for a kind of panel: what the device is, and what the person wants of the picture.
import { honours } from "./options.js";
import { panelOf } from "./presets.js";
import { count } from "./numbers.js";
import { t } from "./texts.js";

/** @typedef {import("./registry.js").Device} Device */
/** @typedef {{ key: string, image: Record<string, any>, name: string, look: string, devices: Device[] }} Kind devices that show the same bytes */

/** What the device decides alone. */
export const OF_DEVICE = ["width", "height", "format", "palette", "invert", "rows", "columns"];

/**
 * @param {Record<string, any>} wanted the fields of the Send view @param {Record<string, any>} device its own options
 * @returns {Record<string, any>} options of `prepareImage`, and the page's own `hangs`: by how much of `rotate` the device itself is turned
 */
export function lookFor(wanted, device) {
  const format = device.format ?? "jpeg";
  if (format === "original") return { format };
  const fitting = Object.entries(wanted).filter(([name]) => !OF_DEVICE.includes(name) && honours(format, name, device.palette ?? ""));
  const hangs = device.rotate ?? 0;
  const rotate = ((wanted.rotate ?? 0) + hangs) % 360;
  const { rotate: _, ...rest } = { ...Object.fromEntries(fitting), ...device };
  return { ...rest, ...(rotate && { rotate }), ...(hangs && { hangs }) };
}

/** A panel's size as one sees it: one that hangs turned by a quarter stands on its shorter side. @param {{ width?: number, height?: number, rotate?: number }} image its own options */
export function asItHangs({ width, height, rotate = 0 }) {
  return rotate % 180 ? { width: height, height: width } : { width, height };
}

/** The panel in words: its name, or its size and format. @param {Device} device */
export function panelName(device) {
  const preset = panelOf(device.preset);
  if (preset) return preset.name;
  const { width, height, format = "jpeg" } = device.image;
  return [width && height ? `${count(width)} × ${count(height)}` : t("panel.own"), formatName(format)].join(", ");
}

/** What a device is found by. @param {Device} device */
export const searchText = (device) => [device.name, device.to, device.from, panelName(device), ...device.groups].join(" ").toLowerCase();

/** @param {string} format */
export function formatName(format) {
  if (["jpeg", "png", "bmp"].includes(format)) return format.toUpperCase();
  return format.startsWith("rgb") || format === "gray8" ? format.toUpperCase() : t(`format.${format}`);
}

/** @param {Device} device */
export const frameLook = (device) => panelOf(device.preset)?.look ?? "";

/** Forty devices of three kinds are three previews. @param {Device[]} devices @returns {Kind[]} */
export function kindsOf(devices) {
  /** @type {Map<string, Kind>} */
  const kinds = new Map();
  for (const device of devices) {
    const key = kindKey(device.image);
    const kind = kinds.get(key);
    if (kind) kind.devices.push(device);
    else kinds.set(key, { key, image: device.image, name: panelName(device), look: frameLook(device), devices: [device] });
  }
  return [...kinds.values()];
}

/** @param {Record<string, any>} image */
export const kindKey = (image) => JSON.stringify(Object.entries(image).sort(([a], [b]) => (a < b ? -1 : 1)));
