"""Databases that cannot be written for a while, each in its own way."""

from __future__ import annotations

import os
import resource
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from .database import PATIENCE, PostgreSQL, SQLite, attempts
from .server import Server

SPOOL = "__temp_otree_ego"


def file_of(server: Server) -> Path:
    """The file of a server's SQLite database."""
    assert isinstance(server.database, SQLite)
    return server.database.file


@contextmanager
def locked(server: Server) -> Iterator[None]:
    """Another program has the file for itself."""
    with closing(sqlite3.connect(file_of(server), timeout=PATIENCE, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield
        other.execute("ROLLBACK")


@contextmanager
def folder_unwritable(server: Server) -> Iterator[None]:
    """No journal can be made beside the file (a folder has its name: root may write to any folder)."""
    journal = Path(f"{file_of(server)}-journal")
    for _ in range(1000):
        if not journal.exists():
            break
        with closing(sqlite3.connect(file_of(server), timeout=PATIENCE)) as other:
            other.execute("SELECT count(*) FROM sqlite_master").fetchone()
    journal.mkdir()
    try:
        yield
    finally:
        journal.rmdir()


@contextmanager
def disk_full(server: Server) -> Iterator[None]:
    """No file of the server's can grow beyond a few bytes, that of the spool neither."""
    before = resource.prlimit(server.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (16, before[1]))
    try:
        yield
    finally:
        if server.running:
            resource.prlimit(server.pid, resource.RLIMIT_FSIZE, before)


@contextmanager
def read_only(server: Server, pg: PostgreSQL) -> Iterator[None]:
    """Nobody may write into any database of the cluster."""

    def switch(setting: str, shown: str) -> None:
        pg.execute(f"ALTER SYSTEM {setting}")
        pg.execute("SELECT pg_reload_conf()")
        for _ in attempts():
            if pg.execute("SHOW default_transaction_read_only")[0]["default_transaction_read_only"] == shown:
                return

    switch("SET default_transaction_read_only = on", "on")
    try:
        yield
    finally:
        switch("RESET default_transaction_read_only", "off")


@contextmanager
def stopped(server: Server, pg: PostgreSQL) -> Iterator[None]:
    """The cluster does not run."""
    with pg.away():
        yield


Outage = Callable[..., "contextmanager[None]"]
SQLITE = {"locked": locked, "folder unwritable": folder_unwritable}
POSTGRESQL = {"read-only": read_only, "stopped": stopped}


@contextmanager
def outage(server: Server, pg: PostgreSQL | None, how: str, answers: bool = True) -> Iterator[None]:
    """An outage of this kind, of a server's database.

    Args:
        answers: whether the server answers now; a page function that waits for its model keeps it from that.
    """
    if answers:  # oTree answers a live message before it commits it: this comes after that
        server.wait_ready()
    with SQLITE[how](server) if pg is None else POSTGRESQL[how](server, pg):
        yield


def spooled(server: Server) -> list[Path]:
    """The files of the server's spool."""
    return sorted((server.project.folder / SPOOL).glob("*/*.json"))


def mode(path: Path) -> int:
    """Who may do what with a file."""
    return os.stat(path).st_mode & 0o777
