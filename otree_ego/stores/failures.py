"""What databases say when they fail, in words that say what to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError

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
