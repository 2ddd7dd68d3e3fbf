import { html } from "./preact.js";

export function Problems({ problems, t, go }) {
  if (!problems) return null;
  return html`<h2>${t.problems}</h2>
    ${problems.length === 0 && html`<p class="fine">${t.none}</p>`}
    <ul class="problems" id="problems">${problems.map((p, at) => html`<li key=${at}><button onClick=${() => go(p)}>
      <span class=${p.level}>${t.levels[p.level]}</span> <span class="place">${p.place}${p.line ? `, ${t.line} ${p.line}` : ""}${p.column ? `, ${t.column} ${p.column}` : ""}</span>
      <br />${p.words}</button></li>`)}</ul>`;
}

export function Preview({ form, preview, t, wish, setWish }) {
  const set = (part) => setWish({ ...wish, ...part });
  const chosen = (name) => form.treatments.map((each, at) => html`<option key=${at} value=${each} selected=${each === name}>${each}</option>`);
  const answer = (m, text) => {
    const list = [...(wish.answers[m.seat] ?? [])];
    for (let at = 0; at < m.round; at += 1) list[at] ??= "";
    list[m.round - 1] = text;
    set({ answers: { ...wish.answers, [m.seat]: list } });
  };
  const messages = preview?.messages.filter((m) => !wish.seat || String(m.seat) === wish.seat) ?? [];
  return html`<h2>${t.preview}</h2>
    <div class="row"><select id="preview-treatment" aria-label=${t.treatment} onChange=${(e) => set({ treatment: e.target.value })}>${chosen(preview?.treatment ?? wish.treatment)}</select>
      <label>${t.beside} <select id="preview-beside" onChange=${(e) => set({ beside: e.target.value })}>
        <option value="">${t.nobody}</option>${chosen(wish.beside)}</select></label>
      <select aria-label=${t.seat} onChange=${(e) => set({ seat: e.target.value })}><option value="">${t.everybody}</option>
        ${form.threads.map((seat) => html`<option key=${seat.number} value=${seat.number}>${t.seat} ${seat.number}</option>`)}</select></div>
    ${!preview && html`<p class="note">${t.noPreview}</p>`}
    ${preview && html`<p class="note" id="usage">${t.usage(preview)}</p>`}
    ${preview?.stopped && html`<p class="warning">${preview.stopped}</p>`}
    <div id="messages">${messages.map((m, at) => html`<article class="message" key=${at}>
      <h3>${t.seat} ${m.seat}, ${m.round ? `${t.round} ${m.round}` : "system"}</h3>
      <p>${m.pieces ? m.pieces.map(([same, part], n) => (same ? part : html`<mark key=${n}>${part}</mark>`)) : m.text}</p>
      ${m.problem && html`<p class="error">${m.problem}</p>`}
      ${m.round > 0 && html`<label>${t.answers} <input value=${m.example ? "" : m.answer} placeholder=${`${m.answer} (${t.made})`}
        onInput=${(e) => answer(m, e.target.value)} /></label>`}</article>`)}</div>`;
}
