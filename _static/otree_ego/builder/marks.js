// Where problems stand: how bad it is at a place, and what is said there.
const WORST = ["error", "warning"];
const CLASSES = { error: "bad", warning: "warn" };

export function marksOf(problems) {
  const worst = new Map();
  const note = (path, level) => {
    const key = JSON.stringify(path), now = worst.get(key);
    if (WORST.includes(level) && (!now || WORST.indexOf(level) < WORST.indexOf(now))) worst.set(key, level);
  };
  for (const { path, level } of problems) {
    note(path, level);
    if (path[0] === "threads") note(path.slice(0, 2), level);
  }
  return {
    level: (path) => CLASSES[worst.get(JSON.stringify(path))] ?? "",
    said: (path) => problems.filter((p) => path.every((part, at) => p.path[at] === part)),
  };
}
