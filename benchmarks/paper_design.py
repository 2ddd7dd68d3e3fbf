"""The paper's own design: 10 frames x 200 pairs x 10 rounds, 40,000 decisions, from the first request to the report.

python -m benchmarks.paper_design [--pairs 200] [--rounds 10] [--concurrency 100] [--delay 1]

Prints the wall beside a bare loop over openai.AsyncOpenAI, CPU a call, memory, the store's size; then a run that is
killed at half and resumed (nothing may be asked twice), `ego data` and `ego report`. Smaller: `--pairs 10 --rounds 4`.
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from .common import REPO, Mock, parser, verdict

FRAMES = 10
MOST_WALL, MOST_MEMORY, MOST_REPORT = 1.05, 300.0, 60.0
PATIENCE = 3600.0


class Place:
    """A folder of its own, and an address to ask."""

    def __init__(self, folder: Path, base_url: str) -> None:
        self.folder = folder
        path = os.environ.get("OTREE_EGO_BENCH_PATH", str(REPO))
        self.env = {
            **os.environ, "OPENAI_BASE_URL": base_url, "OPENAI_API_KEY": "sk-bench", "PYTHONPATH": path,
            "HOME": str(folder),
        }  # fmt: skip
        self.env.pop("EGO_STORE", None)

    @property
    def store(self) -> Path:
        return self.folder / "ego.sqlite3"

    def start(self, side: str, options: dict[str, Any]) -> subprocess.Popen[str]:
        command = [sys.executable, str(REPO / "benchmarks" / "sides" / "paper.py"), side]
        command += [word for name, value in options.items() for word in (f"--{name}", str(value))]
        return subprocess.Popen(
            command, cwd=self.folder, env=self.env, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )

    def run(self, side: str, options: dict[str, Any]) -> dict[str, Any]:
        process = self.start(side, options)
        out, err = process.communicate(timeout=PATIENCE)
        if process.returncode:
            raise RuntimeError(f"{side}: {out[-2000:]}{err[-4000:]}")
        found: dict[str, Any] = json.loads(out.splitlines()[-1])
        return found

    def ego(self, *line: str) -> float:
        """Seconds that a verb takes, its start included."""
        begun = time.perf_counter()
        command = [sys.executable, "-m", "otree_ego.cli", *line]
        with open(self.folder / "out", "wb") as out:
            subprocess.run(command, cwd=self.folder, env=self.env, stdout=out, check=True, timeout=PATIENCE)
        return time.perf_counter() - begun

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.store, timeout=30)) as connection:
            return connection.execute(sql).fetchall()


@contextlib.contextmanager
def place(base_url: str) -> Iterator[Place]:
    """A new one."""
    with TemporaryDirectory(prefix="otree-ego-bench-", ignore_cleanup_errors=True) as folder:
        yield Place(Path(folder), base_url)


def kill_at_half(here: Place, options: dict[str, Any], decisions: int) -> int:
    """Start the design, and kill it when half of it is answered; how many answers were there then."""
    process = here.start("ours", options)
    answered = 0
    while answered < decisions / 2:
        time.sleep(0.1)
        assert process.poll() is None, process.stderr and process.stderr.read()[-2000:]
        with contextlib.suppress(sqlite3.OperationalError):  # the store is about to be made
            ((answered,),) = here.query("SELECT count(*) FROM otree_ego_message WHERE model_answered != ''")
    process.kill()
    process.wait()
    ((answered,),) = here.query("SELECT count(*) FROM otree_ego_message WHERE model_answered != ''")
    return int(answered)


def asked_twice(here: Place) -> int:
    """Questions that a service has answered more than once: by replication, seat and number in it."""
    rows = here.query(
        "SELECT s.place, s.seat, m.seq FROM otree_ego_message m JOIN otree_ego_seat s ON s.thread = m.thread "
        "WHERE m.role = 'assistant' AND m.model_answered != '' AND m.params NOT LIKE '%\"recalled\": \"%'"
    )
    return sum(count - 1 for count in Counter(rows).values())


def main() -> None:
    """Run it all, and print every figure as soon as it is there."""
    options = parser(__doc__, 1)
    options.add_argument("--pairs", type=int, default=200, help="in each of the 10 frames")
    options.add_argument("--rounds", type=int, default=10, help="of each pair")
    options.add_argument("--concurrency", type=int, default=100, help="pairs at a time")
    options.add_argument("--delay", type=float, default=1.0, help="seconds that the mock takes")
    options.add_argument("--mock", choices=("aimock", "ego"), default="ego")
    args = options.parse_args()
    decisions = FRAMES * args.pairs * args.rounds * 2
    size = {"pairs": args.pairs, "rounds": args.rounds, "concurrency": args.concurrency}
    print(f"{decisions:,} decisions: {FRAMES} frames x {args.pairs} pairs x {args.rounds} rounds, "
          f"{args.concurrency} pairs at a time, {args.delay:g} s a reply", flush=True)  # fmt: skip
    with Mock(args.mock, args.delay) as mock, place(mock.base_url) as here:
        walls: dict[str, list[dict[str, Any]]] = {"bare": [], "ours": []}
        for number in range(args.repetitions):
            for side in ("bare", "ours") if number % 2 == 0 else ("ours", "bare"):
                here.store.unlink(missing_ok=True)
                found = here.run(side, {**size, **({"seed": number} if side == "ours" else {})})
                assert found["decisions"] == decisions, found
                walls[side].append(found)
                print(f"  {side}: {found['wall']:.1f} s, {found['cpu'] / decisions * 1000:.2f} ms of CPU a call, "
                      f"{found['memory']:.0f} MB", flush=True)  # fmt: skip
        report(here, walls)
        verbs(here)
    with Mock(args.mock, args.delay) as mock, place(mock.base_url) as here:
        resume(here, {**size, "seed": 1}, decisions)


def report(here: Place, walls: dict[str, list[dict[str, Any]]]) -> None:
    """Wall, CPU, memory and the store's size."""
    bare, ours = (sorted(walls[side], key=lambda found: found["wall"])[len(walls[side]) // 2] for side in walls)
    ratio = ours["wall"] / bare["wall"]
    print(f"wall, ours / bare: {ratio:.3f}{verdict(ratio, MOST_WALL)}")
    print(f"CPU, ours / bare: {ours['cpu'] / bare['cpu']:.2f}")
    print(f"memory: {ours['memory']:.0f} MB{verdict(ours['memory'], MOST_MEMORY)}, bare {bare['memory']:.0f} MB")
    size = here.store.stat().st_size
    print(f"store: {size / 1e6:.1f} MB, {size / ours['decisions']:,.0f} bytes a decision", flush=True)


def verbs(here: Place) -> None:
    """`ego data` and `ego report` of the whole run."""
    ((uid,),) = here.query("SELECT uid FROM otree_ego_run ORDER BY id DESC LIMIT 1")
    print(f"ego data: {here.ego('data', uid):.1f} s", flush=True)
    seconds = here.ego("report", uid, "-o", "report.html")
    print(f"ego report: {seconds:.1f} s{verdict(seconds, MOST_REPORT)}", flush=True)


def resume(here: Place, options: dict[str, Any], decisions: int) -> None:
    """Kill the design at half, and go on."""
    there = kill_at_half(here, options, decisions)
    found = here.run("ours", options)
    assert found["decisions"] == decisions, found
    twice = asked_twice(here)
    print(f"killed at {there:,} answers, resumed in {found['wall']:.1f} s, {found['memory']:.0f} MB; "
          f"asked twice: {twice}{verdict(twice, 0)}", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
