"""Waiting in a run: who waits for what and how long, with how much patience, and how a stop ends it."""

from __future__ import annotations

import asyncio
import contextlib
import math
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from ...errors import RunStopped
from ...loops import runs_portal
from ...threads.turns import spoken

LONG = 5.0
"""Seconds of waiting that are worth a sentence."""


@dataclass(frozen=True)
class Reason:
    """Why somebody waits.

    Fields:
        words: what has happened, as a sentence without its full stop. seconds: that a service asked for.
        pace: whether it is the run's own pace, which patience does not limit.
        whole: whether the whole run waits, and not some replications.
    """

    words: str
    seconds: float = 0.0
    pace: bool = False
    whole: bool = False


@dataclass(frozen=True)
class Wait:
    """One wait: its reason, and when it ends, on the clock of time.time; infinity where nobody knows."""

    reason: Reason
    until: float = math.inf

    @property
    def left(self) -> float:
        """Seconds to its end."""
        return self.until - time.time()


class Waits:
    """All waiting of a run that is under way just now.

    Arguments:
        patience: seconds that a wait may take; None for no limit. The pace of the run's own limits is not counted.

    Fields:
        on_impatience: is called with the reason in words when a wait is longer than that; from any thread.

    >>> waits = Waits()
    >>> with waits.noted(Reason("openai asks for a pause of 90 s (HTTP 429)", 90), 90):
    ...     waits.words.partition(" until ")[0]
    '1 replication waits'
    """

    def __init__(self, patience: float | None = None) -> None:
        self.patience = patience
        self.on_impatience: Callable[[str], None] | None = None
        self._under_way: dict[int, Wait] = {}
        self._lock = threading.Lock()
        self._next = 0

    @contextlib.contextmanager
    def noted(self, reason: Reason, seconds: float = math.inf) -> Iterator[None]:
        """While this is open, somebody waits for a reason, for so many seconds at most."""
        self._check(reason, seconds)
        with self._lock:
            self._next = mine = self._next + 1
            self._under_way[mine] = Wait(reason, time.time() + seconds)
        try:
            yield
        finally:
            with self._lock:
                self._under_way.pop(mine, None)

    def _check(self, reason: Reason, seconds: float) -> None:
        if self.too_long(reason, seconds):
            self.lose_patience(reason)

    def too_long(self, reason: Reason, seconds: float) -> bool:
        """Whether a wait of so many seconds is longer than patience allows."""
        known = seconds if math.isfinite(seconds) else 0.0
        return self.patience is not None and not reason.pace and max(known, reason.seconds) > self.patience

    def impatience(self, reason: Reason) -> str:
        """That a wait is too long, in words."""
        return f"{reason.words}, and patience is {spoken(self.patience or 0.0)}"

    def lose_patience(self, reason: Reason) -> None:
        """Say that a wait is too long."""
        if self.on_impatience is not None:
            self.on_impatience(self.impatience(reason))

    @property
    def longest(self) -> Wait | None:
        """The wait that ends last, those for a service before those for the run's own pace."""
        with self._lock:
            found = list(self._under_way.values())
        return max(found, key=lambda wait: (not wait.reason.pace, wait.until), default=None)

    @property
    def words(self) -> str:
        """Who waits, for what and until when; empty if nobody waits."""
        wait, count = self.longest, len(self._under_way)
        if wait is None:
            return ""
        end = f" until {clock(wait.until)}" if math.isfinite(wait.until) else ""
        who = "the run waits" if wait.reason.whole else f"{count} replications wait" if count > 1 else ""
        return f"{who or '1 replication waits'}{end}: {wait.reason.words}"


def clock(seconds: float) -> str:
    """A time of day, with its day if it is not today."""
    there = time.localtime(seconds)
    return time.strftime("%H:%M:%S" if there[:3] == time.localtime()[:3] else "%Y-%m-%d %H:%M:%S", there)


class ReplicationWaits:
    """The waiting of one replication. A stop ends it as soon as none of its requests is under way.

    Arguments:
        waits: those of the run. run: its id.
        on_end: is called, from any thread, when a stop has ended the waiting.

    Fields:
        over: whether it was ended; the replication says no more then.
    """

    def __init__(self, waits: Waits, run: str = "", on_end: Callable[[], None] | None = None) -> None:
        self.waits, self.run, self.on_end = waits, run, on_end
        self.over = False
        self._stopping = False
        self._asking: set[str] = set()
        self._waiting: set[tuple[asyncio.AbstractEventLoop, asyncio.Future[None]]] = set()
        self._lock = threading.Lock()

    @property
    def idle(self) -> bool:
        """Whether it only waits."""
        with self._lock:
            return self.over or bool(self._waiting and not self._asking)

    def ask(self, thread: str) -> None:
        """A Thread's request goes out."""
        with self._lock:
            self._asking.add(thread)

    def settled(self, thread: str) -> None:
        """A Thread's reply is written down."""
        with self._lock:
            self._asking.discard(thread)
        if self._stopping:
            self._end()

    async def wait(self, thread: str, seconds: float, reason: Reason) -> None:
        """Let some seconds pass before a Thread may send a request.

        Raises:
            RunStopped, CancelledError: a stop has ended it, in plain or in async code.
        """
        loop = asyncio.get_running_loop()
        mine = (loop, loop.create_future())
        with self._lock:
            self._asking.discard(thread)
            self._waiting.add(mine)
        try:
            if self._stopping or self.over:
                self._end()
            if not self.over:
                with self.waits.noted(reason, seconds):
                    await asyncio.wait([mine[1]], timeout=seconds)
                    if self._stopping and not self.over:
                        await mine[1]
        finally:
            with self._lock:
                self._waiting.discard(mine)
        if self.over:
            # Async code of an experimenter's may catch every Exception, and try again for ever.
            raise asyncio.CancelledError if loop is runs_portal.loop() else RunStopped("The run stops.", run=self.run)

    async def pass_by(self, thread: str) -> None:
        """Wait for nothing, unless the run stops."""
        if self._stopping or self.over:
            await self.wait(thread, 0.0, Reason("the run stops", pace=True))

    def stop(self) -> None:
        """End the waiting when no request is under way, and send none."""
        self._stopping = True
        self._end()

    def break_off(self) -> None:
        """End the waiting now."""
        self._stopping = True
        self._end(at_once=True)

    def _end(self, at_once: bool = False) -> None:
        with self._lock:
            if not at_once and (self._asking or not self._waiting):
                return
            first, self.over = not self.over, True
            woken = list(self._waiting)
        for loop, future in woken:
            with contextlib.suppress(RuntimeError):  # its loop has been closed
                loop.call_soon_threadsafe(_wake, future)
        if first and self.on_end is not None:
            self.on_end()


def _wake(future: asyncio.Future[Any]) -> None:
    if not future.done():
        future.set_result(None)
