// The page's start: its first view stands and listens before what is kept is read, and before anything is loaded that handles a
// picture (`composer.js`) or stands behind it (`views.js`). What somebody does meanwhile waits for that.
import { $, fill, h, note } from "./dom.js";
import { clearWrong, setValue } from "./fields.js";
import { fillFromKept, fillFromLink, settleForm } from "./form.js";
import { paintLink, setUpLinkView } from "./linkview.js";
import { setUpInput } from "./input.js";
import { kept } from "./kept.js";
import { drawn, idle, keepForOffline, loadViews, sending } from "./later.js";
import { currentView, setUpRoutes } from "./router.js";
import { paintChips, sendMode, setUpMode, setUpRecipients } from "./recipients.js";
import { isRead, loadRegistry } from "./registry.js";
import { setUpSamples, settleSamples } from "./samples.js";
import { setUpLook, t } from "./texts.js";

/** @typedef {typeof import("./composer.js")} Composer */

/** The first picture goes first: the page is kept for the times without a network after it, or after so many milliseconds. */
const OFFLINE_AFTER = 12_000;
/** The view of a send, in another language; nothing before it is there. */
let repaintSending = () => {};
/** Fetches an address that was typed but not yet left. */
let takeTypedUrl = () => {};
/** What is kept was read, or could not be. @type {Promise<void>} */
let known;
/** What paints the panels of the devices that are chosen, as soon as it is loaded. @type {typeof import("./todevices.js") | null} */
let kinds = null;

// ---------------------------------------------------------------- what handles a picture

/** As soon as it is loaded. @type {Composer | null} */
let composer = null;
/** @type {Promise<Composer> | null} */
let loading = null;

/** @returns {Promise<Composer>} */
function loadComposer() {
  loading ??= import("./composer.js").then(async (loaded) => {
    if (sendMode() === "devices") await known; // a link that sends does not wait
    composer = loaded;
    loaded.setUpComposer();
    return loaded;
  });
  loading.catch((error) => {
    loading = null; // the next act tries again
    fill($("outcome"), note("bad", "load", h("strong", null, t("error.load")), " ", error.message));
  });
  return loading;
}

/** At once, or when it is loaded, one after the other. @param {(composer: Composer) => void} act */
function compose(act) {
  if (composer) return act(composer);
  loadComposer().then(act, () => {}); // said already
}

const takeFile = (/** @type {File} */ file) => compose((picture) => picture.takeFile(file));
const takeUrl = (/** @type {string} */ url) => compose((picture) => picture.takeUrl(url));
const takeFiles = (/** @type {File[]} */ files) => Promise.all([import("./batch.js"), known]).then(([{ offerBatch }]) => offerBatch(files));

function sendForm() {
  takeTypedUrl();
  compose((picture) => picture.sendForm());
}

// ---------------------------------------------------------------- the first view

/** Other recipients, or another way to send. */
function settleRecipients() {
  if (sendMode() === "devices" && !isRead()) return; // they say it when they are there
  kinds?.settleKinds();
  settleForm();
  kinds?.paintSend();
  paintLink();
  composer?.settle();
}

function listen() {
  const isOpen = () => !composer?.isAsking() && currentView() === "send" && !document.querySelector("dialog[open]");
  offerCamera();
  $("camera").addEventListener("click", async () => (await import("./camera.js")).takePhotograph(takeFile));
  $("blank").addEventListener("click", () => compose((picture) => picture.takeBlank()));
  takeTypedUrl = setUpInput({ onFile: takeFile, onFiles: takeFiles, onUrl: takeUrl, isOpen, isTaken: (url) => Boolean(composer?.isTaken(url)) });
  const settle = () => {
    if (composer) composer.refresh();
    else settleRecipients();
  };
  let soon = 0;
  $("fields").addEventListener("input", (event) => {
    clearWrong(event.target.closest(".field") ?? undefined);
    clearTimeout(soon);
    soon = setTimeout(settle, event.target.type === "number" || event.target.type === "color" ? 120 : 0);
  });
  $("panel").addEventListener("change", () => {
    if ($("panel").value === "other") return $("width").focus();
    const [width = "", height = ""] = $("panel").value.split("x");
    setValue($("width"), width);
    setValue($("height"), height);
    settle();
  });
  $("keepdevice").addEventListener("click", () => sending().then(async () => (await import("./keepdevice.js")).keepAsDevice()));
  $("compose").addEventListener("submit", (event) => {
    event.preventDefault();
    sendForm();
  });
  addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && isOpen()) sendForm();
  });
}

