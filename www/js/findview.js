// The dialog that looks for devices on a broker and adds those that are chosen.
import { fill, h, icon, note } from "./dom.js";
import { editBroker } from "./editing.js";
import { connect, listen } from "./broker.js";
import { newId } from "./db.js";
import { showDialog, toast } from "./dialog.js";
import { USUAL, announced, filterOf, idIn } from "./discovery.js";
import { errorNote } from "./errors.js";
import { kept } from "./kept.js";
import { PANELS, panelOf } from "./presets.js";
import { PRACTICE, brokerOptions, brokers, devices, saveDevices } from "./registry.js";
import { TEMPLATE, fillTemplate } from "./topics.js";
import { t } from "./texts.js";

/** @typedef {{ id: string, topic: string, online: boolean, name: string, preset?: string, wanted: boolean }} Found */

export function findDevices() {
  const template = { ...TEMPLATE, ...kept().template };
  const status = template.status || USUAL;
  const choice = brokers().filter(({ id }) => id !== PRACTICE);
  /** @type {Map<string, Found>} */
  const found = new Map();
  let abort = new AbortController();
  const place = /** @type {HTMLSelectElement} */ (h("select", { id: "f-broker", onchange: look }, choice.map(({ id, name }) => h("option", { value: id }, name))));
  const panel = /** @type {HTMLSelectElement} */ (h("select", { id: "f-panel" }, PANELS.map(({ id, name }) => h("option", { value: id }, name))));
  const [state, list, outcome] = [h("p.hint", { role: "status" }), h("ul.found", { role: "list", "aria-label": t("find.list") }), h("div", { hidden: true })];
  const add = /** @type {HTMLButtonElement} */ (h("button.btn.primary", { type: "button", onclick: save }, ""));
  const field = (label, control) => h("div.field", null, h("label", { for: control.id }, label), control);
  const none = note("", "nobroker", h("p", null, t("find.nobroker")), h("div.acts", null, h("button.btn.primary", { type: "button", onclick: () => (dialog.close(), editBroker(null)) }, t("broker.add"))));
  const body = choice.length ? [h("p.hint", null, t("find.lead", status)), field(t("to.broker"), place), state, outcome, list, field(t("find.panel"), panel)] : [none];
  const dialog = showDialog("find-dialog", t("find.h"), { body, footer: choice.length ? [add] : [], onClose: () => abort.abort() });
  if (choice.length) look();

  async function look() {
    abort.abort();
    const { signal } = (abort = new AbortController());
    const broker = choice.find(({ id }) => id === place.value);
    found.clear();
    fill(outcome);
    paint(t("find.connecting", broker.name));
    try {
      await connect(broker.id, brokerOptions(broker), signal);
      paint(t("find.listening", filterOf(status)));
      await listen(broker.id, filterOf(status), (message) => signal.aborted || hear(message), signal);
    } catch (error) {
      if (signal.aborted) return;
      paint("");
      fill(outcome, errorNote(error, { draft: { broker: brokerOptions(broker), send: { from: filterOf(status) }, image: {} }, phase: "connecting" }, () => (dialog.close(), editBroker(broker))));
    }
  }

  function hear({ topic, payload }) {
    const id = idIn(status, topic);
    if (id === undefined) return;
    const known = isKnown({ id, topic });
    found.set(id, { wanted: !known, ...found.get(id), id, topic, ...announced(payload), ...(known && { wanted: false }) });
    paint(t("find.listening", filterOf(status)));
  }

  /** A device of the list has this presence, or the topic that it would be given. @param {{ id: string, topic: string }} one */
  function isKnown({ id, topic }) {
    return devices().some((device) => device.broker === place.value && (device.status === topic || device.to === fillTemplate(template.to, id)));
  }

  function paint(sentence) {
    state.textContent = sentence;
    list.replaceChildren(...[...found.values()].sort((a, b) => a.id.localeCompare(b.id, undefined, { numeric: true })).map(line));
    count();
  }

  /** @param {Found} one */
  function line(one) {
    const box = /** @type {HTMLInputElement} */ (h("input", { type: "checkbox", onchange: () => ((one.wanted = box.checked), count()) }));
    box.checked = one.wanted;
    const facts = [one.name && one.id, one.preset && panelOf(one.preset).name].filter(Boolean).join(" · ");
    const mark = h("span.state", null, h(one.online ? "span.dot" : "span.dot.off", { "aria-hidden": "true" }), h("span", null, t(one.online ? "dev.online" : "find.away")));
    const words = h("span", null, one.name || one.id, facts && h("span.hint", null, facts));
    return isKnown(one) ? h("li.check", null, icon("check"), words, h("span.hint", null, t("find.known")), mark) : h("li", null, h("label.check", null, box, words, mark));
  }

  function count() {
    const n = [...found.values()].filter(({ wanted }) => wanted).length;
    add.textContent = t("find.add", n);
    add.disabled = n === 0;
  }

  async function save() {
    const some = [...found.values()].filter(({ wanted }) => wanted).map((one, i) => {
      const preset = one.preset ?? panel.value;
      return { id: newId(), at: Date.now() + i, name: one.name || one.id, key: one.id, groups: [], broker: place.value, to: fillTemplate(template.to, one.id), from: fillTemplate(template.from, one.id), status: one.topic,
        preset, image: structuredClone(panelOf(preset).image), send: {}, sleeps: false };
    });
    dialog.close();
    await saveDevices(...some);
    toast(t("find.added", some.length));
  }
}
