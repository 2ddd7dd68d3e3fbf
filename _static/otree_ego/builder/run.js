import { html, useEffect, useMemo, useRef, useState } from "./preact.js";
import { Dialogue } from "./dialogue.js";
import { Results } from "./results.js";
import { happened, NOTHING, pictured, withoutOld } from "./run_state.js";
import { call } from "./server.js";
import { listen } from "./stream.js";

const ELSEWHERE = 2000; // between looks at a run that another process plays
const MOST_ROWS = 200;
const SEARCH_AFTER = 250;
const ME = "terminal/You";
const SHOWN = ["all", "underWay", "valid", "tainted", "failed"];

// They stay as they are while the pane is not shown.
let lastOptions = { times: "3", model: "", seed: "", budget: "", constrained: true, balanced: true, seats: {} };

const one = (value) => (typeof value === "string" ? value : JSON.stringify(value));
const choices = (result) => (typeof result !== "object" ? one(result ?? "") : Object.entries(result ?? {}).map(([seat, list]) => `${seat}: ${[].concat(list).map(one).join(", ")}`).join("; "));
const stateOf = (row) => (row.tainted ? "tainted" : row.status);
const isShown = { all: () => true, underWay: (s) => s === "running", valid: (s) => s === "done", tainted: (s) => s === "tainted", failed: (s) => s === "failed" };

// The run that is looked at: a picture of it, then what happens. `wish.run` is empty for the newest, `wish.place` null for the one in which
// something happens.
function useRun(wish) {
  const [state, setState] = useState(NOTHING);
  const asked = useRef(wish), early = useRef([]), looking = useRef({ busy: false, again: false }), newest = useRef(state);
  asked.current = wish;
  newest.current = state;
  const look = async () => {
    if (looking.current.busy) { looking.current.again = true; return; }
    looking.current.busy = true;
    early.current = [];
    const { run, place } = asked.current;
    try {
      const found = await call("watch", { run, place });
      if (found.token) setState((before) => ({ ...before, refused: true }));
      else if (!found.error) setState((before) => pictured(before, found, early.current));
    } catch { setState((before) => ({ ...before, lost: true })); }
    looking.current.busy = false;
    if (looking.current.again) { looking.current.again = false; look(); }
  };
  useEffect(() => listen((events) => {
    if (looking.current.busy) early.current.push(...events);
    setState((before) => withoutOld(happened(before, events), asked.current.place));
    const begins = !asked.current.run && events.some((e) => e.event === "begun" && e.run !== newest.current.run?.uid);
    if (begins || events.some((e) => e.event === "reset" || e.event === "process")) look();
  }), []);
  useEffect(() => { look(); }, [wish.run, wish.place]);
  const elsewhere = state.run?.status === "running" && !(state.active && state.current === state.run.uid);
  useEffect(() => {
    if (!elsewhere) return undefined;
    const timer = setInterval(() => { if (document.visibilityState === "visible") look(); }, ELSEWHERE);
    return () => clearInterval(timer);
  }, [elsewhere]);
  return [state, setState];
}

