// The settings: brokers, this page, and what it keeps.
import { $, fill, h, icon, note, say } from "./dom.js";
import { keepFocus, toast } from "./dialog.js";
import { editBroker } from "./editing.js";
import { download } from "./download.js";
import { exportText, readExport, takeImport } from "./exchange.js";
import { forgetAll } from "./history.js";
import { forgetKept, keep, kept } from "./kept.js";
import { onLinkState } from "./broker.js";
import { PRACTICE, brokers, deleteBroker, deleteEverything, devices, onRegistry } from "./registry.js";
import { currentView, onView } from "./router.js";
import { dotOf } from "./linkview.js";
import { TEMPLATE, fillTemplate, topicError } from "./topics.js";
import { clearWrong, markWrong } from "./fields.js";
import { t } from "./texts.js";

export function setUpSettings() {
  onView("settings", paint);
  onRegistry(() => currentView() === "settings" && paint());
  onLinkState(() => currentView() === "settings" && paintBrokers()); // after linkview.js, which knows the states
  $("addbroker").addEventListener("click", () => editBroker(null));
  $("export").addEventListener("click", () => download("mqtt-image-sender.json", new Blob([exportText()], { type: "application/json" })));
  for (const id of ["import", "import2"]) $(id).addEventListener("click", () => $("importfile").click());
  $("importfile").addEventListener("change", async () => {
    const [file] = $("importfile").files;
    $("importfile").value = "";
    if (file) await importFrom(file);
  });
  $("forget").addEventListener("click", () => $("forget-dialog").showModal());
  $("forget-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    $("forget-dialog").close();
    forgetKept();
    await forgetAll();
    await deleteEverything();
    toast(t("data.deleted"));
  });
  for (const key of /** @type {const} */ (["to", "from", "status"])) $(`t-${key}`).addEventListener("change", () => keepTemplate(key));
  $("notify").addEventListener("change", async () => {
    const answer = $("notify").checked ? await globalThis.Notification?.requestPermission() : "default";
    $("notify").checked = answer === "granted";
  });
}

/** @param {File} file */
async function importFrom(file) {
  const read = readExport(await file.text());
  if (read.error) {
    fill($("importnote"), note("bad", "import", h("strong", null, t("import.failed", file.name)), " ", read.error));
    fill($("importnote2"), $("importnote").firstElementChild.cloneNode(true));
    return say(read.error, true);
  }
  await takeImport(read);
  fill($("importnote"));
  fill($("importnote2"));
  toast(t("import.done", read.devices.length, read.brokers.length));
}

/** @param {"to" | "from" | "status"} key */
function keepTemplate(key) {
  const value = $(`t-${key}`).value.trim();
  clearWrong($(`t-${key}`).closest(".field"));
  const wrong = key === "status" && !value ? undefined : value.includes("{id}") ? topicError(fillTemplate(value, "x")) : t("template.noid");
  if (wrong) return void markWrong(`t-${key}`, wrong);
  keep({ template: { ...TEMPLATE, ...kept().template, [key]: value } });
}

function paint() {
  paintBrokers();
  const template = { ...TEMPLATE, ...kept().template };
  for (const key of ["to", "from", "status"]) $(`t-${key}`).value = template[key];
  $("notifyrow").hidden = !globalThis.Notification;
  $("notify").checked = globalThis.Notification?.permission === "granted";
  $("keptsum").textContent = t("data.kept", devices().length, brokers().length - 1);
}

function paintBrokers() {
  const focused = /** @type {HTMLElement} */ (document.activeElement);
  $("brokerlist").replaceChildren(...brokers().map(brokerRow));
  keepFocus(focused);
}

/** @param {import("./registry.js").Broker} broker */
function brokerRow(broker) {
  const n = devices().filter((device) => device.broker === broker.id).length;
  const practice = broker.id === PRACTICE;
  const password = broker.password && broker.passwordFor === broker.url ? t("broker.kept") : t("broker.notkept");
  const facts = [practice ? t("broker.practice") : broker.username ? t("broker.user", broker.username) : t("broker.nouser"), !practice && broker.username && password, broker.maxMessagesPerSecond && t("broker.rate", broker.maxMessagesPerSecond), t("to.n", n)].filter(Boolean).join(" · ");
  return h("li.broker", null, h("div", null, h("h3", null, h(["span.dot", dotOf(broker.id)].filter(Boolean).join("."), { "aria-hidden": "true" }), broker.name), h("p.small", null, h("code", null, broker.url)), h("p.hint", null, facts)),
    h("div.acts", null, !practice && h("button.btn", { type: "button", "aria-label": t("broker.editof", broker.name), onclick: () => editBroker(broker) }, icon("settings"), h("span", null, t("broker.editshort")))));
}

/** Its devices stay, and say that they have none. @param {import("./registry.js").Broker} broker */
export async function removeBroker(broker) {
  const undo = await deleteBroker(broker.id);
  toast(t("broker.deleted", broker.name), undo);
}
