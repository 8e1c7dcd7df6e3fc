// Sets up what stands beside the Send view: devices, the run, history, settings, and their dialogs.
import { $ } from "./dom.js";
import { logStep } from "./log.js";
import { asItHangs } from "./look.js";
import { onNotice } from "./broker.js";
import { remove, setUpDevicesView } from "./devicesview.js";
import { setUpDialogs, toast } from "./dialog.js";
import { editDevice, setUpEditing } from "./editing.js";
import { loadHistory } from "./history.js";
import { setUpHistoryView } from "./historyview.js";
import { setUpPractice } from "./practice.js";
import { setUpPresence } from "./presence.js";
import { holdTab } from "./queue.js";
import { chooseDevices, recipients } from "./recipients.js";
import { PRACTICE, devices } from "./registry.js";
import { setUpRepeatsView } from "./repeatsview.js";
import { currentView, go } from "./router.js";
import { sendAgain, sendCard, sendCards, setUpSending } from "./sending.js";
import { removeBroker, setUpSettings } from "./settings.js";
import { blank, nameCard, testCard } from "./testcard.js";
import { stepKind } from "./todevices.js";
import { t } from "./texts.js";

/** @param {{ toSendView: (action: string, error: any) => void }} ways */
export async function setUpViews({ toSendView }) {
  holdTab();
  await loadHistory().catch(() => {});
  setUpDialogs();
  setUpEditing({ saved, removed: (device) => remove([device]), brokerRemoved: removeBroker });
  setUpSending({ toSendView: (action) => toSendView(action, new Error("")), addDevice: () => editDevice(null) });
  setUpDevicesView({
    send: (ids) => {
      chooseDevices(ids);
      go("send");
    },
    clear: async (some) => sendCard(some, await blank()),
    identify,
    find: () => import("./findview.js").then(({ findDevices }) => findDevices()),
  });
  setUpHistoryView({ again: sendAgain });
  setUpRepeatsView();
  setUpSettings();
  setUpPresence();
  onNotice(({ code, message }) => logStep(t(`notice.${code}`), message, "bad"));
  setUpPractice((error) => logStep(t("practice.failed"), error.message, "bad"));
  listenForKeys();
}

/** Each shows its name, and its number in the list. @param {import("./registry.js").Device[]} some */
function identify(some) {
  const cards = some.map((device) => ({ device, card: nameCard({ name: device.name, number: devices().indexOf(device) + 1, ...asItHangs(device.image) }) }));
  sendCards(t("run.title", t("sel.names"), some.length === 1 ? some[0].name : t("to.n", some.length)), cards);
}

/** A new device is what one wants to send to next. @param {import("./registry.js").Device} device @param {"" | "card" | "trial"} then @param {boolean} isNew */
async function saved(device, then, isNew) {
  if (then === "card") return sendCard([device], await testCard({ name: device.name, ...asItHangs(device.image) }));
  if (then === "trial") return (await import("./trialview.js")).showTrial(device, () => editDevice(device, "d-broker"));
  const isOutOfSight = isNew && currentView() !== "devices";
  if (isOutOfSight || recipients().every(({ broker }) => broker === PRACTICE)) chooseDevices([device.id]);
  if (!isOutOfSight) return;
  toast(t("dev.added", device.name));
  go("send");
}

function showKeys() {
  const lead = () => {
    $("sk").focus({ preventScroll: true });
    $("sk").scrollIntoView({ block: "start" });
  };
  if (currentView() === "settings") return lead();
  addEventListener("hashchange", lead, { once: true }); // after the view's own heading has had the focus
  go("settings");
}

let leader = 0;
/** The keys of the list in the settings that belong to no field. Never while a field or a dialog has the focus. */
function listenForKeys() {
  addEventListener("keydown", (event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    if (target.closest("input, select, textarea, dialog") || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "g") return void (leader = event.timeStamp);
    const path = event.timeStamp - leader < 1500 && { s: "send", d: "devices", h: "history", ",": "settings" }[event.key];
    leader = 0;
    if (path) go(path);
    else if (event.key === "?") showKeys();
    else if (event.key === "[" || event.key === "]") currentView() === "send" && stepKind(event.key === "]" ? 1 : -1);
    else if (event.key === "/" && currentView() === "devices") {
      event.preventDefault();
      $("q").focus();
    }
  });
}
