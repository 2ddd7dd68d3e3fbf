// Calls of the server. The token comes in the address's fragment and is taken out of the bar at once.
const KEY = "ego-token", FILE = "ego-file";
function takeToken() {
  const given = location.hash.slice(1);
  if (!given) return false;
  sessionStorage.setItem(KEY, given);
  history.replaceState(null, "", location.pathname);
  return true;
}
if (takeToken()) sessionStorage.removeItem(FILE);
// The address of a builder that was started again, opened in this tab: what is written here stays.
addEventListener("hashchange", () => { if (takeToken()) dispatchEvent(new Event("ego-token")); });

export class Unreachable extends Error {}

// Which file of the folder this tab edits; the server knows the one of its start.
export const nameFile = (name) => sessionStorage.setItem(FILE, name);

// The answer as it comes; `more` are options of fetch.
export const request = (name, data, more = {}) => fetch(`/api/${name}`, {
  method: "POST",
  body: JSON.stringify({ file: sessionStorage.getItem(FILE) || "", ...data }),
  ...more,
  headers: { "Content-Type": "application/json", "X-Ego-Token": sessionStorage.getItem(KEY) || "", ...more.headers },
});

// For a page that closes: nobody waits for the answer.
export function callAtTheEnd(name, data) {
  request(name, data, { keepalive: true }).catch(() => {});
}

export async function call(name, data = {}) {
  let answer;
  try {
    answer = await request(name, data);
  } catch {
    throw new Unreachable();
  }
  const found = await answer.json();
  if (answer.status === 401 || answer.status === 403) found.token = true;
  return found;
}
