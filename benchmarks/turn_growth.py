"""One participant, 200 messages, no delay: does a turn cost more when the history is long?

python -m benchmarks.turn_growth [--databases sqlite postgres] [--messages 200] [--repetitions 5]
"""

from __future__ import annotations

import argparse

from harness import PostgreSQL

from .common import Mock, add_databases, cluster, median, parser, server, verdict
from .driver import Crowd, pooled

EDGE = 20


def growth(args: argparse.Namespace, mock: Mock, postgres: PostgreSQL | None) -> tuple[float, float]:
    """Medians in seconds: of the first messages, and of the last."""
    first, last = [], []
    with server(mock.base_url, postgres) as running:
        Crowd(running, "ours", 1).say(rounds=3)
        for _ in range(args.repetitions):
            loads = Crowd(running, "ours", 1).say(rounds=args.messages)
            first.append(median(pooled(loads[:EDGE], "whole")))
            last.append(median(pooled(loads[-EDGE:], "whole")))
    return median(first), median(last)


def main() -> None:
    found = parser(__doc__, 5)
    add_databases(found)
    found.add_argument("--messages", type=int, default=200)
    found.add_argument("--mock", choices=("aimock", "ego"), default="aimock")
    args = found.parse_args()
    with Mock(args.mock, 0) as mock, cluster(args.databases) as postgres:
        for name in args.databases:
            first, last = growth(args, mock, postgres if name == "postgres" else None)
            where = f"messages {args.messages - EDGE + 1}-{args.messages} / 1-{EDGE}"
            print(
                f"turn_growth: {name}, {where}: {last * 1000:.1f} ms / {first * 1000:.1f} ms, "
                f"ratio {last / first:.2f}{verdict(last / first, 1.3)}", flush=True,
            )  # fmt: skip


if __name__ == "__main__":
    main()
