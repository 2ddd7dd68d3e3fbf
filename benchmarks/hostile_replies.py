"""Replies that no honest service sends, by name; what is said in the last message of a request chooses one.

python -m benchmarks.hostile_replies PORT
"""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Callable, Iterator
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from otree_ego.testing.exact import EVENTS

KEY = "sk-bench-0123456789abcdefghij"
PART = 65_536
JSON = {"Content-Type": "application/json"}
GZIP = {"Content-Encoding": "gzip"}
DONE = b'data: {"choices": [{"delta": {}, "finish_reason": "stop"}]}\n\ndata: [DONE]\n\n'
Answer = tuple[int, dict[str, str], bytes]


def event(text: str, **more: Any) -> bytes:
    """One event of a stream."""
    return b"data: %s\n\n" % json.dumps({"choices": [{"index": 0, "delta": {"content": text}}], **more}).encode()


def whole(text: str, **more: Any) -> bytes:
    """A reply in one JSON object."""
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
    return json.dumps({"choices": [choice], **more}).encode()


def words(size: int) -> str:
    """So many letters of text."""
    return ("It is a long story, and it goes on. " * (size // 36 + 1))[:size]


def small(size: int) -> list[Any]:
    """Small values that take about so many bytes of JSON."""
    return [{"token": "a", "logprob": -0.25, "bytes": [97]}] * (size // 54)


def streamed(size: int) -> Answer:
    text = words(size)
    return 200, EVENTS, b"".join(event(text[at : at + 20]) for at in range(0, size, 20)) + DONE


def refusal() -> Answer:
    said = f"The key {KEY} is refused. {KEY[:12]} " + "x" * 20_000 + " " + "sk-" * 6_000
    return 400, JSON, json.dumps({"error": {"message": said, "code": "invalid_value"}}).encode()


MB = 1_000_000
REPLIES: dict[str, Callable[[], Answer]] = {
    "text of 100 kB": lambda: streamed(MB // 10),
    "text of 1 MB": lambda: streamed(MB),
    "text of 1 MB in one event": lambda: (200, EVENTS, event(words(MB)) + DONE),
    "JSON of 100 kB": lambda: (200, JSON, whole(words(MB // 10))),
    "JSON of 1 MB": lambda: (200, JSON, whole(words(MB))),
    "JSON of 1 MB in small values": lambda: (200, JSON, whole("Yes.", logprobs=small(MB))),
    "event of 1 MB in small values": lambda: (200, EVENTS, event("Yes.", logprobs=small(MB)) + DONE),
    "JSON of 7.9 MB in small values": lambda: (200, JSON, whole("Yes.", logprobs=small(79 * MB // 10))),
    "one event of many lines": lambda: (
        200, EVENTS, b"data: [\n" + b'data: {"n": 1},\n' * 400_000 + b"\n"
    ),
    "body of 50 MB, JSON": lambda: (200, JSON, whole("Yes.", logprobs=small(50 * MB))),
    "body of 50 MB, comments": lambda: (200, EVENTS, b": still here\n\n" * (50 * MB // 14) + event("Yes.") + DONE),
    "body of 50 MB, empty events": lambda: (200, EVENTS, b'data: {}\n\n' * (50 * MB // 10) + event("Yes.") + DONE),
    "gzip of 300 MB, JSON": lambda: (200, JSON | GZIP, packed(b'{"choices": ' + b" " * 300 * MB)),
    "gzip of 300 MB, comments": lambda: (200, EVENTS | GZIP, packed((b": " + b"x" * 62 + b"\n") * (300 * MB // 65))),
    "gzip of 300 MB, text": lambda: (200, EVENTS | GZIP, packed(event(words(200)) * (300 * MB // 258))),
    "gzip of 300 MB, an error": lambda: (400, JSON | GZIP, packed(b'{"error": {"message": "' + b"no " * 100 * MB)),
    "gzip of 300 MB in gzip": lambda: (200, EVENTS | {"Content-Encoding": "gzip, gzip"}, packed(named(300 * MB))),
    "refusal of 40 kB with the key": refusal,
    "error of 50 MB": lambda: (500, JSON, json.dumps({"error": {"message": words(50 * MB)}}).encode()),
    "endless text": lambda: (200, EVENTS, b""),
}  # fmt: skip


def packed(data: bytes) -> bytes:
    return gzip.compress(data, compresslevel=1)


def named(size: int) -> bytes:
    """The beginning of a gzip file whose name never ends."""
    return b"\x1f\x8b\x08\x08\0\0\0\0\0\x03" + b"x" * size


@cache
def prepared(name: str) -> Answer:
    return REPLIES[name]()


class Handler(BaseHTTPRequestHandler):
    """Answers as the last message says."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        name = body["messages"][-1]["content"]
        status, headers, data = prepared(name) if name in REPLIES else (200, EVENTS, event("Yes.") + DONE)
        self.send_response(status)
        endless = name == "endless text"
        for each in (headers if endless else {**headers, "Content-Length": str(len(data))}).items():
            self.send_header(*each)
        if endless:
            self.send_header("Connection", "close")
        self.end_headers()
        try:
            for part in _endless() if endless else _parts(data):
                self.wfile.write(part)
        except OSError:
            self.close_connection = True

    def log_message(self, *_: Any) -> None:
        pass


def _parts(data: bytes) -> Iterator[bytes]:
    return (data[at : at + PART] for at in range(0, len(data), PART))


def _endless() -> Iterator[bytes]:
    part = b"".join(event(words(100)) for _ in range(300))
    while True:
        yield part


class Service(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 100

    def handle_error(self, *_: Any) -> None:
        pass  # a client that had enough


def main() -> None:
    for name in REPLIES:
        prepared(name)
    Service(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()


if __name__ == "__main__":
    main()
