// The dialog that chooses who gets the picture: groups as tri-state boxes, their devices below, and a search.
import { $, h, icon } from "./dom.js";
import { openDialog } from "./dialog.js";
import { panelName, searchText } from "./look.js";
import { devices, groups } from "./registry.js";
import { t } from "./texts.js";

/** @param {Iterable<string>} before ids of those that are chosen @param {(chosen: Set<string>) => void} done called when the dialog is closed */
export function openChooser(before, done) {
  const chosen = new Set(before);
  const named = groups().map((group) => [group, devices().filter((device) => device.groups[0] === group)]);
  const rest = devices().filter((device) => !device.groups.length);
  $("toq").value = "";
  $("toq").oninput = filter;
  $("tolist").replaceChildren(...[...named, [t("group.none"), rest]].filter(([, list]) => list.length).map(([name, list]) => groupOf(name, list, chosen)));
  count(chosen);
  $("to-dialog").addEventListener("close", () => done(chosen), { once: true });
  openDialog("to-dialog");
}

/** @param {string} name @param {import("./registry.js").Device[]} list @param {Set<string>} chosen */
function groupOf(name, list, chosen) {
  const set = h("fieldset", null, h("legend.sr", null, name));
  const all = /** @type {HTMLInputElement} */ (h("input", { type: "checkbox" }));
  const choose = ({ id }, on) => (on ? chosen.add(id) : chosen.delete(id));
  const boxes = list.map((device) => {
    const box = /** @type {HTMLInputElement} */ (h("input", { type: "checkbox", value: device.id }));
    box.checked = chosen.has(device.id);
    box.addEventListener("change", () => {
      choose(device, box.checked);
      draw();
    });
    return box;
  });
  const draw = () => {
    const n = boxes.filter((box) => box.checked).length;
    all.checked = n === boxes.length;
    all.indeterminate = n > 0 && n < boxes.length;
    count(chosen);
  };
  all.addEventListener("change", () => {
    for (const device of list) choose(device, all.checked);
    for (const box of boxes) box.checked = all.checked;
    draw();
  });
  set.append(h("label.check.all", null, all, h("span", null, name), h("span.hint.num", null, String(list.length))),
    ...list.map((device, i) => h("label.check.one", { "data-text": searchText(device) }, boxes[i], h("span", null, device.name, h("span.hint", null, panelName(device))), device.sleeps && icon("sleep"))));
  draw();
  return set;
}

function filter() {
  const words = $("toq").value.trim().toLowerCase();
  for (const set of $("tolist").children) {
    const labels = [...set.querySelectorAll(".one")];
    for (const label of labels) label.hidden = !label.dataset.text.includes(words);
    set.hidden = labels.every((label) => label.hidden);
  }
}

/** @param {Set<string>} chosen */
function count(chosen) {
  $("ton").textContent = t("to.chosen", devices().filter(({ id }) => chosen.has(id)).length);
}
