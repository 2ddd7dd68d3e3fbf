"""With what an oTree session is played: looked up once in a process, beside its work, and written with each session."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from ...display import logger
from ...stores.surroundings import surroundings
from ..otree_internals.startup import project_settings, server_loop
from ..otree_internals.tables import EgoSurroundings
from ..otree_internals.writer import writer

ROWS = EgoSurroundings.__table__
_found: Future[str] = Future()
_begun = threading.Lock()


def begin() -> None:
    """Look it up in a thread of its own: git and a hundred folders are nothing to wait for in a request."""
    if _begun.acquire(blocking=False):
        threading.Thread(target=_look_up, name="otree_ego-surroundings", daemon=True).start()


def _look_up() -> None:
    try:
        models = _models(getattr(project_settings(), "SESSION_CONFIGS", ()))
        _found.set_result(json.dumps(surroundings(Path.cwd(), models), ensure_ascii=False))
    # Whatever a machine has in its folders: sessions are made without it.
    except Exception as error:
        logger.warning("With what sessions are played could not be looked up: %r", error)
        _found.set_result("")


def _models(configs: Any) -> list[str]:
    """The models that sessions name, or may; the embedded one if they name none."""
    found = [value for config in configs for name, value in config.items() if name.startswith("ego_")]
    return [value for value in found if isinstance(value, str)] or ["local/smollm2"]


def note(connection: Connection, session_id: int) -> None:
    """Write it down with a new session; as soon as it is known, where a server has only just begun."""
    if not _found.done():
        begin()
        if server_loop() is not None:
            _found.add_done_callback(lambda _: _later(session_id))
            return
    _insert(connection, session_id, time.time())


def _later(session_id: int) -> None:
    loop = server_loop()
    if loop is not None:
        asyncio.run_coroutine_threadsafe(_write(session_id, time.time()), loop)


async def _write(session_id: int, began: float) -> None:
    try:
        await writer().run_surely(partial(_insert, session_id=session_id, began=began))
    except DBAPIError as error:  # the session was refused or deleted meanwhile
        logger.info("With what session %s is played could not be written: %s", session_id, error.orig)


def _insert(connection: Connection, session_id: int, began: float) -> None:
    content = _found.result()
    if content:
        connection.execute(ROWS.insert().values(session_id=session_id, time=began, content=content))
