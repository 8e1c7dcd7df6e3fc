// The dialogs in which devices and brokers are edited: loaded when the first one is asked for.

/** @typedef {import("./registry.js").Device} Device @typedef {import("./registry.js").Broker} Broker */
/** @typedef {{ device: Device, broker: Broker | null }} Given the broker is kept with the device */
/** @typedef {{ saved: (device: Device, then: "" | "card" | "trial", isNew: boolean) => void, removed: (device: Device) => void, brokerRemoved: (broker: Broker) => void }} Ways */

/** @type {Ways} */
let ways;
/** @type {Promise<[typeof import("./devicedialog.js"), typeof import("./brokerdialog.js")]> | null} */
let loading = null;

/** @param {Ways} heard */
export function setUpEditing(heard) {
  ways = heard;
}

function load() {
  loading ??= Promise.all([import("./devicedialog.js"), import("./brokerdialog.js")]).then((dialogs) => {
    dialogs[0].setUpDeviceDialog(ways);
    dialogs[1].setUpBrokerDialog({ removed: ways.brokerRemoved });
    return dialogs;
  });
  loading.catch(() => (loading = null)); // the next one tries again
  return loading;
}

/** The focus is given back to what had it when the dialog was asked for, though somebody may have moved on while it was loaded. */
async function opened() {
  const opener = /** @type {HTMLElement} */ (document.activeElement);
  const dialogs = await load();
  if (opener.isConnected) opener.focus({ preventScroll: true });
  return dialogs;
}

/** @param {Device | null} device null: a new one @param {string} [focus] the field that takes the focus @param {Given} [given] what is known of a new one */
export async function editDevice(device, focus, given) {
  const [dialog] = await opened();
  dialog.editDevice(device, focus, given);
}

/** @param {Broker | null} broker null: a new one @param {string} [focus] @param {(broker: Broker) => void} [saved] */
export async function editBroker(broker, focus, saved) {
  const [, dialog] = await opened();
  dialog.editBroker(broker, focus, saved);
}
