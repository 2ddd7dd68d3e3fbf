"""A session whose players are there and whose apps have set them up: a last look before it begins."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import otree.session
from otree.common import get_models_module

from .startup import refusing

Check = Callable[[Any], None]
_checks: list[tuple[str, str, Check]] = []
_ready: list[Callable[[Any], None]] = []


def install() -> None:
    """Look at each new session after all of its apps' `creating_session`."""
    usual = otree.session.run_creating_session_functions

    def run(session: Any, *args: Any) -> None:
        usual(session, *args)
        _look_at(session)
        for work in _ready:
            work(session)

    otree.session.run_creating_session_functions = run


_outside = [0]
_waiting: list[Callable[[], None]] = []


@contextmanager
def outside_of_the_lock() -> Iterator[None]:
    """On the server's loop: meanwhile a session is made in a thread, over the one connection that all share."""
    _outside[0] += 1
    try:
        yield
    finally:
        _outside[0] -= 1
        while _waiting and not _outside[0]:
            _waiting.pop(0)()


def when_made(work: Callable[[], None]) -> None:
    """Do something with sessions that were made, as soon as none is being made outside of oTree's lock any more.

    On the server's loop. What such a thread has still to roll back would be part of what we write.
    """
    if _outside[0]:
        _waiting.append(work)
    else:
        work()


async def until_none_is_made() -> None:
    """In tasks of the server's loop that can wait: until no session is being made outside of oTree's lock."""
    if _outside[0]:
        made = asyncio.get_running_loop().create_future()
        _waiting.append(lambda: None if made.done() else made.set_result(None))
        await made


def on_ready(work: Callable[[Any], None]) -> None:
    """Do something with each new session when all of it is made, and nothing but its last commit is left to be done."""
    _ready.append(work)


def on_players_made(function: str, model: str, check: Check) -> None:
    """Look at each player or group of the apps that have a function; a ConfigError refuses the session.

    Arguments:
        function: its name in the app's module. model: ``"Player"`` or ``"Group"``. check: is given each of them.
    """
    _checks.append((function, model, check))


def _look_at(session: Any) -> None:
    for app in dict.fromkeys(session.config["app_sequence"]):
        module = get_models_module(app)
        for function, model, check in _checks:
            if callable(getattr(module, function, None)):
                _look(getattr(module, model).objects_filter(session=session), check)


def _look(objects: Iterable[Any], check: Check) -> None:
    with refusing():
        for each in objects:
            check(each)
