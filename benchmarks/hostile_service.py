"""How long somebody else's page takes while the chat's server reads what a hostile service sends.

python -m benchmarks.hostile_service [--only "gzip"] [--repetitions 20] [--database sqlite|postgres]

For each kind of reply: loads of a page without a model, one after the other with 0.02 s between them, while
participants are answered in turn; as multiples of the same page on the same server just before and after that. And the
server's memory before, at most, and after.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harness import Server
from harness.database import free_port
from websockets.legacy.client import connect

from .common import DATABASES, REPO, cluster, median, p95, parser, server, verdict
from .driver import Crowd, page
from .hostile_replies import KEY, REPLIES

PAUSE = 0.02
IDLE = 1.5
LEAST, LONG = 2, 6.0
"""Replies of a kind at least, and seconds after which no more are asked for."""
TARGET = 5.0
CONFIGS: list[dict[str, Any]] = [
    {
        "name": "ours", "app_sequence": ["ego_chat"], "num_demo_participants": 1, "ego_model": "gpt-6-luna",
        "ego_retries": 0, "ego_deadline": 60,
    },
    {"name": "plain", "app_sequence": ["plain"], "num_demo_participants": 1},
]  # fmt: skip


@dataclass
class Memory:
    """A process's memory in MB, looked at a hundred times a second."""

    pid: int
    most: float = 0.0
    over: asyncio.Event = field(default_factory=asyncio.Event)

    def now(self) -> float:
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6

    async def watch(self) -> None:
        while not self.over.is_set():
            self.most = max(self.most, self.now())
            await asyncio.sleep(0.01)


@contextlib.contextmanager
def service() -> Iterator[str]:
    """The hostile service in a process of its own; its address."""
    port = free_port()
    path = os.pathsep.join((str(REPO), str(REPO / "tests")))
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.hostile_replies", str(port)], cwd=REPO,
        env={**os.environ, "PYTHONPATH": path},
    )  # fmt: skip
    try:
        end = time.monotonic() + 120
        while time.monotonic() < end and process.poll() is None:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        process.terminate()
        process.wait(10)


async def look(probe: str, times: list[float], over: asyncio.Event) -> None:
    """Load the page again and again until something is over."""
    while not over.is_set():
        await page(probe, times)
        await asyncio.sleep(PAUSE)


async def idle(probe: str, times: list[float]) -> None:
    """Page loads while nothing else happens."""
    over = asyncio.Event()
    looking = asyncio.create_task(look(probe, times, over))
    await asyncio.sleep(IDLE)
    over.set()
    await looking


@dataclass
class Round:
    """What was measured of one kind: seconds of page loads, memory in MB, seconds of a reply, and what came of it."""

    idle: list[float] = field(default_factory=list)
    pages: list[float] = field(default_factory=list)
    before: float = 0.0
    most: float = 0.0
    after: float = 0.0
    took: float = 0.0
    came: str = ""


async def answered(running: Server, urls: list[str], kind: str, probe: str) -> Round:
    """Page loads while each participant is answered in turn, and before and after that."""
    found, memory = Round(), Memory(running.pid)
    sockets = [await _joined(url) for url in urls]
    await idle(probe, found.idle)
    found.before, over = memory.now(), asyncio.Event()
    watching = asyncio.create_task(memory.watch())
    looking = asyncio.create_task(look(probe, found.pages, over))
    start = time.perf_counter()
    for number, each in enumerate(sockets, 1):
        found.came = await _say(each, kind)
        found.took = (time.perf_counter() - start) / number
        if number >= LEAST and number * found.took > LONG:
            break
    over.set()
    await looking
    await asyncio.gather(*(each.close() for each in sockets))
    await idle(probe, found.idle)
    memory.over.set()
    await watching
    found.most, found.after = memory.most, memory.now()
    return found


async def _joined(url: str) -> Any:
    at = await connect(url, ping_interval=None, max_size=None, open_timeout=60)
    await at.send('{"ego": {"do": "open"}}')
    while json.loads(await at.recv())["live_method_payload"]["ego"]["t"] != "state":
        continue
    return at


async def _say(at: Any, kind: str) -> str:
    await at.send(json.dumps({"ego": {"do": "say", "text": kind, "id": kind}}))
    while True:
        told = json.loads(await at.recv())["live_method_payload"]["ego"]
        assert told["t"] != "no", told
        if told["t"] == "end":
            assert KEY not in json.dumps(told), "The key is shown."
            return f"{told['message']['status']}, {len(told['message']['text'])} characters"


def measure(running: Server, kind: str, repetitions: int, probe: str) -> None:
    """One kind of reply, and its line."""
    found = asyncio.run(answered(running, Crowd(running, "ours", repetitions).sockets, kind, probe))
    middle, most = median(found.pages) / median(found.idle), p95(found.pages) / p95(found.idle)
    print(
        f"{kind}: page median {middle:.1f}, p95 {most:.1f} x idle{verdict(most, TARGET)}; "
        f"{len(found.pages)} loads, worst {max(found.pages) * 1000:.0f} ms; idle {median(found.idle) * 1000:.0f} and "
        f"{p95(found.idle) * 1000:.0f} ms; memory {found.before:.0f}, {found.most:.0f}, {found.after:.0f} MB; "
        f"{found.took:.2f} s a reply ({found.came})",
        flush=True,
    )


def main() -> None:
    found = parser(__doc__, 20)
    found.add_argument("--only", default="", help="kinds whose name holds this")
    found.add_argument("--database", choices=DATABASES, default="sqlite")
    args = found.parse_args()
    with service() as address, cluster([args.database]) as postgres, server(address, postgres, CONFIGS, key=KEY) as at:
        probe = at.create_session("plain").participant().start().url
        for kind in ("Hello", *REPLIES):
            if args.only in kind or kind == "Hello":
                measure(at, kind, args.repetitions, probe)


if __name__ == "__main__":
    main()
