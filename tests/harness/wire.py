"""A network between a browser and a server: it can lose connections without a word to either side."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any, Literal

from typing_extensions import Self

Way = Literal["up", "down", "both"]
"""Up is from the browser to the server."""


class Wire:
    """Carries TCP connections to a port of this machine, byte by byte.

    Attributes:
        port: where a browser connects to.
        made: how many connections there were.
    """

    def __init__(self, target: int) -> None:
        self._target = target
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="wire", daemon=True)
        self._lines: list[_Line] = []
        self._dead: Way | None = None  # what becomes of new connections
        self._ended = False
        self.port = 0
        self.made = 0

    def __enter__(self) -> Self:
        self._thread.start()
        self._server = self._run(asyncio.start_server(self._carry, "127.0.0.1", 0))
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._run(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def url(self, url: str) -> str:
        """An address of the server's, by way of this wire."""
        return url.replace(f":{self._target}", f":{self.port}")

    def lose(self, way: Way = "both") -> None:
        """All connections of now are dead from here on, in one direction or both; both sides see them open.

        As after a change of the network, or behind a proxy that has forgotten them. New ones work. Those that carry no
        WebSocket end: no server keeps them open for long.
        """
        self._call(lambda: [line.lose(way) for line in self._lines])

    def down(self) -> None:
        """The same, and new connections are dead, too."""
        self._dead = "both"
        self.lose()

    def up(self) -> None:
        """New connections work again."""
        self._dead = None

    def cut(self) -> None:
        """All connections of now end, and both sides are told."""
        self._call(lambda: [line.cut() for line in self._lines])

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.made += 1
        line = _Line(reader, writer)
        self._lines.append(line)
        try:
            if self._dead:
                line.lose(self._dead)
            if self._ended:
                line.cut()
            await line.carry(self._target)
        finally:
            self._lines.remove(line)

    async def _end(self) -> None:
        """Nothing is left when the loop stops, not even a connection that is accepted in this moment."""
        # Closing comes last: asyncio leaves a connection open that it accepts at a closed server.
        self._loop.remove_reader(self._server.sockets[0].fileno())
        self._ended = True
        for line in self._lines:
            line.cut()
        while work := asyncio.all_tasks() - {asyncio.current_task()}:
            await asyncio.wait(work)
        self._server.close()
        await asyncio.sleep(0)  # transports close their sockets in the loop's next turn

    def _run(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    def _call(self, work: Callable[[], Any]) -> None:
        async def call() -> None:
            work()

        self._run(call())


class _Line:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writers = [writer]
        self._lost: set[str] = set()
        self._websocket = False
        self._over = asyncio.Event()
        self._opening: asyncio.Future[tuple[asyncio.StreamReader, asyncio.StreamWriter]] | None = None

    def lose(self, way: Way) -> None:
        if not self._websocket and len(self._writers) == 2:
            self._over.set()
        self._lost |= {"up", "down"} if way == "both" else {way}

    def cut(self) -> None:
        self._lost.clear()
        self._over.set()
        if self._opening is not None:
            self._opening.cancel()

    async def carry(self, target: int) -> None:
        with contextlib.suppress(OSError, asyncio.CancelledError):
            self._opening = asyncio.ensure_future(asyncio.open_connection("127.0.0.1", target))
            if self._over.is_set():
                self._opening.cancel()
            reader, writer = await self._opening
            self._writers.append(writer)
            ways = [
                asyncio.ensure_future(self._pump("up", self._reader, writer)),
                asyncio.ensure_future(self._pump("down", reader, self._writers[0])),
            ]
            await self._over.wait()
            for task in ways:
                task.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
        for writer in self._writers:
            writer.transport.abort()

    async def _pump(self, way: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                self._websocket |= b"pgrade: websocket" in data
                if way not in self._lost:
                    writer.write(data)
                    await writer.drain()
        if way not in self._lost:  # an end is lost like the rest
            self._over.set()
