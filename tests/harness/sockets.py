"""WebSockets for synchronous tests: oTree's live pages and its admin pages."""

from __future__ import annotations

import asyncio
import contextlib
import json
import queue
import threading
import time
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from functools import cache
from types import TracebackType
from typing import Any, Literal, TypeVar

from typing_extensions import Self
from websockets.exceptions import ConnectionClosed
from websockets.legacy.client import WebSocketClientProtocol, connect

from .database import PATIENCE

T = TypeVar("T")


class SocketClosed(ConnectionError):
    """The connection is gone and nothing is left to read."""


class LiveMethodFailed(AssertionError):
    """The app's `live_method` raised: the server's log has the traceback."""


@dataclass(frozen=True)
class Frame:
    """One message as it went over the wire."""

    way: Literal["sent", "received"]
    text: str


class Socket:
    """A WebSocket that speaks JSON, with a synchronous face; every frame is kept in `frames`."""

    def __init__(self, url: str, cookies: Mapping[str, str] | None = None, timeout: float = PATIENCE) -> None:
        self.url = url
        self.timeout = timeout
        self.frames: list[Frame] = []
        self._arrived: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._connection = _run(self._connect(dict(cookies or {})), timeout)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    def send(self, value: Any) -> None:
        """Sends a value as JSON."""
        self.send_text(json.dumps(value))

    def send_text(self, text: str) -> None:
        """Sends a frame as it is, JSON or not."""
        self.frames.append(Frame("sent", text))
        _run(self._connection.send(text), self.timeout)

    def receive(self, timeout: float | None = None) -> Any:
        """The next message. Raises TimeoutError, or SocketClosed when nothing can come any more."""
        try:
            text = self._arrived.get(timeout=self.timeout if timeout is None else timeout)
        except queue.Empty:
            raise TimeoutError(f"Nothing came on {self.url}; last frames: {self.frames[-5:]}") from None
        if text is None:
            self._arrived.put(None)
            raise SocketClosed(f"{self.url} was closed; last frames: {self.frames[-5:]}")
        return json.loads(text)

    def until(self, wanted: Callable[[Any], Any], timeout: float | None = None) -> Any:
        """The first message from now on for which `wanted` is true; those before it are in `frames`."""
        end = time.monotonic() + (self.timeout if timeout is None else timeout)
        while True:
            message = self.receive(max(0.0, end - time.monotonic()))
            if wanted(message):
                return message

    def close(self) -> None:
        """Says goodbye, as a browser that leaves the page."""
        _run(self._connection.close(), self.timeout)

    def drop(self) -> None:
        """Breaks the connection without a word, as a network that goes away."""

        async def abort() -> None:
            self._connection.transport.abort()

        _run(abort(), self.timeout)

    @property
    def text(self) -> str:
        """Everything that came from the server, to search in."""
        return "\n".join(frame.text for frame in self.frames if frame.way == "received")

    async def _connect(self, cookies: dict[str, str]) -> WebSocketClientProtocol:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())} if cookies else {}
        connection = await connect(self.url, extra_headers=headers, ping_interval=None, max_size=None)
        self._reader = asyncio.ensure_future(self._read(connection))
        return connection

    async def _read(self, connection: WebSocketClientProtocol) -> None:
        with contextlib.suppress(ConnectionClosed):
            async for text in connection:
                self.frames.append(Frame("received", str(text)))
                self._arrived.put(str(text))
        self._arrived.put(None)


class Live(Socket):
    """The connection of a live page: `send` is liveSend, `receive` what liveRecv gets."""

    def receive(self, timeout: float | None = None) -> Any:
        message = super().receive(timeout)
        if not message["otree_success"]:
            raise LiveMethodFailed(f"The live method failed on {self.frames[-2:]}")
        return message["live_method_payload"]


def _run(work: Coroutine[Any, Any, T], timeout: float) -> T:
    return asyncio.run_coroutine_threadsafe(work, _loop()).result(timeout)


@cache
def _loop() -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="test sockets", daemon=True).start()
    return loop
