// Treatments as columns, variables as rows: one Tab stop, arrows and ranges as in a spreadsheet.
// Row -1 has the treatments' names, column -1 the variables'.
import { html, useEffect, useLayoutEffect, useMemo, useRef, useState } from "./preact.js";
import { clearedRange, copied, filledDown, pasted, pastedLines } from "./ranges.js";
import { freeName, isOpen, moved, nextKind, replaced, typedInto, withKind, withTreatments, without } from "./values.js";

const SIGNS = { number: "#", text: "a", truth: "✓", json: "{}", missing: "?" };
const CHOSEN = ["number", "text", "truth", "json"];
const BREAK = "⏎";
// A cell is one line high, and a field of one line would drop the others.
const onOneLine = (typed) => typed.replace(/\n/g, BREAK);
const severalLines = (was, typed) => (was.includes(BREAK) ? typed : typed.replaceAll(BREAK, "\n"));
// So many are painted wherever they are; of more, those that can be seen and the nearest.
const MOST_CELLS = 150, MOST_ROWS = 40;
const MARGIN = 2; // columns beside those that can be seen
export const fieldId = (row, column) => (row < 0 ? `treatment-${column}` : column < 0 ? `variable-${row}` : `cell-${row}-${column}`);
const isWhole = (field) => field.selectionStart === 0 && field.selectionEnd === field.value.length;

