// One row of a send: what a device's transfer is doing, in a shape, a sentence and a number; at a failure the next step.
import { fill, h, icon } from "./dom.js";
import { circumstances, errorNote } from "./errors.js";
import { miniFrame } from "./frames.js";
import { STATES, factsOf, label, paintBar, sentenceOf } from "./job.js";
import { journalText, wordsOf } from "./log.js";
import { asItHangs, frameLook, panelName } from "./look.js";
import { clock } from "./numbers.js";
import { download } from "./download.js";
import { t } from "./texts.js";

/** Lines of the journal that are shown; all of them are saved. */
const SHOWN = 200;

export class RunRow {
  #state = "";
  #shown = null;

  /** @param {import("./fleet.js").Delivery} delivery @param {(action: string) => void} onAction */
  constructor(delivery, onAction) {
    this.delivery = delivery;
    this.onAction = onAction;
    const { device } = delivery;
    this.frame = h("span.thumb", null, miniFrame(asItHangs(device.image), frameLook(device)));
    this.name = h("h2", null, device.name);
    this.state = h("span.state", null);
    this.facts = h("span.facts.num", null);
    this.bar = h("progress", { max: 100, value: 0 });
    const press = (act) => () => act(delivery.job);
    this.pause = h("button.btn.quiet.icon", { type: "button", onclick: press((job) => job.togglePause()) }, icon("pause"));
    this.cancel = h("button.btn.quiet.icon", { type: "button", onclick: press((job) => job.cancel()) }, icon("x"));
    this.again = h("button.btn.quiet.icon", { type: "button", onclick: () => onAction("retry") }, icon("again"));
    this.extra = h("div.extra", { hidden: true });
    this.node = h("li.job", { "data-device": device.name }, this.frame, h("div.who", null, this.name, h("p", null, panelName(device))),
      h("div.what", null, h("p.line", null, this.state, this.facts), this.bar), h("div.do", null, this.pause, this.cancel, this.again), this.extra);
    this.#hang();
  }

  /** The picture, as soon as it is prepared. */
  async #hang() {
    const { picture, device } = this.delivery;
    const { prepared } = await picture.catch(() => ({ prepared: null }));
    if (prepared) fill(this.frame, miniFrame(prepared, frameLook(device)));
  }

  paint() {
    const { job, device, replaced } = this.delivery;
    const [shape, tone, bar] = STATES[job.state];
    const sentence = replaced && job.state === "cancelled" ? t("job.replaced") : sentenceOf(job);
    label(this.state, replaced ? "again" : shape, sentence);
    this.state.className = tone ? `state ${tone}` : "state";
    this.node.dataset.state = job.state;
    this.facts.textContent = factsOf(job);
    paintBar(this.bar, job, job.state === "done" || job.state === "waiting" ? null : bar);
    this.bar.setAttribute("aria-label", t("job.of", device.name));
    const hadFocus = this.node.contains(document.activeElement);
    this.pause.hidden = !job.canPause || job.isOver;
    this.cancel.hidden = job.isOver;
    this.again.hidden = !["cancelled", "done"].includes(job.state);
    if (!this.pause.hidden) this.#name(this.pause, job.state === "paused" ? "play" : "pause", job.state === "paused" ? "go.resume" : "go.pause");
    this.#name(this.cancel, "x", "go.cancel");
    this.#name(this.again, "again", "go.again");
    if (job.isOver && this.#shown !== job) this.#finish();
    if (!job.isOver && this.#shown) {
      this.#shown = null;
      fill(this.extra);
    }
    if (hadFocus && !this.node.contains(document.activeElement)) /** @type {any} */ (this.node.querySelector("button:not([hidden])"))?.focus({ preventScroll: true });
    this.#state = job.state;
  }

  #name(button, shape, key) {
    const name = `${t(key)}: ${this.delivery.device.name}`;
    if (button.getAttribute("aria-label") === name && button.dataset.shape === shape) return;
    button.dataset.shape = shape;
    button.setAttribute("aria-label", name);
    button.title = t(key);
    button.replaceChildren(icon(shape));
  }

  #finish() {
    const { job, log } = this.delivery;
    this.#shown = job;
    if (job.state === "done" && this.#state && this.#state !== "done") {
      this.frame.firstElementChild?.classList.add("fresh"); // the panel refreshes once, as e-paper does
    }
    const wrong = job.state === "failed" && errorNote(job.error, circumstances(job), this.onAction);
    fill(this.extra, wrong, log.length > 0 && this.#journal());
  }

  #journal() {
    const { log, device } = this.delivery;
    const body = h("tbody", null);
    const fold = h("details.fold.journal-fold", { ontoggle: () => {
      if (!body.childElementCount) body.append(...log.slice(-SHOWN).map((line) => h("tr", null, [clock(line.at), ...wordsOf(line)].map((text) => h("td", null, text)))));
    } }, h("summary", null, t("journal.h")),
      h("div.journal", { tabindex: "0", role: "group", "aria-label": t("journal.of", device.name) }, h("table", null, h("thead", null, h("tr", null, ["log.at", "log.what", "log.detail"].map((key) => h("th", { scope: "col" }, t(key))))), body)),
      h("div.acts", null, h("button.btn", { type: "button", onclick: () => download(`${device.key || "device"}.log`, new Blob([journalText(log)], { type: "text/plain" })) }, icon("down"), t("journal.save"))));
    return fold;
  }
}
