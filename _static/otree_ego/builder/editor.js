// A field for a template: CodeMirror inside, one text outside. Undo is the page's.
import { html, useEffect, useLayoutEffect, useRef } from "./preact.js";
import { acceptCompletion, autocompletion, bracketMatching, closeBrackets, closeBracketsKeymap, Compartment, completionKeymap,
  defaultKeymap, EditorState, EditorView, highlightSpecialChars, keymap, setDiagnostics } from "./codemirror.js";
import { completions, jinja } from "./jinja.js";

const nonce = document.querySelector("meta[name=csp-nonce]")?.content ?? "";
const views = new Map();
const SEVERITY = { error: "error", warning: "warning", note: "info" };

export function offset(doc, line, column) {
  if (!line || line > doc.lines) return doc.length;
  const at = doc.line(line);
  return Math.min(at.to, at.from + Math.max(0, column - 1));
}

// Put the cursor where something is wrong.
export function select(id, line, column, length) {
  const view = views.get(id);
  if (!view) return;
  if (line) {
    const anchor = offset(view.state.doc, line, column || 1);
    view.dispatch({ selection: { anchor, head: Math.min(view.state.doc.length, anchor + length) }, scrollIntoView: true });
  }
  view.focus();
}

// A name at the cursor; in braces where it stands in none.
export function insertName(id, name) {
  const view = views.get(id);
  const { from, to } = view.state.selection.main, before = view.state.sliceDoc(0, from);
  const inside = Math.max(before.lastIndexOf("{{"), before.lastIndexOf("{%")) > Math.max(before.lastIndexOf("}}"), before.lastIndexOf("%}"));
  const word = inside ? name : `{{ ${name} }}`;
  view.dispatch({ changes: { from, to, insert: word }, selection: { anchor: from + word.length }, userEvent: "input" });
  view.focus();
}

// Only what differs is replaced: the cursor stays where it is.
function change(was, text) {
  let from = 0, end = 0;
  const most = Math.min(was.length, text.length);
  while (from < most && was[from] === text[from]) from += 1;
  while (end < most - from && was[was.length - 1 - end] === text[text.length - 1 - end]) end += 1;
  return { from, to: was.length - end, insert: text.slice(from, text.length - end) };
}

export function Editor({ id, label, text, set, problems, known, readOnly, describedby }) {
  const box = useRef(null), now = useRef({}), locked = useRef(null), told = useRef([]);
  now.current = { text, set, known };
  useLayoutEffect(() => {
    locked.current = new Compartment();
    const view = new EditorView({
      parent: box.current,
      state: EditorState.create({
        doc: text,
        extensions: [
          highlightSpecialChars(), bracketMatching(), closeBrackets(), jinja, EditorView.lineWrapping,
          autocompletion({ override: [completions(() => now.current.known())], icons: false, interactionDelay: 20 }),
          keymap.of([{ key: "Tab", run: acceptCompletion }, ...closeBracketsKeymap, ...completionKeymap, ...defaultKeymap]),
          EditorView.cspNonce.of(nonce), locked.current.of(EditorState.readOnly.of(readOnly)),
          EditorView.contentAttributes.of({ id, "aria-label": label, spellcheck: "true", "aria-describedby": describedby }),
          EditorView.updateListener.of((update) => {
            if (!update.docChanged) return;
            const made = update.state.doc.toString();
            if (made !== now.current.text) { now.current.text = made; told.current.push(made); now.current.set(made); }
          }),
        ],
      }),
    });
    views.set(id, view);
    return () => { views.delete(id); view.destroy(); };
  }, []);
  // With the rest of the page, before anybody sees it or types into it.
  useLayoutEffect(() => {
    // What comes back of our own typing is not put in again: more may have been typed since.
    const ours = told.current.indexOf(text);
    if (ours >= 0) { told.current.splice(0, ours + 1); return; }
    told.current = [];
    const view = views.get(id), was = view.state.doc.toString();
    if (was !== text) view.dispatch({ changes: change(was, text) });
  }, [text]);
  useEffect(() => {
    views.get(id).dispatch({ effects: locked.current.reconfigure(EditorState.readOnly.of(readOnly)) });
  }, [readOnly]);
  useEffect(() => {
    const view = views.get(id), doc = view.state.doc;
    const marks = problems.filter((p) => p.line).map((p) => {
      const from = offset(doc, p.line, p.column || 1);
      const to = p.length ? Math.min(doc.length, from + p.length) : doc.lineAt(from).to;
      return { from: Math.min(from, to), to, severity: SEVERITY[p.level], message: p.words };
    });
    view.dispatch(setDiagnostics(view.state, marks));
  }, [problems]);
  return html`<div class="editor" ref=${box}></div>`;
}
