// Single fields of a form: their value, and an error in its place.

/** @param {any} field @param {string | boolean} value */
export function setValue(field, value) {
  if (field.type === "checkbox") return void (field.checked = value === true || value === "true" || value === "1");
  if (field.tagName === "SELECT" && ![...field.options].some((option) => option.value === value)) field.add(new Option(String(value), String(value)));
  field.value = field.type === "range" && !Number.isFinite(Number(value)) ? field.defaultValue : value;
}

/** Marks a field as the place of an error and opens its fold. @param {string} option @param {string} message @returns {boolean} */
export function markWrong(option, message) {
  const field = document.getElementById(option);
  const place = field?.closest(".field");
  if (!field || !place) return false;
  field.setAttribute("aria-invalid", "true");
  const note = Object.assign(document.createElement("p"), { className: "wrong", id: `${option}-wrong`, textContent: message });
  place.querySelector(".wrong")?.remove();
  place.append(note);
  describe(field, note.id, true);
  const fold = field.closest("details");
  if (fold) fold.open = true;
  return true;
}

/** @param {ParentNode} [place] one field's, or all */
export function clearWrong(place = document) {
  for (const note of place.querySelectorAll(".wrong")) note.remove();
  for (const field of place.querySelectorAll("[aria-invalid]")) {
    field.removeAttribute("aria-invalid");
    describe(field, `${field.id}-wrong`, false);
  }
}

/** Adds or takes away one of the elements that describe a field. */
function describe(field, id, on) {
  const ids = (field.getAttribute("aria-describedby") ?? "").split(" ").filter((other) => other && other !== id);
  if (on) ids.push(id);
  if (ids.length) field.setAttribute("aria-describedby", ids.join(" "));
  else field.removeAttribute("aria-describedby");
}
