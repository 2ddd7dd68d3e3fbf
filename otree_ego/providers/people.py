"""People who are asked in another place than the terminal: a page, or a program that speaks for one."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from contextvars import ContextVar

from ..messages import Message

PERSON = "terminal/"
"""Full names of people's models begin so."""


class PeopleElsewhere:
    """Their answers, by the message that each fills.

    >>> people, place = PeopleElsewhere(), Message("assistant", "", status="pending", author="terminal/Ann")
    >>> people.note("t1", place)
    >>> people.answer(place.id, "7"), people.answer(place.id, "8")
    (True, False)
    """

    def __init__(self) -> None:
        self._places: dict[str, tuple[str, Future[str]]] = {}  # by Thread
        self._lock = threading.Lock()

    def note(self, thread: str, message: Message) -> None:
        """A message of a Thread was recorded: a place for a person's answer, or one that is filled."""
        with self._lock:
            if message.status == "pending" and message.author.startswith(PERSON):
                self._places[thread] = message.id, Future()
            else:
                self._places.pop(thread, None)

    def answer(self, message: str, text: str) -> bool:
        """Fill a place, once; returns whether it was open."""
        with self._lock:
            for uid, future in self._places.values():
                if uid == message and not future.done():
                    future.set_result(text)
                    return True
        return False

    async def ask(self, thread: str) -> str:
        """Wait for the answer to what a Thread was asked last."""
        with self._lock:
            _, future = self._places.setdefault(thread, ("", Future()))
        return await asyncio.shield(asyncio.wrap_future(future))


_ELSEWHERE: ContextVar[PeopleElsewhere | None] = ContextVar("otree_ego_people", default=None)


def people_elsewhere() -> PeopleElsewhere | None:
    """Who answers for people in this context; None for the terminal."""
    return _ELSEWHERE.get()


@contextmanager
def asked_elsewhere(people: PeopleElsewhere) -> Iterator[None]:
    """Inside, people are asked here, not at the terminal."""
    token = _ELSEWHERE.set(people)
    try:
        yield
    finally:
        _ELSEWHERE.reset(token)
