// The picture of the Send view and what becomes of it: prepared, shown, sent, and what an error offers. Loaded behind the first view.
import { $, fill, h, note, say } from "./dom.js";
import * as link from "./broker.js";
import { Compose, absolute } from "./compose.js";
import { setUpCompare, show as compare } from "./compare.js";
import { fieldsToKeep, optionIn, readForm } from "./draft.js";
import { FIELD_OF, SMALL_CHUNK } from "./errors.js";
import { clearWrong, markWrong, setValue } from "./fields.js";
import { settleForm } from "./form.js";
import { setUpLinkAccess } from "./linkaccess.js";
import { paintButtons, paintJob } from "./job.js";
import { isAllowed, keep, keepRate, kept, placeKey } from "./kept.js";
import { isLoopback } from "./link.js";
import { keepForOffline } from "./later.js";
import { logStep, logTransfer, setUpLog } from "./log.js";
import { count, duration, size } from "./numbers.js";
import { DEFAULT_FROM, DEFAULT_TO, OPTIONS } from "./options.js";
import { looksToKeep } from "./ownlook.js";
import { centre, setUpPlacing } from "./placing.js";
import { ask, showSize } from "./question.js";
import { chooseDevices, recipients, sendMode } from "./recipients.js";
import { deviceNamed } from "./registry.js";
import { coded } from "./rpc.js";
import { settleSamples } from "./samples.js";
import { SendJob, failure } from "./send.js";
import { savePng, showWays } from "./stage.js";
import { sendComposed, setUpToDevices } from "./todevices.js";
import { t } from "./texts.js";

/** @typedef {import("./link.js").Draft} Draft */

const compose = new Compose();
/** @type {SendJob | null} */
let job = null;
let asking = false;
const toDevices = setUpToDevices(compose, refresh);

// ---------------------------------------------------------------- the picture

/** Prepares and shows the picture as the fields say. */
export function refresh() {
  settleForm();
  if (!compose.hasSource || asking) return;
  const { draft, errors } = readForm();
  const wrong = errors.filter(({ option }) => OPTIONS[option][0] === "image");
  for (const { option, message } of wrong) markWrong(option, message);
  if (!wrong.length) compose.refresh(draft.image).catch(() => {});
}

/** @param {File} file */
export function takeFile(file) {
  forgetJob();
  centre();
  compose.take(file);
  settleSamples(true);
  logStep(t("log.picture"), `${file.name}, ${size(file.size)}`);
  refresh();
}

/** @param {string} text */
export function takeUrl(text) {
  let url;
  try {
    url = new URL(text, document.baseURI).href;
  } catch {
    return void markWrong("url", t("wrong.url", "url", text));
  }
  forgetJob();
  centre();
  $("url").value = text;
  compose.fetch(url);
  settleSamples(true);
  logStep(t("log.fetch"), url);
  refresh();
}

/** With a new picture the outcome of the last send makes room. */
function forgetJob() {
  if (!job?.isOver) return;
  job = null;
  $("job").hidden = true;
  fill($("outcome"));
  paintButtons(null);
}

/** The line above the button: how large it is, in how many chunks, and how long that takes here. */
function sumUp() {
  const { prepared } = compose;
  fill($("sum"));
  if (sendMode() === "devices" && !asking) return toDevices.prepared();
  if (!prepared) return;
  const { draft } = readForm();
  const bytes = prepared.blob.size;
  const chunks = Math.ceil(bytes / (Number(draft.send.chunkSize) || 1400));
  const rate = rateOf(draft);
  showSize(t("q.bytes", count(bytes), chunks));
  if (asking || (job && !job.isOver)) return;
  fill($("sum"), h("span.num", null, h("b", null, size(bytes)), ` ${t("sum.chunks", chunks)}`), h("span.num", null, rate ? t("sum.time", duration((1000 * bytes) / rate)) : ""));
}

function rateOf({ broker, send }) {
  try {
    return kept().rates?.[placeKey(broker.url, send.to)];
  } catch {
    return undefined; // no broker yet
  }
}

// ---------------------------------------------------------------- sending

