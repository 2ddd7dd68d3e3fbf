"""One deadline over many awaits of an async generator, cheap enough to be set for each piece of a stream."""

from __future__ import annotations

import asyncio
import math
import sys
from collections.abc import Awaitable
from typing import Any, TypeVar

T = TypeVar("T")


class Late(Exception):
    """The deadline, or the limit of standing still, was reached."""

    def __init__(self, overall: bool) -> None:
        super().__init__("deadline reached" if overall else "stood still")
        self.overall = overall


class Deadline:
    """Runs awaitables no longer than to a common deadline.

    The timer runs only while something is awaited here: a generator's consumer, which runs between its pieces, is
    never cancelled. (`asyncio.timeout` around a `yield` would do that, and Python 3.10 has none.)

    Arguments:
        seconds: from now to the deadline; None for no deadline.
    """

    def __init__(self, seconds: float | None) -> None:
        self._loop = asyncio.get_running_loop()
        self._end = None if seconds is None else self._loop.time() + seconds

    def now(self) -> float:
        """The loop's time."""
        return self._loop.time()

    def left(self) -> float:
        """Seconds to the deadline."""
        return math.inf if self._end is None else self._end - self._loop.time()

    async def wait(self, work: Awaitable[T], still: float) -> T:
        """Await `work`, at most `still` seconds and not past the deadline.

        Raises:
            Late: it took longer; the work was cancelled.
        """
        now = self._loop.time()
        end = now + still if self._end is None else min(now + still, self._end)
        overall = end == self._end
        task: asyncio.Task[Any] | None = asyncio.current_task()
        assert task is not None
        before = _cancelling(task)
        fired = False

        def fire() -> None:
            nonlocal fired
            fired = True
            task.cancel()

        timer = self._loop.call_at(end, fire)
        try:
            return await work
        except asyncio.CancelledError:
            if fired and _uncancel(task) <= before:
                raise Late(overall) from None
            raise
        finally:
            timer.cancel()


def _cancelling(task: asyncio.Task[Any]) -> int:
    return task.cancelling() if sys.version_info >= (3, 11) else 0


def _uncancel(task: asyncio.Task[Any]) -> int:
    return task.uncancel() if sys.version_info >= (3, 11) else 0
