"""Opening a store to read it, where it may only be read: an archive, a co-author's folder, a read-only disk."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, event
from sqlalchemy.engine import Engine
from sqlalchemy.pool import QueuePool

from ..errors import StoreError
from . import migrations
from .addresses import file_of, shown
from .failures import store_errors
from .opening import open_engine
from .versions import refuse_newer


def open_to_read(url: str) -> Engine:
    """The engine of a store that is only read. It is brought up to date if it is old and may be written.

    A SQLite file that may not be written is read as it stands. If it is old, or a log of what was written last lies
    beside it, a copy of it in a temporary folder is read.

    Raises:
        StoreError: it is not there, cannot be opened, is no store, or was made by a newer version.
    """
    file = file_of(url)
    if file is None or not file.is_file():
        return open_engine(url, create=False)
    if may_be_written(url):
        try:
            return open_engine(url, create=False)
        except StoreError as error:
            if "readonly" not in str(error) and "unable to open" not in str(error):
                raise
    log = file.with_name(file.name + "-wal")
    try:
        has_log = log.is_file() and log.stat().st_size > 0
        engine = None if has_log else _immutable(file)
        if engine is not None and _is_current(engine, url):
            return engine
        if engine is not None:
            engine.dispose()
        return _copied(file, url)
    except OSError as error:
        raise StoreError(f"The store {shown(url)} cannot be read: {error}.") from None


def may_be_written(url: str) -> bool:
    """Whether a store may be written, as far as its address and its file's permissions tell."""
    file = file_of(url)
    if file is None or not file.is_file():
        return True
    return not _asks_for_it(url) and os.access(file, os.W_OK) and os.access(file.absolute().parent, os.W_OK)


def _asks_for_it(url: str) -> bool:
    """Whether an address says that nothing is to be written (``file:…?mode=ro&uri=true``, ``immutable=1``)."""
    options = url.partition("?")[2].split("&")
    return "mode=ro" in options or "immutable=1" in options


def _immutable(file: Path) -> Engine:
    address = f"{file.absolute().as_uri()}?mode=ro&immutable=1"

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(address, uri=True, check_same_thread=False)

    return create_engine("sqlite://", creator=connect, poolclass=QueuePool)


def _is_current(engine: Engine, url: str) -> bool:
    name = f"The store {shown(url)}"
    with store_errors(url), engine.connect() as connection:
        version = refuse_newer(connection, migrations.STORE, name)
    if version is None:
        raise StoreError(f"The database {shown(url)} is no store of experiments: name one with --store PATH.")
    return version == len(migrations.STORE)


def _copied(file: Path, url: str) -> Engine:
    folder = tempfile.TemporaryDirectory(prefix="otree_ego-", ignore_cleanup_errors=True)
    copy = Path(folder.name, file.name)
    for end in ("", "-wal"):
        if Path(f"{file}{end}").is_file():
            shutil.copyfile(f"{file}{end}", f"{copy}{end}")
    try:
        found = create_engine(f"sqlite:///{copy}")
        try:
            _is_current(found, url)
        finally:
            found.dispose()
        engine = open_engine(f"sqlite:///{copy}", create=False)
    except StoreError as error:
        folder.cleanup()
        raise StoreError(str(error).replace(str(copy), shown(url))) from None

    def remove(_: Any) -> None:
        folder.cleanup()

    event.listen(engine, "engine_disposed", remove)
    return engine