export function Grid({ form, change, t, level, said }) {
  const [at, setAt] = useState([0, 0]), [anchor, setAnchor] = useState(null);
  const names = form.treatments, rows = form.variables;
  const [row, column] = [Math.min(at[0], rows.length - 1), Math.min(at[1], names.length - 1)];
  const cell = rows[row]?.cells[column];
  // Of the newest form: this part of the page is not painted again when another part of it changes.
  const setRows = (make, key) => change((now) => ({ ...now, variables: make(now.variables) }), key);
  const put = (r, c, made, key) => setRows((now) => replaced(now, r, { ...now[r], cells: replaced(now[r].cells, c, made) }), key);
  const range = anchor && { rows: [Math.min(anchor[0], row), Math.max(anchor[0], row)], columns: [Math.min(anchor[1], column), Math.max(anchor[1], column)] };
  const within = (r, c) => range && r >= range.rows[0] && r <= range.rows[1] && c >= range.columns[0] && c <= range.columns[1];
  const [scroll, seen] = useSeen(rows.length, names.length);
  // The field of a cell that nobody could see is made first.
  const wanted = useRef(null), going = useRef(false);
  const focus = () => {
    const field = wanted.current && document.getElementById(fieldId(...wanted.current));
    if (!field) return;
    wanted.current = null;
    going.current = true; // a range that grows stays
    field.focus();
    going.current = false;
    field.select();
  };
  useLayoutEffect(() => { focus(); wanted.current = null; });
  const go = (r, c, extend = false) => {
    if (r >= rows.length || c >= names.length || r < -1 || c < -1 || (r < 0 && c < 0)) return false;
    setAnchor(extend && row >= 0 && column >= 0 && r >= 0 && c >= 0 ? anchor ?? [row, column] : null);
    setAt([r, c]);
    wanted.current = [r, c];
    focus();
    return true;
  };
  useEffect(() => { reveal = go; });
  const setTreatments = (make, cells) => change((now) => withTreatments(now, make(now.treatments), cells));
  const renameTreatment = (place, name) => change((now) => ({ ...now, treatments: replaced(now.treatments, place, name) }), `treatment${place}`);
  const renameVariable = (place, name) => setRows((now) => replaced(now, place, { ...now[place], name }), `variable${place}`);
  const moveTreatment = (place, to) => setTreatments((now) => moved(now, place, to), (cells) => moved(cells, place, to));
  const moveVariable = (place, to) => setRows((now) => moved(now, place, to));
  const removeTreatment = (place) => names.length > 1 && setTreatments((now) => without(now, place), (cells) => without(cells, place));
  const removeVariable = (place) => setRows((now) => without(now, place));

  const keys = (event, r, c) => {
    const { target: field, key } = event, { value } = field;
    const [start, end] = [field.selectionStart, field.selectionEnd], whole = start === 0 && end === value.length;
    const command = event.ctrlKey || event.metaKey;
    const done = (() => {
      if (event.altKey && !command) {
        if (key === "t" && r >= 0 && c >= 0) return put(r, c, nextKind(rows[r].cells[c])) ?? true;
        const to = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -1, ArrowDown: 1 }[key];
        if (!to) return false;
        const along = key === "ArrowLeft" || key === "ArrowRight", place = along ? c : r;
        if (place < 0 || place + to < 0 || place + to >= (along ? names : rows).length) return true;
        (along ? moveTreatment : moveVariable)(place, place + to);
        return go(along ? r : r + to, along ? c + to : c) || true;
      }
      if (command) {
        if (key === "d" && range) return change((now) => filledDown(now, range)) ?? true;
        if (key === "Home") return go(0, 0);
        if (key === "End") return go(rows.length - 1, names.length - 1);
        return false;
      }
      if (key === "F2") { field.setSelectionRange(value.length, value.length); return true; }
      if ((key === "Delete" || key === "Backspace") && range) return change((now) => clearedRange(now, range)) ?? true;
      if (key === "Enter") return go(r + (event.shiftKey ? -1 : 1), c);
      if (key === "ArrowUp") return go(r - 1, c, event.shiftKey);
      if (key === "ArrowDown") return go(r + 1, c, event.shiftKey);
      if (event.shiftKey && !whole) return false;
      if (key === "ArrowLeft" && (whole || (start === 0 && end === 0))) return go(r, c - 1, event.shiftKey);
      if (key === "ArrowRight" && (whole || start === value.length)) return go(r, c + 1, event.shiftKey);
      return false;
    })();
    if (done) event.preventDefault();
  };
  const paste = (event, r, c) => {
    const lines = pastedLines(event.clipboardData, isWhole(event.target));
    if (!lines) return;
    event.preventDefault();
    change((now) => pasted(now, r, c, lines));
  };
  // A cell all of which is chosen is a range of one.
  const copy = (event, r, c) => {
    const field = event.target, chosen = range ?? (r >= 0 && c >= 0 && isWhole(field) && { rows: [r, r], columns: [c, c] });
    if (chosen) {
      event.preventDefault();
      copied(form, chosen, event.clipboardData);
      if (event.type === "cut") change((now) => clearedRange(now, chosen));
    } else if (r >= 0 && c >= 0 && field.selectionStart < field.selectionEnd) {
      event.preventDefault();
      const part = field.value.slice(field.selectionStart, field.selectionEnd);
      event.clipboardData.setData("text/plain", severalLines(rows[r].cells[c].typed, part));
      if (event.type === "cut") document.execCommand("delete");
    }
  };
  const shared = (r, c) => ({
    id: fieldId(r, c), tabindex: (at[0] < 0 ? -1 : row) === r && (at[1] < 0 ? -1 : column) === c ? 0 : -1,
    onFocus: () => { if (at[0] !== r || at[1] !== c) setAt([r, c]); if (anchor && !within(r, c) && !going.current) setAnchor(null); },
    onPointerDown: (e) => {
      if (!e.shiftKey || r < 0 || c < 0) { setAnchor(null); return; }
      e.preventDefault();
      go(r, c, true);
    },
    onKeyDown: (e) => keys(e, r, c), onPaste: (e) => paste(e, r, c), onCopy: (e) => copy(e, r, c), onCut: (e) => copy(e, r, c),
  });
  const addTreatment = () => setTreatments((now) => [...now, freeName("treatment", now)], (cells) => [...cells, cells.at(-1) ?? { kind: "text", typed: "" }]);
  const addVariable = () => setRows((now) => [...now, {
    name: freeName("variable", now.map((each) => each.name)), cells: names.map(() => ({ kind: "text", typed: "" })), spare: {} }]);
  const words = [...rows.flatMap((each) => said(["variables", each.name])), ...names.flatMap((_, place) => said(["treatments", place])), ...said(["rounds"])];

  const head = html`<thead><tr><td></td>${names.map((name, place) => html`<th scope="col" key=${place}>
    <div class="cell"><input ...${shared(-1, place)} class=${level(["treatments", place])} aria-label=${`${t.treatment} ${place + 1}`} aria-describedby="grid-said" value=${name}
      onInput=${(e) => renameTreatment(place, e.target.value)} />
    <span class="tools"><button tabindex="-1" title="Alt+←" aria-label=${`${t.left}: ${name}`} disabled=${place === 0} onClick=${() => moveTreatment(place, place - 1)}>←</button>
    <button tabindex="-1" title="Alt+→" aria-label=${`${t.right}: ${name}`} disabled=${place === names.length - 1} onClick=${() => moveTreatment(place, place + 1)}>→</button>
    <button tabindex=${place === column ? 0 : -1} aria-label=${`${t.remove}: ${name}`} disabled=${names.length < 2} onClick=${() => removeTreatment(place)}>×</button></span></div></th>`)}</tr></thead>`;
  return html`<h2 id="variables">${t.variables}</h2>
    <div class="row"><label>${t.rounds} <input id="rounds" class=${level(["rounds"])} size="6" value=${form.rounds}
      onInput=${(e) => change((now) => ({ ...now, rounds: e.target.value }), "rounds")} /></label></div>
    ${cell && html`<div class="row bar" role="group" aria-label=${t.cellBar}><span class="where">${rows[row].name}, ${names[column]}</span>
      <select id="cell-kind" aria-label=${t.kind} onChange=${(e) => put(row, column, withKind(cell, e.target.value))}>
        ${cell.kind === "text" && !cell.typed && html`<option value="" selected=${isOpen(cell)}>${t.openKind}</option>`}
        ${(CHOSEN.includes(cell.kind) ? CHOSEN : [cell.kind, ...CHOSEN]).map((kind) => html`<option key=${kind} value=${kind} selected=${kind === cell.kind && !isOpen(cell)}>${t.kinds[kind]}</option>`)}</select>
      <textarea id="cell-text" rows=${Math.min(5, cell.typed.split("\n").length)} aria-label=${t.value} value=${cell.typed}
        onInput=${(e) => put(row, column, typedInto(cell, e.target.value), `cell${row},${column}`)}></textarea></div>`}
    <div class="scroll" ref=${scroll}><table class="grid" aria-label=${t.variables} style=${`width: max(100%, ${10 + 11 * names.length}rem)`}>${head}<tbody>${rows.map((each, r) => html`<${Row} key=${r} r=${r} row=${each} names=${names} t=${t}
      marks=${names.map((name) => level(["variables", each.name, name])).join()} mark=${level(["variables", each.name])} count=${rows.length}
      active=${row === r || at[0] === r ? `${at[0]},${column},${at[1]}` : ""} first=${seen.first(r)} last=${seen.last(r)} at=${row === r ? column : -1} range=${range && r >= range.rows[0] && r <= range.rows[1] ? range.columns.join() : ""}
      within=${(c) => within(r, c)} shared=${shared} put=${put} rename=${renameVariable} move=${moveVariable} remove=${removeVariable} />`)}</tbody></table></div>
    <div id="grid-said" class="said">${words.map((p, n) => html`<p class=${p.level} key=${n}>${p.place}: ${p.words}</p>`)}</div>
    <div class="row"><button onClick=${addVariable}>${t.addVariable}</button><button onClick=${addTreatment}>${t.addTreatment}</button></div>
    <p class="note">${t.gridNote}</p>`;
}

