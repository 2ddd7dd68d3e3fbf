import { html, useMemo, useRef } from "./preact.js";

// What was found last, and before it: what is the same stays the same object, and is not painted again. While there are
// errors, the last preview stays, marked as such.
export function after(before, answer) {
  const was = before?.preview ?? null, found = { ...answer, preview: answer.preview ?? was, stale: !answer.preview };
  if (!before) return found;
  if (equal(before.problems, found.problems)) found.problems = before.problems;
  if (found.preview && was && found.preview !== was) {
    found.preview.messages = found.preview.messages.map((each, at) => (equal(was.messages[at], each) ? was.messages[at] : each));
  }
  return found;
}
const equal = (one, other) => one?.text === other?.text && JSON.stringify(one) === JSON.stringify(other);

export function Problems({ problems, count, t, go, at }) {
  if (!problems) return null;
  return html`<h2 id="problems-title">${t.problems}${count ? ` (${count})` : ""}</h2>
    ${problems.length === 0 && html`<p class="fine">${t.none}</p>`}
    ${problems.length > 1 && html`<p class="note">${t.step}</p>`}
    <ul class="problems" id="problems">${problems.map((p, n) => html`<li key=${n}><button class=${n === at ? "now" : ""} aria-current=${n === at ? "true" : undefined} onClick=${() => go(n)}>
      <span class=${p.level}>${t.levels[p.level]}</span> <span class="place">${p.place}${p.line ? `, ${t.line} ${p.line}` : ""}${p.column ? `, ${t.column} ${p.column}` : ""}</span>
      <br />${p.words}</button></li>`)}</ul>`;
}

export function Preview({ form, preview, stale, say, t, wish, setWish }) {
  const set = (part) => setWish({ ...wish, ...part });
  const chosen = (name) => form.treatments.map((each, at) => html`<option key=${at} value=${each} selected=${each === name}>${each}</option>`);
  const answer = (m, text) => {
    const list = [...(wish.answers[m.seat] ?? [])];
    for (let at = 0; at < m.round; at += 1) list[at] ??= "";
    list[m.round - 1] = text;
    set({ answers: { ...wish.answers, [m.seat]: list } });
  };
  const all = preview?.messages ?? [], last = all.reduce((most, m) => Math.max(most, m.round), 0);
  const messages = all.filter((m) => (!wish.seat || String(m.seat) === wish.seat) && (!wish.round || String(m.round) === wish.round));
  const given = Object.values(wish.answers).some((list) => list.some(Boolean));
  const same = wish.beside && preview && wish.beside !== preview.treatment && all.every((m) => !m.pieces || m.pieces.every(([alike]) => alike));
  return html`<h2 id="preview">${t.preview}</h2>
    <div class="row"><label>${t.treatment} <select id="preview-treatment" onChange=${(e) => set({ treatment: e.target.value })}>${chosen(preview?.treatment ?? wish.treatment)}</select></label>
      <label>${t.beside} <select id="preview-beside" onChange=${(e) => set({ beside: e.target.value })}>
        <option value="">${t.nobody}</option>${chosen(wish.beside)}</select></label></div>
    <div class="row"><select aria-label=${t.seat} onChange=${(e) => set({ seat: e.target.value })}><option value="">${t.everybody}</option>
        ${form.threads.map((seat) => html`<option key=${seat.number} value=${seat.number} selected=${seat.number === wish.seat}>${t.seat} ${seat.number}</option>`)}</select>
      ${last > 1 && html`<select aria-label=${t.round} onChange=${(e) => set({ round: e.target.value })}><option value="">${t.everyRound}</option>
        ${Array.from({ length: last + 1 }, (_, n) => html`<option key=${n} value=${n} selected=${String(n) === wish.round}>${n ? `${t.round} ${n}` : "system"}</option>`)}</select>`}
      ${given && html`<button onClick=${() => set({ answers: {} })}>${t.forget}</button>`}</div>
    ${(!preview || stale) && html`<p class="note" id="stale">${preview ? t.stale : t.noPreview}</p>`}
    ${preview && html`<p class="note" id="usage">${t.usage(preview)}</p>`}
    ${preview?.stopped && html`<p class="warning">${say(preview.stopped)}</p>`}
    ${same && html`<p class="note" id="alike">${t.alike(preview.treatment, wish.beside)}</p>`}
    <div id="messages" class=${stale ? "stale" : ""}>${messages.map((m, n) => html`<${Message} key=${n} m=${m} say=${say} t=${t} answer=${answer} typed=${wish.answers[m.seat]?.[m.round - 1]} />`)}</div>`;
}

function Message({ m, say, t, answer, typed }) {
  const now = useRef(answer);
  now.current = answer;
  const text = useMemo(() => (m.pieces ? m.pieces.map(([alike, part], n) => (alike ? part : html`<mark key=${n}>${part}</mark>`)) : m.text), [m]);
  return useMemo(() => html`<article class="message"><h3>${t.seat} ${m.seat}, ${m.round ? `${t.round} ${m.round}` : "system"}</h3>
    <p>${text || html`<span class="note">${t.noText}</span>`}</p>
    ${m.problem && html`<p class="error">${say(m.problem)}</p>`}
    ${m.round > 0 && html`<label>${t.answers} <input value=${typed ?? ""} placeholder=${`${m.answer} (${t.made})`}
      onInput=${(e) => now.current(m, e.target.value)} />${!m.problem && html`<span class="choice" title=${t.choice}>→ ${JSON.stringify(m.choice)}</span>`}</label>`}</article>`, [m, typed, t]);
}
