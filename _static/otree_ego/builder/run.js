import { html, useEffect, useRef, useState } from "./preact.js";
import { call } from "./server.js";

const LOOK_AGAIN = 600;

const one = (value) => (typeof value === "string" ? value : JSON.stringify(value));
const choices = (result) => Object.entries(result ?? {}).map(([seat, list]) => `${seat}: ${[].concat(list).map(one).join(", ")}`).join("; ");

export function Runs({ t, ready }) {
  const [how, setHow] = useState({ times: "3", model: "", seed: "", budget: "", constrained: true, balanced: true });
  const [shown, setShown] = useState(null);
  const [wish, setWish] = useState({ run: "", place: null, only: "all", words: "" });
  const [trouble, setTrouble] = useState("");
  const current = useRef(wish);
  current.current = wish;

  // One look at a time, and only while somebody looks.
  useEffect(() => {
    let timer, ended = false;
    const look = async () => {
      if (document.visibilityState === "visible") {
        try {
          const { run, place } = current.current;
          const found = await call("watch", { run, place });
          if (!ended && !found.error) {
            setShown(found);
            if (place === null && found.replications?.length) setWish((w) => ({ ...w, place: found.replications.at(-1).place }));
          }
        } catch { /* the page says that the server does not answer */ }
      }
      if (!ended) timer = setTimeout(look, LOOK_AGAIN);
    };
    look();
    return () => { ended = true; clearTimeout(timer); };
  }, [wish.run, wish.place]);

  const begin = async (given) => {
    setTrouble("");
    if (!(await ready())) return;
    const answer = await call("run", given);
    if (answer.error) setTrouble(answer.error);
    else { setShown((s) => ({ ...s, active: true })); setWish({ ...wish, run: given.resume ?? "", place: null }); }
  };
  const field = (name, size) => html`<label>${t[name === "model" ? "allModels" : name]} <input size=${size} value=${how[name]}
    onInput=${(e) => setHow({ ...how, [name]: e.target.value })} /></label>`;
  const box = (name) => html`<label class="row"><input type="checkbox" checked=${how[name]}
    onChange=${(e) => setHow({ ...how, [name]: e.target.checked })} />${t[name]}</label>`;
  const run = shown?.run, active = shown?.active;
  const state = (r) => (r.tainted ? "tainted" : r.status);
  const rows = (shown?.replications ?? []).filter((r) => (wish.only === "all" || state(r) === wish.only) &&
    `${r.treatment} ${JSON.stringify(r.result)} ${r.why}`.toLowerCase().includes(wish.words.toLowerCase()));
  return html`<h2>${t.run}</h2>
    <div class="row">${field("times", 5)}${field("seed", 8)}${field("budget", 6)}</div>
    <div class="row">${field("model", 18)}</div>${box("constrained")}${box("balanced")}
    <div class="row"><button class="main" disabled=${active} onClick=${() => begin(how)}>${t.begin}</button>
      <button disabled=${!active} onClick=${() => call("stop")}>${t.stop}</button>
      <button disabled=${active || run?.status !== "stopped"} onClick=${() => begin({ resume: run.uid })}>${t.goOn}</button>
      <label>${t.runs} <select id="runs" onChange=${(e) => setWish({ ...wish, run: e.target.value, place: null })}>
        <option value="">${t.newest}</option>${(shown?.runs ?? []).map((r) => html`<option key=${r.uid} value=${r.uid} selected=${r.uid === wish.run}>
          ${r.name}, ${new Date(r.created * 1000).toLocaleString(document.documentElement.lang)}, ${t.states[r.status] ?? r.status}</option>`)}</select></label></div>
    ${trouble && html`<div class="banner" role="alert" id="run-trouble">${trouble}</div>`}
    ${shown?.said && html`<pre class="note" id="said">${shown.said}</pre>`}
    ${!run && html`<p class="note">${t.noRun}</p>`}
    ${run && html`<p id="run-state" role="status"><b>${t.states[run.status] ?? run.status}</b>: ${t.totals(run, shown.totals)}. ${run.note}</p>
      <progress max=${run.planned} value=${shown.totals.replications} aria-label=${t.status}></progress>
      <div class="row"><select aria-label=${t.show} onChange=${(e) => setWish({ ...wish, only: e.target.value })}>
          ${["all", "failed", "tainted"].map((name) => html`<option key=${name} value=${name}>${t[name]}</option>`)}</select>
        <input type="search" aria-label=${t.search} placeholder=${t.search} onInput=${(e) => setWish({ ...wish, words: e.target.value })} /></div>
      <table class="list" id="replications"><thead><tr><th>${t.replication}</th><th>${t.treatment}</th><th>${t.status}</th><th>${t.result}</th></tr></thead>
        <tbody>${rows.map((r) => html`<tr key=${r.place}><td><button aria-pressed=${String(r.place === wish.place)}
          onClick=${() => setWish({ ...wish, place: r.place })}>${r.place + 1}</button></td><td>${r.treatment}</td>
          <td class=${state(r) === "done" ? "fine" : state(r) === "running" ? "" : "error"}>${t.states[state(r)] ?? state(r)}</td>
          <td>${choices(r.result)} ${r.why && html`<span class="note">${r.why}</span>`}</td></tr>`)}</tbody></table>
      <div id="dialogue">${shown.dialogue.map((m, at) => html`<article class="message" key=${at}>
        <h3>${t.seat} ${m.seat}, ${m.role}${m.status === "complete" ? "" : ` (${m.status})`}</h3><p>${m.text}</p></article>`)}</div>
      <p class="note">${t.more(run.uid.slice(0, 8))}</p>`}`;
}
