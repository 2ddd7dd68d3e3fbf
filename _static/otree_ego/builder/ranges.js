// Ranges of the grid as a spreadsheet has them: pasted, copied, cleared, filled down.
import { freeName, typedInto } from "./values.js";

const TEXT = { kind: "text", typed: "" };
const KINDS = ["number", "text", "truth", "json", "missing"];
// Cells as they are, for this page; other programs see the text beside them.
const OWN = "application/x-otree-ego-cells";

// The cells of a text as spreadsheets copy it. A cell with a line break, a tab or a quotation mark at its beginning stands in
// quotation marks, which are doubled inside; where they do not end with the cell, they belong to it.
export function cellsOf(text) {
  const whole = text.replace(/\r\n?/g, "\n").replace(/\n$/, ""), lines = [[]];
  for (let at = 0; ;) {
    const quoted = whole[at] === '"' ? quotedCell(whole, at) : null;
    let end = quoted?.end ?? at;
    if (!quoted) while (end < whole.length && whole[end] !== "\t" && whole[end] !== "\n") end += 1;
    lines.at(-1).push(quoted?.typed ?? whole.slice(at, end));
    if (end >= whole.length) return lines;
    if (whole[end] === "\n") lines.push([]);
    at = end + 1;
  }
}

function quotedCell(text, at) {
  const parts = [];
  for (let from = at + 1; ;) {
    const end = text.indexOf('"', from), next = text[end + 1];
    if (end < 0) return null;
    parts.push(text.slice(from, end));
    if (next !== '"') return next === undefined || next === "\t" || next === "\n" ? { typed: parts.join('"'), end: end + 1 } : null;
    from = end + 2;
  }
}

const inQuotes = (typed, alone) => (/[\t\n]/.test(typed) || (!alone && typed[0] === '"') ? `"${typed.replaceAll('"', '""')}"` : typed);

// What is copied: the same for everybody as text, and for this page with kinds.
export function copied(form, { rows, columns }, clipboard) {
  const cells = form.variables.slice(rows[0], rows[1] + 1).map((row) => row.cells.slice(columns[0], columns[1] + 1));
  const alone = cells.length === 1 && cells[0].length === 1;
  clipboard.setData("text/plain", cells.map((line) => line.map((cell) => inQuotes(cell.typed, alone)).join("\t")).join("\n"));
  clipboard.setData(OWN, JSON.stringify(cells));
}

// What is pasted: lines of cells of this page, or of texts; null if it is one text, which goes where the cursor is.
export function pastedLines(clipboard, whole) {
  const own = ownCells(clipboard.getData(OWN));
  if (own && (whole || own.length > 1 || own[0].length > 1 || own[0][0].typed.includes("\n"))) return own;
  const text = clipboard.getData("text/plain"), alone = /^[^\t\r\n]*(\r\n?|\n)?$/.test(text);
  return alone && !/^".*[\r\n]/.test(text) ? null : cellsOf(text);
}

function ownCells(text) {
  let lines = null;
  try { lines = JSON.parse(text || "null"); } catch { return null; }
  const isCell = (cell) => KINDS.includes(cell?.kind) && typeof cell.typed === "string";
  const isLine = (line) => Array.isArray(line) && line.length === lines[0].length && line.length > 0 && line.every(isCell);
  if (!Array.isArray(lines) || !Array.isArray(lines[0]) || !lines.every(isLine)) return null;
  return lines.map((line) => line.map(({ kind, typed, chosen }) => (chosen ? { kind, typed, chosen: true } : { kind, typed })));
}

// A block from a spreadsheet at a place; what is too large for the grid makes it larger.
export function pasted(form, row, column, lines) {
  const width = lines.reduce((most, line) => Math.max(most, line.length), 0);
  const treatments = [...form.treatments], variables = form.variables.map((each) => ({ ...each, cells: [...each.cells] }));
  while (treatments.length < column + width) {
    treatments.push(freeName("treatment", treatments));
    for (const each of variables) each.cells.push(each.cells.at(-1) ?? TEXT);
  }
  while (variables.length < row + lines.length) {
    variables.push({ name: freeName("variable", variables.map((each) => each.name)), cells: treatments.map(() => TEXT), spare: {} });
  }
  lines.forEach((line, down) => line.forEach((given, right) => {
    const [r, c] = [row + down, column + right], own = typeof given !== "string", name = (own ? given.typed : given).replace(/\s+/g, " ").trim();
    if (r < 0 && c >= 0) treatments[c] = name;
    else if (r >= 0 && c < 0) variables[r].name = name;
    else if (r >= 0) variables[r].cells[c] = own ? given : typedInto(chosenText(form, r, c), given);
  }));
  return { ...form, treatments, variables };
}

const chosenText = (form, r, c) => (form.variables[r]?.cells[c]?.chosen ? form.variables[r].cells[c] : TEXT);
const inside = (range, form, make) => ({ ...form, variables: form.variables.map((row, r) => (
  r < range.rows[0] || r > range.rows[1] ? row : { ...row, cells: row.cells.map((cell, c) => (
    c < range.columns[0] || c > range.columns[1] ? cell : make(cell, r, c))) })) });

export const clearedRange = (form, range) => inside(range, form, (cell) => (cell.kind === "text" ? typedInto(cell, "") : TEXT));
export const filledDown = (form, range) => inside(range, form, (_, r, c) => form.variables[range.rows[0]].cells[c]);
