import { html } from "./preact.js";
import { moved, replaced, without } from "./values.js";

const MODELS = {
  GPTThread: ["gpt-6-luna", "gpt-6-sol", "gpt-5.4-mini"], OpenRouterThread: ["anthropic/claude-sonnet-5"],
  OllamaThread: ["llama3.2"], LocalThread: ["smollm2"], TextSynthThread: ["mistral_7B"], ConstantThread: ["ACCEPT"],
  Thread: ["groq/llama-3.3-70b-versatile"],
};
const kindOf = (spec) => (Array.isArray(spec) ? spec[0] : spec === "CLIThread" ? spec : String(spec));
const modelOf = (spec) => (Array.isArray(spec) ? spec[1] ?? "" : "");
const filterOf = (filter) => (Array.isArray(filter) ? filter : [filter ?? "As is"]);

export function Seats({ form, change, t, kinds, filters, level }) {
  const set = (place, part, key) => change({ ...form, threads: replaced(form.threads, place, { ...form.threads[place], ...part }) }, key);
  const add = () => {
    const number = String(Math.max(0, ...form.threads.map((each) => Number(each.number) || 0)) + 1);
    const last = form.threads.at(-1) ?? { spec: ["LocalThread", "smollm2"], filter: ["As is"] };
    change({ ...form, threads: [...form.threads, { ...last, number }] });
  };
  return html`<h2>${t.seats}</h2>${form.threads.map((seat, place) => {
    const kind = kindOf(seat.spec), model = modelOf(seat.spec), [name, ...rest] = filterOf(seat.filter);
    const known = kinds.includes(kind) ? kinds : [kind, ...kinds];
    return html`<div class="row" role="group" aria-label=${`${t.seat} ${seat.number}`} key=${place}>
      <input id=${`seat-${place}`} class=${level(["threads", place])} size="3" aria-label=${t.seat} value=${seat.number}
        onInput=${(e) => set(place, { number: e.target.value }, `number${place}`)} />
      <select aria-label=${t.player} value=${kind} onChange=${(e) => set(place, {
        spec: e.target.value === "CLIThread" ? "CLIThread" : [e.target.value, MODELS[e.target.value]?.[0] ?? ""] })}>
        ${known.map((each) => html`<option key=${each} value=${each} selected=${each === kind}>${each.replace(/Thread$/, "") || "Thread"}</option>`)}</select>
      ${kind !== "CLIThread" && html`<input class="wide" aria-label=${t.model} list=${`models-${kind}`} value=${model}
        onInput=${(e) => set(place, { spec: [kind, e.target.value] }, `model${place}`)} />`}
      <select id=${`filter-${place}`} class=${level(["filters", place])} aria-label=${t.filter} value=${name}
        onChange=${(e) => set(place, { filter: e.target.value === "exclusive_response" ? [e.target.value, "YES;NO"] : [e.target.value] })}>
        ${filters.map((each) => html`<option key=${each} value=${each} selected=${each === name}>${t.filters[each] ?? each}</option>`)}</select>
      ${name === "exclusive_response" && html`<input class="wide" aria-label=${t.tokens} value=${rest[0] ?? ""}
        onInput=${(e) => set(place, { filter: [name, e.target.value] }, `tokens${place}`)} />`}
      <button aria-label=${`${t.up}: ${t.seat} ${seat.number}`} disabled=${place === 0}
        onClick=${() => change({ ...form, threads: moved(form.threads, place, place - 1) })}>↑</button>
      <button aria-label=${`${t.remove}: ${t.seat} ${seat.number}`} disabled=${form.threads.length < 2}
        onClick=${() => change({ ...form, threads: without(form.threads, place) })}>×</button></div>`;
  })}
  ${Object.entries(MODELS).map(([kind, models]) => html`<datalist id=${`models-${kind}`} key=${kind}>${models.map((m) => html`<option value=${m} key=${m} />`)}</datalist>`)}
  <button onClick=${add}>${t.addSeat}</button>`;
}