export function Runs({ t, ready, form }) {
  const [how, setHow] = useState(lastOptions);
  const [wish, setWish] = useState({ run: "", place: null });
  const [state, setState] = useRun(wish);
  const [part, setPart] = useState("replications");
  const [trouble, setTrouble] = useState("");
  const [stops, setStops] = useState(0);
  lastOptions = how;
  const { run, active } = state, ours = active && run?.uid === state.current;
  useEffect(() => { if (!active) setStops(0); }, [active]);

  const doing = async (name, given) => {
    setTrouble("");
    try {
      const answer = await call(name, given);
      if (answer.error) setTrouble(answer.error);
      return !answer.error;
    } catch { setTrouble(t.lost); }
    return false;
  };
  const begin = async (given) => {
    const unready = given.resume ? "" : await ready();
    setTrouble(unready);
    if (unready) return;
    if (await doing("run", given)) { setPart("replications"); setWish({ run: given.resume ?? "", place: null }); setState((s) => ({ ...s, active: true })); }
  };
  const start = () => begin({ ...how, seats: seatsOf(how.seats, form) });
  const stop = () => { setStops(stops + 1); doing("stop"); };
  const turn = state.turns.find((each) => run && state.current === run.uid && each.place !== undefined);
  const place = wish.place ?? turn?.place ?? state.latest;
  const statusOf = (each) => (each.uid === run?.uid ? run : each).status;
  return html`<div id="run-pane">
    <${Options} t=${t} how=${how} setHow=${setHow} form=${form} />
    <div class="row"><button class="main" disabled=${active} onClick=${start}>${t.begin}</button>
      <button disabled=${!active} onClick=${stop}>${stops ? t.stopNow : t.stop}</button>
      <button disabled=${active || !run || !["stopped", "failed"].includes(run.status)} onClick=${() => begin({ resume: run.uid })}>${t.goOn}</button>
      <label>${t.runs} <select id="runs" onChange=${(e) => setWish({ run: e.target.value, place: null })}>
        <option value="" selected=${!wish.run}>${t.newest}</option>${state.runs.map((r) => html`<option key=${r.uid} value=${r.uid} selected=${r.uid === wish.run}>
          ${r.name}, ${new Date(r.created * 1000).toLocaleString(document.documentElement.lang)}, ${t.states[statusOf(r)] ?? statusOf(r)}</option>`)}</select></label></div>
    ${state.refused && html`<div class="banner" role="alert">${t.token}</div>`}
    ${state.lost && !state.refused && html`<div class="banner" role="alert" id="run-lost">${t.lost}</div>`}
    ${trouble && html`<div class="banner" role="alert" id="run-trouble">${t.say(trouble)}</div>`}
    ${!active && state.code ? html`<pre class="note" id="said">${state.said.split("\n").map(t.say).join("\n")}</pre>` : ""}
    ${!run && html`<p class="note" role="status">${active ? t.starting : t.noRun}</p>`}
    ${run && html`<p id="run-state" role="status"><b>${t.states[run.status] ?? run.status}</b>: ${t.progress(state.progress)}. ${t.say(run.note)}</p>
      <progress max=${Math.max(1, state.progress.planned)} value=${state.progress.done} aria-label=${t.status}></progress>
      ${ours && stops > 0 && html`<p class="note">${t.stopping}</p>`}${state.waiting && html`<p class="warning" id="waiting">${t.say(state.waiting)}</p>`}
      <div class="row">${["replications", "results"].map((name) => html`<button key=${name} aria-pressed=${String(part === name)} onClick=${() => setPart(name)}>${t[name]}</button>`)}</div>
      ${part === "results" ? html`<${Results} t=${t} run=${run.uid} done=${state.progress.done} />`
        : html`<${Replications} t=${t} run=${run.uid} done=${state.progress.done} rows=${state.rows} place=${place} wish=${wish} setWish=${setWish} />
        ${place !== null && state.dialogues.has(place) && html`<h2>${t.replication} ${place + 1}</h2><${Dialogue} t=${t} state=${state} place=${place} />`}`}
      <p class="note">${t.more(run.uid.slice(0, 8))}</p>`}</div>`;
}

// Only seats that the form still has, and that somebody was put into.
function seatsOf(chosen, form) {
  const numbers = new Set(form.threads.map((seat) => String(seat.number)));
  return Object.fromEntries(Object.entries(chosen).filter(([number, who]) => numbers.has(number) && who.trim()));
}

