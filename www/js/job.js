// A send on the screen: what it is doing in a shape, a sentence and a number; at its end the outcome and what to do next.
import { $, fill, h, icon, say } from "./dom.js";
import { absolute } from "./compose.js";
import { circumstances, errorNote } from "./errors.js";
import { count, duration, part, size, speed } from "./numbers.js";
import { t } from "./texts.js";

/** Each state's [icon, tone, bar]. bar: "" moving, "busy" without value, "still" standing, "ok" full, null none */
export const STATES = {
  preparing: ["image", "", "busy"],
  connecting: ["go", "go", "busy"],
  queued: ["queue", "", "busy"],
  waiting: ["sleep", "", "busy"],
  sending: ["go", "go", ""],
  stalled: ["stall", "warn", "still"],
  paused: ["pause", "", "still"],
  done: ["check", "ok", "ok"],
  failed: ["alert", "bad", null],
  cancelled: ["stop", "", null],
};

/** @typedef {import("./send.js").SendJob} SendJob */

/** @param {SendJob} job @param {(action: string, error: import("./rpc.js").CodedError) => void} onAction */
export function paintJob(job, onAction) {
  const [shape, tone, bar] = STATES[job.state];
  $("job").hidden = false;
  $("sum").hidden = true; // the facts say it
  const state = $("state");
  label(state, shape, sentenceOf(job));
  state.className = tone ? `state ${tone}` : "state";
  state.dataset.state = job.state;
  $("facts").textContent = factsOf(job);
  paintBar($("progress"), job, bar);
  if (job.isOver) finish(job, onAction);
  const title = titleOf(job);
  if (document.title !== title) document.title = title;
  announce(job);
}

/** The button row: Send, or Pause and Cancel. The focus stays in it. @param {SendJob | null} job */
export function paintButtons(job) {
  const going = Boolean(job && !job.isOver);
  const hadFocus = $("run").contains(document.activeElement);
  $("send").hidden = going;
  $("cancel").hidden = !going;
  $("pause").hidden = !going || !job.canPause;
  $("run").classList.toggle("going", going && job.canPause);
  const paused = job?.state === "paused";
  if (going) label($("pause"), paused ? "play" : "pause", t(paused ? "go.resume" : "go.pause"));
  else $("sendtext").textContent = t(job ? "go.again" : "go.send");
  $("send").classList.toggle("primary", job?.state !== "failed"); // then the remedy is the next step
  if (hadFocus && $("run").querySelector(":focus:not([hidden])") === null) (going ? $("cancel") : $("send")).focus({ preventScroll: true });
}

/** A shape and words. The shape is made anew only when it changes: each one loads the sprite again. */
export function label(node, shape, words) {
  if (node.dataset.shape !== shape) node.replaceChildren(icon(shape), h("span"));
  node.dataset.shape = shape;
  const text = node.lastElementChild;
  if (text.textContent !== words) text.textContent = words;
}

/** @param {any} progress the element @param {SendJob} job @param {string | null} bar as in STATES */
export function paintBar(progress, job, bar) {
  progress.hidden = bar === null;
  progress.className = bar === "still" || bar === "ok" ? bar : "";
  if (bar === "busy") return progress.removeAttribute("value");
  progress.max = job.progress?.bytesTotal || 1;
  progress.value = bar === "ok" ? progress.max : (job.progress?.bytesAcked ?? 0);
}

const percent = ({ progress }) => (progress?.bytesTotal ? Math.floor((100 * progress.bytesAcked) / progress.bytesTotal) : 0);

/** @param {SendJob} job */
export function sentenceOf(job) {
  if (job.state === "failed") return t("job.failed");
  if (job.state === "sending" && job.progress.phase === "finish") return t("job.finish");
  return t(`job.${job.state}`, percent(job));
}

/** @param {SendJob} job */
export function factsOf({ state, progress }) {
  if (!progress || state === "preparing") return "";
  const resends = progress.resends > 0 && t("facts.resends", progress.resends);
  const ignored = progress.ignored > 0 && t("facts.ignored", progress.ignored);
  const join = (...facts) => facts.filter(Boolean).map((fact) => fact.replaceAll(" ", "\u00a0")).join(" · ");
  if (state === "done") return join(size(progress.bytesTotal), duration(progress.elapsedMs), resends, ignored);
  const left = state === "sending" && progress.bytesPerSecond > 0 && progress.bytesAcked > 0 && t("facts.left", duration((1000 * (progress.bytesTotal - progress.bytesAcked)) / progress.bytesPerSecond));
  const rate = state === "sending" && progress.bytesPerSecond > 0 && speed(progress.bytesPerSecond);
  return join(part(progress.bytesAcked, progress.bytesTotal), t("facts.chunks", count(progress.chunksAcked), count(progress.chunksTotal)), resends, ignored, rate, left);
}

function finish(job, onAction) {
  if (job.state === "failed") {
    fill($("outcome"), errorNote(job.error, { ...circumstances(job), url: absolute($("url").value) }, onAction));
  } else if (job.state === "done") {
    $("frame").classList.add("fresh"); // the panel refreshes once, as e-paper does
    setTimeout(() => $("frame").classList.remove("fresh"), 800);
    fill($("outcome"), h("p.hint", null, t("job.done.more", job.name, job.draft.send.to ?? "", job.progress.crc32)));
  } else fill($("outcome"));
}

function titleOf(job) {
  const mark = { sending: `${percent(job)} %`, done: t("job.done"), failed: t("job.failed") }[job.state];
  return [mark, t("title")].filter(Boolean).join(" · ");
}

let said = "";
/** A change of state, and every quarter of the way. */
function announce(job) {
  const quarter = job.state === "sending" ? Math.floor(percent(job) / 25) : "";
  const key = `${job.key}${job.state}${quarter}`;
  if (key === said) return;
  said = key;
  const why = job.state === "failed" ? ` ${$("outcome").querySelector("strong")?.textContent ?? ""}` : "";
  say(sentenceOf(job) + why, job.isOver);
}
