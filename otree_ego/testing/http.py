"""As much of an HTTP/1.1 server as a loopback service needs: keep-alive, streams, and broken connections on purpose."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import struct
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any


@dataclass(frozen=True)
class Call:
    """One request as it came in; header names in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    query: str = ""


Handler = Callable[[Call, "Connection"], Awaitable[None]]


class Connection(asyncio.Protocol):
    """One client. Its handler runs as a task that is cancelled as soon as the client hangs up."""

    def __init__(self, handler: Handler, members: set[Connection]) -> None:
        self._handler = handler
        self._members = members
        self._buffer = bytearray()
        self._arrived = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._transport: asyncio.Transport | None = None
        self.gone = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        sock = transport.get_extra_info("socket")
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._transport = transport
        self._members.add(self)
        self._task = asyncio.get_running_loop().create_task(self._serve())

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        self._arrived.set()

    def connection_lost(self, exc: Exception | None) -> None:
        self.gone = True
        self._members.discard(self)
        if self._task is not None:
            self._task.cancel()

    async def _serve(self) -> None:
        with contextlib.suppress(asyncio.CancelledError):
            while not self.gone:
                await self._handler(await self._next_call(), self)

    async def _next_call(self) -> Call:
        while (end := self._buffer.find(b"\r\n\r\n")) < 0:
            await self._more()
        head = self._buffer[:end].decode("latin-1").split("\r\n")
        del self._buffer[: end + 4]
        method, path, _ = head[0].split(" ", 2)
        headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
        if headers.get("expect", "").lower() == "100-continue":
            self.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        if headers.get("transfer-encoding", "").lower() == "chunked":
            body = await self._chunked()
        else:
            body = await self._exactly(int(headers.get("content-length") or 0))
        path, _, query = path.partition("?")
        return Call(method, path, headers, body, query)

    async def _more(self) -> None:
        self._arrived.clear()
        await self._arrived.wait()

    async def _exactly(self, size: int) -> bytes:
        while len(self._buffer) < size:
            await self._more()
        data = bytes(self._buffer[:size])
        del self._buffer[:size]
        return data

    async def _chunked(self) -> bytes:
        body = b""
        while True:
            while (end := self._buffer.find(b"\r\n")) < 0:
                await self._more()
            size = int(bytes(self._buffer[:end]).split(b";")[0], 16)
            del self._buffer[: end + 2]
            part = await self._exactly(size + 2)
            if size == 0:
                return body
            body += part[:-2]

    def write(self, data: bytes) -> None:
        """Send bytes as they are; a client that has gone is no error."""
        if self._transport is not None and not self.gone:
            self._transport.write(data)

    def head(self, status: int, headers: dict[str, str]) -> None:
        """Send the status line and the headers."""
        lines = [f"HTTP/1.1 {status} {_phrase(status)}", *(f"{name}: {value}" for name, value in headers.items())]
        self.write(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace"))

    def json(self, status: int, value: Any, headers: dict[str, str] | None = None) -> None:
        """Send a whole JSON reply."""
        self.whole(status, json.dumps(value).encode(), headers)

    def whole(self, status: int, data: bytes, headers: dict[str, str] | None = None) -> None:
        """Send a whole reply that is called JSON, whatever it is."""
        self.head(status, {"Content-Type": "application/json", "Content-Length": str(len(data)), **(headers or {})})
        self.write(data)

    def chunk(self, data: bytes) -> None:
        """Send one piece of a streamed reply; an empty one ends the stream."""
        self.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")

    def close(self) -> None:
        """Hang up, after what was written has gone out."""
        if self._transport is not None:
            self._transport.close()
        self.gone = True

    def reset(self) -> None:
        """Hang up at once, so that the client sees a reset."""
        if self._transport is not None:
            sock = self._transport.get_extra_info("socket")
            linger = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self._transport.abort()
        self.gone = True


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Status"
