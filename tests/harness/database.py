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
from contextlib import closing, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol
from urllib.parse import quote

from . import needs

Row = dict[str, Any]
PATIENCE = 120.0
"""Seconds after which a test does not wait any longer: against hanging only, and never for how fast something is."""
PASSWORD = "p0123456789abcdef"
"""Of the user postgres, where PostgreSQL asks for one."""


class Database(Protocol):
    """What one server's data lie in."""

    @property
    def env(self) -> dict[str, str]:
        """What oTree's process needs in its environment to use it."""

    def query(self, sql: str) -> list[Row]:
        """The rows of one statement, read by a connection of its own."""

    def execute(self, sql: str) -> None:
        """Runs one statement that writes."""

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

    def execute(self, sql: str) -> None:
        with closing(sqlite3.connect(self.file, timeout=PATIENCE, isolation_level=None)) as connection:
            connection.execute(sql)

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
        start = f"postgres://postgres:{PASSWORD}" if cluster.ssl else "postgresql://postgres"  # Heroku's, and ours
        self.env = {"DATABASE_URL": f"{start}@127.0.0.1:{cluster.port}/{name}"}

    def query(self, sql: str) -> list[Row]:
        return self.cluster.execute(sql, self.name)

    def execute(self, sql: str) -> None:
        self.cluster.execute(sql, self.name)

    def tables(self) -> list[str]:
        rows = self.query("SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'")
        return [row["name"] for row in rows]

    def raw(self) -> bytes:
        return b""


@needs.starts("postgres")
class PostgreSQL:
    """A cluster in a temporary folder, gone after use.

    Use it as a context manager; `database()` gives a fresh database each time.

    Args:
        durable: PostgreSQL's own settings, which wait for the disk at each commit. Without them a power cut would
            lose data, and nothing else would: tests kill servers, not the machine.
        ssl: it refuses connections over TCP that are not encrypted, and wants a password, as Heroku's does.
    """

    def __init__(self, durable: bool = False, ssl: bool = False) -> None:
        self.bin = _binaries()
        self.durable = durable
        self.ssl = ssl
        self.port = free_port()
        self.folder = Path(tempfile.mkdtemp(prefix="otree-ego-pg-"))
        self.log = self.folder / "log"
        self._count = 0
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> PostgreSQL:
        needs.claim("postgres")
        atexit.register(self.stop)
        owner = _as_unprivileged(self.folder)
        data = str(self.folder / "data")
        initdb = [str(self.bin / "initdb"), "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C"]
        initdb += [] if self.durable else ["--no-sync"]
        made = subprocess.run(initdb, cwd=self.folder, capture_output=True, text=True, check=False, **owner)
        assert made.returncode == 0, f"initdb failed: {made.stdout}{made.stderr}"
        if self.ssl:
            self._encrypt(self.folder / "data", owner)
        self._run()
        if self.ssl:
            self.execute(f"ALTER ROLE postgres PASSWORD '{PASSWORD}'")
        return self

    def _encrypt(self, data: Path, owner: dict[str, Any]) -> None:
        make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"]
        files = ["-keyout", str(data / "server.key"), "-out", str(data / "server.crt")]
        subprocess.run([*make, *files], cwd=data, check=True, capture_output=True, **owner)
        (data / "server.key").chmod(0o600)
        (data / "pg_hba.conf").write_text("local all all trust\nhostssl all all all scram-sha-256\n")
        with (data / "postgresql.conf").open("a") as settings:
            settings.write("ssl = on\npassword_encryption = 'scram-sha-256'\n")

    def _run(self) -> None:
        owner = _as_unprivileged(self.folder)
        data = str(self.folder / "data")
        command = [str(self.bin / "postgres"), "-D", data, "-p", str(self.port), "-k", str(self.folder)]
        command += ["-c", "listen_addresses=127.0.0.1"]
        for setting in () if self.durable else ("fsync", "full_page_writes"):
            command += ["-c", f"{setting}=off"]
        with self.log.open("ab") as log:
            # a session of its own: Ctrl-C must not take the database away before the servers on it have stopped
            self._process = subprocess.Popen(
                command, cwd=self.folder, stdout=log, stderr=log, start_new_session=True, **owner
            )
        self._wait_ready()

    @contextmanager
    def away(self) -> Iterator[None]:
        """Inside, the cluster does not run; all connections to it are lost."""
        assert self._process
        self._process.send_signal(signal.SIGINT)
        self._process.wait(30)
        try:
            yield
        finally:
            self._run()

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
        for _ in attempts():
            assert self._process.poll() is None, f"PostgreSQL ended: {self.log.read_text(errors='replace')}"
            try:
                self.execute("SELECT 1")
                return
            except psycopg2.OperationalError:
                continue
        raise TimeoutError(f"PostgreSQL did not start: {self.log.read_text(errors='replace')}")


def attempts(seconds: float = PATIENCE, pause: float = 0.05) -> Iterator[int]:
    """Counts up, pausing in between, until the time is over."""
    end = time.monotonic() + seconds
    count = 0
    while count == 0 or time.monotonic() < end:
        yield count
        count += 1
        time.sleep(pause)


def free_port() -> int:
    """A TCP port on the loopback interface that nobody uses, and that nobody else is given while this process lives.

    It is below the ports that the system gives to connections. The UDP port of the same number stays bound, as a sign
    for other processes that run tests: a server may be down for a while and come back.
    """
    for port in range(10_000 + os.getpid() * 101 % 20_000, 32_000):
        sign = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            sign.bind(("127.0.0.1", port))
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(("127.0.0.1", port))
        except OSError:
            sign.close()
            continue
        sign.detach()  # open, and nobody's to close
        return port
    raise OSError("No port is free.")


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
