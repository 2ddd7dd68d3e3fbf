// How a seat's answer is read: one of alter_ego's filters, or a typed answer.
import { html } from "./preact.js";
import { replaced, without } from "./values.js";

const EMPTY = {
  number: { kind: "number", low: "0", high: "100", integer: true }, choice: { kind: "choice", options: "ACCEPT\nREJECT" },
  yes_no: { kind: "yes_no" }, text: { kind: "text", least: "1", most: "200" },
  json: { kind: "json", fields: [{ name: "answer", kind: "number", low: "0", high: "", integer: false }] },
};
const filterOf = (filter) => (Array.isArray(filter) ? filter : [filter ?? "As is"]);

// What was said of one kind is taken over where the other kind can say it, too.
function begun(kind, filter) {
  const [name, tokens] = filterOf(filter);
  if (kind === "choice" && name === "exclusive_response") return { ...EMPTY.choice, options: String(tokens ?? "").split(";").map((t) => t.trim()).join("\n") };
  return EMPTY[kind];
}
function asFilter(name, answer) {
  if (name !== "exclusive_response") return [name];
  const options = answer?.kind === "choice" ? answer.options.split("\n").map((t) => t.trim()).filter((t) => t && !t.includes(";")) : [];
  return [name, options.length ? options.join(";") : "YES;NO"];
}

export function Answer({ seat, place, set, t, filters, kinds, level, say }) {
  const { answer, filter } = seat, [name, ...rest] = filterOf(filter);
  const choose = (value) => (value in EMPTY && kinds.includes(value)
    ? set({ answer: begun(value, filter), filter: null }) : set({ answer: null, filter: asFilter(value, answer) }));
  const change = (part, key) => set({ answer: { ...answer, ...part }, filter: null }, `answer${key}`);
  const current = answer?.kind ?? name;
  const known = filters.includes(name) || answer ? filters : [name, ...filters];
  return html`<div class="row"><label for=${`filter-${place}`}>${t.filter}</label>
      <select id=${`filter-${place}`} class=${level} aria-describedby=${say} onChange=${(e) => choose(e.target.value)}>
        <optgroup label=${t.simple}>${known.map((each) => html`<option key=${each} value=${each} selected=${each === current}>${t.filters[each] ?? each}</option>`)}</optgroup>
        ${kinds.length > 0 && html`<optgroup label=${t.typed}>${kinds.map((each) => html`<option key=${each} value=${each} selected=${each === current}>${t.answerKinds[each] ?? each}</option>`)}</optgroup>`}</select>
      ${!answer && name === "exclusive_response" && html`<input class="wide" aria-label=${t.tokens} value=${rest[0] ?? ""}
        onInput=${(e) => set({ filter: [name, e.target.value] }, `tokens${place}`)} />`}
      ${answer && answer.kind !== "json" && html`<${Limits} of=${answer} change=${change} t=${t} />`}</div>
    ${answer?.kind === "json" && html`<${Fields} fields=${answer.fields} t=${t} kinds=${kinds} change=${(fields, key) => change({ fields }, key)} />`}`;
}

function Limits({ of, change, t }) {
  const field = (name, size) => html`<label key=${name}>${t.limits[name]} <input size=${size} value=${of[name] ?? ""}
    onInput=${(e) => change({ [name]: e.target.value }, name)} /></label>`;
  if (of.kind === "number") return html`${field("low", 6)}${field("high", 6)}<label><input type="checkbox" checked=${Boolean(of.integer)}
    onChange=${(e) => change({ integer: e.target.checked }, "integer")} /> ${t.limits.integer}</label>${!of.integer && field("places", 3)}`;
  if (of.kind === "text") return html`${field("least", 5)}${field("most", 5)}`;
  if (of.kind === "choice") return html`<textarea class="options" rows=${Math.min(8, (of.options ?? "").split("\n").length + 1)} aria-label=${t.limits.options} title=${t.limits.options}
    value=${of.options ?? ""} onInput=${(e) => change({ options: e.target.value }, "options")}></textarea>`;
  return null;
}

function Fields({ fields, change, t, kinds }) {
  const set = (at, part, key) => change(replaced(fields, at, { ...fields[at], ...part }), `${at}${key}`);
  return html`<div class="fields">${fields.map((each, at) => html`<div class="row" role="group" aria-label=${`${t.field} ${at + 1}`} key=${at}>
      <input aria-label=${t.fieldName} size="12" value=${each.name} onInput=${(e) => set(at, { name: e.target.value }, "name")} />
      <select aria-label=${t.fieldKind} onChange=${(e) => change(replaced(fields, at, { ...EMPTY[e.target.value], name: each.name }))}>
        ${kinds.filter((kind) => kind !== "json").map((kind) => html`<option key=${kind} value=${kind} selected=${kind === each.kind}>${t.answerKinds[kind] ?? kind}</option>`)}</select>
      <${Limits} of=${each} change=${(part, key) => set(at, part, key)} t=${t} />
      <button aria-label=${`${t.remove}: ${t.field} ${each.name}`} disabled=${fields.length < 2} onClick=${() => change(without(fields, at))}>×</button></div>`)}
    <button onClick=${() => change([...fields, { name: `field${fields.length + 1}`, ...EMPTY.text }])}>${t.addField}</button></div>`;
}