let reveal = () => {};
// Go to a field of the grid, wherever it is.
export const goTo = (row, column) => reveal(row, column);

// Which columns of which rows can be seen, or nearly: a browser needs milliseconds to paint 600 fields again.
function useSeen(rows, columns) {
  const scroll = useRef(null), few = rows * columns <= MOST_CELLS;
  const [across, setAcross] = useState([0, 9]), [down, setDown] = useState([0, 30]);
  const kept = (made) => (before) => (before.join() === made.join() ? before : made);
  useLayoutEffect(() => {
    if (few) return undefined;
    const box = scroll.current, table = box.firstElementChild, shown = new Set();
    const sides = () => {
      const width = table.tHead.rows[0].cells[1].offsetWidth || 1, left = Math.floor(box.scrollLeft / width);
      setAcross(kept([left - MARGIN, left + Math.ceil(box.clientWidth / width) + MARGIN]));
    };
    sides();
    box.addEventListener("scroll", sides, { passive: true });
    const sizes = new ResizeObserver(sides);
    sizes.observe(box);
    const seen = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) shown[isIntersecting ? "add" : "delete"](target.rowIndex - 1);
      setDown(kept([Math.min(...shown, rows), Math.max(...shown, -1)]));
    }, { root: box.closest(".pane"), rootMargin: "100px 0px" });
    if (rows > MOST_ROWS) for (const each of table.tBodies[0].rows) seen.observe(each);
    return () => { box.removeEventListener("scroll", sides); sizes.disconnect(); seen.disconnect(); };
  }, [few, rows, columns]);
  const inside = (r) => rows <= MOST_ROWS || (r >= down[0] && r <= down[1]);
  return [scroll, { first: (r) => (few ? 0 : inside(r) ? across[0] : columns), last: (r) => (few ? columns : inside(r) ? across[1] : -1) }];
}

