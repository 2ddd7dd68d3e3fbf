// What the page knows of a run: a picture of it as the server gave it, and what has happened since.
export const NOTHING = {
  active: false, current: "", turns: [], runs: [], run: null, progress: null, rows: new Map(), said: "", code: null,
  dialogues: new Map(), seats: [], waiting: "", latest: null, last: 0, lost: false, refused: false,
};
const PERSON = "terminal/";

export const isPerson = (event) => event.message.author.startsWith(PERSON);

// `early` are events that came while the picture was on its way.
export function pictured(state, found, early) {
  const same = found.run && state.run && found.run.uid === state.run.uid;
  const dialogues = new Map(same ? state.dialogues : []);
  if (found.dialogue?.length) dialogues.set(found.place, new Map(found.dialogue.map((each) => [each.message.id, each])));
  const rows = new Map((found.replications ?? []).map((row) => [row.place, row]));
  const made = {
    ...state, lost: false, active: found.active, current: found.current, turns: found.turns, runs: found.runs, run: found.run,
    progress: found.progress ?? null, rows, said: found.said, code: found.code, dialogues, seats: found.seats ?? [],
    latest: same ? state.latest : rows.size ? [...rows.keys()].at(-1) : null, last: found.last,
  };
  return happened(made, early.filter((event) => event.number > found.last));
}

export function happened(state, events) {
  return events.reduce(one, state);
}

function one(state, event) {
  if (event.event === "lost") return { ...state, lost: true };
  if (event.event === "found") return { ...state, lost: false };
  if (event.event === "refused") return { ...state, refused: true };
  if (event.event === "process") return { ...state, active: event.active, said: event.said ?? "", code: event.code ?? null, turns: [], waiting: "" };
  const next = event.event === "message" ? { ...state, turns: turnsAfter(state.turns, event) } : { ...state };
  if (event.event === "begun") next.current = event.run;
  if (!state.run || event.run !== state.run.uid) return next;
  if (event.progress) next.progress = event.progress;
  if (event.event === "message") message(next, event);
  else if (event.event === "replication") {
    next.rows = new Map(next.rows).set(event.place, event.replication);
    next.turns = next.turns.filter((turn) => turn.place !== event.place);
  } else if (event.event === "waiting") next.waiting = event.words ?? "";
  else if (event.event === "begun" || event.event === "ended") next.run = { ...next.run, status: event.status, note: event.words ?? "" };
  return next;
}

function turnsAfter(turns, event) {
  const others = turns.filter((turn) => turn.message !== event.message.id);
  const open = isPerson(event) && event.message.status === "pending";
  return open ? [...others, { message: event.message.id, place: event.place, seat: event.seat, thread: event.thread }] : others;
}

function message(next, event) {
  const row = next.rows.get(event.place);
  if (!row || (row.attempt ?? 0) < event.attempt) {
    next.rows = new Map(next.rows).set(event.place, { place: event.place, status: "running", attempt: event.attempt, treatment: event.treatment });
  }
  const there = next.dialogues.get(event.place);
  const before = there && [...there.values()].every((each) => each.attempt === event.attempt) ? there : [];
  next.dialogues = new Map(next.dialogues).set(event.place, new Map(before).set(event.message.id, event));
  next.latest = event.place;
}

// Dialogues that have ended are read again when somebody looks at them.
export function withoutOld(state, place) {
  const open = (number) => number === place || state.rows.get(number)?.status === "running";
  return state.dialogues.size < 50 ? state : { ...state, dialogues: new Map([...state.dialogues].filter(([number]) => open(number))) };
}
