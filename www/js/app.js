// The Send view: wires the fields, the stage, the two workers and the link interface; the other views are set up at the end.
import { $, fill, h, note, say } from "./dom.js";
import * as link from "./broker.js";
import { Compose, absolute } from "./compose.js";
import { FIELD_OF, SMALL_CHUNK } from "./errors.js";
import { clearWrong, markWrong, setValue } from "./fields.js";
import { fieldsToKeep, fillFromKept, fillFromLink, optionIn, readForm, settleForm } from "./form.js";
import { paintLink, setUpLinkView } from "./linkview.js";
import { setUpInput } from "./input.js";
import { paintButtons, paintJob } from "./job.js";
import { isAllowed, keep, keepRate, kept, placeKey } from "./kept.js";
import { cleanAddress, isLoopback, readLink } from "./link.js";
import { logStep, logTransfer, setUpLog } from "./log.js";
import { count, duration, size } from "./numbers.js";
import { DEFAULT_FROM, DEFAULT_TO, OPTIONS } from "./options.js";
import { currentView, setUpRoutes } from "./router.js";
import { ask, showSize } from "./question.js";
import { coded } from "./rpc.js";
import { SendJob, failure } from "./send.js";
import { loadViews } from "./later.js";
import { chooseDevices, paintChips, sendMode, recipients, setUpMode, setUpRecipients } from "./recipients.js";
import { deviceNamed, loadRegistry } from "./registry.js";
import { paintSend, sendComposed, settleKinds, setUpToDevices } from "./todevices.js";
import { setUpCompare, show as compare } from "./compare.js";
import { centre, setUpPlacing } from "./placing.js";
import { savePng } from "./stage.js";
import { blank } from "./testcard.js";
import { setUpSamples, settleSamples } from "./samples.js";
import { setUpLook, t } from "./texts.js";

/** @typedef {import("./link.js").Draft} Draft */

const compose = new Compose();
/** @type {SendJob | null} */
let job = null;
let asking = false;
/** The first picture goes first: the page is kept for the times without a network after it, or after so many milliseconds. */
const OFFLINE_AFTER = 12_000;
const toDevices = setUpToDevices(compose, refresh);
/** The view of a send, in another language; nothing before it is there. */
let repaintSending = () => {};
/** Fetches an address that was typed but not yet left. */
let takeTypedUrl = () => {};

// ---------------------------------------------------------------- the picture

/** Prepares and shows the picture as the fields say. */
function refresh() {
  settleForm();
  if (!compose.hasSource || asking) return;
  const { draft, errors } = readForm();
  const wrong = errors.filter(({ option }) => OPTIONS[option][0] === "image");
  for (const { option, message } of wrong) markWrong(option, message);
  if (!wrong.length) compose.refresh(draft.image).catch(() => {});
}

function takeFile(file) {
  forgetJob();
  centre();
  compose.take(file);
  settleSamples(true);
  logStep(t("log.picture"), `${file.name}, ${size(file.size)}`);
  refresh();
}

