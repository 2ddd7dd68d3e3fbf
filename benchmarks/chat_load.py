"""N participants send at once; our chat against a bare streaming page that remembers nothing.

python -m benchmarks.chat_load [--n 1 10 50 100] [--databases sqlite postgres] [--mock aimock|ego] [--repetitions 3]
"""

from __future__ import annotations

from harness import Server

from .common import Mock, add_databases, cluster, median, p95, parser, server, verdict
from .driver import Crowd, Load

SIDES = ("bare", "ours")
FIGURES = ("reply p95", "first p95", "page p95", "CPU/reply")


def figures(load: Load) -> list[float]:
    """The four figures of one round."""
    return [p95(load.whole), p95(load.first), p95(load.pages), load.cpu / len(load.whole)]


def measure(running: Server, n: int, repetitions: int) -> None:
    """Both sides in turn, each time with new sessions, and their medians."""
    probe = running.create_session("plain").participant().start().url
    seen: dict[str, list[list[float]]] = {side: [] for side in SIDES}
    for number in range(repetitions):
        for side in SIDES if number % 2 == 0 else SIDES[::-1]:
            (load,) = Crowd(running, side, n).say(probe)
            seen[side].append(figures(load))
    bare, ours = ([median(column) for column in zip(*seen[side], strict=True)] for side in SIDES)
    for name, b, o in zip(FIGURES, bare, ours, strict=True):
        target = 1.0 if n >= 50 and name in ("reply p95", "page p95") else None
        print(
            f"  N {n:3}  {name}: bare {b:.3f} s, ours {o:.3f} s, ratio {o / b:.2f}{verdict(o / b, target)}", flush=True
        )


def main() -> None:
    found = parser(__doc__, 3)
    add_databases(found)
    found.add_argument("--n", nargs="+", type=int, default=[1, 10, 50, 100])
    found.add_argument("--mock", choices=("aimock", "ego"), default="aimock")
    found.add_argument("--delay", type=float, default=1.0, help="the model's delay in seconds")
    found.add_argument("--chunk", type=int, default=20, help="characters in one delta (aimock)")
    args = found.parse_args()
    with Mock(args.mock, args.delay, args.chunk) as mock, cluster(args.databases) as postgres:
        for name in args.databases:
            print(f"chat_load: {name}, {args.mock}, delay {args.delay:g} s, {args.repetitions} repetitions", flush=True)
            with server(mock.base_url, postgres if name == "postgres" else None) as running:
                for side in SIDES:
                    Crowd(running, side, 1).say()
                for n in args.n:
                    measure(running, n, args.repetitions)


if __name__ == "__main__":
    main()
