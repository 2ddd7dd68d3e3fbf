"""100 groups on the waiting page at once, and somebody else who loads a page meanwhile.

python -m benchmarks.waiting_page [--n 100] [--delay 2] [--databases sqlite postgres] [--mock aimock|ego]
    [--repetitions 3]

`until Next` is from the click on the page before to the page after, all clicks at once, for `ours` (AIWaitPage; the
model takes the delay) and for `bare` (an ordinary page in its place, submitted at once: as many requests, no model).
The page of an unrelated participant is loaded meanwhile: on an idle server; while all groups, who have come one after
the other, decide at once; and over the whole of either rush, in which a hundred clicks stand in oTree's line together.
"""

from __future__ import annotations

import asyncio
import html
import re
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from harness import Server
from websockets.legacy.client import connect

from .common import HERE, Mock, add_databases, cluster, cpu_seconds, median, p95, parser, server, verdict

OURS: dict[str, Any] = {
    "app_sequence": ["waits"], "num_demo_participants": 1, "ego_model": "gpt-6-luna", "ego_deadline": 300.0,
}  # fmt: skip
CONFIGS: list[dict[str, Any]] = [
    {"name": "ours", **OURS, "together": False},
    {"name": "deciding", **OURS, "together": True},
    {"name": "bare", "app_sequence": ["between"], "num_demo_participants": 1},
    {"name": "plain", "app_sequence": ["plain"], "num_demo_participants": 1},
]
SOCKETS = (
    re.compile(r'makeReconnectingWebSocket\("([^"]+)"\)'),
    re.compile(r'id="websocket-redirect"[^>]*data-socket-url="([^"]+)"', re.DOTALL),
)


@dataclass
class Run:
    """Seconds until Next of each participant, and of each load of the other page."""

    nexts: list[float] = field(default_factory=list)
    pages: list[tuple[float, float]] = field(default_factory=list)
    cpu: float = 0.0


async def fetch(url: str, form: bool = False) -> tuple[str, str]:
    """A page, redirects followed; where it is, and its HTML."""
    for _ in range(6):
        parts = urlsplit(url)
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        head = f"{'POST' if form else 'GET'} {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nConnection: close\r\n"
        writer.write((head + ("Content-Length: 0\r\n" if form else "") + "\r\n").encode())
        answer = (await reader.read()).decode("utf-8", "replace")
        writer.close()
        status = int(answer.split(" ", 2)[1])
        if status not in (302, 307):
            assert status == 200, answer[:500]
            return url, answer
        place = re.search(r"^location: (\S+)", answer, re.MULTILINE | re.IGNORECASE)
        assert place, answer[:300]
        url = place[1] if place[1].startswith("http") else f"{parts.scheme}://{parts.netloc}{place[1]}"
        form = False
    raise AssertionError(f"{url} redirects without end.")


async def walk(running: Server, url: str, ours: bool, run: Run) -> None:
    """Click Next on the first page, wait as a browser does, be on the last page."""
    start = time.perf_counter()
    url, page = await fetch(url, form=True)
    assert "/Middle/" in url, url
    found = SOCKETS[0 if ours else 1].search(page)
    assert found, page[-3000:]
    async with connect(running.socket_url + html.unescape(found[1]), ping_interval=None, open_timeout=120) as socket:
        if ours:
            await socket.recv()
    url, page = await fetch(url, form=not ours)
    assert "/After/" in url, (url, page[-3000:])
    run.nexts.append(time.perf_counter() - start)


async def look(url: str, pages: list[tuple[float, float]], over: asyncio.Event, every: float = 0.2) -> None:
    """Load another page again and again."""
    tasks: list[asyncio.Task[None]] = []
    due = time.perf_counter()

    async def one() -> None:
        start = time.perf_counter()
        await fetch(url)
        pages.append((start, time.perf_counter() - start))

    while not over.is_set():
        tasks.append(asyncio.create_task(one()))
        due += every
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
    await asyncio.gather(*tasks)


def together(running: Server, config: str, n: int, probe: str) -> Run:
    """All of a session click Next at once."""
    session = running.create_session(config, n)
    with ThreadPoolExecutor(4) as pool:
        urls = list(pool.map(lambda person: person.start().url, session.participants()))
    run = Run()

    async def all_of_them() -> None:
        before = cpu_seconds(running.pid)
        over = asyncio.Event()
        looking = asyncio.create_task(look(probe, run.pages, over))
        await asyncio.gather(*(walk(running, url, config == "ours", run) for url in urls))
        over.set()
        await looking
        run.cpu = (cpu_seconds(running.pid) - before) / n

    asyncio.run(all_of_them())
    return run


