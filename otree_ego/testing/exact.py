"""Answers that are given byte by byte: what a fake service sends when it is told exactly what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import EllipsisType

Part = bytes | str | float | EllipsisType
EVENTS = {"Content-Type": "text/event-stream"}


@dataclass(frozen=True)
class Exact:
    """One answer.

    Arguments:
        parts: what is sent, in order: bytes, or text as UTF-8; a number is a pause in seconds; ``...`` stands still
            until `heal`, or until the client hangs up.
        status: the HTTP status.
        headers: besides ``Content-Type: text/event-stream``, which they may replace. With a ``Content-Length`` the
            parts are sent as they are, otherwise each is one chunk (``Transfer-Encoding: chunked``).
        hang_up: close the connection after the last part; else the answer is ended, and the connection is kept.
    """

    parts: tuple[Part, ...]
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    hang_up: bool = False

    @property
    def head(self) -> dict[str, str]:
        """All headers."""
        named = {name.title(): value for name, value in self.headers.items()}
        found = {**EVENTS, **named}
        return found if "Content-Length" in found else {**found, "Transfer-Encoding": "chunked"}

    @property
    def chunked(self) -> bool:
        """Whether each part is a chunk."""
        return "Transfer-Encoding" in self.head
