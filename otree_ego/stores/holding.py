"""A run is written by the process that holds it, and by no other.

A process that stood still (a laptop that slept, SIGSTOP) may wake when another one has long taken up its run.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import MetaData
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from ..errors import RunError
from .schema import run_table

FRESH = 30.0
"""Seconds after which a run whose process was not seen is free to be taken over."""
OPEN: set[str] = set()
"""The holders' names of this process's stores that are open."""
_RUNS = run_table(MetaData()).name


@contextmanager
def held(c: Connection, run: str, holder: str) -> Iterator[None]:
    """See that what is written inside belongs to a run that is held under this name; no run means that of no run.

    Raises:
        RunError: another process has taken it up.
    """
    if not run:
        yield
    elif c.dialect.name != "sqlite":  # first, as whoever takes the run up asks first, too; till the commit nobody can
        _see_holder(c, f"SELECT holder FROM {_RUNS} WHERE uid = %s FOR SHARE", run, holder)
        yield
    else:
        try:
            yield
        finally:  # it has one writer at a time, and that is who has written; rows of a removed run it refuses by itself
            _see_holder(c, f"SELECT holder FROM {_RUNS} WHERE uid = ?", run, holder)


def _see_holder(c: Connection, query: str, run: str, holder: str) -> None:
    cursor = c.connection.cursor()
    try:  # without SQLAlchemy, which would take longer than the database
        cursor.execute(query, (run,))
        row = cursor.fetchone()
    except c.dialect.dbapi.Error as error:
        raise DBAPIError.instance(query, None, error, c.dialect.dbapi.Error, dialect=c.dialect) from error
    finally:
        cursor.close()
    if row is None or row[0] != holder:
        raise lost(run, "" if row is None else row[0])


def lost(run: str, holder: str) -> RunError:
    """The error for a process that has lost its run to another one."""
    host, pid, _ = holder.rsplit(":", 2) if holder else ("", "", "")
    where = f"goes on in another process ({pid} on {host})" if holder else "was ended or removed by another process"
    return RunError(
        f"The run {run[:8]} {where}: this one had stood still for too long. It ends here, and what it had under way is "
        "not recorded.",
        run=run,
    )


def is_alive(holder: str, beat: float, now: float) -> bool:
    """Whether the process that holds a run is at work, as far as it can be seen from here."""
    if holder.count(":") < 2:  # no name that we gave
        return now - beat < FRESH
    host, pid, _ = holder.rsplit(":", 2)
    if (host, pid) == (socket.gethostname(), str(os.getpid())):
        return holder in OPEN
    if host == socket.gethostname() and os.name == "posix":
        try:
            os.kill(int(pid), 0)
        except (ProcessLookupError, OverflowError, ValueError):
            return False
        except PermissionError:  # somebody else's process has this number
            return now - beat < FRESH
    return now - beat < FRESH
