"""Who has a chat's page open, and sending them frames."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Coroutine, Generator
from functools import partial
from types import coroutine
from typing import Any, TypeVar

from ...display import logger
from ..otree_internals.live_channel import has_open, send_live
from ..otree_internals.startup import is_server
from .frames import Frame

T = TypeVar("T")
READS = 2.0
"""Seconds that all wait for somebody who does not read what is sent to them (a connection that is dead, say)."""


class Viewers:
    """The participants who have opened a chat's page.

    Arguments:
        session_code: of their oTree session.

    Attributes:
        pages: on which page each of them is, by their codes.
        elsewhere: the oTree session of those who are in another one, by their codes.
    """

    def __init__(self, session_code: str) -> None:
        self.session_code = session_code
        self.pages: dict[str, int] = {}
        self.elsewhere: dict[str, str] = {}
        self._sending: set[asyncio.Task[bool]] = set()

    async def send(self, code: str, frame: Frame) -> bool:
        """Send a frame to all tabs that one of them has open; whether there is one."""
        return await send_live(self._session_of(code), self.pages[code], code, {"ego": frame})

    def seen_by(self, code: str, page: int, session_code: str) -> None:
        """One of them has opened the chat's page."""
        self.pages[code] = page
        if session_code != self.session_code:  # a chat can go on in a later session
            self.elsewhere[code] = session_code

    def _session_of(self, code: str) -> str:
        return self.elsewhere.get(code, self.session_code)

    async def send_each(
        self, frame_for: Callable[[str], Frame], is_for: Callable[[str], bool] = lambda code: True
    ) -> None:
        """Send each of them a frame of their own. Whoever does not read holds the others up for `READS` at most.

        Arguments:
            frame_for: makes the frame for a participant's code. is_for: says whether one of them gets a frame.
        """
        frames = [(code, frame_for(code)) for code in self.pages if is_for(code)]
        await _all([self._begin(self.send(code, frame)) for code, frame in frames])

    async def answer(self, code: str, frame: Frame) -> None:
        """Send one of them a frame in its order among those for all: what a page shows must not be older than that."""
        await _all([self._begin(self.send(code, frame))])

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

        for code in list(self.pages if codes is None else codes):
            found = self._begin(self.send(code, frame))
            if delivered is None:
                continue
            if isinstance(found, asyncio.Task):
                found.add_done_callback(sent)
            elif found:
                delivered()

    async def all_sent(self) -> None:
        """Wait until what was begun on this event loop has been sent, to all who read."""
        here = asyncio.get_running_loop()
        await _all([task for task in self._sending if task.get_loop() is here])

    def _begin(self, sending: Coroutine[Any, Any, bool]) -> asyncio.Task[bool] | bool:
        """Send; what came of it, or the task that goes on with it if it has to wait."""
        rest = sending
        # A task writes when it first runs, and tasks run in the order in which they were made: so do frames arrive.
        # Where none is under way a frame is usually written at once: a task for it would cost as much again.
        if not self._sending:
            try:
                awaited = sending.send(None)
            except StopIteration as done:
                return bool(done.value)
            except Exception:
                logger.exception("A frame could not be sent to a page of session %s", self.session_code)
                return False
            rest = _rest(sending, awaited)
        task = asyncio.create_task(rest)
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)
        return task

    def is_there(self, code: str) -> bool:
        """Whether one of them has the page open now; a bot, which has no connection, reads what it is sent."""
        return not is_server() or (code in self.pages and has_open(self.session_code, self.pages[code], code))

    def anybody_there(self) -> bool:
        """Whether one of them has the page open now."""
        return any(has_open(self._session_of(code), page, code) for code, page in self.pages.items())


async def _all(sendings: Collection[asyncio.Task[bool] | bool]) -> None:
    """Wait for those that are under way, for `READS` seconds at most."""
    tasks = [each for each in sendings if isinstance(each, asyncio.Task)]
    if tasks:
        await asyncio.wait(tasks, timeout=READS)


async def _rest(begun: Coroutine[Any, Any, T], awaited: Any) -> T:
    """What is left of a coroutine that waits for something."""
    return await _going_on(begun, awaited)


@coroutine
def _going_on(begun: Coroutine[Any, Any, T], awaited: Any) -> Generator[Any, Any, T]:
    while True:
        try:
            value = yield awaited
        except GeneratorExit:
            begun.close()
            raise
        except BaseException as error:
            step = partial(begun.throw, error)
        else:
            step = partial(begun.send, value)
        try:
            awaited = step()
        except StopIteration as done:
            result: T = done.value
            return result
