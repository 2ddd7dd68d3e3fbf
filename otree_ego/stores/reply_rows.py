"""Replies whose rows are written while they come, or late: when a database that was away is back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import bindparam, func, literal_column, select
from sqlalchemy.engine import Connection

from ..messages import Message
from .rows import MESSAGES, SETTLED, many, to_row, unless_forgotten

_IS_PENDING = MESSAGES.c.status == literal_column("'pending'")
_PENDING = (MESSAGES.c.uid == bindparam("b_uid")) & _IS_PENDING & MESSAGES.c.forgotten.is_(None)
_COMING = (
    MESSAGES.update()
    .where(_PENDING)
    .values(text=bindparam("b_text"), characters_delivered=bindparam("b_delivered"), attempts=bindparam("b_attempts"))
)
_SENT = MESSAGES.update().where(_PENDING).values(request=bindparam("b_request"))
_DELIVERED = (
    MESSAGES.update()
    .where(MESSAGES.c.uid == bindparam("b_uid"))
    .values(
        characters_delivered=bindparam("b_delivered"),
        delivered=func.coalesce(MESSAGES.c.delivered, bindparam("b_time")),
    )
)
_PLACED = ("seq", "hidden")
_BROKEN = (MESSAGES.c.status == literal_column("'failed'")) & (MESSAGES.c.error == literal_column("'Interrupted'"))
_LATE = (
    MESSAGES.update()
    .where((MESSAGES.c.uid == bindparam("b_uid")) & (_IS_PENDING | _BROKEN))
    .values({**{name: unless_forgotten(name) for name in SETTLED}, **{n: bindparam(f"b_{n}") for n in _PLACED}})
)


@dataclass(frozen=True)
class Progress:
    """How far one reply has come.

    Fields:
        uid: of its message. delivered: characters that have reached a browser, None where nobody counts them.
        text: what has come; None where that is in the row, and only more of it has been delivered.
        attempts: requests that were sent for it so far. time: when all of it had been delivered, in Unix seconds.
        request: what was sent, if the row does not say so.
    """

    uid: str
    delivered: int | None
    text: str | None = None
    attempts: int = 0
    time: float | None = None
    request: str | None = None


def note_progress(c: Connection, replies: Sequence[Progress]) -> None:
    """Write down what has come of replies. One that is settled is left alone, and so is one that was forgotten."""
    coming = [
        {"b_uid": each.uid, "b_text": each.text, "b_delivered": each.delivered, "b_attempts": each.attempts}
        for each in replies
        if each.text is not None
    ]
    many(c, _COMING, coming)
    many(c, _SENT, [{"b_uid": each.uid, "b_request": each.request} for each in replies if each.request is not None])
    whole = [each for each in replies if each.text is None]
    many(c, _DELIVERED, [{"b_uid": each.uid, "b_delivered": each.delivered, "b_time": each.time} for each in whole])


def settle_late(c: Connection, messages: Sequence[Message]) -> None:
    """Write down how replies ended, with their places, some time after: unless that was done meanwhile."""
    late = []
    for message in messages:
        row = to_row(message)
        late.append({"b_uid": row["uid"], **{f"b_{name}": row[name] for name in (*SETTLED, *_PLACED)}})
    many(c, _LATE, late)


def placed_already(c: Connection, messages: Sequence[Message]) -> tuple[Message, ...] | None:
    """Messages with their places, if they are all there: the answer to a commit can be lost."""
    query = select([MESSAGES.c.uid, MESSAGES.c.seq]).where(MESSAGES.c.uid.in_([m.id for m in messages]))
    places = dict(c.execute(query).fetchall())
    return tuple(replace(m, seq=places[m.id]) for m in messages) if len(places) == len(messages) else None


def moved_to_end(c: Connection, thread_id: str, uid: str) -> int:
    """Move a message to the end of its Thread, for all to see: others have written while it was being written."""
    others = select([func.max(MESSAGES.c.seq)]).where((MESSAGES.c.thread == thread_id) & (MESSAGES.c.uid != uid))
    place = int(c.execute(others).scalar() or 0) + 1
    c.execute(MESSAGES.update().where(MESSAGES.c.uid == uid).values(seq=place, hidden=False))
    return place
