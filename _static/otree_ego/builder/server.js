// Calls of the server. The token comes in the address's fragment and is taken out of the bar at once.
const KEY = "ego-token", FILE = "ego-file";
const given = location.hash.slice(1);
if (given) {
  sessionStorage.setItem(KEY, given);
  sessionStorage.removeItem(FILE);
  history.replaceState(null, "", location.pathname);
}

export class Unreachable extends Error {}

// Which file of the folder this tab edits; the server knows the one of its start.
export const nameFile = (name) => sessionStorage.setItem(FILE, name);

const send = (name, data, keepalive) => fetch(`/api/${name}`, {
  method: "POST",
  headers: { "Content-Type": "application/json", "X-Ego-Token": sessionStorage.getItem(KEY) || "" },
  body: JSON.stringify({ file: sessionStorage.getItem(FILE) || "", ...data }),
  keepalive,
});

// For a page that closes: nobody waits for the answer.
export function callAtTheEnd(name, data) {
  send(name, data, true).catch(() => {});
}

export async function call(name, data = {}) {
  let answer;
  try {
    answer = await send(name, data, false);
  } catch {
    throw new Unreachable();
  }
  const found = await answer.json();
  if (answer.status === 401 || answer.status === 403) found.token = true;
  return found;
}
