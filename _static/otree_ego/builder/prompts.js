import { html } from "./preact.js";

const TAG = /(\{\{[\s\S]*?\}\}|\{%[\s\S]*?%\}|\{#[\s\S]*?#\})/;

function offset(text, line, column) {
  const lines = text.split("\n");
  return lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0) + column - 1;
}

// The text's pieces for the coloured copy behind the field: tags, and what is wrong.
function pieces(text, problems) {
  const wrong = problems.filter((p) => p.line && p.length).map((p) => [offset(text, p.line, p.column), p.length]);
  let at = 0;
  return text.split(TAG).flatMap((part, index) => {
    const start = at;
    at += part.length;
    const found = wrong.find(([from]) => from >= start && from < at);
    const kind = index % 2 ? "tag" : "";
    if (!found) return [[kind, part]];
    const [from, length] = [found[0] - start, found[1]];
    return [[kind, part.slice(0, from)], [`${kind} wrong`, part.slice(from, from + length)], [kind, part.slice(from + length)]];
  });
}

export function select(which, line, column, length) {
  const field = document.getElementById(`prompt-${which}`);
  if (!field) return;
  field.focus();
  if (line) {
    const from = offset(field.value, line, column || 1);
    field.setSelectionRange(from, from + length);
  }
}

export function Prompts({ form, change, t, problems, level }) {
  const set = (which, text, key) => change({ ...form, prompts: { ...form.prompts, [which]: text } }, key);
  const names = ["i", "round", "rounds", "choices", { 2: "other" }[form.threads.length] ?? "others", "treatment.name",
    ...form.variables.map((row) => row.name)];
  const insert = (which, name) => {
    const field = document.getElementById(`prompt-${which}`);
    const [from, to] = [field.selectionStart, field.selectionEnd];
    const inside = field.value.lastIndexOf("{", from) > field.value.lastIndexOf("}", from);
    const word = inside ? name : `{{ ${name} }}`;
    set(which, field.value.slice(0, from) + word + field.value.slice(to));
    requestAnimationFrame(() => { field.focus(); field.setSelectionRange(from + word.length, from + word.length); });
  };
  return html`<h2>${t.prompts}</h2>${["system", "user"].map((which) => html`
    <label for=${`prompt-${which}`} key=${`label-${which}`}>${t[which]}</label>
    <div class=${`prompt ${level(["prompts", which])}`} key=${which}>
      <pre aria-hidden="true">${pieces(form.prompts[which], problems.filter((p) => p.path[0] === "prompts" && p.path[1] === which))
        .map(([kind, part], at) => html`<span class=${kind} key=${at}>${part}</span>`)}${"\n"}</pre>
      <textarea id=${`prompt-${which}`} spellcheck="false" value=${form.prompts[which]}
        onInput=${(e) => set(which, e.target.value, which)}></textarea></div>
    <div class="names" role="group" aria-label=${t.insert} key=${`names-${which}`}>${names.map((name) => html`
      <button key=${name} onClick=${() => insert(which, name)}>${name}</button>`)}</div>`)}`;
}
