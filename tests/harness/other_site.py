"""A web server that is not oTree: fixed answers by path."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Reply = tuple[int, Mapping[str, str], bytes]
"""Status, headers and body."""


@dataclass
class Web:
    """A web server, what it was asked (method, path, headers and body), and from which addresses."""

    address: str
    asked: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)
    connections: set[Any] = field(default_factory=set)


@contextmanager
def other_site(pages: Mapping[str, Reply]) -> Iterator[Web]:
    """Serve some pages, whatever is sent to them."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            said = {name.lower(): value for name, value in self.headers.items()}
            made.asked.append((self.command, self.path, said, self.rfile.read(int(said.get("content-length", 0)))))
            made.connections.add(self.client_address)
            status, headers, body = pages[self.path]
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET

        def log_message(self, *_: Any) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        made = Web(f"http://127.0.0.1:{server.server_port}")
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield made
        server.shutdown()
