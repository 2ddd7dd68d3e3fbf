"""The same design through EDSL and through alter_ego, beside ours and a bare loop, in one run with one mock.

python -m benchmarks.peers [--calls 1000] [--concurrency 100] [--delay 1] [--one-by-one 20] [--repetitions 1]

Each package is in an environment of its own, made on first use. alter_ego asks one question after the other: it gets
fewer calls, and its wall time is scaled to the others' number.
"""

from __future__ import annotations

import argparse
import sys

from .common import Mock, parser
from .design_run import Figures, counted, medians
from .envs import environment, version

PEERS = {
    "edsl": ("edsl", "openai[aiohttp]>=2.44,<3", "sqlalchemy>=2.0.23,<3"),
    "alter_ego": ("alter_ego_llm",),
}
SCRIPTS = {name: f"with_{name}" for name in PEERS}


def pythons(wanted: list[str]) -> dict[str, str]:
    """The Python of each side that can be run here."""
    found = {"bare": sys.executable, "ours": sys.executable}
    for name in wanted:
        if python := environment(name, *PEERS[name]):
            found[name] = python
            print(f"peers: {name} is {PEERS[name][0]} {version(python, PEERS[name][0])}", flush=True)
    return found


def measure(found: dict[str, str], base_url: str, args: argparse.Namespace) -> dict[str, Figures]:
    """Medians of all sides, measured in turn; a side that fails says so and is left out."""
    values: dict[str, list[Figures]] = {name: [] for name in found}
    for number in range(args.repetitions):
        for name in list(found) if number % 2 == 0 else list(found)[::-1]:
            calls = args.one_by_one if name == "alter_ego" else args.calls
            try:
                figures = counted(SCRIPTS.get(name, name), found[name], base_url, calls, args.concurrency)
            except RuntimeError as error:
                print(f"peers: {name} left out, it does not run here: {str(error).splitlines()[-1][:300]}", flush=True)
                del found[name], values[name]
            else:
                values[name].append({**figures, "calls": calls})
    return {name: medians(each) for name, each in values.items()}


def main() -> None:
    options = parser(__doc__, 1)
    options.add_argument("--calls", type=int, default=1000)
    options.add_argument("--concurrency", type=int, default=100)
    options.add_argument("--delay", type=float, default=1.0, help="seconds that the mock takes for a reply")
    options.add_argument("--one-by-one", type=int, default=20, help="calls of alter_ego")
    options.add_argument("--peers", nargs="*", choices=list(PEERS), default=list(PEERS))
    options.add_argument("--mock", choices=("aimock", "ego"), default="aimock")
    args = options.parse_args()
    with Mock(args.mock, args.delay) as mock:
        figures = measure(pythons(args.peers), mock.base_url, args)
    ours = figures["ours"]
    print(f"peers: {args.calls:,} calls, {args.concurrency} at a time, {args.delay:g} s each")
    for name, each in figures.items():
        wall = each["wall"] * args.calls / each["calls"]
        scaled = f" (scaled from {each['calls']} calls, one at a time)" if each["calls"] != args.calls else ""
        cpu, own = each["cpu"] / each["calls"] * 1000, ours["cpu"] / ours["calls"] * 1000
        print(
            f"    {name:9}  wall {wall:7.1f} s, {wall / ours['wall']:6.2f} x ours;  "
            f"CPU {cpu:5.2f} ms a call, {cpu / own:5.2f} x ours;  memory {each['memory']:.0f} MB{scaled}", flush=True,
        )  # fmt: skip


if __name__ == "__main__":
    main()