/** @param {Draft} draft @param {{ option: string, message: string }[]} errors */
async function send(draft, errors = []) {
  if (job && !job.isOver) return;
  $("result").value = "";
  clearWrong();
  fill($("outcome"));
  const fault = errors[0] ?? missing(draft);
  if (fault) return refuse(errors.length ? errors : [fault]);
  job = new SendJob({ draft, picture: compose.hold(draft.image), onChange: paint, onLog: logTransfer });
  const result = await job.run();
  if (!result.ok && !compose.prepared) fill($("sourcenote")); // said above the button
  setResult(result);
}

/** @param {Draft} draft */
function missing(draft) {
  if (!compose.hasSource) return { option: "picture", message: t("wrong.picture") };
  if (!draft.broker.url) return { option: "broker", message: t("wrong.missing", "broker") };
  return undefined;
}

/** What is wrong before anything is tried: shown in its place, and the outcome. */
function refuse(errors) {
  showErrors(errors);
  const place = errors[0].option === "picture" ? "pick" : errors[0].option;
  document.getElementById(place)?.focus();
  say(errors[0].message, true);
  setResult(failure(coded("TransferError", "invalid", errors.map(({ message }) => message).join(" "))));
}

/** At the fields that they speak of; the rest above the button. */
function showErrors(errors) {
  const rest = errors.filter(({ option, message }) => !markWrong(option, message));
  fill($("outcome"), rest.length > 0 && note("bad", "invalid", rest.map(({ message }) => h("p", null, h("strong", null, message)))));
}

/** @param {import("./send.js").Result} result */
function setResult(result) {
  $("result").value = JSON.stringify(result);
  if (result.ok) {
    logStep(t("job.done"), `${result.name}, ${size(result.bytes)}, crc32 ${result.crc32}`);
    if (result.elapsedMs > 0) keepRate(placeKey(job.draft.broker.url, job.draft.send.to ?? ""), (1000 * result.bytes) / result.elapsedMs);
  } else logStep(t("job.failed"), `${result.error.code}: ${result.error.message}`, "bad");
}

let loggedState = "";
function paint(current) {
  paintJob(current, act);
  paintButtons(current);
  const state = `${current.key}${current.state}`;
  if (state === loggedState || ["done", "failed", "sending", "connecting"].includes(current.state)) return;
  loggedState = state;
  logStep(t(`job.${current.state}`, ""));
}

/** What the buttons of an error do. @param {string} action @param {import("./rpc.js").CodedError} error */
export function act(action, error) {
  const field = FIELD_OF[action];
  if (field) return lead(field);
  switch (action) {
    case "small":
      setValue($("chunkSize"), String(SMALL_CHUNK));
      return sendForm();
    case "wait":
      setValue($("waitForDevice"), "3600");
      return sendForm();
    case "original":
      setValue($("format"), "original");
      return refresh();
    case "change":
      return $("file").click();
    case "openurl":
      return void open($("url").value, "_blank", "noopener,noreferrer");
    case "reload":
      return location.reload();
    case "show": {
      const option = optionIn(error.message);
      return option ? (markWrong(option, error.message), lead(option)) : $("fields").scrollIntoView();
    }
    default:
      return sendForm();
  }
}

/** To a field; what was said above the button makes room for it. @param {string} id */
function lead(id) {
  fill($("outcome"));
  const fold = $(id).closest("details");
  if (fold) fold.open = true;
  $(id).focus();
}

/** What the fields say, sent by hand. */
export function sendForm() {
  settleForm();
  if (sendMode() === "devices") return sendFleet();
  const { draft, errors } = readForm();
  keep({ fields: fieldsToKeep() });
  return send(draft, errors);
}

/** To the devices that are chosen. */
function sendFleet() {
  clearWrong();
  fill($("outcome"));
  const { errors } = readForm();
  const wrong = errors.filter(({ option }) => OPTIONS[option][0] === "image");
  if (wrong.length) return showErrors(wrong);
  if (!compose.hasSource) return showErrors([{ option: "picture", message: t("wrong.picture") }]), $("pick").focus();
  if ($("again").value && !compose.url) return showErrors([{ option: "again", message: t("again.url") }]), $("again").focus();
  if (!recipients().length) return showErrors([{ option: "recipients", message: t("wrong.recipients") }]), $("choose").focus();
  keep({ fields: fieldsToKeep(), looks: looksToKeep(), mode: "devices" });
  sendComposed(compose);
}

