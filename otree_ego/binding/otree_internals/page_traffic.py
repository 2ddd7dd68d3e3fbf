"""People who go through pages, and the room that requests of the server's own leave for them."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Iterator
from contextlib import contextmanager

RECENT = 1.0
"""Seconds for which a person counts as going through pages."""
LONGEST_GAP = 0.5
"""Seconds that are left free between two requests of ours at most."""
IN_HAND = 0.5
"""Seconds for which a person's request counts as being served; one that takes longer waits for something else."""
FOLLOWS = 0.15
"""Seconds within which the page is asked for that a form leads to."""
MANY = 100
"""Requests that are remembered before it is looked which are past."""
LONGEST_DELAY = 1.0
"""Seconds for which one request of ours is put off at most, however many people come."""


class Room:
    """Requests of ours wait while a person's request is served, and until the page comes that their form leads to.

    While people go through pages, oTree's lock is also left free between two requests of ours, as long as the last
    one held it.
    """

    def __init__(self) -> None:
        self._person = self._free_from = -math.inf
        self._until: dict[object, float] = {}
        self._waiting: list[asyncio.Future[None]] = []

    @contextmanager
    def serving(self, code: str, posts: bool) -> Iterator[None]:
        """A person's request for a page is served meanwhile.

        Arguments:
            code: of the participant. posts: whether a form was sent, so that another request follows.
        """
        self._person = time.perf_counter()
        this = object()
        self._until.pop(code, None)
        self._until[this] = self._person + IN_HAND
        try:
            yield
        finally:
            self._until.pop(this, None)
            if posts:
                self._until[code] = time.perf_counter() + FOLLOWS
            if len(self._until) > MANY:
                self._forget_past(time.perf_counter())
            self._tell()

    def _tell(self) -> None:
        waiting, self._waiting = self._waiting, []
        for each in waiting:
            if not each.done():
                each.set_result(None)

    def took(self, begun: float) -> None:
        """A request of ours has ended."""
        now = time.perf_counter()
        self._free_from = now + min(LONGEST_GAP, now - begun)

    async def leave(self) -> None:
        """Return when the next request of ours may begin."""
        latest = time.perf_counter() + LONGEST_DELAY
        await self.until_quiet(latest)
        while (now := time.perf_counter()) < min(latest, self._free_from) and now - self._person < RECENT:
            await asyncio.sleep(self._free_from - now)
            await self.until_quiet(latest)

    async def until_quiet(self, latest: float = math.inf) -> None:
        """Return when no person's request is being served, or is about to come.

        Arguments:
            latest: when to return in any case, by `time.perf_counter`.
        """
        latest = min(latest, time.perf_counter() + LONGEST_DELAY)
        while (now := time.perf_counter()) < latest and (due := self._due(now)) > now:
            told: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.append(told)
            await asyncio.wait([told], timeout=min(due, latest) - now)

    def _due(self, now: float) -> float:
        """Until when people's requests are served that are known of."""
        self._forget_past(now)
        return max(self._until.values(), default=-math.inf)

    def _forget_past(self, now: float) -> None:
        self._until = {key: until for key, until in self._until.items() if until > now}
