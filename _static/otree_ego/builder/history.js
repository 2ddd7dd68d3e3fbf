// Undo and redo over the whole form. Typing in one field is one step.
const PAUSE = 1000;
const MOST = 500;

export function begin(form) {
  return { form, past: [], future: [], key: "", time: 0 };
}

export function changed(history, form, key, now = Date.now()) {
  const goesOn = key && key === history.key && now - history.time < PAUSE && history.past.length;
  const past = goesOn ? history.past : [...history.past, history.form].slice(-MOST);
  return { form, past, future: [], key, time: now };
}

export function undone(history) {
  if (!history.past.length) return history;
  const past = history.past.slice(0, -1);
  return { form: history.past[past.length], past, future: [history.form, ...history.future], key: "", time: 0 };
}

export function redone(history) {
  if (!history.future.length) return history;
  const [form, ...future] = history.future;
  return { form, past: [...history.past, history.form], future, key: "", time: 0 };
}
