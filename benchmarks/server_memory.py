"""How much memory the server needs: at rest, and with N open chats of some messages each.

python -m benchmarks.server_memory [--n 50 100] [--messages 10]
"""

from __future__ import annotations

import re
from pathlib import Path

from harness import Server

from .common import Mock, parser, server
from .driver import Crowd


def resident(pid: int) -> float:
    """MB of memory that a process has now."""
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text("ascii"))
    assert found, "The kernel does not say how much memory a process has."
    return int(found[1]) * 1024 / 1e6


def of_all(pid: int) -> list[float]:
    """MB of a process and of those that it started, the timeout worker among them."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
    return [resident(pid), *(resident(int(child)) for child in children)]


def measure(running: Server, n: int, messages: int) -> None:
    """Memory before and after."""
    before = resident(running.pid)
    crowd = Crowd(running, "ours", n)
    pages = resident(running.pid)
    crowd.say(rounds=messages)
    after = resident(running.pid)
    print(
        f"  N {n:3}: before {before:.0f} MB, with their pages open {pages:.0f} MB, after {messages} messages each "
        f"{after:.0f} MB: {(after - before) / n:.2f} MB a participant",
        flush=True,
    )


def main() -> None:
    found = parser(__doc__, 1)
    found.add_argument("--n", nargs="+", type=int, default=[50, 100])
    found.add_argument("--messages", type=int, default=10)
    args = found.parse_args()
    with Mock("ego", 0.2, 20) as mock:
        for n in args.n:
            with server(mock.base_url, None) as running:
                print("server_memory: at rest", *(f"{each:.0f} MB" for each in of_all(running.pid)), flush=True)
                Crowd(running, "ours", 1).say()
                print(f"  after a first chat {resident(running.pid):.0f} MB", flush=True)
                measure(running, n, args.messages)


if __name__ == "__main__":
    main()
