"""Who has a chat's page open, and sending them frames."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from ..otree_internals.live_channel import has_open, send_live
from .frames import Frame


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
        self._sending: set[asyncio.Task[None]] = set()

    async def send(self, code: str, frame: Frame) -> None:
        """Send a frame to all tabs that one of them has open."""
        await send_live(self.session_code, self.pages[code], code, {"ego": frame})

    async def send_each(self, frame_for: Callable[[str], Frame]) -> None:
        """Send each of them a frame of their own.

        Arguments:
            frame_for: makes the frame for a participant's code.
        """
        for code in list(self.pages):
            await self.send(code, frame_for(code))

    def send_soon(self, frame: Frame) -> None:
        """Send all of them the same frame, without waiting for it."""
        task = asyncio.create_task(self.send_each(lambda code: frame))
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    async def all_sent(self) -> None:
        """Wait until nothing is being sent that was begun on this event loop."""
        here = asyncio.get_running_loop()
        if any(task.get_loop() is here for task in self._sending):
            await asyncio.wait([task for task in self._sending if task.get_loop() is here])

    def anybody_there(self) -> bool:
        """Whether one of them has the page open now."""
        return any(has_open(self.session_code, page, code) for code, page in self.pages.items())
