"""Who has a chat's page open, and sending them frames."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Coroutine
from typing import Any

from ..otree_internals.live_channel import has_open, send_live
from .frames import Frame

READS = 2.0
"""Seconds that all wait for somebody who does not read what is sent to them (a connection that is dead, say)."""


class Viewers:
    """The participants who have opened a chat's page.

    Arguments:
        session_code: of their oTree session.

    Attributes:
        pages: on which page each of them is, by their codes.
    """

    def __init__(self, session_code: str) -> None:
        self.session_code = session_code
        self.pages: dict[str, int] = {}
        self._sending: set[asyncio.Task[bool]] = set()

    async def send(self, code: str, frame: Frame) -> bool:
        """Send a frame to all tabs that one of them has open; whether there is one."""
        return await send_live(self.session_code, self.pages[code], code, {"ego": frame})

    async def send_each(
        self, frame_for: Callable[[str], Frame], is_for: Callable[[str], bool] = lambda code: True
    ) -> None:
        """Send each of them a frame of their own. Whoever does not read holds the others up for `READS` at most.

        Arguments:
            frame_for: makes the frame for a participant's code. is_for: says whether one of them gets a frame.
        """
        frames = [(code, frame_for(code)) for code in self.pages if is_for(code)]
        if not frames:
            return
        tasks = [self._begin(self.send(code, frame)) for code, frame in frames]
        await asyncio.wait(tasks, timeout=READS)

    async def answer(self, code: str, frame: Frame) -> None:
        """Send one of them a frame in its order among those for all: what a page shows must not be older than that."""
        await asyncio.wait([self._begin(self.send(code, frame))], timeout=READS)

    def send_soon(
        self, frame: Frame, codes: Collection[str] | None = None, delivered: Callable[[], None] | None = None
    ) -> None:
        """Send all, or some, of them the same frame, without waiting for it.

        Arguments:
            delivered: called when somebody's page has been sent it.
        """

        def sent(task: asyncio.Task[bool]) -> None:
            if delivered is not None and not task.cancelled() and task.exception() is None and task.result():
                delivered()

        for code in self.pages if codes is None else codes:
            task = self._begin(self.send(code, frame))
            if delivered is not None:
                task.add_done_callback(sent)

    async def all_sent(self) -> None:
        """Wait until what was begun on this event loop has been sent, to all who read."""
        here = asyncio.get_running_loop()
        if any(task.get_loop() is here for task in self._sending):
            await asyncio.wait([task for task in self._sending if task.get_loop() is here], timeout=READS)

    def _begin(self, sending: Coroutine[Any, Any, bool]) -> asyncio.Task[bool]:
        # A task writes when it first runs, and tasks run in the order in which they were made: so do frames arrive.
        task = asyncio.create_task(sending)
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)
        return task

    def anybody_there(self) -> bool:
        """Whether one of them has the page open now."""
        return any(has_open(self.session_code, page, code) for code, page in self.pages.items())
