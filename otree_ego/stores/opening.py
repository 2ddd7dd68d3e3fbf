"""Opening a store's database: made if it is not there, brought up to date if it is old."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, event, inspect
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import QueuePool, StaticPool

from ..errors import StoreError
from . import migrations
from .addresses import file_of, shown, url_of
from .failures import BUSY, reason, store_errors
from .versions import bring_up_to_date


def open_engine(url: str, create: bool = True) -> Engine:
    """The engine of a store, its tables made or brought up to date.

    Arguments:
        url: a database URL, or the path of a SQLite file.
        create: whether a SQLite file that is not there is made.

    Raises:
        StoreError: it cannot be opened, is no store, or was made by a newer version.
    """
    url = url_of(url)
    file = file_of(url)
    try:
        if file is not None and not create and not file.exists():
            raise StoreError(f"There is no store at {file.absolute()}: run an experiment first, or name another store.")
        if file is not None and file.parent != Path() and not file.parent.is_dir():
            raise StoreError(f"There is no folder {file.parent.absolute()} for the store {file.name}: make it first.")
    except OSError as error:
        raise StoreError(f"The store {shown(url)} cannot be opened: {error}.") from None
    options: dict[str, Any] = {"poolclass": QueuePool, "pool_size": 5}
    if url.startswith("sqlite"):
        options["connect_args"] = {"check_same_thread": False, "timeout": BUSY}
        if file is None:
            options = {"connect_args": options["connect_args"], "poolclass": StaticPool}
    try:
        engine = create_engine(url, **options)
        if url.startswith("sqlite"):
            event.listen(engine, "connect", _pragmas)
        with store_errors(url), engine.connect() as connection:
            _refuse_otrees(connection)
            bring_up_to_date(connection, migrations.STORE, f"The store {shown(url)}")
    except StoreError:
        raise
    except (SQLAlchemyError, ImportError, ValueError) as error:
        raise StoreError(f"The store {shown(url)} cannot be opened: {reason(error)}.") from None
    return engine


def _refuse_otrees(connection: Connection) -> None:
    if "otree_participant" in inspect(connection).get_table_names():
        raise StoreError(
            f"The database {shown(str(connection.engine.url))} is an oTree project's: experiments without humans need "
            "a store of their own."
        )


def _pragmas(connection: sqlite3.Connection, _: Any) -> None:
    connection.execute("pragma foreign_keys=on")
    # With a log beside the file readers and writers do not wait for each other, and a commit costs no fsync: after a
    # killed process everything is there; only a power cut may take the last seconds.
    _execute_when_free(connection, "pragma journal_mode=wal")
    connection.execute("pragma synchronous=normal")


def _execute_when_free(connection: sqlite3.Connection, statement: str) -> None:
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
