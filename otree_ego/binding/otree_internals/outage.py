"""Since when a database cannot be written, and what the log says of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from ...display import logger

on_end: list[Callable[[], None]] = []
"""Called on the event loop when the database can be written again."""


class Outage:
    """Whether the database can be written, as far as one writer knows."""

    def __init__(self) -> None:
        self._since: float | None = None
        self._before = 0.0
        self._tries = 0

    @property
    def is_on(self) -> bool:
        """Whether the last write failed."""
        return self._since is not None

    @property
    def seconds(self) -> float:
        """For how long, in all, the database could not be written."""
        return self._before + (0.0 if self._since is None else time.monotonic() - self._since)

    def begin(self, error: Exception) -> None:
        """A write has failed."""
        if self._since is None:
            self._since = time.monotonic()
            said = " ".join(str(getattr(error, "orig", None) or error).split()).rstrip(".")
            logger.warning("The database cannot be written: %s. Replies and decisions are kept until it can.", said)

    def end(self) -> None:
        """A write has succeeded."""
        if self._since is not None:
            seconds = time.monotonic() - self._since
            self._before, self._since, self._tries = self._before + seconds, None, 0
            logger.warning("The database can be written again, after %.0f s.", seconds)
            for work in on_end:
                work()

    def pause(self, pauses: Sequence[float]) -> float:
        """Seconds until the next try: of the pauses the next one, and the last of them again and again."""
        self._tries += 1
        return pauses[min(self._tries, len(pauses)) - 1]
