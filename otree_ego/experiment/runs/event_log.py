"""Events in the order in which they came, for readers who come and go: the last of them are kept."""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import Generic, TypeVar

T = TypeVar("T")
KEPT = 10_000


class EventLog(Generic[T]):
    """Keeps the last events, each with its number, and wakes who waits for the next; from any thread.

    Arguments:
        kept: how many are kept.

    >>> log = EventLog[str](kept=2)
    >>> for word in ("one", "two", "three"):
    ...     log.add(word)
    >>> log.after(1)
    [(2, 'two'), (3, 'three')]
    >>> log.after(0)  # the first is no longer there
    [(2, 'two'), (3, 'three')]
    """

    def __init__(self, kept: int = KEPT) -> None:
        self.last = 0
        self.closed = False
        self._events: deque[T] = deque(maxlen=kept)
        self._news = threading.Condition()

    @property
    def first(self) -> int:
        """The number of the oldest that is kept."""
        return self.last - len(self._events) + 1

    def add(self, event: T) -> None:
        """One more; after `close` nothing is added."""
        with self._news:
            if not self.closed:
                self._events.append(event)
                self.last += 1
                self._news.notify_all()

    def after(self, number: int, patience: float = 0.0) -> list[tuple[int, T]]:
        """The events that came after one; waits for the next if there is none.

        Arguments:
            number: the last that the reader has. patience: seconds to wait at most; infinity for no limit.
        """
        end = time.monotonic() + patience
        with self._news:
            while self.last <= number and not self.closed and (left := end - time.monotonic()) > 0:
                self._news.wait(min(left, threading.TIMEOUT_MAX))
            missing = max(number + 1, self.first)
            skipped = missing - self.first
            return [(missing + n, each) for n, each in enumerate(list(self._events)[skipped:])]

    def close(self) -> None:
        """Nothing comes any more; whoever waits is told."""
        with self._news:
            self.closed = True
            self._news.notify_all()
