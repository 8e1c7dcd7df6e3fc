// Builds and finds elements without HTML sinks, so that Trusted Types and the CSP hold.
const SVG = "http://www.w3.org/2000/svg";

/**
 * The element with this id; a missing one is a fault of the page and is said at once.
 * @param {string} id
 * @returns {any}
 */
export function $(id) {
  const node = document.getElementById(id);
  if (!node) throw new Error(`The page has no element #${id}`);
  return node;
}

/**
 * `h("p.small", { id: "x" }, "text", child)`: props that start with "on" are listeners, `vars` are CSS custom properties.
 * @param {string} tag @param {Record<string, any> | null} [props] @param {...any} children
 * @returns {HTMLElement}
 */
export function h(tag, props, ...children) {
  const [name, ...classes] = tag.split(".");
  const node = document.createElement(name || "div");
  if (classes.length) node.className = classes.join(" ");
  for (const [key, value] of Object.entries(props ?? {})) {
    if (value === undefined || value === false || value === null) continue;
    if (key === "vars") for (const [k, v] of Object.entries(value)) node.style.setProperty(k, String(v));
    else if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else node.setAttribute(key, value === true ? "" : String(value));
  }
  node.append(...children.flat().filter((c) => c !== undefined && c !== null && c !== false));
  return node;
}

/** A symbol of those at the beginning of the page. @param {string} name */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "i");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}

/**
 * A note in its place: a shape, and what there is to say.
 * @param {"" | "ok" | "warn" | "bad"} tone @param {string} code for tests and styles @param {...any} children
 */
export function note(tone, code, ...children) {
  const shape = tone === "bad" || code === "warning" ? "alert" : tone === "ok" ? "check" : "lock";
  return h(tone ? `div.note.${tone}` : "div.note", { "data-code": code }, icon(shape), h("div", null, ...children));
}

/** Shows an element with these children, or hides it when there are none. @param {HTMLElement} node @param {...any} children */
export function fill(node, ...children) {
  const present = children.flat().filter((c) => c !== undefined && c !== null && c !== false && c !== "");
  node.replaceChildren(...present);
  node.hidden = present.length === 0;
}

let lastSaid = 0;
let waiting = 0;
/**
 * Says a sentence through the live region: at most one in five seconds, the newest wins; urgent ones at once.
 * @param {string} sentence @param {boolean} [urgent]
 */
export function say(sentence, urgent = false) {
  clearTimeout(waiting);
  const speak = () => {
    lastSaid = performance.now();
    $("live").textContent = sentence;
  };
  const wait = urgent ? 0 : lastSaid + 5000 - performance.now();
  if (wait <= 0 || lastSaid === 0) speak();
  else waiting = setTimeout(speak, wait);
}

/** Draws a view's rows, which have a `data-id`, and gives the focus back to the same kind of element in the same row. @param {() => void} draw */
export function drawAnew(draw) {
  const at = document.activeElement;
  const view = at?.closest("[data-view]");
  const id = at?.closest("[data-id]")?.getAttribute("data-id");
  draw();
  if (id) /** @type {HTMLElement | null | undefined} */ (view?.querySelector(`[data-id="${CSS.escape(id)}"] ${at.tagName}`))?.focus({ preventScroll: true });
}
