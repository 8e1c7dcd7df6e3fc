// The view of a send: one row a device, in the order of the devices. Only what changed is drawn anew, once a frame.
import { $, fill, h, say } from "./dom.js";
import { miniFrame } from "./frames.js";
import { RunRow } from "./runrow.js";
import { currentView } from "./router.js";
import { duration, part } from "./numbers.js";
import { PRACTICE } from "./registry.js";
import { t } from "./texts.js";

/** @typedef {import("./fleet.js").Run} Run @typedef {import("./fleet.js").Delivery} Delivery */

const FILTERS = {
  all: () => true,
  bad: ({ job }) => job.state === "failed",
  go: ({ job }) => !job.isOver,
  ok: ({ job }) => job.state === "done",
};

export class RunView {
  /** @type {Run | null} */
  run = null;
  /** @type {Map<Delivery, RunRow>} */
  #rows = new Map();
  /** @type {Set<Delivery>} */
  #dirty = new Set();
  #frame = 0;
  #filter = "all";
  #said = "";
  /** What the buttons of a failed row do. @type {(action: string, delivery: Delivery) => void} */
  onAction = () => {};
  /** What an empty view offers, and the end of a send. @type {(what: "again" | "add") => void} */
  onNext = () => {};

  constructor() {
    $("pauseall").addEventListener("click", () => this.run?.pauseAll(!this.#allPaused));
    $("cancelall").addEventListener("click", () => this.run?.cancelRest());
    $("retryall").addEventListener("click", () => {
      for (const delivery of this.run?.failed ?? []) this.run.retry(delivery);
      $("h-run").focus();
    });
    $("another").addEventListener("click", () => this.onNext("again"));
    $("addown").addEventListener("click", () => this.onNext("add"));
  }

  /** @param {Run} run */
  show(run) {
    this.run = run;
    this.#filter = "all";
    this.#rows = new Map(run.deliveries.map((delivery) => [delivery, new RunRow(delivery, (action) => this.onAction(action, delivery))]));
    run.onChange = (delivery) => this.touch(delivery);
    $("jobs").replaceChildren(...[...this.#rows.values()].map(({ node }) => node));
    $("cells").replaceChildren(...run.deliveries.map(() => h("i", null)));
    $("h-run").textContent = run.title;
    for (const delivery of run.deliveries) this.touch(delivery);
    this.#showPicture(run);
  }

  async #showPicture(run) {
    fill($("runframe"), miniFrame({}, ""));
    const [first] = run.deliveries;
    const { prepared } = await first.picture.catch(() => ({ prepared: null }));
    if (prepared && this.run === run) fill($("runframe"), miniFrame(prepared, ""));
  }

  /** @param {Delivery} delivery */
  touch(delivery) {
    this.#dirty.add(delivery);
    if (document.hidden) return this.#paintTotals(); // no frames come in a hidden tab; the title still tells
    this.#frame ||= requestAnimationFrame(() => this.paint());
  }

  /** Draws what changed. */
  paint() {
    this.#frame = 0;
    const states = this.run?.deliveries ?? [];
    for (const delivery of this.#dirty) {
      const at = states.indexOf(delivery);
      if (at < 0) continue;
      this.#rows.get(delivery)?.paint();
      paintCell($("cells").children[at], delivery);
    }
    this.#dirty.clear();
    this.#paintTotals();
    this.#paintFilters();
  }

  /** In another language, or after the tab was hidden. */
  paintAll() {
    if (!this.run) return;
    this.run.deliveries.forEach((delivery) => this.#dirty.add(delivery));
    this.paint();
  }

  get #allPaused() {
    const going = this.run.going.filter(({ job }) => job.canPause);
    return going.length > 0 && going.every(({ job }) => job.state === "paused");
  }

  #paintTotals() {
    const { run } = this;
    if (!run) return;
    const totals = run.totals;
    const line = t("run.arrived", totals.done, totals.all);
    $("arrived").textContent = line;
    fill($("needs"), totals.failed > 0 && t("run.needs", totals.failed));
    fill($("asleep"), totals.waiting > 0 && t("run.waiting", totals.waiting));
    $("runfacts").textContent = [totals.bytesTotal > 0 && part(totals.bytesAcked, totals.bytesTotal), totals.leftMs !== undefined && t("facts.left", duration(totals.leftMs))].filter(Boolean).join(" · ");
    const over = run.isOver;
    $("pauseall").hidden = $("cancelall").hidden = $("runsub").hidden = over;
    $("filters").hidden = totals.all < 2;
    const paused = !over && this.#allPaused;
    $("pauseall").disabled = !over && !run.going.some(({ job }) => job.canPause);
    $("pausealltext").textContent = t(paused ? "run.resume" : "run.pause");
    $("retryall").hidden = totals.failed === 0 || !over;
    $("retryalltext").textContent = totals.failed === 1 ? t("run.retry1", run.failed[0].device.name) : t("run.retry", totals.failed);
    $("another").hidden = !over;
    const practice = over && totals.done === 1 && run.deliveries.length === 1 && run.deliveries[0].device.broker === PRACTICE;
    $("practicedone").hidden = !practice;
    $("running").hidden = over || currentView() === "run";
    $("runningtext").textContent = line;
    $("runningbar").value = totals.all ? (100 * totals.done) / totals.all : 0;
    if (currentView() === "run") document.title = [line, t("title")].join(" · ");
    this.#say(line, totals, over);
  }

  #say(line, totals, over) {
    const sentence = [line, totals.failed > 0 && t("run.failed", totals.failed)].filter(Boolean).join(", ");
    if (sentence === this.#said) return;
    this.#said = sentence;
    say(sentence, over);
    if (over && document.hidden) notify(sentence, this.run.title);
  }

  #paintFilters() {
    const counts = Object.fromEntries(Object.entries(FILTERS).map(([key, of]) => [key, this.run.deliveries.filter(of).length]));
    const chips = $("filters");
    if (chips.childElementCount === 0) chips.append(...Object.keys(FILTERS).map((key) => h("button.chip", { type: "button", "data-filter": key, onclick: () => this.#show(key) }, h("span", null, ""), h("span.n.num", null, ""))));
    for (const button of chips.children) {
      const key = button.dataset.filter;
      button.setAttribute("aria-pressed", String(key === this.#filter));
      button.children[0].textContent = t(`filter.${key}`);
      button.children[1].textContent = String(counts[key]);
    }
    for (const [delivery, row] of this.#rows) row.node.hidden = !FILTERS[this.#filter](delivery) && !row.node.contains(document.activeElement);
    $("nojobs").hidden = [...this.#rows.values()].some(({ node }) => !node.hidden);
  }

  #show(key) {
    this.#filter = key;
    this.#paintFilters();
  }
}

function paintCell(cell, { job }) {
  cell.className = job.state;
  const { bytesAcked = 0, bytesTotal = 0 } = job.progress ?? {};
  cell.style.setProperty("--v", bytesTotal ? `${Math.floor((100 * bytesAcked) / bytesTotal)}%` : "0%");
}

/** Only when the person allowed it in the settings. */
function notify(sentence, title) {
  if (globalThis.Notification?.permission !== "granted") return;
  try {
    new Notification(title, { body: sentence, tag: "mqtt-image-sender" });
  } catch {
    // Android shows them by a service worker only
  }
}
