import { html, useEffect, useRef, useState } from "./preact.js";
import { isPerson } from "./run_state.js";
import { call } from "./server.js";

const numberOf = (seats, seat) => seats[seat - 1]?.number ?? seat;

// The messages of one replication. A person who plays sees only the own seat until it has ended.
export function Dialogue({ t, state, place }) {
  const events = [...(state.dialogues.get(place)?.values() ?? [])];
  const running = state.active && state.rows.get(place)?.status === "running";
  const people = new Set(events.filter((each) => each.message.role === "assistant" && isPerson(each)).map((each) => each.seat));
  const turn = state.turns.find((each) => each.place === place);
  const own = running && people.size ? new Set(turn ? [turn.seat] : people) : null;
  const shown = events.filter((each) => (!own || own.has(each.seat)) && !(turn && each.message.id === turn.message));
  return html`<div id="dialogue" aria-label=${`${t.replication} ${place + 1}`} role="region">
    ${shown.map((each) => html`<${Message} key=${each.message.id} t=${t} event=${each} seats=${state.seats} />`)}
    ${turn && html`<${Turn} key=${turn.message} t=${t} turn=${turn} seats=${state.seats} />`}
    ${own && html`<p class="note">${t.nobodyElse}</p>`}</div>`;
}

function Message({ t, event, seats }) {
  const { seat, message } = event, state = t.messageStates[message.status];
  const who = message.role === "assistant" ? (isPerson(event) ? t.person : message.author) : message.role;
  return html`<article class=${`message spoken ${message.role}`}><h3>${t.seat} ${numberOf(seats, seat)}, ${who}${state ? ` (${state})` : ""}</h3>
    <p>${message.text}</p>${message.length && html`<p class="note">${t.cutText(message.length - message.text.length)}</p>`}
    ${message.error && html`<p class="error">${message.error}: ${t.say(message.error_text ?? "")}</p>`}</article>`;
}

// What was typed is kept for a reload.
function Turn({ t, turn, seats }) {
  const key = `ego-draft-${turn.message}`;
  const [text, setText] = useState(sessionStorage.getItem(key) ?? "");
  const [unfit, setUnfit] = useState("");
  const [busy, setBusy] = useState(false);
  const seat = seats[turn.seat - 1];
  const box = useRef(null);
  useEffect(() => {
    box.current.scrollIntoView({ block: "nearest" });
    return () => sessionStorage.removeItem(key);
  }, []);
  const type = (typed) => { setText(typed); sessionStorage.setItem(key, typed); setUnfit(""); };
  const send = async (answer, anyway) => {
    setBusy(true);
    try {
      const found = await call("answer", { message: turn.message, text: answer, anyway });
      setUnfit(found.unfit ?? found.error ?? "");
      if (found.unfit) setText(answer);
    } catch { setUnfit(t.lost); }
    setBusy(false);
  };
  const submit = (event) => { event.preventDefault(); send(text, false); };
  return html`<form id="turn" class="message" ref=${box} onSubmit=${submit}><div role="status"><h3>${t.yourTurn(numberOf(seats, turn.seat))}</h3></div>
    ${seat?.tokens.length ? html`<div class="row choices">${seat.tokens.map((token) => html`<button type="button" key=${token} disabled=${busy}
      onClick=${() => send(token, false)}>${token}</button>`)}</div>` : ""}
    <label>${t.yourAnswer} ${seat?.filter === "As is" || seat?.filter === "JSON"
      ? html`<textarea rows="3" value=${text} onInput=${(e) => type(e.target.value)}></textarea>`
      : html`<input value=${text} inputmode=${seat?.filter === "extract_number" ? "decimal" : "text"} autocomplete="off" onInput=${(e) => type(e.target.value)} />`}</label>
    ${unfit && html`<p class="error" role="alert">${t.unfit} ${t.say(unfit)} <button type="button" onClick=${() => send(text, true)}>${t.anyway}</button></p>`}
    <div class="row"><button class="main" disabled=${busy || !text.trim()}>${t.send}</button></div></form>`;
}
