// The picture inside the panel: dragged, enlarged, or moved by keys. There is no crop rectangle: what is in the frame is what is sent.
import { $ } from "./dom.js";

/** @typedef {import("./arrange.js").Placing} Placing */

const MOST = 8;
/** Keys that press a button of the tools. */
const BUTTONS = { r: "turn", m: "flip" };
let x = 0;
let y = 0;
let zoom = 1;
let onMove = () => {};

/** @returns {Placing | undefined} undefined: the picture as it comes, by the shortest way */
export function placingNow() {
  const [text, qr] = [$("line").value.trim(), $("qr").value.trim()];
  if (x === 0 && y === 0 && zoom === 1 && !text && !qr) return undefined;
  return { x, y, zoom, text, textAt: $("lineat").value, qr, qrAt: $("qrat").value };
}

/** With another picture. */
export function centre() {
  [x, y, zoom] = [0, 0, 1];
  paint();
}

function paint() {
  $("zoomnow").textContent = `${Math.round(100 * zoom)} %`;
}

/** @param {number} dx @param {number} dy in parts of the panel @param {number} [times] */
function move(dx, dy, times = 1) {
  zoom = Math.min(MOST, Math.max(0.1, Math.round(1000 * zoom * times) / 1000));
  if (Math.abs(zoom - 1) < 0.02) zoom = 1;
  const room = Math.max(1, zoom);
  x = Math.min(room, Math.max(-room, x + dx));
  y = Math.min(room, Math.max(-room, y + dy));
  paint();
  onMove();
}

/** @param {() => void} moved */
export function setUpPlacing(moved) {
  onMove = moved;
  const screen = $("screen");
  $("zoomin").addEventListener("click", () => move(0, 0, 1.1));
  $("zoomout").addEventListener("click", () => move(0, 0, 1 / 1.1));
  $("recentre").addEventListener("click", () => {
    centre();
    onMove();
  });
  screen.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target !== screen) return;
    const step = (event.shiftKey ? 10 : 1) / 100;
    const [dx, dy, times] = { ArrowLeft: [-step, 0, 1], ArrowRight: [step, 0, 1], ArrowUp: [0, -step, 1], ArrowDown: [0, step, 1], "+": [0, 0, 1.1], "-": [0, 0, 1 / 1.1] }[event.key] ?? [];
    if (event.key === "0") return centre(), onMove();
    if (event.key in BUTTONS) return $(BUTTONS[event.key]).click();
    if (times === undefined) return;
    event.preventDefault();
    move(dx, dy, times);
  });
  screen.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && document.activeElement !== screen) return; // else the page scrolls, as everywhere
    event.preventDefault();
    move(0, 0, Math.exp(-event.deltaY / 500));
  }, { passive: false });
  setUpPointers(screen);
}

/** One pointer moves, two enlarge. @param {HTMLElement} screen */
function setUpPointers(screen) {
  /** @type {Map<number, { x: number, y: number }>} */
  const down = new Map();
  const spread = () => {
    const [a, b] = [...down.values()];
    return Math.hypot(a.x - b.x, a.y - b.y);
  };
  screen.addEventListener("pointerdown", (event) => {
    if ($("preview").hidden || event.button > 0) return;
    down.set(event.pointerId, { x: event.clientX, y: event.clientY });
    screen.setPointerCapture(event.pointerId);
  });
  screen.addEventListener("pointermove", (event) => {
    const was = down.get(event.pointerId);
    if (!was) return;
    const before = down.size > 1 ? spread() : 0;
    const [dx, dy] = [(event.clientX - was.x) / screen.clientWidth, (event.clientY - was.y) / screen.clientHeight];
    down.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (down.size > 1) move(0, 0, spread() / Math.max(1, before));
    else move(dx, dy);
  });
  for (const end of /** @type {const} */ (["pointerup", "pointercancel"])) screen.addEventListener(end, (event) => down.delete(event.pointerId));
}
