import { html, useState } from "./preact.js";
import { freeName, moved, nextKind, replaced, typedInto, withTreatments, without } from "./values.js";

const SIGNS = { number: "#", text: "a", truth: "✓", json: "{}", missing: "?" };

export function Grid({ form, change, t, level }) {
  const [at, setAt] = useState([0, 0]);
  const set = (row, column, cell, key) => change(
    { ...form, variables: replaced(form.variables, row, { ...form.variables[row], cells: replaced(form.variables[row].cells, column, cell) }) }, key);
  const go = (row, column) => {
    const field = document.getElementById(`cell-${row}-${column}`);
    if (field) { setAt([row, column]); field.focus(); field.select(); }
    return Boolean(field);
  };
  const keys = (event, row, column) => {
    const field = event.target;
    const atStart = field.selectionStart === 0 && field.selectionEnd === 0;
    const atEnd = field.selectionStart === field.value.length;
    const whole = field.selectionStart === 0 && atEnd;
    const step = event.altKey || event.ctrlKey || event.metaKey ? null : {
      ArrowUp: [-1, 0], ArrowDown: [1, 0], Enter: [event.shiftKey ? -1 : 1, 0],
      ArrowLeft: atStart || whole ? [0, -1] : null, ArrowRight: (field.selectionEnd === field.value.length) ? [0, 1] : null,
    }[event.key];
    if (event.altKey && event.key === "t") set(row, column, nextKind(form.variables[row].cells[column]));
    else if (!step || !go(row + step[0], column + step[1])) return;
    event.preventDefault();
  };
  const paste = (event, row, column) => {
    const text = event.clipboardData.getData("text/plain").replace(/\r\n?/g, "\n").replace(/\n$/, "");
    if (!/[\t\n]/.test(text)) return;
    event.preventDefault();
    const lines = text.split("\n").map((line) => line.split("\t"));
    change({ ...form, variables: form.variables.map((each, r) => ({ ...each, cells: each.cells.map((cell, c) => {
      const typed = lines[r - row]?.[c - column];
      return typed === undefined ? cell : typedInto({ kind: "text", typed: "" }, typed);
    }) })) });
  };
  const names = form.treatments;
  const addTreatment = () => change(withTreatments(form, [...names, freeName("treatment", names)],
    (cells) => [...cells, cells.at(-1) ?? { kind: "text", typed: "" }]));
  const addVariable = () => change({ ...form, variables: [...form.variables, {
    name: freeName("variable", form.variables.map((row) => row.name)), cells: names.map(() => ({ kind: "text", typed: "" })), spare: {} }] });
  return html`<h2>${t.variables}</h2>
    <div class="row"><label>${t.rounds} <input id="rounds" class=${level(["rounds"])} size="6" value=${form.rounds}
      onInput=${(e) => change({ ...form, rounds: e.target.value }, "rounds")} /></label></div>
    <div class="scroll"><table class="grid">
      <thead><tr><td></td>${names.map((name, place) => html`<th scope="col" key=${place}>
        <div class="cell"><input id=${`treatment-${place}`} class=${level(["treatments", place])} aria-label=${`${t.treatment} ${place + 1}`} value=${name}
          onInput=${(e) => change({ ...form, treatments: replaced(names, place, e.target.value) }, `treatment${place}`)} />
        <button aria-label=${`${t.left}: ${name}`} disabled=${place === 0}
          onClick=${() => change(withTreatments(form, moved(names, place, place - 1), (cells) => moved(cells, place, place - 1)))}>←</button>
        <button aria-label=${`${t.remove}: ${name}`} disabled=${names.length < 2}
          onClick=${() => change(withTreatments(form, without(names, place), (cells) => without(cells, place)))}>×</button></div></th>`)}</tr></thead>
      <tbody>${form.variables.map((row, r) => html`<tr key=${r}>
        <th scope="row"><div class="cell"><input id=${`variable-${r}`} class=${level(["variables", row.name], true)} aria-label=${`${t.variable} ${r + 1}`} value=${row.name}
          onInput=${(e) => change({ ...form, variables: replaced(form.variables, r, { ...row, name: e.target.value }) }, `variable${r}`)} />
        <button aria-label=${`${t.up}: ${row.name}`} disabled=${r === 0}
          onClick=${() => change({ ...form, variables: moved(form.variables, r, r - 1) })}>↑</button>
        <button aria-label=${`${t.remove}: ${row.name}`}
          onClick=${() => change({ ...form, variables: without(form.variables, r) })}>×</button></div></th>
        ${row.cells.map((cell, c) => html`<td key=${c}><div class="cell">
          <input id=${`cell-${r}-${c}`} class=${level(["variables", row.name, names[c]])} aria-label=${`${row.name}, ${names[c]}`}
            tabindex=${at[0] === r && at[1] === c ? 0 : -1} value=${cell.typed} title=${cell.typed}
            placeholder=${cell.kind === "missing" ? t.missing : t.emptyText}
            onFocus=${() => setAt([r, c])} onKeyDown=${(e) => keys(e, r, c)} onPaste=${(e) => paste(e, r, c)}
            onInput=${(e) => set(r, c, typedInto(cell, e.target.value), `cell${r},${c}`)} />
          <button tabindex="-1" title=${`${t.kinds[cell.kind]} (Alt+T)`} aria-label=${`${row.name}, ${names[c]}: ${t.kinds[cell.kind]}`}
            onClick=${() => set(r, c, nextKind(cell))}>${SIGNS[cell.kind]}</button></div></td>`)}</tr>`)}</tbody>
    </table></div>
    <div class="row"><button onClick=${addVariable}>${t.addVariable}</button><button onClick=${addTreatment}>${t.addTreatment}</button></div>`;
}
