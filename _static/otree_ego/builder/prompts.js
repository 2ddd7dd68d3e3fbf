import { html, useMemo } from "./preact.js";
import { Editor, insertName } from "./editor.js";

const one = (value) => (value.length > 18 ? `${value.slice(0, 17)}…` : value);

export function Prompts({ form, change, t, problems, level, readOnly }) {
  const set = (which, text) => change((now) => ({ ...now, prompts: { ...now.prompts, [which]: text } }), which);
  const given = ["i", "round", "rounds", "choices", { 1: [], 2: ["other"] }[form.threads.length] ?? ["others"], "treatment.name"].flat();
  // What was found is shown until something else is: meanwhile the fields move it along with the text.
  const found = useMemo(() => Object.fromEntries(["system", "user"].map((which) => (
    [which, problems.filter((p) => p.path[0] === "prompts" && p.path[1] === which)]))), [problems]);
  const known = () => ({
    variables: form.variables.map((row) => ({
      label: row.name, type: "variable", detail: one([...new Set(row.cells.map((cell) => cell.typed))].join(" / ")),
    })),
    names: ["i", "round", "rounds", "choices", "other", "others", "treatment", "replication", "tainted", "convo"].map((label) => ({ label, type: "constant", detail: t.given[label] ?? "" })),
    fields: [...new Set(form.threads.flatMap((seat) => seat.answer?.fields?.map((field) => field.name) ?? []))],
  });
  const names = useMemo(() => Object.fromEntries(["system", "user"].map((which) => [which, html`
    <div class="names" role="group" aria-label=${`${t.insert}: ${t[which]}`}>${[...given, ...form.variables.map((row) => row.name)].map((name, at) => html`
        <button key=${at} disabled=${readOnly} onClick=${() => insertName(`prompt-${which}`, name)}>${name}</button>`)}</div>`])), [form.variables, form.threads.length, t, readOnly]);
  return html`<h2 id="prompts">${t.prompts}</h2>${["system", "user"].map((which) => {
    const own = found[which], say = `said-${which}`;
    return html`<section key=${which}><h3>${t[which]}</h3>
      <div class=${`prompt ${level(["prompts", which])}`}><${Editor} id=${`prompt-${which}`} label=${t[which]} text=${form.prompts[which]} set=${(text) => set(which, text)}
        problems=${own} known=${known} readOnly=${readOnly} describedby=${say} /></div>
      <div id=${say} class="said">${own.map((p, at) => html`<p class=${p.level} key=${at}>${p.line ? `${t.line} ${p.line}: ` : ""}${p.words}</p>`)}</div>
      ${names[which]}</section>`;
  })}`;
}
