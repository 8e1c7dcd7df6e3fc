// Devices in small: a frame of the panel's shape with what it shows.
import { h } from "./dom.js";

/** Addresses of pictures that the page shows, one for each Blob. @type {WeakMap<Blob, string>} */
const addresses = new WeakMap();

/** @param {Blob} blob */
export function addressOf(blob) {
  const address = addresses.get(blob) ?? URL.createObjectURL(blob);
  addresses.set(blob, address);
  return address;
}

/**
 * @param {{ width?: number, height?: number, thumb?: Blob | null }} picture @param {string} look "", "lcd", "led" or "label"
 * @param {{ mini?: boolean, alt?: string }} [how]
 */
export function miniFrame({ width, height, thumb }, look, { mini = true, alt = "" } = {}) {
  const ratio = (width || 800) / (height || 480);
  const img = thumb ? h("img", { src: addressOf(thumb), alt, decoding: "async" }) : null;
  const wide = ratio > 1.5 ? 100 : ratio > 1.2 ? 82 : ratio > 0.9 ? 62 : 46;
  return h(["span.frame", mini && "mini", look].filter(Boolean).join("."), { vars: { "--w": width || 800, "--h": height || 480, "--fw": `${wide}%` } }, h("span.screen", null, img));
}
