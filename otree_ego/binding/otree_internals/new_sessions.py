"""A session whose players are there and whose apps have set them up: a last look before it begins."""

from __future__ import annotations

from collections.abc import Callable, Iterable
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
