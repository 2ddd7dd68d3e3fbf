import { html, render, useEffect, useRef, useState } from "./preact.js";
import { begin, changed, redone, undone } from "./history.js";
import { call, callAtTheEnd, Unreachable } from "./server.js";
import { Grid } from "./grid.js";
import { Preview, Problems } from "./preview.js";
import { Prompts, select } from "./prompts.js";
import { Runs } from "./run.js";
import { Seats } from "./seats.js";
import { LANGUAGES } from "./texts.js";

const SAVE_AFTER = 400;
const AGAIN_AFTER = 2000;
const FIRST = navigator.language.startsWith("de") ? "de" : "en";

function App() {
  const [language, setLanguage] = useState(localStorage.getItem("ego-language") ?? FIRST);
  const [about, setAbout] = useState(null);
  const [history, setHistory] = useState(null);
  const [found, setFound] = useState(null);
  const [wish, setWish] = useState({ treatment: "", beside: "", seat: "", answers: {} });
  const [state, setState] = useState({ kind: "", words: "" });
  const [conflict, setConflict] = useState(null);
  const [dialog, setDialog] = useState("");
  const [side, setSide] = useState("preview");
  const version = useRef(""), stored = useRef(null), looking = useRef({ busy: false, again: null });
  const t = LANGUAGES[language], form = history?.form;
  const newest = useRef({});
  newest.current = { form, conflict };

  const tell = (error) => setState(error instanceof Unreachable ? { kind: "offline", words: t.offline } : { kind: "failed", words: String(error.message ?? error) });
  const change = (next, key = "") => setHistory((before) => (before ? changed(before, next, key) : begin(next)));

  const open = async () => {
    try {
      const answer = await call("open");
      if (answer.token) return setState({ kind: "failed", words: t.token });
      setAbout(answer);
      version.current = answer.version;
      stored.current = answer.form;
      setHistory(answer.form ? begin(answer.form) : null);
      setConflict(null);
      setState(answer.error ? { kind: "failed", words: answer.error } : { kind: "", words: "" });
      document.title = `${answer.name} – ${t.title}`;
    } catch (error) {
      tell(error);
      setTimeout(open, AGAIN_AFTER);
    }
  };
  useEffect(() => { open(); }, []);
  useEffect(() => { document.documentElement.lang = language; localStorage.setItem("ego-language", language); }, [language]);

  // One request at a time; what was typed meanwhile is asked for next.
  const look = async (asked) => {
    if (looking.current.busy) { looking.current.again = asked; return; }
    looking.current.busy = true;
    try {
      const answer = await call("look", asked);
      if (answer.error) setState({ kind: "failed", words: answer.error });
      else {
        setFound(answer);
        if (answer.version !== version.current && stored.current === asked.form) save(asked.form);
      }
    } catch (error) { tell(error); }
    looking.current.busy = false;
    const again = looking.current.again;
    looking.current.again = null;
    if (again) look(again);
  };
  useEffect(() => { if (form) look({ form, ...wish }); }, [form, wish]);
  useEffect(() => {
    const again = () => { if (form && document.visibilityState === "visible") look({ form, ...wish }); };
    addEventListener("focus", again);
    return () => removeEventListener("focus", again);
  }, [form, wish]);

  const saving = useRef(Promise.resolve());
  const save = (what, seen) => {
    saving.current = saving.current.then(async () => {
      try {
        const answer = await call("save", { form: what, version: seen ?? version.current });
        if (answer.error) setState({ kind: "failed", words: answer.error });
        else if (answer.unsaved) setState({ kind: "", words: "" });
        else if (answer.changed) { setConflict(answer.changed); setState({ kind: "", words: "" }); }
        else {
          version.current = answer.version;
          stored.current = what;
          setConflict(null);
          setState({ kind: "", words: "" });
        }
      } catch (error) { tell(error); }
    });
  };
  useEffect(() => {
    if (!form || form === stored.current || conflict) return undefined;
    const timer = setTimeout(() => { setState((s) => (s.words ? s : { kind: "saving", words: "" })); save(form); }, SAVE_AFTER);
    return () => clearTimeout(timer);
  }, [form, conflict]);
  useEffect(() => {
    addEventListener("pagehide", () => {
      const { form: last, conflict: open } = newest.current;
      if (last && last !== stored.current && !open) callAtTheEnd("save", { form: last, version: version.current });
    });
  }, []);
  useEffect(() => {
    if (state.kind !== "offline" || !form) return undefined;
    const timer = setInterval(() => { save(form); look({ form, ...wish }); }, AGAIN_AFTER);
    return () => clearInterval(timer);
  }, [state.kind, form, wish]);

  useEffect(() => {
    const keys = (event) => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
      const key = event.key.toLowerCase();
      if (key === "z" || key === "y") {
        event.preventDefault();
        setHistory((before) => before && (key === "y" || event.shiftKey ? redone(before) : undone(before)));
      }
    };
    addEventListener("keydown", keys);
    return () => removeEventListener("keydown", keys);
  }, []);

  const take = (answer) => {
    if (answer.error) setState({ kind: "failed", words: answer.error });
    else { change(answer.form); setDialog(""); }
  };
  const start = (name) => call("start", { name }).then(take, tell);
  const read = (text) => call("read", { text }).then(take, tell);
  const download = () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([found.text], { type: "application/json" }));
    link.download = about.name;
    link.click();
    URL.revokeObjectURL(link.href);
  };
  // What is run is what is in the file.
  const ready = async () => {
    if (form !== stored.current) save(form);
    await saving.current;
    return !conflict && newest.current.form === stored.current;
  };
  const problems = found?.problems ?? [];
  const levels = new Map();
  for (const p of [...problems].reverse()) if (p.level !== "note") levels.set(JSON.stringify(p.path), p.level === "error" ? "bad" : "warn");
  const level = (path) => levels.get(JSON.stringify(path)) ?? "";
  const go = (p) => {
    const [part, one, two] = p.path;
    if (part === "prompts") return select(one, p.line, p.column, p.length);
    const row = form.variables.findIndex((each) => each.name === one);
    const id = { threads: `seat-${one}`, filters: `filter-${one}`, treatments: `treatment-${one}`, rounds: "rounds",
      variables: two === undefined ? `variable-${row}` : `cell-${row}-${form.treatments.indexOf(two)}` }[part];
    document.getElementById(id)?.focus();
    return undefined;
  };

  const gallery = () => html`<div class="gallery">${about.gallery.map((name) => html`<button key=${name} onClick=${() => start(name)}>
    <b>${t.gallery[name]?.[0] ?? name}</b><span>${t.gallery[name]?.[1]}</span></button>`)}</div>`;
  return html`<header><h1>${about?.name ?? t.title}</h1>
      <span class="state" id="state" role="status">${!form ? "" : form === stored.current ? t.saved : state.kind === "saving" ? t.saving : t.unsaved}</span>
      <button disabled=${!history?.past.length} onClick=${() => setHistory(undone)}>${t.undo}</button>
      <button disabled=${!history?.future.length} onClick=${() => setHistory(redone)}>${t.redo}</button>
      <button disabled=${!about} onClick=${() => setDialog("gallery")}>${t.start}</button>
      <button disabled=${!about} onClick=${() => setDialog("import")}>${t.importing}</button>
      <button disabled=${!found} onClick=${download}>${t.download}</button>
      <button lang=${language === "en" ? "de" : "en"} onClick=${() => setLanguage(language === "en" ? "de" : "en")}>${t.language}</button></header>
    ${dialog && html`<${Dialog} t=${t} close=${() => setDialog("")} title=${dialog === "import" ? t.importing : t.welcome}>
      ${dialog === "gallery" ? gallery() : html`<${Import} t=${t} read=${read} />`}<//>`}
    <div class="panes"><main class="pane">
      ${state.words && html`<div class="banner" role="alert" id="trouble">${state.words}</div>`}
      ${conflict && html`<div class="banner" role="alert" id="conflict"><p>${conflict.gone ? t.gone : t.changed}</p><pre>${conflict.diff.join("\n")}</pre>
        <button onClick=${() => save(form, conflict.version)}>${t.keepMine}</button><button onClick=${open}>${t.takeTheirs}</button></div>`}
      ${about && !form && html`<h2>${t.welcome}</h2>${gallery()}`}
      ${form && html`<${Seats} form=${form} change=${change} t=${t} kinds=${about.kinds} filters=${about.filters} level=${level} />
        <${Grid} form=${form} change=${change} t=${t} level=${level} />
        <${Prompts} form=${form} change=${change} t=${t} problems=${problems} level=${level} />`}</main>
    <aside class="pane" aria-label=${t[side]}>${form && html`<div class="row tabs">${["preview", "run"].map((name) => html`
        <button key=${name} aria-pressed=${String(side === name)} onClick=${() => setSide(name)}>${t[name]}</button>`)}</div>
      ${side === "run" ? html`<${Runs} t=${t} ready=${ready} />` : html`<${Problems} problems=${found?.problems} t=${t} go=${go} />
      <${Preview} form=${form} preview=${found?.preview} t=${t} wish=${wish} setWish=${setWish} />`}`}</aside></div>`;
}

function Dialog({ t, title, close, children }) {
  const box = useRef(null);
  useEffect(() => { box.current.showModal(); }, []);
  return html`<dialog ref=${box} aria-label=${title} onClose=${close}><h2>${title}</h2>${children}
    <p><button onClick=${close}>${t.close}</button></p></dialog>`;
}

function Import({ t, read }) {
  const [text, setText] = useState("");
  const drop = (event) => {
    event.preventDefault();
    const file = event.dataTransfer.files[0];
    if (file) file.text().then(read);
  };
  return html`<p>${t.paste}</p><textarea aria-label=${t.paste} value=${text} onInput=${(e) => setText(e.target.value)}
      onDragOver=${(e) => e.preventDefault()} onDrop=${drop}></textarea>
    <p><button class="main" onClick=${() => read(text)}>${t.take}</button></p>`;
}

render(html`<${App} />`, document.getElementById("app"));
