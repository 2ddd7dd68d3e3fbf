// What the page's dialogs do with files: another one of the folder, one from elsewhere, another name, the gallery.
import { html, useEffect, useRef, useState } from "./preact.js";
import { call } from "./server.js";

const LARGE = 200_000;

export function Dialog({ t, title, close, children }) {
  const box = useRef(null);
  useEffect(() => { box.current.showModal(); }, []);
  return html`<dialog ref=${box} aria-label=${title} onClose=${close}><h2>${title}</h2>${children}
    <p><button onClick=${close}>${t.close}</button></p></dialog>`;
}

export function Gallery({ t, names, start }) {
  return html`<div class="gallery">${names.map((name) => html`<button key=${name} onClick=${() => start(name)}>
    <b>${t.gallery[name]?.[0] ?? name}</b><span>${t.gallery[name]?.[1]}</span></button>`)}</div>`;
}

export function Import({ t, read }) {
  const [text, setText] = useState("");
  // Megabytes are imported at once: a browser takes long to show them in a field.
  const large = (event) => {
    const pasted = event.clipboardData.getData("text/plain");
    if (pasted.length > LARGE) { event.preventDefault(); read(pasted); }
  };
  return html`<p>${t.paste}</p><textarea aria-label=${t.paste} value=${text} onPaste=${large} onInput=${(e) => setText(e.target.value)}></textarea>
    <p><button class="main" onClick=${() => read(text)}>${t.take}</button>
      <label class="file">${t.chooseFile} <input type="file" accept=".json,application/json" onChange=${(e) => e.target.files[0]?.text().then(read)} /></label></p>`;
}

export function Open({ t, current, open }) {
  const [found, setFound] = useState(null), [trouble, setTrouble] = useState("");
  useEffect(() => { call("files").then(setFound, () => setFound({ error: t.offline })); }, []);
  if (!found) return null;
  if (found.error) return html`<p class="error">${t.say(found.error)}</p>`;
  return html`<p>${t.inFolder} <code>${found.folder}</code></p><ul class="list">${found.names.map((name) => html`<li key=${name}>
    <button aria-current=${name === current ? "true" : undefined} onClick=${async () => setTrouble(await open(name))}>${name}</button></li>`)}</ul>
    ${trouble && html`<p class="error" role="alert">${trouble}</p>`}
    ${found.names.length === 0 && html`<p class="note">${t.noFiles}</p>`}`;
}

export function SaveAs({ t, current, save }) {
  const [name, setName] = useState(current.replace(/(\.json)?$/, "-2.json")), [trouble, setTrouble] = useState("");
  const submit = async (event) => {
    event.preventDefault();
    setTrouble(await save(name));
  };
  return html`<form onSubmit=${submit}><label>${t.newName} <input class="wide" value=${name} onInput=${(e) => setName(e.target.value)} /></label>
    <button class="main">${t.saveAsNow}</button></form>${trouble && html`<p class="error" role="alert">${t.say(trouble)}</p>`}`;
}

// A file that is dropped anywhere is read; so is JSON that is pasted where nobody types.
export function useDroppedFiles(read) {
  const latest = useRef(read);
  latest.current = read;
  useEffect(() => {
    const over = (event) => { if (event.dataTransfer?.types.includes("Files")) event.preventDefault(); };
    const drop = (event) => {
      const file = event.dataTransfer?.files[0];
      if (!file) return;
      event.preventDefault();
      file.text().then((text) => latest.current(text));
    };
    const paste = (event) => {
      const text = event.clipboardData?.getData("text/plain") ?? "";
      if (/^\s*\{/.test(text) && !event.target.closest?.("input, textarea, [contenteditable=true]")) latest.current(text);
    };
    const all = { dragover: over, drop, paste };
    for (const [name, listener] of Object.entries(all)) addEventListener(name, listener);
    return () => { for (const [name, listener] of Object.entries(all)) removeEventListener(name, listener); };
  }, []);
}