// ---------------------------------------------------------------- the start

async function start() {
  const isShared = location.hash === "#/shared";
  if (isShared) history.replaceState(null, "", "#/send");
  const { search, hash } = location;
  const link = search.length > 1 || hash.startsWith("#password=") ? await import("./link.js") : null;
  link?.cleanAddress(location);
  await setUpLook(search, repaint);
  const opened = link?.readLink({ search, hash, baseURI: document.baseURI }, "send");
  if (opened?.given) fillFromLink(opened);
  else fillFromKept(kept().fields ?? {});
  setUpRoutes();
  setUpMode(Boolean(opened?.given));
  if (sendMode() === "topic") settleForm(); // devices say theirs when they are loaded
  known = drawn().then(readKept).catch(sayUnread);
  setUpRecipients(settleRecipients, known);
  setUpSamples(takeFile);
  listen();
  setUpLinkView();
  if (opened?.given) settleSamples(true);
  document.body.dataset.live = "shown"; // the first view's controls listen; the rest comes in behind it
  if (opened?.given && !opened.device) compose((picture) => picture.follow(opened)); // a link that sends does not wait for what is kept
  await known;
  if (isShared) takeShared();
  if (opened?.device) compose((picture) => picture.fillForDevice(opened));
  await setUpRest();
}

/** In another language. */
function repaint() {
  if (isRead()) paintChips();
  settleRecipients();
  repaintSending();
  composer?.repaint();
}

/** The panels of the devices that are chosen. */
async function loadKinds() {
  const [loaded, { setUpOwnLook }] = await Promise.all([import("./todevices.js"), import("./ownlook.js")]);
  kinds = loaded;
  setUpOwnLook();
}

/** What this browser keeps. */
async function readKept() {
  await loadRegistry(loadKinds());
  delete document.documentElement.dataset.known; // the script in the page's head
}

/** What stands behind the first view. */
async function setUpRest() {
  if (currentView() === "send") await idle();
  $("language-zh").hidden = false; // its glyphs stand in another font, for which the whole first view would wait
  const sending = await loadViews({ toSendView: (action, error) => compose((picture) => picture.act(action, error)) }, loadComposer());
  repaintSending = sending.repaintSending;
  document.body.dataset.kept = "shown"; // what is kept is on the page, and its controls listen
  await sending.offerLeftBehind();
  setTimeout(keepForOffline, OFFLINE_AFTER);
}

/** Where there is one; the browser starts a process to look for it. Firefox 153 may never start a worker that is made meanwhile: as long before one as can be. */
function offerCamera() {
  const cameras = navigator.mediaDevices?.enumerateDevices?.() ?? Promise.resolve([]); // none over plain http
  cameras.then((list) => ($("camera").hidden = !list.some(({ kind }) => kind === "videoinput")), () => {});
}

/** From the share sheet of the system. */
async function takeShared() {
  const { files, url } = await (await import("./shared.js")).takeShared();
  if (files.length > 1) takeFiles(files);
  else if (files.length) takeFile(files[0]);
  else if (url) takeUrl(url);
}

/** @param {Error} error */
function sayUnread(error) {
  fill($("outcome"), note("bad", "kept", h("strong", null, t("data.failed")), " ", error.message));
}

start().catch(sayUnread);
