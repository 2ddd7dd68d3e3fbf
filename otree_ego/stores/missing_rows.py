"""Writing of a Thread what is not there: not yet, or not any more."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.engine import Connection

from ..messages import Message
from . import rows
from .rows import ADD_MESSAGES, MESSAGES, THREADS, WORDS, ThreadRow


def add_missing(c: Connection, row: ThreadRow, record: Sequence[Message]) -> None:
    """Write a Thread's row and messages, as far as they are not there; nothing if it is closed."""
    there = c.execute(select([THREADS.c.closed]).where(THREADS.c.uid == row.uid)).first()
    if there is None:
        rows.insert(c, [row])
    elif there["closed"] is not None:
        return
    known = {uid for (uid,) in c.execute(select([MESSAGES.c.uid]).where(MESSAGES.c.uid.in_([m.id for m in record])))}
    rows.many(c, ADD_MESSAGES, [rows.new_row(m, row.uid) for m in record if m.id not in known])


def restore(c: Connection, row: ThreadRow, record: Sequence[Message]) -> None:
    """Write messages again that a rollback took away, and the Thread's row if that went, too.

    It is a closed one when another Thread has taken the owner's place meanwhile.
    """
    there_now = c.execute(select([THREADS.c.uid, THREADS.c.forgotten]).where(THREADS.c.uid == row.uid)).first()
    if there_now is None:
        taken_by = rows.find(c, row.owner)
        if taken_by is None:
            rows.insert(c, [row])
        else:
            rows.insert(c, [replace(row, owner=rows.closed_owner(row.owner, row.uid))])
            closing = THREADS.update().where(THREADS.c.uid == row.uid)
            c.execute(closing.values(closed=time.time(), replaced_by=taken_by.uid))
    there = {uid for (uid,) in c.execute(select([MESSAGES.c.uid]).where(MESSAGES.c.thread == row.uid))}
    lost = [{**rows.to_row(m), "thread": row.uid} for m in record if m.id not in there]
    if there_now is not None and there_now["forgotten"] is not None:
        lost = [{**each, **dict.fromkeys(WORDS, ""), "forgotten": there_now["forgotten"]} for each in lost]
    if lost:
        c.execute(MESSAGES.insert(), lost)