// ---------------------------------------------------------------- a link that opened the page

/** @param {import("./link.js").Link} opened */
export async function follow({ go, errors, texts, draft, url }) {
  if (!go) {
    showErrors(errors);
    return void (texts.url && !errors.some(({ option }) => option === "url") && takeUrl(texts.url));
  }
  if (errors.length) return refuse(errors);
  if (isFramed()) return refuse([{ option: "send", message: t("wrong.framed") }]);
  draft.send = { to: DEFAULT_TO, from: DEFAULT_FROM, ...draft.send };
  const place = { broker: draft.broker.url, to: draft.send.to };
  loadLink();
  logStep(t("log.fetch"), url);
  compose.fetch(url);
  const picture = compose.refresh(draft.image);
  if (!isLoopback(place.broker) && !isAllowed(placeKey(place.broker, place.to)) && !(await allowed(picture, { ...place, url }))) return;
  return send(draft);
}

/** A link that names a device: it is chosen and the picture fetched, but nothing is sent before the click. @param {import("./link.js").Link} opened */
export function fillForDevice({ device: name, errors, texts }) {
  const device = deviceNamed(name);
  if (!device) return refuse([{ option: "recipients", message: t("wrong.device", name) }]);
  chooseDevices([device.id]);
  if (errors.length) return refuse(errors);
  if (texts.url) takeUrl(texts.url);
  fill($("outcome"), note("", "ask", t("link.device", device.name)));
  say(t("link.device", device.name));
  $("send").focus();
}

/** Inside another site's frame a click could be stolen. */
function isFramed() {
  try {
    return top !== window && top.location.origin !== location.origin;
  } catch {
    return true;
  }
}

/** Asks before anything goes to a broker elsewhere; a picture that cannot be had ends it unasked. */
async function allowed(picture, what) {
  asking = true;
  const { answer, close } = ask(what);
  const failed = picture.then(() => new Promise(() => {}), (error) => setResult(failure(error)));
  const yes = await Promise.race([answer, failed]);
  asking = false;
  close();
  sumUp();
  return yes;
}

// ---------------------------------------------------------------- the start

/** Wires what belongs to a picture and to a send. Called once. */
export function setUpComposer() {
  compose.onPrepared = () => {
    sumUp();
    compare(compose);
    if (compose.prepared) loadLink(); // what is shown is sent next
  };
  compose.onAction = act;
  setUpLog();
  setUpLinkAccess();
  link.watchLink();
  setUpPlacing(refresh);
  setUpCompare(compose);
  for (const id of ["chunkSize", "broker", "to"]) $(id).addEventListener("change", sumUp);
  $("otherways").addEventListener("click", () => showWays($("ways").hidden));
  $("savepng").addEventListener("click", () => savePng(compose.name || "picture"));
  $("turn").addEventListener("click", () => turn("rotate", { "0": "90", "90": "180", "180": "270", "270": "0" }));
  $("flip").addEventListener("click", () => turn("mirror", { none: "horizontal", horizontal: "none", vertical: "none" }));
  $("cancel").addEventListener("click", () => job?.cancel());
  $("pause").addEventListener("click", () => job?.togglePause());
  settle();
}

function turn(id, next) {
  setValue($(id), next[$(id).value] ?? Object.keys(next)[0]);
  $("flip").setAttribute("aria-pressed", String($("mirror").value !== "none"));
  refresh();
}

/** The module that sends is not a part of what is looked at first. */
function loadLink() {
  link.ready().then(keepForOffline, (error) => fill($("outcome"), note("bad", "load", h("strong", null, t("error.load")), " ", error.message)));
}

/** Other recipients, or another way to send: the panel on the stage may be another one. */
export function settle() {
  if (sendMode() === "topic") paintButtons(job);
  sumUp();
  refresh();
}

/** In another language. */
export function repaint() {
  if (job) paint(job);
  sumUp();
}

/** An empty picture of the panel's size. */
export async function takeBlank() {
  const { blank } = await import("./testcard.js");
  takeFile(await blank(readForm().draft.image));
}

/** Whether the question of a link stands in the place of the fields. */
export const isAsking = () => asking;

/** Whether the picture is already the one of that address. @param {string} url as it was typed */
export const isTaken = (url) => compose.url !== "" && absolute(url) === compose.url;
