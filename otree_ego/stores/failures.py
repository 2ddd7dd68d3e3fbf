"""What databases say when they fail, in words that say what to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import (
    DataError,
    DBAPIError,
    DisconnectionError,
    IntegrityError,
    NotSupportedError,
    ProgrammingError,
    SQLAlchemyError,
)

from ..errors import StoreError
from .addresses import shown

BUSY = 60.0
"""Seconds to wait for another process that is just writing."""
HINTS = {
    "database or disk is full": "the disk is full: make room, then run it again",
    "disk I/O error": "the disk does not take it (I/O error): see that it is there and has room",
    "readonly": "it is read-only: see who may write the file and its folder",
    "unable to open": "the file cannot be opened or made: see who may write its folder",
    "not a database": "the file is no SQLite database: name another store",
    "locked": f"another program has held it for more than {BUSY:.0f} s: close that, then run it again",
}
OWN_FAULT = ("binding parameter", "no such column", "has no column", "syntax error", "too many SQL variables")
"""What SQLite says of statements that no database takes, besides those of which it says so by their class."""
CONSTRAINTS = ("constraint failed", "datatype mismatch")
"""What SQLite says of values that a table never takes."""
OF_THE_DATABASE = ("42501", "42P01")
"""PostgreSQL's codes for a right that is missing and a table that is not there: while somebody mends a database."""
OF_ALL = ("08", "25", "53", "57", "58")
"""PostgreSQL's classes of errors that concern all who write: connections, read-only, resources, stopped, the disk."""
RAISED = "P0001"
"""PostgreSQL's code for what a trigger or a function raises."""
LOST = ("Can't reconnect until invalid transaction", "This connection is closed", "This Connection is closed")
DRIVERS = ("sqlite3", "psycopg2")


def is_outage(error: BaseException | None) -> bool:
    """Whether the same may be written later: a database is away, full, locked or read-only for a while.

    It is not if the database will never take what it was given.
    """
    if isinstance(error, DataError | NotSupportedError):
        return False
    if isinstance(error, IntegrityError):
        return _refused_by_trigger(error)
    if isinstance(error, ProgrammingError):
        return getattr(error.orig, "pgcode", None) in OF_THE_DATABASE
    if isinstance(error, DBAPIError):
        words = str(error.orig)
        return not any(sign in words for sign in OWN_FAULT)
    if isinstance(error, SQLAlchemyError):
        return isinstance(error, DisconnectionError) or any(sign in str(error) for sign in LOST)
    kinds = [kind for kind in type(error).__mro__ if kind.__module__.split(".")[0] in DRIVERS]
    return any(kind.__name__ in ("OperationalError", "InterfaceError", "InternalError") for kind in kinds)


def is_refusal(error: BaseException | None) -> bool:
    """Whether a trigger of somebody's own has refused one row: the database takes others meanwhile."""
    if isinstance(error, IntegrityError):
        return _refused_by_trigger(error)
    return isinstance(error, DBAPIError) and getattr(error.orig, "pgcode", None) == RAISED


def concerns_all(error: BaseException | None) -> bool:
    """Whether a database that has failed so takes nothing at all."""
    if not isinstance(error, DBAPIError):
        return True
    if is_refusal(error):
        return False
    code = getattr(error.orig, "pgcode", None) or ""
    return bool(error.connection_invalidated) or code[:2] in OF_ALL or any(sign in str(error.orig) for sign in HINTS)


def _refused_by_trigger(error: IntegrityError) -> bool:
    """Whether it is a trigger that refuses, in words of somebody's own: SQLite reports that as it does a constraint."""
    kind, words = type(error.orig), str(error.orig)
    return kind.__module__ == "sqlite3" and not any(sign in words for sign in CONSTRAINTS)


def reason(error: Exception) -> str:
    """Why a database failed, in one line."""
    cause = getattr(error, "orig", None) or error
    words = " ".join(str(cause).split()).rstrip(".")
    return next((hint for sign, hint in HINTS.items() if sign in words), words)


@contextmanager
def store_errors(url: str) -> Iterator[None]:
    """Give a database's errors as StoreError, in words."""
    try:
        yield
    except DBAPIError as error:
        raise StoreError(f"The store {shown(url)} failed: {reason(error)}. What was written before is safe.") from None
