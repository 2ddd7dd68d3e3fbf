"""oTree's timeout worker, which submits pages whose time is up."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from typing import Any

import otree.tasks
from otree.database import db
from otree.tasks import Worker
from sqlalchemy.exc import SQLAlchemyError

from ...display import logger

AGAIN = 3.0
"""Seconds until a database that failed is asked again, as oTree asks every three seconds when all is well."""


def _commit_first(ask: Callable[..., None]) -> Callable[..., None]:
    """Let oTree's timeout worker commit before it asks the server for something.

    It asks with what it has deleted before still uncommitted: on SQLite the server then cannot write, answers
    "database is locked" after five seconds, and the page that was to be submitted stays.
    """

    def asked(*args: Any, **kwargs: Any) -> None:
        db.commit()
        ask(*args, **kwargs)

    return asked


def _listen(worker: Any) -> None:
    """As oTree's, which ends for good when the database fails for a moment: no page would time out any more."""
    server = os.getppid()

    def pause(seconds: float) -> None:
        time.sleep(seconds)
        if os.getppid() != server:  # nobody is left to ask, and the next server has a worker of its own
            sys.exit()

    otree.tasks.sleep = pause
    while True:
        try:
            _usual_listen(worker)
        except SQLAlchemyError as error:
            logger.warning("Page timeouts: the database failed (%s); again in %g s.", error, AGAIN)
            pause(AGAIN)


_usual_listen = Worker.listen


def install() -> None:
    """Let the worker commit before each request, and outlive a database that fails for a moment."""
    otree.tasks.post, otree.tasks.get = _commit_first(otree.tasks.post), _commit_first(otree.tasks.get)
    Worker.listen = _listen
