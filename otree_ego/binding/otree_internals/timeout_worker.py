"""oTree's timeout worker, which submits pages whose time is up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import otree.tasks
from otree.database import db


def _commit_first(ask: Callable[..., None]) -> Callable[..., None]:
    """Let oTree's timeout worker commit before it asks the server for something.

    It asks with what it has deleted before still uncommitted: on SQLite the server then cannot write, answers
    "database is locked" after five seconds, and the page that was to be submitted stays.
    """

    def asked(*args: Any, **kwargs: Any) -> None:
        db.commit()
        ask(*args, **kwargs)

    return asked


def install() -> None:
    """Let the worker commit before each request."""
    otree.tasks.post, otree.tasks.get = _commit_first(otree.tasks.post), _commit_first(otree.tasks.get)
