"""What all sides share: arguments, the questions, and figures of this process as one line of JSON."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from typing import Any

LEVELS = 10
QUESTION = "Estimate the approval of politician {a} in year {b} of the presidency. Only a number from 0 to 100."


def measured(
    run: Callable[[argparse.Namespace], int], after: Callable[[argparse.Namespace], dict[str, Any]] | None = None
) -> None:
    """Run a side with its arguments and print its figures; `after` adds to them, and is not measured."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--calls", type=int, required=True, help="a multiple of 10; above 100, of 100")
    parser.add_argument("--concurrency", type=int, required=True)
    args = parser.parse_args()
    cpu, wall = time.process_time(), time.perf_counter()
    answers = run(args)
    figures = {
        "answers": answers,
        "wall": time.perf_counter() - wall,
        "cpu": time.process_time() - cpu,
        "memory": most_memory(),
    }
    print(json.dumps({**figures, **(after(args) if after else {})}), flush=True)


def most_memory() -> float:
    """MB that this process had at most. `ru_maxrss` begins with what the parent had when it started this one."""
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024


def levels(calls: int) -> tuple[list[int], list[int], int]:
    """The values of `a` and of `b`, and how often each combination is asked."""
    several = list(range(min(LEVELS, calls // LEVELS)))
    return list(range(LEVELS)), several, calls // (LEVELS * len(several))
