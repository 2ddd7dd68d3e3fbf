"""The row of the lease: which web process serves on an oTree database.

The process that holds it writes a new number every few seconds (`beat`). Whoever waits watches the number, by their own
clock: no two machines' clocks are compared. Each function takes an open connection and does not commit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import MetaData, Table, select
from sqlalchemy.engine import Connection

from .schema import lease_table

LEASE: Table = lease_table(MetaData())
ONLY = 1
"""The id of the only row."""
LOCKED = 2000
"""Milliseconds for which a statement waits for somebody who writes to the row."""


@dataclass(frozen=True)
class Lease:
    """The row.

    Fields:
        holder: the name of the process; empty if it has given it up. beat: the number. place: machine and process
            number, for people. since: when it was taken (seconds since 1970, by the holder's clock; for people).
    """

    holder: str
    beat: int
    place: str = ""
    since: float = 0.0


def look(c: Connection) -> Lease | None:
    """The row; None if there is none yet."""
    _be_impatient(c)
    row = c.execute(select([LEASE]).where(LEASE.c.id == ONLY)).first()
    return None if row is None else Lease(row["holder"], row["beat"], row["place"], row["since"])


def take(c: Connection, ours: Lease, seen: Lease | None) -> bool:
    """Take the lease, unless somebody else has written to it since it was seen; whether it is ours now.

    Raises:
        IntegrityError: there was no row, and another process was faster.
    """
    values = dict(holder=ours.holder, place=ours.place[:300], since=ours.since)
    if seen is None:
        c.execute(LEASE.insert().values(id=ONLY, beat=1, **values))
        return True
    same = (LEASE.c.id == ONLY) & (LEASE.c.holder == seen.holder) & (LEASE.c.beat == seen.beat)
    return bool(c.execute(LEASE.update().where(same).values(beat=seen.beat + 1, **values)).rowcount)


def beat(c: Connection, ours: Lease) -> Lease | None:
    """Show that we are there; None if we hold the lease, else who does.

    A row that is gone (`otree resetdb`), or that nobody holds, is ours again.
    """
    _be_impatient(c)
    mine = (LEASE.c.id == ONLY) & (LEASE.c.holder == ours.holder)
    if c.execute(LEASE.update().where(mine).values(beat=LEASE.c.beat + 1)).rowcount:
        return None
    there = look(c)
    if (there is None or not there.holder) and take(c, ours, there):
        return None
    return look(c)


def holder_now(c: Connection) -> str | None:
    """Who holds the lease until our transaction ends; None if there is no row."""
    query: Any = select([LEASE.c.holder]).where(LEASE.c.id == ONLY)
    if c.dialect.name != "sqlite":  # there, whoever has written is alone
        query = query.with_for_update(read=True)
    found = c.execute(query).scalar()
    return None if found is None else str(found)


def give_up(c: Connection, holder: str) -> None:
    """Let the next process have it at once."""
    mine = (LEASE.c.id == ONLY) & (LEASE.c.holder == holder)
    c.execute(LEASE.update().where(mine).values(holder="", beat=LEASE.c.beat + 1))


def _be_impatient(c: Connection) -> None:
    """A process that stands still may have the row locked."""
    if c.dialect.name == "postgresql":
        c.execute(f"set local lock_timeout = {LOCKED}")
