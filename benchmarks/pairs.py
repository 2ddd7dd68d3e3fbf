"""Is this copy slower than an earlier one? Both copies by turns, and the ratio of each pair.

python -m benchmarks.pairs EARLIER [--what chat growth sessions decisions designs provider] [--pairs 10]
    [--databases sqlite]

EARLIER is the folder of another copy of this repository, for example of `git worktree add ../earlier v0.1.0`. Of each
figure it prints the median of the ratios (this copy / the earlier one) and an interval that holds the true median in
about 90 of 100 cases (order statistics of the pairs, binomial with 1/2). A copy counts as slower when the whole
interval lies above 1.05.
"""

from __future__ import annotations

import argparse
import math
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from harness import Server

from . import waiting_page
from .chat_load import FIGURES, figures
from .common import HERE, Mock, add_databases, cluster, cpu_seconds, median, p95, server
from .design_run import one
from .driver import Crowd, pooled
from .turn_growth import EDGE

Figures = dict[str, float]
Round = Callable[[], Figures]
SLOWER = 1.05


def interval(ratios: list[float]) -> tuple[float, float]:
    """The pairs' order statistics between which the median lies in about 90 of 100 cases.

    >>> interval([1.0, 1.1, 0.9, 1.2, 0.8, 1.3, 0.7, 1.4, 0.6, 1.5])
    (0.8, 1.3)
    """
    ordered, n = sorted(ratios), len(ratios)
    tails = [sum(math.comb(n, k) for k in range(cut)) / 2 ** (n - 1) for cut in range((n + 1) // 2)]
    cut = min(range(len(tails)), key=lambda each: abs(tails[each] - 0.1))
    return ordered[cut], ordered[n - 1 - cut]


def compare(name: str, sides: tuple[Round, Round], pairs: int) -> bool:
    """Print the ratios of all figures of one benchmark; whether one of them is slower."""
    ratios: dict[str, list[float]] = {}
    for number in range(pairs):
        found: dict[int, Figures] = {}
        for side in (0, 1) if number % 2 == 0 else (1, 0):
            found[side] = sides[side]()
        for figure, value in found[1].items():
            ratios.setdefault(figure, []).append(value / found[0][figure])
    slower = False
    for figure, each in ratios.items():
        least, most = interval(each)
        middle = sorted(each)[len(each) // 2] if len(each) % 2 else sum(sorted(each)[len(each) // 2 - 1 :][:2]) / 2
        says = "SLOWER" if least > SLOWER else "not slower"
        slower = slower or least > SLOWER
        print(f"{name}: {figure}: {middle:.3f} ({least:.3f} to {most:.3f}), {len(each)} pairs: {says}", flush=True)
    return slower


@contextmanager
def copy(path: str | None) -> Iterator[None]:
    """Servers and processes that are started meanwhile import `otree_ego` from there."""
    before = os.environ.pop("OTREE_EGO_BENCH_PATH", None)
    if path is not None:
        os.environ["OTREE_EGO_BENCH_PATH"] = path
    try:
        yield
    finally:
        os.environ.pop("OTREE_EGO_BENCH_PATH", None)
        if before is not None:
            os.environ["OTREE_EGO_BENCH_PATH"] = before


def chat_round(running: Server, n: int) -> Round:
    """N participants of ego_chat send at once, in a new session."""
    Crowd(running, "ours", 1).say()
    probe = running.create_session("plain").participant().start().url

    def measured() -> Figures:
        (load,) = Crowd(running, "ours", n).say(probe)
        return dict(zip(FIGURES, figures(load), strict=True))

    return measured


def growth_round(running: Server, messages: int) -> Round:
    """One participant of ego_chat sends so many messages, one after the other, to a model that answers at once."""
    Crowd(running, "ours", 1).say(rounds=3)

    def measured() -> Figures:
        loads = Crowd(running, "ours", 1).say(rounds=messages)
        last = loads[-EDGE:]
        return {"last replies": median(pooled(last, "whole")), "CPU/reply": sum(one.cpu for one in loads) / messages}

    return measured


def session_round(running: Server, people: int) -> Round:
    """A session of ego_chat is created."""
    running.create_session("ours", 10)

    def measured() -> Figures:
        started, before = time.perf_counter(), cpu_seconds(running.pid)
        running.create_session("ours", people)
        return {"seconds": time.perf_counter() - started, "CPU": cpu_seconds(running.pid) - before}

    return measured


def decision_round(running: Server, n: int) -> Round:
    """N groups come to their waiting page at once, in a new session."""
    probe = running.create_session("plain").participant().start().url
    waiting_page.together(running, "ours", 2, probe)

    def measured() -> Figures:
        run = waiting_page.together(running, "ours", n, probe)
        return {"until Next p95": p95(run.nexts), "CPU/participant": run.cpu}

    return measured


def design_round(path: str | None, base_url: str, calls: int) -> Round:
    """A design of so many calls, in a process of its own."""

    def measured() -> Figures:
        with copy(path):
            found = one("ours", sys.executable, base_url, {"calls": calls, "concurrency": 100})
        assert found["answers"] == calls, found
        return {name: found[name] for name in ("wall", "cpu")}

    return measured


def provider_round(path: str | None) -> Round:
    """One streamed reply of our provider, as a share of the SDK's own loop in the same process."""

    def measured() -> Figures:
        places = [*([path] if path else []), str(HERE.parent), str(HERE.parent / "tests")]
        done = subprocess.run(
            [sys.executable, "-P", "-m", "benchmarks.provider_cpu", "--repetitions", "2", "--calls", "200"],
            cwd=path or HERE.parent, env={**os.environ, "PYTHONPATH": os.pathsep.join(places)},
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        return {"CPU of ours / SDK": float(done.stdout.split("ratio")[-1])}

    return measured


def servers(
    args: argparse.Namespace, delay: float, configs: list | None, apps: dict | None, make: Callable
) -> Iterator:
    """For each database, the rounds of a server of either copy."""
    with Mock(args.mock, delay) as mock, cluster(args.databases) as postgres:
        for database in args.databases:
            with ExitStack() as stack:
                rounds = []
                for path in (args.earlier, None):
                    with copy(path):
                        at = postgres if database == "postgres" else None
                        rounds.append(make(stack.enter_context(server(mock.base_url, at, configs, apps))))
                yield database, tuple(rounds)


def main() -> None:
    found = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    found.add_argument("earlier", type=lambda text: str(Path(text).resolve()))
    kinds = ("chat", "growth", "sessions", "decisions", "designs", "provider")
    found.add_argument("--what", nargs="+", choices=kinds, default=list(kinds))
    found.add_argument("--pairs", type=int, default=10)
    found.add_argument("--n", type=int, default=50, help="participants of a round")
    found.add_argument("--messages", type=int, default=100, help="of the participant whose record grows")
    found.add_argument("--people", type=int, default=500, help="participants of a session that is created")
    found.add_argument("--calls", type=int, default=1000, help="of a design")
    found.add_argument("--mock", choices=("aimock", "ego"), default="aimock")
    add_databases(found)
    args = found.parse_args()
    slower = False
    if "chat" in args.what:
        for database, rounds in servers(args, 1.0, None, None, lambda at: chat_round(at, args.n)):
            slower |= compare(f"chat, {database}", rounds, args.pairs)
    if "growth" in args.what:
        for database, rounds in servers(args, 0.0, None, None, lambda at: growth_round(at, args.messages)):
            slower |= compare(f"growth, {database}", rounds, args.pairs)
    if "sessions" in args.what:
        for database, rounds in servers(args, 0.0, None, None, lambda at: session_round(at, args.people)):
            slower |= compare(f"sessions, {database}", rounds, args.pairs)
    if "decisions" in args.what:
        apps = {name: HERE / "apps" / name for name in ("waits", "between", "plain")}
        configs = waiting_page.CONFIGS
        for database, rounds in servers(args, 2.0, configs, apps, lambda at: decision_round(at, args.n)):
            slower |= compare(f"decisions, {database}", rounds, args.pairs)
    if "designs" in args.what:
        with Mock(args.mock, 1.0) as mock:
            sides = tuple(design_round(path, mock.base_url, args.calls) for path in (args.earlier, None))
            slower |= compare("designs", sides, args.pairs)
    if "provider" in args.what:
        slower |= compare("provider", (provider_round(args.earlier), provider_round(None)), args.pairs)
    sys.exit(1 if slower else 0)


if __name__ == "__main__":
    main()
