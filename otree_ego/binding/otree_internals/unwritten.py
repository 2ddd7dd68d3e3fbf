"""What the database could not take yet: replies that are final and whose rows do not say so, and the spool's files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from otree.database import engine
from sqlalchemy import select
from sqlalchemy.engine import Connection

from ...display import logger
from ...messages import Message
from ...stores import rows
from ...stores.addresses import file_of
from ...stores.failures import reason
from ...stores.reply_rows import settle_late
from ...stores.rows import MESSAGES
from ...stores.spool import Spool, remove_files
from .database import short_section
from .startup import is_server

replies: dict[str, Message] = {}
"""Replies that are final, by id, until their rows are."""
refused: set[str] = set()
"""The ids of those among them that the database refuses while it takes others."""
_in_spool: set[str] = set()
_spool: list[Spool] = []


def spool() -> Spool | None:
    """The spool of oTree's database; None where no server runs, or the database is in memory."""
    url = str(engine.url)
    if not is_server() or (url.startswith("sqlite") and file_of(url) is None):
        return None
    if not _spool:
        _spool.append(Spool(url, Path.cwd()))
    return _spool[0]


def put(name: str, entry: Mapping[str, Any], lasting: bool = True) -> bool:
    """Keep an entry in the spool; whether a disk has taken it."""
    place = spool()
    if place is None or not place.put(name, entry, lasting):
        return False
    _in_spool.add(name)
    return True


def remove(name: str) -> None:
    """An entry is in the database now."""
    if name in _in_spool and (place := spool()) is not None:
        _in_spool.discard(name)
        place.remove(name)


def messages(c: Connection, uid: str) -> list[Message]:
    """A Thread's whole record: its rows, and in their place replies that are not written yet."""
    return as_ended(rows.messages(c, uid))


def as_ended(record: Sequence[Message]) -> list[Message]:
    """A record as it was read, with the replies in it that are not written yet as they have ended."""
    if not replies:
        return list(record)
    return sorted((replies.get(m.id, m) for m in record), key=lambda m: m.seq)


def write_all(c: Connection) -> None:
    """Write all replies that are not written yet into a request's transaction: what comes next is about them, too."""
    settle_late(c, [message for uid, message in replies.items() if uid not in refused])


def drop_forgotten(c: Connection) -> None:
    """Let go of replies that the database refuses and that were forgotten: their rows say all that is left."""
    if not refused:
        return
    gone = select([MESSAGES.c.uid]).where(MESSAGES.c.uid.in_(sorted(refused)) & MESSAGES.c.forgotten.isnot(None))
    for (uid,) in c.execute(gone).fetchall():
        replies.pop(uid, None)
        refused.discard(uid)
        remove(f"reply-{uid}")


def take_up() -> None:
    """Write what the server before this one left in its spool into the database; the log says how much it was."""
    place = spool()
    if place is None:
        return
    found = place.absorb(short_section)
    remove_files(found.files)
    if found.replies or found.decisions:
        logger.warning(
            "The server before this one ended while its database could not be written. Written now: %s and %s.",
            counted(found.replies, "reply", "replies"), counted(found.decisions, "decision", "decisions"),
        )  # fmt: skip
    for file, error in found.refused:
        logger.error(
            "The database refuses what %s holds: %s. It is left there; docs/operating.md.", file, reason(error)
        )
    if found.gone:
        logger.warning("%s could not be written: the sessions were deleted.", counted(found.gone, "entry", "entries"))


def counted(number: int, one: str, several: str) -> str:
    """A number with its noun."""
    return f"{number} {one if number == 1 else several}"
