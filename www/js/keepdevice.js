// What the fields of the Send view say, offered as a device to be kept: its broker, its topics and its panel.
import { newId } from "./db.js";
import { readForm } from "./draft.js";
import { editDevice } from "./editing.js";
import { hostOf } from "./linkview.js";
import { CUSTOM, PANELS } from "./presets.js";
import { brokers, rememberPassword } from "./registry.js";

/** @typedef {import("./registry.js").Broker} Broker @typedef {import("./registry.js").Device} Device */

/** The broker of that address and user, or a new one, which is kept with the device. A password is for this visit. @param {import("./link.js").BrokerPart} part @returns {Broker} */
function brokerOfFields({ password, ...options }) {
  const known = brokers().find(({ url, username = "" }) => url === options.url && username === (options.username ?? ""));
  const broker = known ?? /** @type {Broker} */ ({ ...options, id: newId(), name: hostOf(options.url) });
  if (password) rememberPassword(broker, password);
  return broker;
}

/** The panel of the list that has this size and format, or one of its own. @param {Record<string, any>} image */
function presetOf(image) {
  const same = ({ image: its }) => ["width", "height", "format", "palette"].every((name) => JSON.stringify(its[name]) === JSON.stringify(image[name]));
  return PANELS.find(same)?.id ?? CUSTOM;
}

/** Opens the form of a new device with what the fields say. */
export function keepAsDevice() {
  const { broker: options, send, image } = readForm(null).draft;
  const broker = options.url ? brokerOfFields(options) : null;
  const device = { name: "", key: "", groups: [], broker: broker?.id ?? "", to: send.to, from: send.from, preset: presetOf(image), image, send, sleeps: Boolean(send.waitForDevice) };
  editDevice(null, "d-name", { device: /** @type {Device} */ (device), broker });
}
