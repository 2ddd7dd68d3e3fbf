"""The questions of an attempt that are still to be answered: it ends with the last of them."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterable

from ...messages import Message


class OpenTurns:
    """Counts the places for replies that are recorded and not yet filled; from any thread.

    >>> turns, place = OpenTurns(), Message("assistant", "", status="pending")
    >>> turns.begin([place])
    >>> turns.count, turns.end(place), turns.count
    (1, None, 0)
    """

    def __init__(self) -> None:
        self._open: set[str] = set()
        self._waiting: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []
        self._lock = threading.Lock()

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self._open)

    def begin(self, messages: Iterable[Message]) -> None:
        """Count those of these messages that are places for replies."""
        with self._lock:
            self._open.update(m.id for m in messages if m.role == "assistant" and m.status == "pending")

    def end(self, *messages: Message) -> None:
        """These are filled, or nobody fills them."""
        with self._lock:
            self._open.difference_update(m.id for m in messages)
            woken = [] if self._open else self._waiting
            self._waiting = self._waiting if self._open else []
        for loop, event in woken:
            loop.call_soon_threadsafe(event.set)

    async def ended(self) -> None:
        """Wait until there are none."""
        event = asyncio.Event()
        with self._lock:
            if not self._open:
                return
            self._waiting.append((asyncio.get_running_loop(), event))
        await event.wait()
