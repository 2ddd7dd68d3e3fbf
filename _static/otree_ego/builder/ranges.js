// Ranges of the grid as a spreadsheet has them: pasted, copied, cleared, filled down.
import { freeName, typedInto } from "./values.js";

const TEXT = { kind: "text", typed: "" };

// A block from a spreadsheet at a place; what is too large for the grid makes it larger.
export function pasted(form, row, column, lines) {
  const width = Math.max(...lines.map((line) => line.length));
  const treatments = [...form.treatments], variables = form.variables.map((each) => ({ ...each, cells: [...each.cells] }));
  while (treatments.length < column + width) {
    treatments.push(freeName("treatment", treatments));
    for (const each of variables) each.cells.push(each.cells.at(-1) ?? TEXT);
  }
  while (variables.length < row + lines.length) {
    variables.push({ name: freeName("variable", variables.map((each) => each.name)), cells: treatments.map(() => TEXT), spare: {} });
  }
  lines.forEach((line, down) => line.forEach((typed, right) => {
    const [r, c] = [row + down, column + right];
    if (r < 0 && c >= 0) treatments[c] = typed.trim();
    else if (r >= 0 && c < 0) variables[r].name = typed.trim();
    else if (r >= 0) variables[r].cells[c] = typedInto(TEXT, typed);
  }));
  return { ...form, treatments, variables };
}

const inside = (range, form, make) => ({ ...form, variables: form.variables.map((row, r) => (
  r < range.rows[0] || r > range.rows[1] ? row : { ...row, cells: row.cells.map((cell, c) => (
    c < range.columns[0] || c > range.columns[1] ? cell : make(cell, r, c))) })) });

export const clearedRange = (form, range) => inside(range, form, () => TEXT);
export const filledDown = (form, range) => inside(range, form, (_, r, c) => form.variables[range.rows[0]].cells[c]);
export const rangeText = (form, { rows, columns }) => form.variables.slice(rows[0], rows[1] + 1)
  .map((row) => row.cells.slice(columns[0], columns[1] + 1).map((cell) => cell.typed.replace(/[\t\n]/g, " ")).join("\t")).join("\n");
