"""oTree's timeout worker, which submits pages whose time is up."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from typing import Any
from urllib.error import HTTPError

import otree.tasks
from otree.database import db
from otree.tasks import Worker
from sqlalchemy.exc import SQLAlchemyError

from ...display import logger
from ...stores import lease_rows
from .database import short_section
from .processes import SERVER, name_of_this
from .startup import is_server

SERVER_NAME = "OTREE_EGO_SERVER"
"""The environment variable that tells a worker whose child it is."""
WORKER = "timeoutsubprocess"
"""oTree's command that runs the worker."""
AGAIN = 3.0
"""Seconds until a database that failed is asked again, as oTree asks every three seconds when all is well."""


def _commit_first(ask: Callable[..., None]) -> Callable[..., None]:
    """Let oTree's timeout worker commit before it asks the server for something.

    It asks with what it has deleted before still uncommitted: on SQLite the server then cannot write, answers
    "database is locked" after five seconds, and the page that was to be submitted stays.
    """

    def asked(*args: Any, **kwargs: Any) -> None:
        db.commit()
        try:
            ask(*args, **kwargs)
        except Exception as error:
            cause = error if isinstance(error, HTTPError) else error.__context__  # oTree wraps it once
            if isinstance(cause, HTTPError) and cause.code == 503:
                raise _ServerWaits from None
            raise

    return asked


class _ServerWaits(BaseException):
    """Our server does not serve (yet). No Exception: oTree would forget the page that was to be submitted."""


def _wait_until_it_serves(pause: Callable[[float], None]) -> None:
    """While another web process serves, its own worker sees to the pages."""
    server = os.environ.get(SERVER_NAME)
    while server is not None:
        with short_section() as connection:
            row = lease_rows.look(connection)
        if row is None or row.holder == server:
            return
        pause(AGAIN)


def _listen(worker: Any) -> None:
    """As oTree's, which ends for good when the database fails for a moment: no page would time out any more."""
    server = os.getppid()

    def pause(seconds: float) -> None:
        time.sleep(seconds)
        if os.getppid() != server:  # nobody is left to ask, and the next server has a worker of its own
            sys.exit()

    def pause_and_wait(seconds: float) -> None:
        pause(seconds)
        _wait_until_it_serves(pause)

    otree.tasks.sleep = pause_and_wait
    while True:
        try:
            _wait_until_it_serves(pause)
            _usual_listen(worker)
        except _ServerWaits:
            pause(AGAIN)
        except SQLAlchemyError as error:
            logger.warning("Page timeouts: the database failed (%s); again in %g s.", error, AGAIN)
            pause(AGAIN)


_usual_listen = Worker.listen


def _begin_again(server: int) -> Callable[..., None]:
    """What happens when the worker ends with an error: if the database failed as it began, it begins again."""

    def ended(kind: Any, error: BaseException, trace: Any) -> None:
        if not isinstance(error, SQLAlchemyError):
            sys.__excepthook__(kind, error, trace)
            return
        logger.warning("Page timeouts: the database failed (%s) as they began; again in %g s.", error, AGAIN)
        time.sleep(AGAIN)
        if os.getppid() == server:
            os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])

    return ended


def install() -> None:
    """Let the worker commit before each request, wait while its server does, and outlive a failing database."""
    if is_server():
        os.environ[SERVER_NAME] = name_of_this(SERVER)  # for the worker, which is its child
    if sys.argv[1:2] == [WORKER]:
        sys.excepthook = _begin_again(os.getppid())
    otree.tasks.post, otree.tasks.get = _commit_first(otree.tasks.post), _commit_first(otree.tasks.get)
    Worker.listen = _listen
