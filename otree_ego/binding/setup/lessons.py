"""What models have refused: written down with the oTree session in which they were asked, read when a server starts."""

from __future__ import annotations

import asyncio
from functools import partial

from sqlalchemy import select
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from ...display import logger
from ...providers.openai.learned import Lesson, lesson_of, recall
from ...stores.rows import THREADS
from ..otree_internals.database import short_section
from ..otree_internals.startup import server_loop
from ..otree_internals.tables import EgoLearned
from ..otree_internals.writer import writer

ROWS = EgoLearned.__table__
MOST = 100_000
"""Threads of which we remember that their session has it."""
_noted: set[tuple[str, Lesson]] = set()


def load() -> None:
    """Know what is written down, of all sessions that are there."""
    with short_section() as connection:
        recall(lesson_of(row) for row in connection.execute(select([ROWS]).order_by(ROWS.c.id)))


def note(thread_id: str, lesson: Lesson) -> None:
    """Write a lesson down soon: whoever asks may be a page that holds oTree's lock, and must not wait for it.

    Arguments:
        thread_id: the Thread that asks; its session gets the row. lesson: what is known of its model.
    """
    loop = server_loop()  # bots end with their process: nothing of theirs is asked again
    if loop is None or (thread_id, lesson) in _noted:
        return
    if len(_noted) > MOST:
        _noted.clear()
    _noted.add((thread_id, lesson))
    asyncio.run_coroutine_threadsafe(_write(thread_id, lesson), loop)


async def _write(thread_id: str, lesson: Lesson) -> None:
    try:
        await writer().run(partial(_insert, thread_id=thread_id, lesson=lesson))
    except DBAPIError as error:  # it is in memory, and comes again with the next request
        _noted.discard((thread_id, lesson))
        logger.warning("What %s at %s has refused could not be written down: %s", lesson.model, lesson.service, error)


def _insert(connection: Connection, thread_id: str, lesson: Lesson) -> None:
    session = connection.execute(select([THREADS.c.session_id]).where(THREADS.c.uid == thread_id)).scalar()
    there = connection.execute(
        select([ROWS]).where((ROWS.c.session_id == session) & (ROWS.c.model == lesson.model[:300]))
    )
    if not any(lesson_of(row) == lesson for row in there):
        connection.execute(ROWS.insert().values(session_id=session, **lesson.row()))
