import { html } from "./preact.js";
import { Answer } from "./answers.js";
import { moved, replaced, without } from "./values.js";

const PERSON = "CLIThread", ANY = "Thread";
// Who plays, as one word: a class of Threads, or Thread:SERVICE for a service that has no class of its own.
function whoOf(spec, services) {
  if (!Array.isArray(spec)) return String(spec);
  const service = spec[0] === ANY ? String(spec[1] ?? "").split("/")[0] : "";
  return services.includes(service) && String(spec[1]).includes("/") ? `${ANY}:${service}` : String(spec[0] ?? "");
}
const modelOf = (spec, who) => {
  const model = Array.isArray(spec) ? String(spec[1] ?? "") : "";
  return who.startsWith(`${ANY}:`) ? model.slice(who.length - ANY.length) : model;
};
const specOf = (who, model) => {
  if (who === PERSON) return PERSON;
  return who.startsWith(`${ANY}:`) ? [ANY, `${who.slice(ANY.length + 1)}/${model}`] : [who, model];
};

export function Seats({ form, change, t, about, level, said }) {
  const { services, models, of_threads: ofThreads } = about;
  const setSeats = (make, key) => change((now) => ({ ...now, threads: make(now.threads) }), key);
  const set = (place, part, key) => setSeats((now) => replaced(now, place, { ...now[place], ...part }), key && `${key}@${place}`);
  const add = () => {
    const number = String(Math.max(0, ...form.threads.map((each) => Number(each.number) || 0)) + 1);
    const last = form.threads.at(-1) ?? { spec: ["LocalThread", "smollm2"], filter: ["As is"], answer: null, parameters: {} };
    setSeats((now) => [...now, { ...last, number }]);
  };
  const move = (place, to) => setSeats((now) => moved(now, place, to));
  const entries = form.threads.map((seat, place) => [seat, place]).filter(([seat]) => seat.answer || Object.values(seat.parameters).some((v) => v.trim()));
  const suggested = (who) => models[who.startsWith(`${ANY}:`) ? who.slice(ANY.length + 1) : ofThreads[who]] ?? [];
  const first = [PERSON, "LocalThread", "ConstantThread", "GPTThread", "OpenRouterThread", "OllamaThread", "TextSynthThread"];
  const all = [...first, ...services.map((name) => `${ANY}:${name}`), ANY];
  // What the file has of our additions and these fields cannot hold stays as it is.
  const locked = "otree_ego" in form.more;
  const shown = new Set(form.threads.map((seat) => whoOf(seat.spec, services)));
  return html`<h2 id="seats">${t.seats}</h2><p class="note">${locked ? t.seatsLocked : t.seatsNote}</p>${form.threads.map((seat, place) => {
    const who = whoOf(seat.spec, services), model = modelOf(seat.spec, who), entry = entries.findIndex(([, at]) => at === place);
    const paths = [["threads", place], ["filters", place], ...(entry < 0 ? [] : [["otree_ego", "seats", entry]])];
    const words = paths.flatMap(said), say = `seat-said-${place}`;
    return html`<section class="seat" role="group" aria-label=${`${t.seat} ${seat.number}`} key=${place}>
      <div class="row"><label>${t.seat} <input id=${`seat-${place}`} class=${level(["threads", place])} size="3" aria-label=${t.seat} aria-describedby=${say} value=${seat.number}
          onInput=${(e) => set(place, { number: e.target.value }, "number")} /></label>
        <select aria-label=${t.player} onChange=${(e) => set(place, { spec: specOf(e.target.value, suggested(e.target.value)[0] ?? "") })}>
          ${(all.includes(who) ? all : [who, ...all]).map((each) => html`<option key=${each} value=${each} selected=${each === who}>${t.players[each] ?? each.replace(`${ANY}:`, "")}</option>`)}</select>
        ${who !== PERSON && html`<input id=${`model-${place}`} class="wide" aria-label=${who === "ConstantThread" ? t.constant : t.model} list=${suggested(who).length ? `models-${who}` : undefined}
          value=${model} placeholder=${who === ANY ? "service/model" : ""} onInput=${(e) => set(place, { spec: specOf(who, e.target.value) }, "model")} />`}
        <span class="tools"><button aria-label=${`${t.up}: ${t.seat} ${seat.number}`} disabled=${place === 0} onClick=${() => move(place, place - 1)}>↑</button>
        <button aria-label=${`${t.down}: ${t.seat} ${seat.number}`} disabled=${place === form.threads.length - 1} onClick=${() => move(place, place + 1)}>↓</button>
        <button aria-label=${`${t.remove}: ${t.seat} ${seat.number}`} disabled=${form.threads.length < 2}
          onClick=${() => setSeats((now) => without(now, place))}>×</button></span></div>
      <${Answer} seat=${seat} place=${place} set=${(part, key) => set(place, part, key)} t=${t} filters=${about.filters} kinds=${locked ? [] : about.answers}
        level=${level(["filters", place]) || level(["otree_ego", "seats", entry, "answer"])} say=${say} />
      ${who !== PERSON && !locked && html`<${Parameters} seat=${seat} about=${about} t=${t} level=${(name) => level(["otree_ego", "seats", entry, "parameters", name])}
        set=${(name, typed) => set(place, { parameters: { ...seat.parameters, [name]: typed } }, name)} />`}
      <div id=${say} class="said">${words.map((p, at) => html`<p class=${p.level} key=${at}>${p.words}</p>`)}</div></section>`;
  })}
  ${[...shown].map((who) => html`<datalist id=${`models-${who}`} key=${who}>${suggested(who).map((m) => html`<option value=${m} key=${m} />`)}</datalist>`)}
  <button onClick=${add}>${t.addSeat}</button>`;
}

function Parameters({ seat, set, about, t, level }) {
  const given = Object.entries(seat.parameters).filter(([, typed]) => typed.trim());
  return html`<details class="parameters"><summary>${t.parameters}${given.length ? `: ${given.map(([name, typed]) => `${t.parameterNames[name] ?? name} ${typed}`).join(", ")}` : ""}</summary>
    <div class="row">${Object.entries(about.parameters).map(([name, { low, high }]) => html`<label key=${name}>${t.parameterNames[name] ?? name}
        <input size="6" class=${level(name)} value=${seat.parameters[name] ?? ""} placeholder=${name === "temperature" ? "1" : ""} title=${`${low} – ${high}`}
          onInput=${(e) => set(name, e.target.value)} /></label>`)}
      ${Object.entries(about.words).map(([name, words]) => html`<label key=${name}>${t.parameterNames[name] ?? name} <select class=${level(name)} onChange=${(e) => set(name, e.target.value)}>
        <option value="">–</option>${words.map((word) => html`<option key=${word} value=${word} selected=${seat.parameters[name] === word}>${word}</option>`)}</select></label>`)}</div></details>`;
}
