// Undo in fields beside the scenario: a browser's own goes on in other fields when one has no more of it.
import { begin, changed, redone, undone } from "./history.js";

const FIELDS = "input:not([type=checkbox], [type=radio], [type=file]), textarea";
const histories = new WeakMap();
const besides = (target) => {
  const field = target.closest?.(FIELDS);
  return field && !field.closest("fieldset.plain") ? field : null;
};
const of = (field) => {
  const known = histories.get(field);
  return known?.form === field.value ? known : begin(field.value);
};

addEventListener("focusin", ({ target }) => { const field = besides(target); if (field) histories.set(field, of(field)); });
addEventListener("input", ({ target }) => {
  const field = besides(target), known = histories.get(field);
  if (known && known.form !== field.value) histories.set(field, changed(known, field.value, "typed"));
}, { capture: true });

// Whether undo or redo is no step of the scenario's; in a field beside it, it is done there.
export function undoneElsewhere(target, again) {
  const field = besides(target);
  if (field) {
    const made = (again ? redone : undone)(of(field));
    histories.set(field, made);
    field.value = made.form;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  return Boolean(field || document.querySelector("dialog[open]"));
}
