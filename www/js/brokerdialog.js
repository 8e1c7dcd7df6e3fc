// Add or edit a broker. Its password is kept only when the person asks for it, and only for this URL.
import { $, fill, h, note } from "./dom.js";
import { openDialog } from "./dialog.js";
import { clearWrong, markWrong } from "./fields.js";
import { access, attempt } from "./broker.js";
import { asSentence, inWords, errorNote } from "./errors.js";
import { newId } from "./db.js";
import { BROKERS } from "./presets.js";
import { brokerOptions, passwordOf, rememberPassword, saveBroker } from "./registry.js";
import { t } from "./texts.js";

/** @typedef {import("./registry.js").Broker} Broker */

/** @type {Broker | null} */
let editing = null;
let onRemove = (/** @type {Broker} */ _broker) => {};
let onSaved = onRemove;

/** @param {Broker | null} broker @param {string} [focus] @param {(broker: Broker) => void} [saved] whoever opened it over a form of theirs */
export function editBroker(broker, focus = broker ? "b-url" : "b-preset", saved = () => {}) {
  editing = broker;
  onSaved = saved;
  $("broker-form").reset();
  clearWrong($("broker-dialog"));
  fill($("b-outcome"));
  fill($("b-access"));
  $("b-preset").replaceChildren(h("option", { value: "" }, t("broker.other")), ...BROKERS.map(({ id, name }) => h("option", { value: id }, name)));
  $("broker-h").textContent = t(broker ? "broker.edit" : "broker.add");
  $("b-delete").hidden = !broker;
  $("b-preset").value = broker?.preset ?? "";
  for (const [id, key] of Object.entries({ "b-name": "name", "b-url": "url", "b-user": "username", "b-rate": "maxMessagesPerSecond", "b-alive": "keepAlive", "b-client": "clientId" })) $(id).value = broker?.[key] ?? "";
  $("b-password").value = broker ? (passwordOf(broker) ?? "") : "";
  $("b-keep").checked = Boolean(broker?.password && broker.passwordFor === broker.url);
  $("b-more").open = Boolean(broker?.maxMessagesPerSecond || broker?.keepAlive || broker?.clientId);
  explain();
  openDialog("broker-dialog");
  $(focus).focus();
}

/** The address and limits that such a broker usually has. */
function usePreset() {
  const preset = BROKERS.find(({ id }) => id === $("b-preset").value);
  if (!preset) return;
  const usual = BROKERS.some(({ url }) => url === $("b-url").value);
  if (!$("b-url").value || usual) $("b-url").value = preset.url;
  if (!$("b-name").value || BROKERS.some(({ name }) => name === $("b-name").value)) $("b-name").value = preset.name;
  $("b-rate").value = String(preset.maxMessagesPerSecond ?? "");
  $("b-alive").value = String(preset.keepAlive ?? "");
  if (preset.maxMessagesPerSecond) $("b-more").open = true;
  explain();
}

/** What the browser will say to this address, before anyone connects. */
async function explain() {
  const url = $("b-url").value.trim();
  if (!/^wss?:\/\/./.test(url)) return fill($("b-access"));
  const { access: verdict, advice } = await access(url).catch(() => ({ access: "open", advice: "" }));
  if (url !== $("b-url").value.trim()) return;
  fill($("b-access"), verdict !== "open" && note(verdict === "blocked" ? "bad" : "warn", verdict, h("strong", null, t(`access.${verdict}`)), verdict === "blocked" && [" ", asSentence(inWords(advice))]));
}

/** @returns {{ broker: Broker, password: string } | null} */
function read() {
  clearWrong($("broker-dialog"));
  const value = (id) => $(id).value.trim();
  const wrong = [];
  const url = value("b-url");
  const parsed = parse(url);
  if (!parsed || !["ws:", "wss:"].includes(parsed.protocol)) wrong.push(["b-url", t("broker.badurl")]);
  else if (parsed.username || parsed.password) wrong.push(["b-url", t("broker.secreturl")]);
  for (const id of ["b-rate", "b-alive"]) if (value(id) && !(Number(value(id)) >= 0)) wrong.push([id, t("wrong.number", $(id).labels[0].textContent, value(id))]);
  for (const [id, message] of wrong) markWrong(id, message);
  if (wrong.length) return $(wrong[0][0]).focus(), null;
  const number = (id, key) => (Number(value(id)) > 0 ? { [key]: Number(value(id)) } : {});
  const text = (id, key) => (value(id) ? { [key]: value(id) } : {});
  const password = $("b-password").value;
  const keep = password && $("b-keep").checked ? { password, passwordFor: url } : {};
  const broker = { id: editing?.id ?? newId(), name: value("b-name") || parsed.host, url, ...text("b-user", "username"), ...text("b-preset", "preset"), ...number("b-rate", "maxMessagesPerSecond"), ...number("b-alive", "keepAlive"), ...text("b-client", "clientId"), ...keep };
  return { broker, password };
}

function parse(url) {
  try {
    return new URL(url);
  } catch {
    return null;
  }
}

async function save() {
  const said = read();
  if (!said) return;
  await saveBroker(said.broker);
  rememberPassword(said.broker, said.password);
  $("broker-dialog").close();
  onSaved(said.broker);
}

/** Connects once, and says what came of it. */
async function tryIt() {
  const said = read();
  if (!said) return;
  const { broker, password } = said;
  fill($("b-outcome"), h("p.hint", null, t("broker.trying")));
  $("b-try").disabled = true;
  try {
    const { password: _, ...options } = brokerOptions(broker); // what the field says counts, not what is remembered
    await attempt({ ...options, ...(password && { password }) });
    fill($("b-outcome"), note("ok", "ok", h("strong", null, t("broker.works"))));
  } catch (error) {
    const lead = { user: "b-user", broker: "b-url" };
    fill($("b-outcome"), errorNote(error, { draft: { broker: { url: broker.url, username: broker.username }, send: {}, image: {} }, phase: "connecting" }, (action) => (action === "retry" ? tryIt() : $(lead[action] ?? "b-url").focus())));
  } finally {
    $("b-try").disabled = false;
  }
}

/** @param {{ removed: (broker: Broker) => void }} heard */
export function setUpBrokerDialog({ removed }) {
  onRemove = removed;
  $("b-preset").addEventListener("change", usePreset);
  $("b-url").addEventListener("change", () => {
    if (editing && $("b-url").value.trim() !== editing.url) $("b-password").value = ""; // it belongs to the other address
    explain();
  });
  $("broker-form").addEventListener("submit", (event) => {
    event.preventDefault();
    save();
  });
  $("b-try").addEventListener("click", tryIt);
  $("b-delete").addEventListener("click", () => {
    $("broker-dialog").close();
    if (editing) onRemove(editing);
  });
}
