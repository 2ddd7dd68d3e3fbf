import { html, render, useEffect, useMemo, useRef, useState } from "./preact.js";
import { begin, changed, redone, undone } from "./history.js";
import { call, callAtTheEnd, nameFile, Unreachable } from "./server.js";
import { select } from "./editor.js";
import { Dialog, Gallery, Import, Open, SaveAs, useDroppedFiles } from "./files.js";
import { undoneElsewhere } from "./field_undo.js";
import { fieldId, goTo, Grid } from "./grid.js";
import { marksOf } from "./marks.js";
import { after, Preview, Problems } from "./preview.js";
import { Prompts } from "./prompts.js";
import { Runs } from "./run.js";
import { Seats } from "./seats.js";
import { LANGUAGES } from "./texts.js";
import { canBeSaved } from "./values.js";

const SAVE_AFTER = 400;
const AGAIN_AFTER = 2000;
const FIRST = navigator.language.startsWith("de") ? "de" : "en";
const MOST_AT_THE_END = 60_000; // characters that a closing page may send
const NOTHING = { treatment: "", beside: "", seat: "", round: "", answers: {} };

function App() {
  const [language, setLanguage] = useState(localStorage.getItem("ego-language") ?? FIRST);
  const [about, setAbout] = useState(null);
  const [history, setHistory] = useState(null);
  const [found, setFound] = useState(null);
  const [wish, setWish] = useState(NOTHING);
  const [state, setState] = useState({ kind: "", words: "" });
  const [conflict, setConflict] = useState(null);
  const [dialog, setDialog] = useState("");
  const [side, setSide] = useState("preview");
  const [step, setStep] = useState(-1);
  const version = useRef(""), stored = useRef(null), why = useRef([]), looking = useRef({ busy: false, again: null, form: null, wish: null });
  const t = LANGUAGES[language], form = history?.form, readOnly = Boolean(form?.newer);
  const newest = useRef({ wish: NOTHING });
  Object.assign(newest.current, { conflict, state });

  const tell = (error) => setState(error instanceof Unreachable ? { kind: "offline", words: t.offline } : { kind: "failed", words: String(error.message ?? error) });
  // A token of before is like no server: when the new address is opened in this tab, it goes on.
  const refuse = (answer) => setState({ kind: answer.token ? "offline" : "failed", words: answer.error });
  // What is typed is asked for at once: the server works on it while the page paints it.
  const turn = (make) => {
    const made = make(newest.current.history);
    Object.assign(newest.current, { history: made, form: made?.form });
    setHistory(made);
    look();
  };
  const change = (next, key = "") => turn((before) => {
    if (!before) return begin(next);
    if (before.form.newer && key !== "whole") return before;
    // What replaces the whole form is a step of its own, however soon it follows another one.
    return changed(before, typeof next === "function" ? next(before.form) : next, key === "whole" ? "" : key);
  });
  const wishFor = (made) => {
    newest.current.wish = made;
    setWish(made);
    look();
  };

  const open = async () => {
    try {
      const answer = await call("open");
      if (answer.token) return setState({ kind: "failed", words: t.token });
      setAbout(answer);
      version.current = answer.version;
      stored.current = answer.form;
      why.current = [];
      setFound(null);
      turn(() => (answer.form ? begin(answer.form) : null));
      setConflict(null);
      setState(answer.error ? { kind: "failed", words: answer.error } : { kind: "", words: "" });
      document.title = `${answer.name} – ${t.title}`;
    } catch (error) {
      tell(error);
      setTimeout(open, AGAIN_AFTER);
    }
  };
  // The file's version is the next step: one's own is a step back.
  const takeTheirs = async () => {
    try {
      const answer = await call("open");
      if (answer.error) return refuse(answer);
      if (!answer.form) return setConflict((was) => ({ ...was, gone: true, version: answer.version }));
      version.current = answer.version;
      stored.current = answer.form;
      why.current = [];
      setConflict(null);
      setState({ kind: "", words: "" });
      change(answer.form, "whole");
    } catch (error) { tell(error); }
  };
  useEffect(() => {
    open();
    const again = () => { if (!newest.current.form) open(); };
    addEventListener("ego-token", again);
    return () => removeEventListener("ego-token", again);
  }, []);
  useEffect(() => { document.documentElement.lang = language; localStorage.setItem("ego-language", language); }, [language]);

  // One request at a time; what was typed meanwhile is asked for next.
  const look = async (again = false) => {
    const { form: now, wish: wanted } = newest.current, at = looking.current;
    if (!now || at.busy || (now === at.form && wanted === at.wish && !again)) return;
    Object.assign(at, { busy: true, form: now, wish: wanted });
    try {
      const answer = await call("look", { form: now, ...wanted });
      at.busy = false;
      look(); // before this answer is painted
      if (answer.error) refuse(answer);
      else {
        setFound((before) => after(before, answer));
        noticed(answer.version, now);
      }
    } catch (error) {
      at.busy = false;
      tell(error);
      look();
    }
  };
  // The file is another one than this page knows: saving shows how they differ, and writes nothing over it.
  const noticed = (there, seen) => {
    if (there !== version.current && stored.current === seen && newest.current.form === seen && !newest.current.conflict) save(seen);
  };
  useEffect(() => {
    const again = async () => {
      const { form: now, state: was } = newest.current;
      if (!now || document.visibilityState !== "visible" || looking.current.busy) return;
      try {
        const answer = await call("version");
        if (answer.error) { refuse(answer); return; }
        if (was.kind === "offline") {
          setState({ kind: "", words: "" });
          if (now !== stored.current) save(now);
          look(true);
        }
        noticed(answer.version, now);
      } catch (error) { tell(error); }
    };
    addEventListener("focus", again);
    const timer = setInterval(again, AGAIN_AFTER);
    return () => { removeEventListener("focus", again); clearInterval(timer); };
  }, [language]);

  // `why` has the reasons why the last version is not in the file: names of texts, and sentences of the server.
  const saving = useRef(Promise.resolve());
  const save = (what, seen) => {
    if (what.newer) return;
    saving.current = saving.current.then(async () => {
      try {
        const answer = await call("save", { form: what, version: seen ?? version.current });
        why.current = answer.error ? [answer.error] : answer.unsaved ? answer.unsaved.map((p) => `${p.words}.`) : answer.changed ? ["chooseFirst"] : [];
        if (answer.error) refuse(answer);
        else if (answer.unsaved) setState({ kind: "unsaved", words: "" });
        else if (answer.changed) { setConflict(answer.changed); setState({ kind: "", words: "" }); }
        else {
          version.current = answer.version;
          stored.current = what;
          setConflict(null);
          setState({ kind: "", words: "" });
        }
      } catch (error) {
        tell(error);
        why.current = [error instanceof Unreachable ? "offline" : String(error.message ?? error)];
      }
    });
  };
  useEffect(() => {
    if (!form || form === stored.current || conflict) return undefined;
    const timer = setTimeout(() => { setState((s) => (s.words ? s : { kind: "saving", words: "" })); save(form); }, SAVE_AFTER);
    return () => clearTimeout(timer);
  }, [form, conflict]);
  useEffect(() => {
    const unsaved = () => {
      const { form: last, conflict: open } = newest.current;
      return last && !last.newer && (open || last !== stored.current) ? { form: last, version: version.current } : null;
    };
    addEventListener("pagehide", () => { if (unsaved() && !newest.current.conflict) callAtTheEnd("save", unsaved()); });
    // What a closing page cannot save would be lost: the browser asks whether to stay.
    addEventListener("beforeunload", (event) => {
      const left = unsaved(), { conflict: open, state: { kind } } = newest.current;
      if (left && (open || ["offline", "failed", "unsaved"].includes(kind) || !canBeSaved(left.form) || JSON.stringify(left).length > MOST_AT_THE_END)) event.preventDefault();
    });
  }, []);

  const { say } = t;
  const problems = useMemo(() => (found?.problems ?? []).map((p) => ({ ...p, words: say(p.words) })), [found?.problems, language]);
  const go = (at) => {
    setStep(at);
    const p = problems[at], [part, one, two, three] = p?.path ?? [];
    if (part === "prompts") return select(`prompt-${one}`, p.line, p.column, p.length);
    const row = form.variables.findIndex((each) => each.name === one), seat = form.threads.map((each, place) => [each, place])
      .filter(([each]) => each.answer || Object.values(each.parameters).some((typed) => typed.trim()))[two]?.[1];
    if (part === "variables" || part === "treatments") {
      return part === "treatments" ? goTo(-1, one) : goTo(row, two === undefined ? -1 : form.treatments.indexOf(two));
    }
    const id = { threads: `seat-${one}`, filters: `filter-${one}`, rounds: "rounds",
      otree_ego: three === "parameters" ? `model-${seat}` : `filter-${seat}` }[part];
    document.getElementById(id)?.focus();
    return undefined;
  };
  const stepped = useRef(() => {});
  stepped.current = (by) => { if (problems.length) go((step + by + problems.length + (step < 0 && by < 0 ? 1 : 0)) % problems.length); };
  useEffect(() => {
    const keys = (event) => {
      if (event.key === "F8") { event.preventDefault(); stepped.current(event.shiftKey ? -1 : 1); return; }
      if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
      const key = event.key.toLowerCase();
      if (key === "z" || key === "y") {
        event.preventDefault();
        const again = key === "y" || event.shiftKey;
        if (!undoneElsewhere(event.target, again)) turn((before) => before && (again ? redone(before) : undone(before)));
      } else if (key === "s") {
        event.preventDefault();
        if (newest.current.form && newest.current.form !== stored.current) save(newest.current.form);
      }
    };
    addEventListener("keydown", keys);
    return () => removeEventListener("keydown", keys);
  }, []);

  const take = (answer) => {
    if (answer.error) refuse(answer);
    else { change(answer.form, "whole"); setDialog(""); setState({ kind: "", words: "" }); }
  };
  const start = (name) => call("start", { name }).then(take, tell);
  const read = (text) => call("read", { text }).then(take, tell);
  useDroppedFiles(read);
  const download = async () => {
    const answer = await call("text", { form });
    if (!answer.text) { setState({ kind: "failed", words: answer.error ?? answer.unsaved.map((p) => say(p.words)).join(" ") }); return; }
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([answer.text], { type: "application/json" }));
    link.download = about.name;
    link.click();
    URL.revokeObjectURL(link.href);
  };
  // What is run is what is in the file. Returns why that cannot be, in a sentence; nothing if it can.
  const ready = async () => {
    do {
      const last = newest.current.form;
      if (last.newer) return last === stored.current ? "" : t.readOnly(last.newer);
      if (last !== stored.current || why.current.length) save(last);
      await saving.current;
    } while (!why.current.length && newest.current.form !== stored.current);
    return why.current.length ? t.notSaved(why.current.map((each) => t[each] ?? say(each)).join(" ")) : "";
  };
  const openNamed = async (name) => {
    const words = form && !readOnly ? await ready() : "";
    if (words) return words;
    show(name);
    return "";
  };
  const show = (name) => {
    nameFile(name);
    setDialog("");
    newest.current.wish = NOTHING;
    setWish(NOTHING);
    open();
  };
  const saveAs = async (name) => {
    try {
      const answer = await call("make", { form, name });
      if (answer.error || answer.unsaved) return answer.error ?? answer.unsaved.map((p) => say(p.words)).join(" ");
      if (!readOnly) await ready(); // the file of before gets what it can; all of it is in the new one
      show(answer.name);
    } catch (error) { tell(error); }
    return "";
  };

  const { level, said } = useMemo(() => marksOf(problems), [problems]);
  const button = (name, act, disabled) => html`<button disabled=${disabled} onClick=${act}>${t[name]}</button>`;
  const saved = !form ? "" : readOnly ? "" : form === stored.current ? t.saved : state.kind === "saving" ? t.saving : t.unsaved;
  // Each part is painted again only when what it shows is another.
  const seats = useMemo(() => form && html`<${Seats} form=${form} change=${change} t=${t} about=${about} level=${level} said=${said} />`,
    [form?.threads, form?.more, t, about, level]);
  const grid = useMemo(() => form && html`<${Grid} form=${form} change=${change} t=${t} level=${level} said=${said} />`,
    [form?.treatments, form?.variables, form?.rounds, t, level]);
  const prompts = useMemo(() => form && html`<${Prompts} form=${form} change=${change} t=${t} problems=${problems} level=${level} readOnly=${readOnly} />`,
    [form?.prompts, form?.variables, form?.threads, t, problems, readOnly]);
  const preview = useMemo(() => form && html`<${Preview} form=${form} preview=${found?.preview} stale=${found?.stale} say=${say} t=${t} wish=${wish} setWish=${wishFor} />`,
    [form?.threads, form?.treatments, t, found?.preview, found?.stale, wish]);
  return html`<header><h1>${about?.name ?? t.title}</h1>
      <span class="state" id="state" role="status">${saved}</span>
      ${button("undo", () => turn(undone), !history?.past.length)}
      ${button("redo", () => turn(redone), !history?.future.length)}
      ${button("start", () => setDialog("gallery"), !about)}
      ${button("open", () => setDialog("open"), !about)}
      ${button("importing", () => setDialog("import"), !about)}
      ${button("saveAs", () => setDialog("saveAs"), !form || readOnly)}
      ${button("download", () => download().catch(tell), !form)}
      <button lang=${language === "en" ? "de" : "en"} onClick=${() => setLanguage(language === "en" ? "de" : "en")}>${t.language}</button></header>
    ${dialog && html`<${Dialog} t=${t} close=${() => setDialog("")} title=${{ import: t.importing, open: t.open, saveAs: t.saveAs }[dialog] ?? t.welcome}>
      ${state.kind === "failed" && html`<p class="error" role="alert">${say(state.words)}</p>`}
      ${dialog === "gallery" && html`<${Gallery} t=${t} names=${about.gallery} start=${start} />`}
      ${dialog === "import" && html`<${Import} t=${t} read=${read} />`}
      ${dialog === "open" && html`<${Open} t=${t} current=${about.name} open=${openNamed} />`}
      ${dialog === "saveAs" && html`<${SaveAs} t=${t} current=${about.name} save=${saveAs} />`}<//>`}
    <div class="panes"><main class="pane" tabindex="-1">
      ${state.words && html`<div class="banner" role="alert" id="trouble">${say(state.words)}</div>`}
      ${readOnly && html`<div class="banner" role="alert" id="newer">${t.readOnly(form.newer)}</div>`}
      ${conflict && html`<div class="banner" role="alert" id="conflict"><p>${conflict.gone ? t.gone : t.changed}</p><pre tabindex="0">${conflict.diff.join("\n")}</pre>
        <button onClick=${() => save(form, conflict.version)}>${t.keepMine}</button>${!conflict.gone && html`<button onClick=${takeTheirs}>${t.takeTheirs}</button>`}</div>`}
      ${about && !form && html`<h2>${t.welcome}</h2><${Gallery} t=${t} names=${about.gallery} start=${start} />`}
      ${form && html`<fieldset class="plain" disabled=${readOnly}>${seats}${grid}${prompts}</fieldset>`}</main>
    <aside class="pane" aria-label=${t[side]}>${form && html`<div class="row tabs">${["preview", "run"].map((name) => html`
        <button key=${name} aria-pressed=${String(side === name)} onClick=${() => setSide(name)}>${t[name]}</button>`)}</div>
      ${side === "run" ? html`<${Runs} t=${t} ready=${ready} form=${form} />` : html`<${Problems} problems=${found && problems} count=${found?.count} t=${t} go=${go} at=${step} />
      ${preview}`}`}</aside></div>`;
}

render(html`<${App} />`, document.getElementById("app"));