// A row is painted again only when something in it is another: there may be 600 cells.
function Row({ r, row, names, t, marks, mark, count, active, first, last, at, range, within, shared, put, rename, move, remove }) {
  const latest = useState({})[0];
  Object.assign(latest, { shared, put, rename, move, remove });
  return useMemo(() => {
    const bad = marks.split(",");
    // Handlers are those of the newest form.
    const handlers = (c) => {
      const made = shared(r, c);
      return Object.fromEntries(Object.entries(made).map(([name, value]) => [name, typeof value === "function" ? (e) => latest.shared(r, c)[name](e) : value]));
    };
    return html`<tr><th scope="row"><div class="cell"><input ...${handlers(-1)} class=${mark} aria-label=${`${t.variable} ${r + 1}`} aria-describedby="grid-said" value=${row.name}
        onInput=${(e) => latest.rename(r, e.target.value)} />
      <span class="tools"><button tabindex="-1" title="Alt+↑" aria-label=${`${t.up}: ${row.name}`} disabled=${r === 0} onClick=${() => latest.move(r, r - 1)}>↑</button>
      <button tabindex="-1" title="Alt+↓" aria-label=${`${t.down}: ${row.name}`} disabled=${r === count - 1} onClick=${() => latest.move(r, r + 1)}>↓</button>
      <button tabindex=${active ? 0 : -1} aria-label=${`${t.remove}: ${row.name}`} onClick=${() => latest.remove(r)}>×</button></span></div></th>
      ${row.cells.map((cell, c) => html`<td key=${c} class=${within(c) ? "in" : ""}>${(c === at || (c >= first && c <= last)) && html`<div class="cell">
        <input ...${handlers(c)} class=${bad[c]} aria-label=${`${row.name}, ${names[c]}`} value=${onOneLine(cell.typed)} title=${cell.typed}
          placeholder=${cell.kind === "missing" ? t.missing : t.emptyText}
          onInput=${(e) => latest.put(r, c, typedInto(cell, severalLines(cell.typed, e.target.value)), `cell${r},${c}`)} />
        <button tabindex="-1" title=${`${t.kinds[cell.kind]} (Alt+T)`} aria-label=${`${row.name}, ${names[c]}: ${t.kinds[cell.kind]}`}
          onClick=${() => latest.put(r, c, nextKind(cell))}>${SIGNS[cell.kind]}</button></div>`}</td>`)}</tr>`;
  }, [r, row, names, t, marks, mark, count, active, first, last, at, range]);
}
