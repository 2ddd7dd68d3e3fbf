"""Opening a store's database: its address, its settings, and the steps from an older version to this one."""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Integer, MetaData, Table, create_engine, event, inspect
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.pool import QueuePool, StaticPool

from ..errors import StoreError
from .schema import batch_table, message_table, replication_table, run_table, seat_table, thread_table

BUSY = 60.0
"""Seconds to wait for another process that is just writing."""


def url_of(store: str | Path) -> str:
    """A store's address as a database URL: a path is a SQLite file.

    >>> url_of("data/ego.sqlite3")
    'sqlite:///data/ego.sqlite3'
    >>> url_of("postgresql://localhost/ego")
    'postgresql://localhost/ego'
    """
    text = str(store)
    if text.startswith("postgres://"):  # Heroku's spelling
        return text.replace("postgres://", "postgresql://", 1)
    if "://" in text:
        return text
    if "?" in text:
        raise StoreError(f"A store's file cannot have a '?' in its path: {text}. Name another.")
    return f"sqlite:///{text}"


def open_engine(url: str, create: bool = True) -> Engine:
    """The engine of a store, its tables made or brought up to date.

    Arguments:
        url: a database URL, or the path of a SQLite file.
        create: whether a SQLite file that is not there is made.

    Raises:
        StoreError: it cannot be opened, is no store, or was made by a newer version.
    """
    url = url_of(url)
    file = _file_of(url)
    if file is not None and not create and not file.exists():
        raise StoreError(f"There is no store at {file.absolute()}: run an experiment first, or name another store.")
    if file is not None and file.parent != Path() and not file.parent.is_dir():
        raise StoreError(f"There is no folder {file.parent.absolute()} for the store {file.name}: make it first.")
    options: dict[str, Any] = {"poolclass": QueuePool, "pool_size": 5}
    if url.startswith("sqlite"):
        options["connect_args"] = {"check_same_thread": False, "timeout": BUSY}
        if file is None:
            options = {"connect_args": options["connect_args"], "poolclass": StaticPool}
    try:
        engine = create_engine(url, **options)
        if url.startswith("sqlite"):
            event.listen(engine, "connect", _pragmas)
        with told(url), engine.begin() as connection:
            _upgrade(connection)
    except StoreError:
        raise
    except (SQLAlchemyError, ImportError, ValueError) as error:
        raise StoreError(f"The store {shown(url)} cannot be opened: {_reason(error)}.") from None
    return engine


@contextmanager
def told(url: str) -> Iterator[None]:
    """Give a database's errors as StoreError, in words."""
    try:
        yield
    except DBAPIError as error:
        raise StoreError(f"The store {shown(url)} failed: {_reason(error)}. What was written before is safe.") from None


def shown(url: str) -> str:
    """A store's address without its password."""
    if url.startswith("sqlite:"):
        return url.removeprefix("sqlite:///")
    head, at, tail = re.sub(r"(?<=[?&])password=[^&]*&?", "", url).rstrip("?&").rpartition("@")
    if not at:
        return tail
    scheme, _, rest = head.partition("://")
    return f"{scheme}://{rest.partition(':')[0]}@{tail}"


def _reason(error: Exception) -> str:
    cause = getattr(error, "orig", None) or error
    words = " ".join(str(cause).split()).rstrip(".")
    hints = {
        "database or disk is full": "the disk is full: make room, then run it again",
        "disk I/O error": "the disk does not take it (I/O error): see that it is there and has room",
        "readonly": "it is read-only: see who may write the file and its folder",
        "unable to open": "the file cannot be opened or made: see who may write its folder",
        "not a database": "the file is no SQLite database: name another store",
        "locked": f"another program has held it for more than {BUSY:.0f} s: close that, then run it again",
    }
    return next((hint for sign, hint in hints.items() if sign in words), words)


def _file_of(url: str) -> Path | None:
    path = url.partition("?")[0].removeprefix("sqlite:///") if url.startswith("sqlite:///") else ""
    return Path(path) if path and path != ":memory:" else None


def _pragmas(connection: sqlite3.Connection, _: Any) -> None:
    connection.execute("pragma foreign_keys=on")
    # With a log beside the file readers and writers do not wait for each other, and a commit costs no fsync: after a
    # killed process everything is there; only a power cut may take the last seconds.
    _patiently(connection, "pragma journal_mode=wal")
    connection.execute("pragma synchronous=normal")


def _patiently(connection: sqlite3.Connection, statement: str) -> None:
    """SQLite does not wait by itself while another process makes the same new file ready."""
    end = time.monotonic() + BUSY
    while True:
        try:
            connection.execute(statement)
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > end:
                raise
            time.sleep(0.02)


# --- versions: each step once, in order, never changed -------------------------------------------------------------


def threads_and_messages(connection: Connection) -> None:
    """Version 1: Threads and their messages."""
    metadata = MetaData()
    thread_table(metadata), message_table(metadata)
    metadata.create_all(connection)


def runs(connection: Connection) -> None:
    """Version 2: runs, their replications, who sat where, and batches."""
    metadata = MetaData()
    thread_table(metadata)
    run_table(metadata), replication_table(metadata), seat_table(metadata), batch_table(metadata)
    metadata.create_all(connection)


STEPS: tuple[Callable[[Connection], None], ...] = (threads_and_messages, runs)


def _upgrade(connection: Connection) -> None:
    if "otree_participant" in inspect(connection).get_table_names():
        raise StoreError(
            f"The database {shown(str(connection.engine.url))} is an oTree project's: experiments without humans need "
            "a store of their own."
        )
    if _version(connection) == len(STEPS):
        return
    # Two processes that open a new store at once make its tables one by one.
    sqlite = connection.dialect.name == "sqlite"
    connection.execute("begin immediate" if sqlite else "select pg_advisory_xact_lock(7305)")
    version = _version(connection)
    if version > len(STEPS):
        raise StoreError(
            f"The store {shown(str(connection.engine.url))} was made by a newer otree_ego (version {version} of its "
            f"tables; this one knows {len(STEPS)}): upgrade otree_ego."
        )
    _VERSIONS.create(connection, checkfirst=True)
    for step in STEPS[version:]:
        step(connection)
    connection.execute(_VERSIONS.delete())
    connection.execute(_VERSIONS.insert().values(version=len(STEPS)))


_VERSIONS = Table("otree_ego_schema", MetaData(), Column("version", Integer, nullable=False))


def _version(connection: Connection) -> int:
    if _VERSIONS.name not in inspect(connection).get_table_names():
        return 0
    return int(connection.execute(_VERSIONS.select()).scalar() or 0)
