// device.html: a virtual device that shows each image it receives.
import { $, fill, h, icon, note, say } from "./dom.js";
import { clearWrong, markWrong } from "./fields.js";
import { keep, kept } from "./kept.js";
import { cleanAddress, isLoopback, readLink } from "./link.js";
import { logStep, setUpLog } from "./log.js";
import { count } from "./numbers.js";
import { PANELS, panelOf } from "./presets.js";
import { shape } from "./stage.js";
import { unpack } from "./unpack.js";
import { startWorker } from "./workers.js";
import { setUpLook, t } from "./texts.js";

/** @typedef {{ name: string, bytes: number, whole: boolean, crc32: string, head: Uint8Array, blob: Blob }} Received */

/** As many images stay in the list. */
const KEPT = 30;
const FIELDS = ["broker", "to", "from", "numbering", "username", "fault"];
const remote = startWorker("device-worker");
let state = "none";

function paintState() {
  const dot = { none: "off", closed: "off", connecting: "busy", connected: "", reconnecting: "warn" }[state];
  $("statedot").className = `dot ${dot}`;
  $("state").dataset.state = state;
  $("statetext").textContent = t(`device.${state}`, $("to").value);
  const on = state !== "none" && state !== "closed";
  $("connecttext").textContent = t(on ? "device.stop" : "device.start");
  $("connect").classList.toggle("primary", !on);
  for (const id of [...FIELDS, "password"]) $(id).disabled = on;
}

/** @param {{ state: string, cause?: import("./rpc.js").PlainError }} news */
function hear({ state: next, cause }) {
  const changed = next !== state;
  state = next;
  paintState();
  if (changed || cause) logStep(t(`device.${next}`, $("to").value), cause?.message ?? "", cause ? "bad" : "step");
}

async function toggle() {
  clearWrong();
  fill($("outcome"));
  if (state !== "none" && state !== "closed") return remote.call("stop");
  const broker = { url: $("broker").value.trim() };
  if (!broker.url) return void (markWrong("broker", t("wrong.missing", "broker")), $("broker").focus());
  if ($("username").value) broker.username = $("username").value;
  if ($("password").value) broker.password = $("password").value;
  keep({ device: Object.fromEntries([...FIELDS, "panel"].map((id) => [id, $(id).value])) });
  try {
    await remote.call("start", { broker: { ...broker, ...more }, device: { to: $("to").value.trim(), from: $("from").value.trim(), numbering: $("numbering").value, fault: $("fault").value } });
  } catch (error) {
    if (error.code === "aborted") return hear({ state: "none" }); // stopped while it was connecting
    hear({ state: "none", cause: error });
    fill($("outcome"), note("bad", error.code, h("strong", null, t("device.failed")), " ", error.message));
    say(`${t("device.failed")} ${error.message}`, true);
  }
}

/** Options of the link that have no field. */
let more = {};

// ---------------------------------------------------------------- what arrived

/** @param {Received} image */
async function receive(image) {
  const url = URL.createObjectURL(image.name.toLowerCase().endsWith(".svg") ? new Blob([image.blob], { type: "image/svg+xml" }) : image.blob);
  const picture = (await unpacked(image.blob)) ?? (await decoded(url));
  $("none").hidden = true;
  $("images").prepend(row(image, url, picture));
  while ($("images").childElementCount > KEPT) drop($("images").lastElementChild);
  hang(image, url, picture);
  const sentence = t(image.whole ? "device.whole" : "device.cut", image.name, image.bytes);
  $("last").textContent = sentence;
  logStep(sentence, `crc32 ${image.crc32}`, image.whole ? "step" : "bad");
  say(sentence, true);
}

/** The panel's picture, when the bytes are those of the panel that is chosen. @param {Blob} blob @returns {Promise<HTMLImageElement | null>} */
async function unpacked(blob) {
  const preset = panelOf($("panel").value);
  const pixels = preset && unpack(new Uint8Array(await blob.arrayBuffer()), preset.image);
  if (!pixels) return null;
  const canvas = Object.assign(document.createElement("canvas"), { width: pixels.width, height: pixels.height });
  canvas.getContext("2d").putImageData(pixels, 0, 0);
  return decoded(canvas.toDataURL());
}

