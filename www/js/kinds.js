// The kinds of panel in this send: a card each, with its own preview. The one that is chosen stands on the stage.
import { $, fill, h } from "./dom.js";
import { count, duration, size } from "./numbers.js";
import { asItHangs, kindsOf } from "./look.js";
import { miniFrame } from "./frames.js";
import { hasOwnLook } from "./ownlook.js";
import { t } from "./texts.js";

/** @typedef {import("./look.js").Kind} Kind @typedef {import("./pictures.js").Prepared} Prepared */

/** The stage goes first; the other cards follow when the person has paused, in milliseconds. */
const PAUSE = 150;

export class KindCards {
  /** @type {Kind[]} */
  kinds = [];
  selected = 0;
  #later = 0;
  #abort = new AbortController();
  /** Another card was chosen. */
  onSelect = () => {};
  /** How long a device of this kind takes, if one has been sent to. @type {(kind: Kind, bytes: number) => number | undefined} */
  estimate = () => undefined;

  /** @param {import("./registry.js").Device[]} devices */
  show(devices) {
    const last = this.current?.key;
    this.kinds = kindsOf(devices);
    this.selected = Math.max(0, this.kinds.findIndex(({ key }) => key === last));
    this.paint();
  }

  /** @returns {Kind | undefined} */
  get current() {
    return this.kinds[this.selected];
  }

  paint() {
    $("kindset").hidden = this.kinds.length === 0;
    fill($("kinds"), this.kinds.map((kind, i) => card(kind, i, i === this.selected, () => this.select(i))));
  }

  /** @param {number} i */
  select(i) {
    if (!this.kinds[i]) return;
    this.selected = i;
    $("kinds").querySelectorAll("input")[i].checked = true;
    this.onSelect();
  }

  /**
   * Prepares the cards that are not on the stage. Asking again ends what is under way.
   * @param {(kind: Kind, signal: AbortSignal) => Promise<Prepared>} prepare
   */
  refresh(prepare) {
    clearTimeout(this.#later);
    this.#abort.abort();
    const abort = (this.#abort = new AbortController());
    this.#later = setTimeout(async () => {
      for (const kind of this.kinds) {
        if (kind === this.current || abort.signal.aborted) continue;
        const prepared = await prepare(kind, abort.signal).catch(() => null);
        if (prepared && !abort.signal.aborted) this.put(kind, prepared);
      }
    }, PAUSE);
  }

  /** @param {Kind} kind @param {Prepared} prepared */
  put(kind, prepared) {
    const i = this.kinds.indexOf(kind);
    const place = $("kinds").children[i];
    if (!place) return;
    place.querySelector(".frame").replaceWith(miniFrame(prepared, kind.look));
    const time = this.estimate(kind, prepared.blob.size);
    const facts = [size(prepared.blob.size), time !== undefined && t("kind.each", duration(time)), hasOwnLook(kind.key) && t("kind.own")].filter(Boolean).join(" · ");
    place.querySelector(".bytes").textContent = facts;
  }
}

/** @param {Kind} kind */
function card(kind, i, checked, onSelect) {
  const input = h("input", { type: "radio", name: "kind", value: String(i), onchange: onSelect });
  /** @type {HTMLInputElement} */ (input).checked = checked;
  const { width, height } = asItHangs(kind.image);
  const names = kind.devices.length === 1 ? kind.devices[0].name : t("to.n", kind.devices.length);
  return h("label.kind", null, input, h("span.kindcard", null, miniFrame({ width, height }, kind.look),
    h("span", null, h("strong", null, kind.name), h("span.hint", null, names), h("span.hint.num.bytes", null, width ? `${count(width)} × ${count(height)}` : ""))));
}