def deciding(running: Server, n: int, probe: str) -> list[float]:
    """What the other page takes while all groups decide at once: they have come before, a few at a time."""
    session = running.create_session("deciding", n)
    with ThreadPoolExecutor(4) as pool:
        urls = list(pool.map(lambda person: person.start().url, session.participants()))
    pages: list[tuple[float, float]] = []

    async def all_of_them() -> float:
        gate, first = asyncio.Semaphore(4), [float("inf")]

        async def come(url: str) -> tuple[str, Any]:
            async with gate:
                url, page = await fetch(url, form=True)
                found = SOCKETS[0].search(page)
                assert found, page[-3000:]
                address = running.socket_url + html.unescape(found[1])
                return url, await connect(address, ping_interval=None, open_timeout=120)

        async def go(url: str, socket: Any) -> None:
            await socket.recv()
            first[0] = min(first[0], time.perf_counter())
            url, page = await fetch(url)
            assert "/After/" in url, (url, page[-3000:])
            await socket.close()

        over = asyncio.Event()
        come_all = await asyncio.gather(*(come(url) for url in urls))
        looking = asyncio.create_task(look(probe, pages, over, 0.1))
        await asyncio.gather(*(go(url, socket) for url, socket in come_all))
        over.set()
        await looking
        return first[0]

    first_left = asyncio.run(all_of_them())
    return [taken for start, taken in pages if start < first_left]


def idle(probe: str, seconds: float) -> list[float]:
    """What the other page takes when nothing else happens."""
    pages: list[tuple[float, float]] = []

    async def for_a_while() -> None:
        over = asyncio.Event()
        looking = asyncio.create_task(look(probe, pages, over, 0.1))
        await asyncio.sleep(seconds)
        over.set()
        await looking

    asyncio.run(for_a_while())
    return [taken for _, taken in pages]


def measure(running: Server, n: int, delay: float, repetitions: int) -> None:
    """Both sides in turn, and their medians."""
    probe = running.create_session("plain").participant().start().url
    figures: dict[str, list[float]] = {}
    for number in range(repetitions):
        quiet = p95(idle(probe, max(3.0, delay)))
        runs = {}
        for side in ("bare", "ours") if number % 2 == 0 else ("ours", "bare"):
            runs[side] = together(running, side, n, probe)
        ours, bare = runs["ours"], runs["bare"]
        values = {
            "ours": p95(ours.nexts),
            "bare": p95(bare.nexts),
            "CPU, ours": ours.cpu,
            "CPU, bare": bare.cpu,
            "idle": quiet,
            "page, ours": p95([taken for _, taken in ours.pages]),
            "page, bare": p95([taken for _, taken in bare.pages]),
        }
        values["page, all deciding"] = p95(deciding(running, n, probe))
        for name, value in values.items():
            figures.setdefault(name, []).append(value)
    found = {name: median(values) for name, values in figures.items()}
    ratio = (found["ours"] - found["bare"]) / delay
    print(
        f"  N {n}: until Next p95: ours {found['ours']:.2f} s, bare {found['bare']:.2f} s; (ours - bare) / delay "
        f"{ratio:.2f}{verdict(ratio, 1.3)}"
    )
    cpu = f"ours {found['CPU, ours'] * 1000:.0f} ms, bare {found['CPU, bare'] * 1000:.0f} ms"
    print(f"  N {n}: CPU of the server for each participant, page loads of others included: {cpu}")
    for name in ("page, all deciding", "page, ours", "page, bare"):
        ratio = found[name] / found["idle"]
        target = verdict(ratio, 3.0) if name == "page, all deciding" else ""
        both = f"{found[name] * 1000:.0f} ms, idle {found['idle'] * 1000:.0f} ms"
        print(f"  N {n}: {name} p95 {both}, ratio {ratio:.1f}{target}", flush=True)


def main() -> None:
    found = parser(__doc__, 3)
    add_databases(found)
    found.add_argument("--n", nargs="+", type=int, default=[100])
    found.add_argument("--mock", choices=("aimock", "ego"), default="aimock")
    found.add_argument("--delay", type=float, default=2.0, help="the model's delay in seconds")
    args = found.parse_args()
    apps = {name: HERE / "apps" / name for name in ("waits", "between", "plain")}
    with Mock(args.mock, args.delay, 200) as mock, cluster(args.databases) as postgres:
        for name in args.databases:
            print(
                f"waiting_page: {name}, {args.mock}, delay {args.delay:g} s, {args.repetitions} repetitions", flush=True
            )
            with server(mock.base_url, postgres if name == "postgres" else None, CONFIGS, apps) as running:
                for side in ("bare", "ours"):
                    together(running, side, 2, running.create_session("plain").participant().start().url)
                for n in args.n:
                    measure(running, n, args.delay, args.repetitions)


if __name__ == "__main__":
    main()
