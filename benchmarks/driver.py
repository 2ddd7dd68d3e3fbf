"""N participants who send at the same moment, and one other person who loads a page meanwhile."""

from __future__ import annotations

import asyncio
import html
import json
import re
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from harness import Server
from websockets.legacy.client import connect

from .common import REPLY, cpu_seconds

SOCKET = re.compile(r'id="otree-live" data-socket-url="([^"]+)"')
PROBE_EVERY = 0.1
PATIENCE = 120.0


@dataclass
class Load:
    """What one round of messages cost: seconds to the first text and the whole reply, of page loads, of CPU time."""

    first: list[float] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)
    pages: list[float] = field(default_factory=list)
    frames: int = 0
    cpu: float = 0.0


class Crowd:
    """The participants of one session, each on the chat's page.

    Arguments:
        server: where.
        config: `ours` or `bare`.
        n: how many.
    """

    def __init__(self, server: Server, config: str, n: int) -> None:
        self.server, self.config = server, config
        self.session = server.create_session(config, n)
        with ThreadPoolExecutor(4) as pool:
            self.sockets = list(pool.map(self._walk, self.session.participants()))

    def _walk(self, person: Any) -> str:
        person.start().submit(nickname="Ada")
        found = SOCKET.search(person.html)
        assert found and person.page == "Chat", f"{person.code} is on {person.page!r}, not in the chat."
        person.http.close()
        return str(self.server.socket_url + html.unescape(found[1]))

    def say(self, probe: str = "", rounds: int = 1) -> list[Load]:
        """All send at once and wait for their replies, `rounds` times; the page `probe` is loaded meanwhile."""
        return asyncio.run(self._say(probe, rounds))

    async def _say(self, probe: str, rounds: int) -> list[Load]:
        gate = asyncio.Semaphore(8)

        async def join(url: str) -> Any:
            async with gate:
                socket = await connect(url, ping_interval=None, max_size=None, open_timeout=60)
                if self.config == "ours":
                    await socket.send('{"ego": {"do": "open"}}')
                    while json.loads(await socket.recv())["live_method_payload"]["ego"]["t"] != "state":
                        continue
                return socket

        sockets = await asyncio.gather(*map(join, self.sockets))
        await asyncio.sleep(0.5)
        loads = []
        for number in range(rounds):
            load, busy = Load(), asyncio.Event()
            before = cpu_seconds(self.server.pid)
            looking = asyncio.create_task(_look(probe, load, busy)) if probe else None
            one = self._ours if self.config == "ours" else self._bare
            work = [one(socket, f"Message {number + 1} of participant {i}.", load) for i, socket in enumerate(sockets)]
            await asyncio.wait_for(asyncio.gather(*work), PATIENCE)
            busy.set()
            load.cpu = cpu_seconds(self.server.pid) - before
            if looking:
                await looking
            loads.append(load)
        await asyncio.gather(*(socket.close() for socket in sockets))
        return loads

    async def _ours(self, socket: Any, text: str, load: Load) -> None:
        start, first, heard = time.perf_counter(), 0.0, ""
        await socket.send(json.dumps({"ego": {"do": "say", "text": text, "id": text}}))
        while True:
            frame = json.loads(await socket.recv())
            load.frames += 1
            assert frame["otree_success"], "The live method failed; the server's log says why."
            told = frame["live_method_payload"]["ego"]
            if told["t"] == "text":
                heard = heard[: told["at"]] + told["text"]
            elif told["t"] == "end":
                assert told["message"]["text"] == REPLY and told["message"]["status"] == "complete", told
                heard = REPLY
            else:
                assert told["t"] == "add", told
            first = first or (heard and time.perf_counter() - start) or 0.0
            if told["t"] == "end":
                break
        load.first.append(first)
        load.whole.append(time.perf_counter() - start)

    async def _bare(self, socket: Any, text: str, load: Load) -> None:
        start, first, heard = time.perf_counter(), 0.0, ""
        await socket.send(json.dumps({"text": text}))
        while True:
            frame = json.loads(await socket.recv())
            load.frames += 1
            assert frame["otree_success"], "The live method failed; the server's log says why."
            told = frame["live_method_payload"]
            heard += told.get("text", "")
            first = first or time.perf_counter() - start
            if told.get("end"):
                break
        assert heard == REPLY, heard
        load.first.append(first)
        load.whole.append(time.perf_counter() - start)


async def _look(url: str, load: Load, over: asyncio.Event) -> None:
    """Load a page every tenth of a second, also when earlier loads still hang, until all have their replies."""
    tasks = []
    due = time.perf_counter()
    while not over.is_set():
        tasks.append(asyncio.create_task(page(url, load.pages)))
        due += PROBE_EVERY
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
    await asyncio.gather(*tasks)


async def page(url: str, times: list[float]) -> None:
    """Load a page; the seconds it took are added to `times`."""
    parts = urlsplit(url)
    start = time.perf_counter()
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    writer.write(f"GET {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nConnection: close\r\n\r\n".encode())
    answer = await reader.read()
    times.append(time.perf_counter() - start)
    assert answer.startswith(b"HTTP/1.1 200"), answer[:300]
    writer.close()


def pooled(loads: Sequence[Load], name: str) -> list[float]:
    """One figure of several rounds together."""
    return [value for load in loads for value in getattr(load, name)]
