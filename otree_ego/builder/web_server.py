"""The builder's web server: a page, its files, and calls; on this machine only."""

from __future__ import annotations

import contextlib
import json
import secrets
import socket
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import MappingProxyType
from typing import Any

from ..display import logger
from ..paths import static_dir
from .event_stream import EventStream
from .page_calls import Calls
from .refusals import HEADERS, Refusal, refused
from .run_results import Download

KINDS = {
    ".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}  # fmt: skip
PAGE = "page.html"
POLICY = "Content-Security-Policy"
NONE: Mapping[str, str] = MappingProxyType({})
PATIENCE = 30
"""Seconds that a connection may say nothing."""


class WebServer(ThreadingHTTPServer):
    """Serves until it is told to stop.

    Arguments:
        calls: answers the page. port: 0 for a free one.
    """

    daemon_threads = True

    def __init__(self, calls: Calls, port: int = 0) -> None:
        self.calls = calls
        self.token = secrets.token_urlsafe(32)
        self.lines: set[socket.socket] = set()
        self.stream = EventStream(calls.runs.feed)
        super().__init__(("127.0.0.1", port), _Handler)

    @property
    def address(self) -> str:
        """What to open. The token stands where browsers send it to nobody."""
        return f"http://127.0.0.1:{self.server_port}/#{self.token}"

    def server_close(self) -> None:
        """Close it, and what browsers keep open to it."""
        super().server_close()
        for line in list(self.lines):
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that hangs up is none; all else goes into the log."""
        logger.debug("The builder's connection broke.", exc_info=True)


class _Handler(BaseHTTPRequestHandler):
    server: WebServer
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "ego", ""
    timeout = PATIENCE
    disable_nagle_algorithm = True  # head and body are two packets: the second does not wait for the first

    def setup(self) -> None:
        super().setup()
        self.server.lines.add(self.connection)

    def finish(self) -> None:
        self.server.lines.discard(self.connection)
        super().finish()

    def do_GET(self) -> None:
        self._answer()

    do_HEAD = do_POST = do_PUT = do_DELETE = do_PATCH = do_OPTIONS = do_GET

    def _answer(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        twice = len(headers) < len(self.headers)
        path = self.path.partition("?")[0]
        refusal = refused(self.command, path, headers, self.server.server_port, self.server.token)
        if refusal is None and twice:
            refusal = Refusal(400, "A header stands there twice.")
        if refusal is not None:
            self.close_connection = True  # what it sent besides is not read
            self._send(refusal.status, "application/json", json.dumps({"error": refusal.words}).encode())
        elif path.startswith("/api/"):
            self._call(path.removeprefix("/api/"), int(headers["content-length"]))
        else:
            self._file(path.removeprefix("/") or PAGE)

    def _call(self, name: str, length: int) -> None:
        body = self.rfile.read(length)
        try:
            given = json.loads(body.decode("utf-8"))
        except (ValueError, RecursionError):
            self._send(400, "application/json", b'{"error": "This is not JSON."}')
            return
        if name == "events":
            self._stream()
            return
        try:
            found = self.server.calls.download(given) if name == "download" else self.server.calls.answer(name, given)
        except Exception as error:  # one call must not end the page
            logger.exception("The builder could not answer %s.", name)
            self._send(500, "application/json", json.dumps({"error": f"{type(error).__name__}: {error}"}).encode())
            return
        if isinstance(found, Download):
            self._send(200, found.kind, found.content, {"X-Ego-Name": found.name})
            return
        known = found is not None
        self._send(200 if known else 404, "application/json", json.dumps(found or {"error": "No such call."}).encode())

    def _file(self, name: str) -> None:
        # Names, not paths: only what lies in this folder is there.
        folder = static_dir() / "otree_ego" / "builder"
        files = {each.name: each for each in folder.iterdir() if each.is_file() and each.suffix in KINDS}
        if name not in files:
            self._send(404, "application/json", b'{"error": "There is no such page."}')
            return
        body, more = files[name].read_bytes(), {}
        if name == PAGE:
            # The editor makes a style sheet of its own; nothing else may.
            nonce = secrets.token_urlsafe(16)
            policy = HEADERS[POLICY].replace("style-src 'self'", f"style-src 'self' 'nonce-{nonce}'")
            body, more = body.replace(b"NONCE", nonce.encode()), {POLICY: policy}
        self._send(200, KINDS[files[name].suffix], body, more)

    def _stream(self) -> None:
        """What happens, as it happens; until the page goes, or the server ends."""
        self.close_connection = True
        self.send_response(200)
        for name, value in {**HEADERS, "Content-Type": "text/event-stream", "Connection": "close"}.items():
            self.send_header(name, value)
        self.end_headers()
        self.server.stream.write_to(self.wfile.write, self.headers.get("Last-Event-ID", ""))

    def _send(self, status: int, kind: str, body: bytes, more: Mapping[str, str] = NONE) -> None:
        self.send_response(status)
        for name, value in {**HEADERS, **more, "Content-Type": kind, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Into our log, not onto the terminal."""
        logger.debug(format, *args)