/** The picture behind a URL, or null when the browser cannot read it. @param {string} url */
async function decoded(url) {
  const img = new Image();
  img.src = url;
  try {
    await img.decode();
    return img.naturalWidth ? img : null;
  } catch {
    return null;
  }
}

function row({ name, bytes, whole, crc32, head }, url, picture) {
  const thumb = h("span.frame.mini.thumb", null, h("span.screen", null, picture ? h("img", { src: picture.src, alt: "" }) : h("span.hex", { "aria-hidden": "true" }, hex(head))));
  const facts = [picture && `${count(picture.naturalWidth)} × ${count(picture.naturalHeight)}`, t("bytes", bytes), `crc32 ${crc32}`].filter(Boolean).join(" · ");
  return h("li", { "data-name": name, "data-bytes": bytes, "data-whole": String(whole), "data-crc32": crc32, "data-url": url },
    thumb,
    h("div", null, h("h3", null, name), h(`span.state${whole ? ".ok" : ".bad"}`, null, icon(whole ? "check" : "alert"), h("span", null, t(whole ? "device.iswhole" : "device.iscut"))), h("p.num", null, facts)),
    h("a.btn", { href: url, download: name, "aria-label": t("device.save", name) }, icon("down"), h("span.lbl", null, t("save"))));
}

/** Hangs the newest image into the frame. */
function hang({ name, head }, url, picture) {
  const screen = $("screen");
  shape($("frame"), picture?.naturalWidth ?? 800, picture?.naturalHeight ?? 480);
  screen.replaceChildren(picture ? h("img", { src: picture.src, alt: t("device.alt", name) }) : h("div.plain", null, icon("file"), h("strong", null, name), h("span.hexline.mono", null, hex(head.slice(0, 32)))));
  $("frame").classList.add("fresh");
  setTimeout(() => $("frame").classList.remove("fresh"), 800);
}

const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");

function drop(item) {
  URL.revokeObjectURL(item.dataset.url);
  item.remove();
}

// ---------------------------------------------------------------- the start

async function start() {
  const { search, hash } = location;
  cleanAddress(location);
  await setUpLook(search, paintState);
  const link = readLink({ search, hash, baseURI: document.baseURI }, "device");
  setUpLog();
  $("panel").append(...PANELS.map(({ id, name }) => h("option", { value: id }, name)));
  $("panel").addEventListener("change", showPanel);
  fillIn(link.given ? { ...link.texts, panel: link.texts.preset ?? "" } : (kept().device ?? {}));
  const { url: _, username: __, password, ...rest } = link.draft.broker;
  more = rest;
  $("password").value = password ?? "";
  remote.on("state", hear);
  remote.on("image", receive);
  $("device").addEventListener("submit", (event) => {
    event.preventDefault();
    toggle();
  });
  const check = () => document.visibilityState === "visible" && remote.call("check").catch(() => {});
  document.addEventListener("visibilitychange", check);
  addEventListener("pageshow", check);
  addEventListener("online", check);
  paintState();
  showPanel();
  const strange = link.errors.filter(({ option, message }) => !markWrong(option, message));
  fill($("outcome"), strange.map(({ message }) => note("bad", "invalid", h("strong", null, message))));
  if (!link.go || link.errors.length) return;
  if (isLoopback(link.draft.broker.url)) return toggle();
  fill($("outcome"), note("", "ask", t("device.ask")));
  $("connect").focus();
}

/** An empty panel takes the shape and the looks of the one that is chosen. */
function showPanel() {
  const preset = panelOf($("panel").value);
  for (const look of ["lcd", "led", "label"]) $("frame").classList.toggle(look, preset?.look === look);
  if ($("images").childElementCount === 0) shape($("frame"), preset?.image.width ?? 800, preset?.image.height ?? 480);
}

function fillIn(values) {
  for (const id of [...FIELDS, "panel"]) if (values[id] !== undefined) $(id).value = values[id];
}

start();
