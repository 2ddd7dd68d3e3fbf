"""A server that answers each path as told, with TLS or without, and certificates that nobody but a test trusts."""

from __future__ import annotations

import json
import socket
import ssl
import threading
from pathlib import Path
from types import TracebackType
from typing import Any

JSON = "application/json"
NOTHING = (404, JSON, json.dumps({"detail": "Not Found"}))
MODELS = (200, JSON, json.dumps({"object": "list", "data": [{"id": "m"}, {"id": "llama3"}]}))
YES = (200, JSON, json.dumps({"choices": [{"message": {"content": "Yes."}, "finish_reason": "stop"}]}))
PAGE = (200, "text/html", "<!DOCTYPE html><html><head><title>Log in</title></head></html>")

CERTIFICATE = """\
-----BEGIN CERTIFICATE-----
MIIBoDCCAUegAwIBAgIUFSYbcdcsASI795AJaf8B1E+n81UwCgYIKoZIzj0EAwIw
GjEYMBYGA1UEAwwPb3RyZWVfZWdvIHRlc3RzMCAXDTI2MTEyODE0NTYxMloYDzIx
MjYxMTA0MTQ1NjEyWjAaMRgwFgYDVQQDDA9vdHJlZV9lZ28gdGVzdHMwWTATBgcq
hkjOPQIBBggqhkjOPQMBBwNCAAR79obJO5XWjm1tTUPEDT8CMwGASApuBIW3SciU
nwk0Rxw3tHkCZZaROsxpyXhongk9w65IoL0PD57RckjzSy1Wo2kwZzAdBgNVHQ4E
FgQUkxtbu4wxWhDmLTMan4uoEuKTjrUwHwYDVR0jBBgwFoAUkxtbu4wxWhDmLTMa
n4uoEuKTjrUwDwYDVR0TAQH/BAUwAwEB/zAUBgNVHREEDTALgglsb2NhbGhvc3Qw
CgYIKoZIzj0EAwIDRwAwRAIgZoY5YL0JFmDe67ZcaYLuX89tTHxCfys/7nP2r37T
0oACIBxWUuQ719TOi4ZKtll6ICo+mR0VF2CdXWsc6YqgjSjN
-----END CERTIFICATE-----
"""
"""For the name localhost alone."""
KEY = """\
-----BEGIN EC PRIVATE KEY-----
MHcCAQEEIBczY55s+tCfu3h/QkxAhnHTvpCm2byb5FnCmxYsFSVXoAoGCCqGSM49
AwEHoUQDQgAEe/aGyTuV1o5tbU1DxA0/AjMBgEgKbgSFt0nIlJ8JNEccN7R5AmWW
kTrMacl4aJ4JPcOuSKC9Dw+e0XJI80stVg==
-----END EC PRIVATE KEY-----
"""


def certificate(folder: Path) -> Path:
    """The certificate, in a file that can be trusted."""
    file = folder / "authority.pem"
    file.write_text(CERTIFICATE)
    return file


class Addresses:
    """Answers each path by the first row whose beginning it has; the row ``*`` is for all others.

    Arguments:
        rows: status, content type, body and perhaps further headers, by the beginning of the path.
        folder: where to put the certificate of a server with TLS; None for one without.

    Fields:
        heads: the requests' heads, oldest first.
    """

    def __init__(self, rows: dict[str, Any] | None = None, folder: Path | None = None) -> None:
        self.rows = rows or {}
        self.heads: list[str] = []
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.tls: ssl.SSLContext | None = None
        if folder is not None:
            pair = folder / "pair.pem"
            pair.write_text(CERTIFICATE + KEY)
            self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.tls.load_cert_chain(pair)
        self.thread = threading.Thread(target=self._serve, daemon=True)

    def url(self, path: str = "/v1", scheme: str = "http", host: str = "127.0.0.1") -> str:
        return f"{scheme}://{host}:{self.port}{path}"

    def __enter__(self) -> Addresses:
        self.thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        # Closing alone does not wake a thread that waits in accept.
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        self.thread.join()

    def _serve(self) -> None:
        while True:
            try:
                peer, _ = self.socket.accept()
            except OSError:
                return
            try:
                with self.tls.wrap_socket(peer, server_side=True) if self.tls else peer as talk:
                    self._talk(talk)
            except OSError:  # the other side has had enough
                peer.close()

    def _talk(self, peer: socket.socket) -> None:
        data = b""
        while b"\r\n\r\n" not in data:
            if not data[:1].isascii() or data[:1] == b"\x16" or not (more := peer.recv(65536)):
                return  # TLS where there is none
            data += more
        head, _, rest = data.partition(b"\r\n\r\n")
        lengths = [int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
        while lengths and len(rest) < lengths[0]:
            rest += peer.recv(65536)
        self.heads.append(head.decode())
        path = self.heads[-1].split(" ")[1]
        row = next((row for start, row in self.rows.items() if path.startswith(start)), self.rows.get("*", NOTHING))
        status, kind, body, *headers = row
        lines = [f"HTTP/1.1 {status} -", f"Content-Type: {kind}", f"Content-Length: {len(body.encode())}", *headers]
        peer.sendall("\r\n".join([*lines, "Connection: close", "", body]).encode())