function takeUrl(text) {
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
function act(action, error) {
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
function sendForm() {
  takeTypedUrl();
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
  keep({ fields: fieldsToKeep(), mode: "devices" });
  sendComposed(compose);
}

// ---------------------------------------------------------------- a link that opened the page

/** @param {import("./link.js").Link} opened */
async function follow({ go, errors, texts, draft, url }) {
  if (!go) {
    showErrors(errors);
    return void (texts.url && !errors.some(({ option }) => option === "url") && takeUrl(texts.url));
  }
  if (errors.length) return refuse(errors);
  if (isFramed()) return refuse([{ option: "send", message: t("wrong.framed") }]);
  draft.send = { to: DEFAULT_TO, from: DEFAULT_FROM, ...draft.send };
  const place = { broker: draft.broker.url, to: draft.send.to };
  logStep(t("log.fetch"), url);
  compose.fetch(url);
  const picture = compose.refresh(draft.image);
  if (!isLoopback(place.broker) && !isAllowed(placeKey(place.broker, place.to)) && !(await allowed(picture, { ...place, url }))) return;
  return send(draft);
}

/** A link that names a device: it is chosen and the picture fetched, but nothing is sent before the click. @param {import("./link.js").Link} opened */
function fillForDevice({ device: name, errors, texts }) {
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

async function start() {
  const isShared = location.hash === "#/shared";
  if (isShared) history.replaceState(null, "", "#/send");
  const { search, hash } = location;
  cleanAddress(location);
  await setUpLook(search, () => {
    paintChips();
    settleRecipients();
    settleForm();
    paintLink();
    if (job) paint(job);
    repaintSending();
    sumUp();
  });
  const opened = readLink({ search, hash, baseURI: document.baseURI }, "send");
  setUpLog();
  compose.onPrepared = () => {
    sumUp();
    compare(compose);
    if (compose.prepared) loadLink(); // what is shown is sent next
  };
  compose.onAction = act;
  if (opened.given) fillFromLink(opened);
  else fillFromKept(kept().fields ?? {});
  setUpRoutes();
  setUpMode(opened.given);
  if (sendMode() === "topic") settleForm(); // devices say theirs when they are loaded
  listen();
  setUpLinkView();
  link.watchLink();
  const keptShown = setUpKept(opened.given).catch((error) => logStep(t("data.failed"), error.message, "bad"));
  if (opened.go) loadLink();
  if (isShared) keptShown.then(takeShared);
  if (!opened.device) return follow(opened);
  await keptShown;
  fillForDevice(opened);
}

/** What this browser keeps, and the views of it. A link that sends does not wait for it. @param {boolean} given the fields stand as a link says */
async function setUpKept(given) {
  await loadRegistry();
  setUpRecipients(settleRecipients);
  settleRecipients();
  setUpSamples(takeFile);
  settleSamples(given || compose.hasSource);
  document.body.dataset.live = "shown"; // the first view's controls listen; the other views come in behind it
  const sending = await loadViews({ toSendView: act });
  repaintSending = sending.repaintSending;
  document.body.dataset.kept = "shown"; // what is kept is on the page, and its controls listen
  await sending.offerLeftBehind();
  setTimeout(keepForOffline, OFFLINE_AFTER);
}

/** From the share sheet of the system. */
async function takeShared() {
  const { files, url } = await (await import("./shared.js")).takeShared();
  if (files.length > 1) (await import("./batch.js")).offerBatch(files);
  else if (files.length) takeFile(files[0]);
  else if (url) takeUrl(url);
}

/** The module that sends is not a part of what is looked at first. */
function loadLink() {
  link.ready().then(keepForOffline, (error) => fill($("outcome"), note("bad", "load", h("strong", null, t("error.load")), " ", error.message)));
}

let isKept = false;
function keepForOffline() {
  if (isKept) return;
  isKept = true;
  import("./offline.js").then(({ setUpOffline }) => setUpOffline()).catch(() => {}); // a page without it works all the same
}

/** Other recipients, or another way to send: the panel on the stage may be another one. */
function settleRecipients() {
  settleKinds();
  if (sendMode() === "topic") paintButtons(job);
  sumUp();
  paintSend();
  paintLink();
  refresh();
}

function listen() {
  setUpPlacing(refresh);
  setUpCompare(compose);
  const cameras = navigator.mediaDevices?.enumerateDevices?.() ?? Promise.resolve([]); // none over plain http
  cameras.then((list) => ($("camera").hidden = !list.some(({ kind }) => kind === "videoinput")), () => {});
  $("camera").addEventListener("click", async () => (await import("./camera.js")).takePhotograph(takeFile));
  $("blank").addEventListener("click", async () => takeFile(await blank(readForm().draft.image)));
  $("savepng").addEventListener("click", () => savePng(compose.name || "picture"));
  takeTypedUrl = setUpInput({ onFile: takeFile, onFiles: (files) => import("./batch.js").then(({ offerBatch }) => offerBatch(files)), onUrl: takeUrl, isTaken: (url) => compose.url !== "" && absolute(url) === compose.url, isOpen: () => !asking && currentView() === "send" && !document.querySelector("dialog[open]") });
  let soon = 0;
  $("fields").addEventListener("input", (event) => {
    clearWrong(event.target.closest(".field") ?? undefined);
    clearTimeout(soon);
    soon = setTimeout(refresh, event.target.type === "number" || event.target.type === "color" ? 120 : 0);
  });
  for (const id of ["chunkSize", "broker", "to"]) $(id).addEventListener("change", sumUp);
  $("panel").addEventListener("change", () => {
    if ($("panel").value === "other") return $("width").focus();
    const [width = "", height = ""] = $("panel").value.split("x");
    setValue($("width"), width);
    setValue($("height"), height);
    refresh();
  });
  $("turn").addEventListener("click", () => turn("rotate", { "0": "90", "90": "180", "180": "270", "270": "0" }));
  $("flip").addEventListener("click", () => turn("mirror", { none: "horizontal", horizontal: "none", vertical: "none" }));
  $("compose").addEventListener("submit", (event) => {
    event.preventDefault();
    sendForm();
  });
  $("cancel").addEventListener("click", () => job?.cancel());
  $("pause").addEventListener("click", () => job?.togglePause());
  addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !asking && currentView() === "send" && !document.querySelector("dialog[open]")) sendForm();
  });
}

function turn(id, next) {
  setValue($(id), next[$(id).value] ?? Object.keys(next)[0]);
  $("flip").setAttribute("aria-pressed", String($("mirror").value !== "none"));
  refresh();
}

start();
