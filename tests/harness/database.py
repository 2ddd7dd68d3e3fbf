"""The two databases that oTree runs on: SQLite in the project's folder, and a PostgreSQL of the tests' own."""

from __future__ import annotations

import atexit
import base64
import binascii
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol
from urllib.parse import quote

Row = dict[str, Any]


class Database(Protocol):
    """What one server's data lie in."""

    @property
    def env(self) -> dict[str, str]:
        """What oTree's process needs in its environment to use it."""

    def query(self, sql: str) -> list[Row]:
        """The rows of one statement, read by a connection of its own."""

    def tables(self) -> list[str]:
        """Names of all tables."""

    def raw(self) -> bytes:
        """The bytes of its files, as far as a file belongs to this database alone."""


def stored(database: Database) -> bytes:
    """Everything in the database as one haystack: raw files, each cell, and what is packed in base64 inside cells."""
    found = [database.raw()]
    for table in database.tables():
        for row in database.query(f'SELECT * FROM "{table}"'):
            found.extend(_cell(value) for value in row.values() if value is not None)
    return b"\n".join(found)


def _cell(value: Any) -> bytes:
    data = bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode("utf-8", "surrogatepass")
    try:  # oTree keeps participant.vars as pickle in base64
        return data + b"\n" + base64.b64decode(data.strip(), validate=True)
    except binascii.Error:
        return data


class SQLite:
    """The file `db.sqlite3` in a project's folder."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "db.sqlite3"
        self.env: dict[str, str] = {}

    def query(self, sql: str) -> list[Row]:
        with closing(sqlite3.connect(f"file:{quote(str(self.file))}?mode=ro", uri=True, timeout=30)) as connection:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(sql)]

    def tables(self) -> list[str]:
        rows = self.query("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
        return [row["name"] for row in rows]

    def raw(self) -> bytes:
        files = sorted(self.file.parent.glob(self.file.name + "*"))
        return b"\n".join(file.read_bytes() for file in files)


class PostgreSQLDatabase:
    """One database of the cluster."""

    def __init__(self, cluster: PostgreSQL, name: str) -> None:
        self.cluster = cluster
        self.name = name
        self.env = {"DATABASE_URL": f"postgresql://postgres@127.0.0.1:{cluster.port}/{name}"}

    def query(self, sql: str) -> list[Row]:
        return self.cluster.execute(sql, self.name)

    def tables(self) -> list[str]:
        rows = self.query("SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'")
        return [row["name"] for row in rows]

    def raw(self) -> bytes:
        return b""


class PostgreSQL:
    """A cluster in a temporary folder, with PostgreSQL's own settings for durability, gone after use.

    Use it as a context manager; `database()` gives a fresh database each time.
    """

    def __init__(self) -> None:
        self.bin = _binaries()
        self.port = free_port()
        self.folder = Path(tempfile.mkdtemp(prefix="otree-ego-pg-"))
        self.log = self.folder / "log"
        self._count = 0
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> PostgreSQL:
        atexit.register(self.stop)
        owner = _as_unprivileged(self.folder)
        data = str(self.folder / "data")
        initdb = [str(self.bin / "initdb"), "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C"]
        made = subprocess.run(initdb, cwd=self.folder, capture_output=True, text=True, check=False, **owner)
        assert made.returncode == 0, f"initdb failed: {made.stdout}{made.stderr}"
        command = [str(self.bin / "postgres"), "-D", data, "-p", str(self.port), "-k", str(self.folder)]
        command += ["-c", "listen_addresses=127.0.0.1"]
        with self.log.open("wb") as log:
            # a session of its own: Ctrl-C must not take the database away before the servers on it have stopped
            self._process = subprocess.Popen(
                command, cwd=self.folder, stdout=log, stderr=log, start_new_session=True, **owner
            )
        self._wait_ready()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.stop()

    def stop(self) -> None:
        """Ends the cluster and removes its folder; may be called twice."""
        if self._process and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)  # "fast shutdown": does not wait for clients
            self._process.wait(30)
        self._process = None
        shutil.rmtree(self.folder, ignore_errors=True)
        atexit.unregister(self.stop)

    def database(self) -> PostgreSQLDatabase:
        """Makes an empty database."""
        self._count += 1
        name = f"otree_{self._count}"
        self.execute(f"CREATE DATABASE {name}")
        return PostgreSQLDatabase(self, name)

    def execute(self, sql: str, database: str = "postgres") -> list[Row]:
        """Runs one statement and returns its rows."""
        import psycopg2
        import psycopg2.extras

        connection = psycopg2.connect(host=str(self.folder), port=self.port, user="postgres", dbname=database)
        with closing(connection):
            connection.autocommit = True
            with connection.cursor(cursor_factory=psycopg2.extras.RealDictCursor) as cursor:
                cursor.execute(sql)
                return [dict(row) for row in cursor.fetchall()] if cursor.description else []

    def _wait_ready(self) -> None:
        import psycopg2

        assert self._process
        for _ in attempts(60):
            assert self._process.poll() is None, f"PostgreSQL ended: {self.log.read_text(errors='replace')}"
            try:
                self.execute("SELECT 1")
                return
            except psycopg2.OperationalError:
                continue
        raise TimeoutError(f"PostgreSQL did not start: {self.log.read_text(errors='replace')}")


def attempts(seconds: float, pause: float = 0.05) -> Iterator[int]:
    """Counts up, pausing in between, until the time is over."""
    end = time.monotonic() + seconds
    count = 0
    while count == 0 or time.monotonic() < end:
        yield count
        count += 1
        time.sleep(pause)


def free_port() -> int:
    """A TCP port on the loopback interface that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _binaries() -> Path:
    installed = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = sorted(installed, key=lambda file: float(file.parts[-3]))[-1:]
    on_path = shutil.which("initdb")
    for initdb in [*newest, *([Path(on_path)] if on_path else [])]:
        return initdb.parent
    raise FileNotFoundError("The tests need PostgreSQL's server programs: apt-get install postgresql")


def _as_unprivileged(folder: Path) -> dict[str, Any]:
    """PostgreSQL refuses to run as root: hand the folder to its own user and name that for the child."""
    if os.geteuid() != 0:
        return {}
    shutil.chown(folder, "postgres", "postgres")
    return {"user": "postgres", "group": "postgres", "extra_groups": []}
