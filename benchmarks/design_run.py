"""A factorial design of N calls against a bare loop over openai.AsyncOpenAI, in processes of their own, in turn.

python -m benchmarks.design_run [--calls 1000] [--concurrency 100 200] [--delay 1] [--repetitions 3]

`wall` is what a user waits for in all, without imports; `CPU` is the process's own, a call; `memory` is its largest.
Ours records every call and can be resumed, which is checked after each measurement: the same design is run once more,
with nobody there to answer. The bare loop keeps the texts in a list.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from tempfile import TemporaryDirectory
from typing import Any

from .common import REPO, Mock, median, parser, verdict
from .envs import side as script

SIDES = ("bare", "ours")
Figures = dict[str, Any]


def one(side: str, python: str, base_url: str, options: dict[str, Any]) -> Figures:
    """Run one side once, in a process and a folder of its own; what it prints last."""
    with TemporaryDirectory(prefix="otree-ego-bench-") as folder:
        env = {
            **os.environ, "OPENAI_BASE_URL": base_url, "OPENAI_API_KEY": "sk-bench", "OPENAI_KEY": "sk-bench",
            "PYTHONPATH": os.environ.get("OTREE_EGO_BENCH_PATH", str(REPO)) if python == sys.executable else "",
            "HOME": folder,
        }  # fmt: skip
        env.pop("EGO_STORE", None)
        command = [python, str(script(side, os.environ.get("OTREE_EGO_BENCH_PATH")))]
        for name, value in options.items():
            command += [f"--{name}", str(value)]
        done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"{side}: {done.stdout[-2000:]}{done.stderr[-4000:]}")
        found: Figures = json.loads(done.stdout.splitlines()[-1])
        return found


def counted(side: str, python: str, base_url: str, calls: int, concurrency: int) -> Figures:
    """The same, with all its answers counted, and its rows, if it has any."""
    found = one(side, python, base_url, {"calls": calls, "concurrency": concurrency})
    assert found["answers"] == calls, found
    if "rows" in found:
        assert list(found["rows"].values()) == [calls, 2 * calls, calls] and found["resumed"] == calls, found
    return found


def medians(found: list[Figures]) -> Figures:
    """The median of each figure; what is no figure is that of the last run."""
    numbers = {name: median([each[name] for each in found]) for name in ("wall", "cpu", "memory")}
    return {**found[-1], **numbers}


def compare(base_url: str, calls: int, concurrency: int, repetitions: int) -> dict[str, Figures]:
    """Medians of both sides, measured in turn."""
    found: dict[str, list[Figures]] = {side: [] for side in SIDES}
    for number in range(repetitions):
        for side in SIDES if number % 2 == 0 else SIDES[::-1]:
            found[side].append(counted(side, sys.executable, base_url, calls, concurrency))
    return {side: medians(each) for side, each in found.items()}


def show(calls: int, concurrency: int, found: dict[str, Figures]) -> None:
    bare, ours = found["bare"], found["ours"]
    above = (ours["cpu"] - bare["cpu"]) / calls * 1000
    rows = ", ".join(f"{count:,} of {table.removeprefix('otree_ego_')}" for table, count in ours["rows"].items())
    print(
        f"design_run: {calls:,} calls, {concurrency} at a time: wall bare {bare['wall']:.1f} s, "
        f"ours {ours['wall']:.1f} s, ratio {ours['wall'] / bare['wall']:.3f}"
        f"{verdict(ours['wall'] / bare['wall'], 1.05)}\n"
        f"    CPU a call: bare {bare['cpu'] / calls * 1000:.2f} ms, ours {ours['cpu'] / calls * 1000:.2f} ms, "
        f"ratio {ours['cpu'] / bare['cpu']:.2f}, {above:+.2f} ms{verdict(above, 1.5)}\n"
        f"    memory: bare {bare['memory']:.0f} MB, ours {ours['memory']:.0f} MB\n"
        f"    in the store: {rows}; run again with no model there: all {ours['resumed']:,} answers taken up",
        flush=True,
    )


def main() -> None:
    found = parser(__doc__, 3)
    found.add_argument("--calls", type=int, nargs="+", default=[1000], help="10000 takes minutes")
    found.add_argument("--concurrency", type=int, nargs="+", default=[100, 200])
    found.add_argument("--delay", type=float, default=1.0, help="seconds that the mock takes for a reply")
    found.add_argument("--mock", choices=("aimock", "ego"), default="aimock")
    args: argparse.Namespace = found.parse_args()
    memory: dict[int, list[float]] = {}
    with Mock(args.mock, args.delay) as mock:
        for calls in args.calls:
            for concurrency in args.concurrency:
                measured = compare(mock.base_url, calls, concurrency, args.repetitions)
                show(calls, concurrency, measured)
                memory.setdefault(calls, []).append(measured["ours"]["memory"])
    if len(memory) > 1:
        least, most = min(memory), max(memory)
        grown = max(b - a for a, b in zip(memory[least], memory[most], strict=True))
        print(f"design_run: memory of {most:,} calls above that of {least:,}: {grown:+.0f} MB{verdict(grown, 50)}")


if __name__ == "__main__":
    main()