function Options({ t, how, setHow, form }) {
  const set = (name, value) => setHow({ ...how, [name]: value });
  const field = (name, size) => html`<label>${t[name === "model" ? "allModels" : name]} <input size=${size} value=${how[name]} onInput=${(e) => set(name, e.target.value)} /></label>`;
  const box = (name) => html`<label class="row"><input type="checkbox" checked=${how[name]} onChange=${(e) => set(name, e.target.checked)} />${t[name]}</label>`;
  const sit = (number, who) => set("seats", { ...how.seats, [number]: who });
  const kind = (who) => (who === undefined || who === "" ? "file" : who === ME ? "me" : "model");
  return html`<div class="row">${field("times", 5)}${field("seed", 8)}${field("budget", 6)}${field("model", 16)}</div>
    <details class="seats"><summary>${t.whoSits}</summary>${form.threads.map((seat) => {
      const number = String(seat.number), who = how.seats[number];
      return html`<div class="row" key=${number}><label>${t.seat} ${number} <select aria-label=${`${t.whoSits}: ${t.seat} ${number}`}
        onChange=${(e) => sit(number, { file: "", me: ME, model: " " }[e.target.value])}>
        ${[["file", t.asInFile], ["me", t.iPlay], ["model", t.another]].map(([name, words]) => html`<option key=${name} value=${name} selected=${kind(who) === name}>${words}</option>`)}</select></label>
        ${kind(who) === "model" && html`<input class="wide" list="models-Thread" aria-label=${`${t.model}: ${t.seat} ${number}`} value=${who.trim()} onInput=${(e) => sit(number, e.target.value || " ")} />`}</div>`;
    })}</details>${box("constrained")}${box("balanced")}`;
}

// Where somebody answered with some words: the server has all that was said.
function useSaid(run, words, done) {
  const [found, setFound] = useState({ words: "", places: [] });
  useEffect(() => {
    if (!words) return undefined;
    let left = false;
    const timer = setTimeout(() => call("find", { run, words }).then(({ places }) => { if (!left && places) setFound({ words, places }); }, () => {}), SEARCH_AFTER);
    return () => { left = true; clearTimeout(timer); };
  }, [run, words, done]);
  return useMemo(() => new Set(found.words === words ? found.places : []), [found, words]);
}

function Replications({ t, run, done, rows, place, wish, setWish }) {
  const [only, setOnly] = useState("all");
  const [words, setWords] = useState("");
  const [most, setMost] = useState(MOST_ROWS);
  const wanted = words.trim().toLowerCase(), said = useSaid(run, wanted, done);
  const found = [...rows.values()].filter((row) => isShown[only](stateOf(row)) &&
    (!wanted || said.has(row.place) || `${row.treatment ?? ""} ${JSON.stringify(row.result ?? "")} ${row.error_text ?? ""}`.toLowerCase().includes(wanted))).sort((a, b) => a.place - b.place);
  const shown = found.slice(-most);
  return html`<div class="row"><select aria-label=${t.show} onChange=${(e) => setOnly(e.target.value)}>
      ${SHOWN.map((name) => html`<option key=${name} value=${name}>${t[name]}</option>`)}</select>
    <input type="search" aria-label=${t.search} placeholder=${t.search} onInput=${(e) => setWords(e.target.value)} />
    <button aria-pressed=${String(wish.place === null)} onClick=${() => setWish({ ...wish, place: null })}>${wish.place === null ? t.followed : t.follow}</button></div>
    <div class="rows" tabindex="0" role="region" aria-label=${t.replications}><table class="list" id="replications">
      <thead><tr><th>${t.replication}</th><th>${t.treatment}</th><th>${t.status}</th><th>${t.choices}</th></tr></thead>
      <tbody>${found.length > shown.length && html`<tr key="more"><td colspan="4"><button onClick=${() => setMost(most + MOST_ROWS)}>${t.moreRows(Math.min(MOST_ROWS, found.length - shown.length))}</button></td></tr>`}
      ${shown.map((row) => html`<tr key=${row.place}><td><button aria-pressed=${String(row.place === place)} aria-label=${`${t.replication} ${row.place + 1}`}
          onClick=${() => setWish({ ...wish, place: row.place })}>${row.place + 1}</button></td><td>${row.treatment}</td>
        <td class=${stateOf(row) === "done" ? "fine" : ["running", "stopped"].includes(stateOf(row)) ? "" : "error"}>${t.states[stateOf(row)] ?? stateOf(row)}</td>
        <td>${choices(row.result)} ${row.error_text && html`<span class="note">${t.say(row.error_text)}</span>`}</td></tr>`)}</tbody></table></div>`;
}
