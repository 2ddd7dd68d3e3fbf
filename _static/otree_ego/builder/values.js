// What a typed value is, and changes of lists that keep what belongs together together.
const NUMBER = /^[-−]?(0|[1-9]\d*|(?=\.\d))(\.\d+)?([eE][+-]?\d+)?$/;
const TRUTH = /^\s*(true|false)\s*$/i;

export function kindOf(typed) {
  if (NUMBER.test(typed.trim())) return "number";
  return TRUTH.test(typed) ? "truth" : "text"; // spreadsheets write TRUE, Python True
}

// What `ego builder` can write into a file: it says what is wrong with the rest.
const CAN_BE_READ = /^\s*[-−+]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$/;
const distinct = (names) => new Set(names).size === names.length;
export const canBeSaved = (form) => distinct(form.treatments) && distinct(form.variables.map((row) => row.name)) &&
  [form.rounds, ...form.threads.map((seat) => seat.number)].every((typed) => CAN_BE_READ.test(typed));

// A value that was made a text on purpose stays one, also when it is emptied meanwhile.
export function typedInto(cell, typed) {
  if (cell.kind === "json") return { kind: "json", typed };
  return isChosen(cell) ? { kind: "text", typed, chosen: true } : { kind: kindOf(typed), typed };
}
const isChosen = (cell) => cell.kind === "text" && (cell.chosen || kindOf(cell.typed) !== "text");

// Of an empty cell: what is typed into it says what it is.
export const isOpen = (cell) => cell.kind === "text" && !cell.typed && !cell.chosen;
export function withKind({ typed }, kind) {
  return kind === "text" ? { kind, typed, chosen: true } : kind ? { kind, typed } : { kind: "text", typed };
}

export function nextKind(cell) {
  if (cell.kind === "text") {
    const kind = kindOf(cell.typed);
    if (kind !== "text") return withKind(cell, kind);
    return /^\s*[[{]/.test(cell.typed) ? withKind(cell, "json") : cell;
  }
  return cell.kind === "missing" ? { kind: "text", typed: "" } : withKind(cell, "text");
}

export const replaced = (list, place, value) => list.map((each, at) => (at === place ? value : each));
export const without = (list, place) => list.filter((_, at) => at !== place);
export function moved(list, place, to) {
  if (to < 0 || to >= list.length) return list;
  const made = without(list, place);
  made.splice(to, 0, list[place]);
  return made;
}

export function freeName(base, names) {
  let number = names.length + 1;
  while (names.includes(`${base}${number}`)) number += 1;
  return `${base}${number}`;
}

export const withTreatments = (form, treatments, cells) => ({
  ...form, treatments, variables: form.variables.map((row) => ({ ...row, cells: cells(row.cells) })),
});
