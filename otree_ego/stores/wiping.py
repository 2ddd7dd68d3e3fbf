"""Deleted texts do not stay in the unused parts of a database's file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError


@contextmanager
def wiping(c: Connection) -> Iterator[None]:
    """Have SQLite overwrite with zeros what is deleted inside; PostgreSQL does it when it is vacuumed."""
    if c.dialect.name != "sqlite":
        yield
        return
    before = c.execute("pragma secure_delete").scalar()
    c.execute("pragma secure_delete=on").close()
    try:
        yield
    finally:
        c.execute(f"pragma secure_delete={int(before or 0)}").close()


def wipe_freed(c: Connection) -> bool:
    """Write the database anew without what was deleted earlier; False if another program uses it just now."""
    raw = c.connection.connection
    try:
        if c.dialect.name == "sqlite":
            raw.execute("vacuum")
        else:
            before = raw.autocommit
            raw.rollback()
            raw.autocommit = True
            try:
                with raw.cursor() as cursor:
                    cursor.execute("vacuum")
            finally:
                raw.autocommit = before
    except (c.dialect.dbapi.Error, DBAPIError):
        return False
    return True
