// What happens in runs, as the server tells it. A browser opens about six connections to a host, so one tab reads the
// stream (the one that holds the lock) and tells the others; when it is closed, the next one goes on where it was.
import { request } from "./server.js";

const NAME = "ego-runs";
const QUIET = 15_000; // the server says something every five seconds
const AGAIN = 1500;
const POLL = 1500;

const pause = (time) => new Promise((done) => { setTimeout(done, time); });

// Calls `told` with lists of events; returns what ends it.
export function listen(told) {
  if (!navigator.locks || !globalThis.BroadcastChannel) {
    const timer = setInterval(() => { if (document.visibilityState === "visible") told([{ event: "reset" }]); }, POLL);
    told([{ event: "reset" }]);
    return () => clearInterval(timer);
  }
  const channel = new BroadcastChannel(NAME), leaving = new AbortController();
  let last = "";
  const hear = (events) => {
    for (const each of events) if (each.id) last = each.id;
    told(events);
  };
  const spread = (events) => { channel.postMessage(events); hear(events); };
  channel.onmessage = (message) => hear(message.data);
  told([{ event: "reset" }]);
  let refused = false;
  const lead = async () => {
    do {
      refused = await read(last, spread, leaving.signal);
      if (refused || leaving.signal.aborted) return;
      spread([{ event: "lost" }]);
      await pause(AGAIN);
    } while (document.visibilityState === "visible"); // a hidden tab's clock is slow: another one may be faster
  };
  (async () => {
    while (!refused && !leaving.signal.aborted) await navigator.locks.request(NAME, { signal: leaving.signal }, lead);
    if (refused) told([{ event: "refused" }]); // another tab may have the token of now
  })().catch(() => {});
  return () => { leaving.abort(); channel.close(); };
}

// Reads until the connection ends; returns whether the server wants another token.
async function read(last, spread, signal) {
  const stop = new AbortController();
  const end = () => stop.abort();
  signal.addEventListener("abort", end);
  let timer = setTimeout(end, QUIET);
  try {
    const answer = await request("events", {}, { signal: stop.signal, headers: { "Last-Event-ID": last } });
    if (answer.status === 401 || answer.status === 403) return true;
    if (!answer.ok) return false;
    spread([{ event: "found" }]);
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return false;
      clearTimeout(timer);
      timer = setTimeout(end, QUIET);
      const frames = (rest + value).split("\n\n");
      rest = frames.pop();
      const events = frames.map(event).filter(Boolean);
      if (events.length) spread(events);
    }
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", end);
  }
}

function event(frame) {
  const fields = Object.fromEntries(frame.split("\n").map((line) => [line.split(":", 1)[0], line.slice(line.indexOf(":") + 2)]));
  return fields.data ? { ...JSON.parse(fields.data), id: fields.id } : null;
}
