"""What the providers' tests share: asking once, and a server that sends any bytes."""

from __future__ import annotations

import asyncio
import socket
import threading
from contextlib import aclosing
from typing import Any

from otree_ego.messages import Reply, Request
from otree_ego.providers import provider_for


async def collect(request: Request, provider: Any = None) -> tuple[list[str], Reply]:
    """The pieces and the Reply, which must be the last and the only one."""
    parts: list[Any] = []
    async with aclosing((provider or provider_for(request.model)).stream(request)) as stream:
        async for part in stream:
            parts.append(part)
    *pieces, reply = parts
    assert isinstance(reply, Reply)
    assert all(isinstance(piece, str) and piece for piece in pieces)
    return pieces, reply


def ask(model: str = "uni/llama3.3", provider: Any = None, text: str = "Hi", **fields: Any) -> tuple[list[str], Reply]:
    """Ask once, on a loop of its own."""
    return asyncio.run(collect(Request(model, (("user", text),), **fields), provider))


class RawServer:
    """Sends the same bytes to every HTTP request, then hangs up, and keeps the requests' heads."""

    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.answer = b""
        self.heads: list[bytes] = []
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.socket.getsockname()[1]}/v1"

    def says(self, body: bytes, status: str = "200 OK", kind: str = "text/event-stream", headers: str = "") -> None:
        head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n{headers}Connection: close\r\n\r\n"
        self.answer = head.encode() + body

    def _serve(self) -> None:
        while True:
            try:
                peer, _ = self.socket.accept()
            except OSError:
                return
            with peer:
                data = b""
                while b"\r\n\r\n" not in data:
                    data += peer.recv(65536)
                head, _, rest = data.partition(b"\r\n\r\n")
                self.heads.append(head)
                length = next(
                    int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")
                )
                while len(rest) < length:
                    rest += peer.recv(65536)
                peer.sendall(self.answer)

    def close(self) -> None:
        # Closing alone does not wake a thread that waits in accept.
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        self.thread.join()
