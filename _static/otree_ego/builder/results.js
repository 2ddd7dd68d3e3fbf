import { html, useEffect, useState } from "./preact.js";
import { call, request } from "./server.js";

const FORMS = ["csv", "excel", "jsonl", "report"];
const one = (value) => (typeof value === "string" ? value : JSON.stringify(value ?? ""));

export function Results({ t, run, done }) {
  const [table, setTable] = useState(null);
  const [figures, setFigures] = useState(null);
  const [seen, setSeen] = useState(done);
  const [trouble, setTrouble] = useState("");
  useEffect(() => {
    let ended = false;
    const ask = async (name, set) => {
      try {
        const found = await call(name, { run });
        if (!ended) { set(found); setSeen(done); }
      } catch { if (!ended) setTrouble(t.lost); }
    };
    setTable(null);
    setFigures(null);
    ask("table", setTable);
    ask("figures", setFigures);
    return () => { ended = true; };
  }, [run, seen]);
  const download = async (form) => {
    setTrouble("");
    try {
      const answer = await request("download", { run, form });
      const name = answer.headers.get("X-Ego-Name");
      if (!name) return setTrouble((await answer.json()).error);
      const link = document.createElement("a");
      link.href = URL.createObjectURL(await answer.blob());
      link.download = name;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    } catch { setTrouble(t.lost); }
    return undefined;
  };
  return html`<div id="results">
    <div class="row" role="group" aria-label=${t.downloads}>${t.downloads}: ${FORMS.map((form) => html`<button key=${form} onClick=${() => download(form)}>${t.files[form]}</button>`)}
      ${seen !== done && html`<button class="main" onClick=${() => setSeen(done)}>${t.refresh}</button>`}</div>
    ${trouble && html`<p class="banner" role="alert">${t.say(trouble)}</p>`}
    <h2>${t.pictures}</h2>${!figures ? html`<p class="note">${t.loading}</p>` : figures.error ? html`<p class="note">${t.say(figures.error)}</p>`
      : figures.figures.length ? figures.figures.map((each) => html`<figure key=${each.title}><figcaption><b>${each.title}</b></figcaption>
        <img src=${each.image} alt=${each.alt} /><figcaption class="note">${each.caption}</figcaption></figure>`) : html`<p class="note">${t.noRows}</p>`}
    <h2>${t.table}</h2>${!table ? html`<p class="note">${t.loading}</p>` : table.error ? html`<p class="error">${t.say(table.error)}</p>`
      : !table.count ? html`<p class="note">${t.noRows}</p>` : html`<p class="note">${t.rowsShown(table.rows.length, table.count)}</p>
      <div class="scroll" tabindex="0" role="region" aria-label=${t.table}><table class="list"><thead><tr>${table.columns.map((name) => html`<th key=${name}>${name}</th>`)}</tr></thead>
        <tbody>${table.rows.map((row, at) => html`<tr key=${at}>${row.map((value, n) => html`<td key=${n}>${one(value)}</td>`)}</tr>`)}</tbody></table></div>`}</div>`;
}
