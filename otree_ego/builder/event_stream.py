"""What happens in runs, as server-sent events: each page, or one page for all of a browser's tabs, reads them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from secrets import token_hex
from typing import Any

from ..experiment.runs.event_log import EventLog

BEAT = 5.0
"""Seconds without news after which the page is told that the server is there."""


class EventStream:
    """Writes a feed to who asks for it.

    Arguments:
        feed: what is told. beat: seconds without news after which a sign of life is sent.

    An event's id has the feed's name in it: after a new start of the builder a page's last id means nothing. A page
    that has missed something gets the event ``reset``, and asks how things are.
    """

    def __init__(self, feed: EventLog[dict[str, Any]], beat: float = BEAT) -> None:
        self.feed, self.beat = feed, beat
        self.name = token_hex(4)

    def position(self, last_id: str) -> int | None:
        """The number of the last event that a page has; None if it must begin anew."""
        match = re.fullmatch(r"([0-9a-f]{8})-(\d{1,15})", last_id.strip())
        if match is None or match[1] != self.name:
            return None
        number = int(match[2])
        return number if self.feed.first - 1 <= number <= self.feed.last else None

    def write_to(self, write: Callable[[bytes], object], last_id: str = "") -> None:
        """Write until the feed is closed, or writing fails.

        Arguments:
            write: sends bytes to the page. last_id: the id of the last event that it has; empty for none.
        """
        number = self.position(last_id)
        if number is None:
            number = self.feed.last
            write(self._frame(number, {"event": "reset"}))
        while not self.feed.closed:
            found = self.feed.after(number, self.beat)
            if not found:
                write(b": here\n\n")
                continue
            if found[0][0] > number + 1:  # it was slower than the run
                number = self.feed.last
                write(self._frame(number, {"event": "reset"}))
                continue
            write(b"".join(self._frame(n, event) for n, event in found))
            number = found[-1][0]

    def _frame(self, number: int, event: dict[str, Any]) -> bytes:
        # JSON has no line feed outside of its texts, and in them it is escaped.
        return f"id: {self.name}-{number}\ndata: {json.dumps({**event, 'number': number})}\n\n".encode()
