"""One web process at a time serves on a database: it holds the lease.

oTree keeps what it knows of pages that are open, and we what we know of chats, in one process's memory. A second web
process (another dyno, a deployment that overlaps) would end the first one's replies, and ask for each again.

The holder writes a number into the lease's row every `BEAT` seconds, from a thread and over a connection of its own: a
page function that takes a minute does not make it late. Another process takes the lease when it was given up, when its
holder is known to have ended, or when it has read the same number for `LEASE` seconds by its own clock. Whatever fails
while it looks makes it begin anew, so that nobody is taken for dead because the database was away.

The holder trusts its lease for `TRUST` seconds after each beat. When these are over, it asks the database before it
commits, answers a page, or asks a model: it goes on if nobody else has taken the lease, however late it is.
"""

from __future__ import annotations

import asyncio
import os
import socket
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import otree.database
from otree.database import DBSession, engine
from sqlalchemy import create_engine, event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from ...display import logger
from ...errors import EgoError
from ...stores import lease_rows
from ...stores.lease_rows import Lease
from .database import impatient, in_line, lock2, short_section
from .processes import SERVER, name_of_this, still_runs

BEAT = 2.0
LEASE = 8.0
TRUST = 7.0
LATE = 1.0
"""Seconds until a beat that failed is tried again."""
PATIENCE = 3.0
"""Seconds that a page waits for the lease to be confirmed."""
FIRST = 1
"""How many page requests may come before a beat over oTree's own connection."""
ENDS = 6.0
"""Seconds for a beat that is under way when the process ends."""

NONE, WAITING, HELD, ENDED = "none", "waiting", "held", "ended"
"""No web process, or one whose database nobody else sees; does not serve yet; serves; serves no more."""


_FILE = Path(otree.database.DB_FILE).absolute()


class LeaseLost(EgoError):
    """Another web process serves on this database now: what this one was about to do is not done."""


def clock() -> float:
    """Seconds, also those for which the machine slept."""
    boot = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boot is None else time.clock_gettime(boot)


class _Watch:
    """For how long the same number was read."""

    def __init__(self) -> None:
        self._seen: Lease | None = None
        self._since = 0.0

    def is_over(self, row: Lease) -> bool:
        if self._seen is None or (row.holder, row.beat) != (self._seen.holder, self._seen.beat):
            self._seen, self._since = row, clock()
        return clock() - self._since >= LEASE

    def begin_anew(self) -> None:
        self._seen = None


class Holding:
    """This process's side of the lease."""

    def __init__(self) -> None:
        self.state = NONE
        self.ours = Lease(name_of_this(SERVER), 0, f"{socket.gethostname()}, process {os.getpid()}")
        self.trusted_until = 0.0
        self.on_lost: Callable[[Lease], None] = lambda _: None
        self._watch = _Watch()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None
        self._thread: threading.Thread | None = None
        self._wake = threading.Event()
        self._stopping = False
        self._engine: Engine | None = None
        self._guard = threading.Lock()
        self._asking: list[tuple[asyncio.AbstractEventLoop, asyncio.Future[bool]]] = []

    # --- taking it --------------------------------------------------------------------------------------------------

    async def take(self) -> Lease | None:
        """Take the lease if it is free; None if it is ours now, else who has it."""
        started = clock()
        try:
            async with lock2:
                with short_section() as connection:
                    other = self._take(connection)
        except IntegrityError:  # another process was faster
            async with lock2:
                with short_section() as connection:
                    return lease_rows.look(connection)
        except BaseException:
            self._watch.begin_anew()
            raise
        if other is None:
            self.state, self.trusted_until = HELD, started + TRUST
            self._loop = asyncio.get_running_loop()
            self._thread = threading.Thread(target=self._beat_on, name="otree_ego lease", daemon=True)
            self._thread.start()
        return other

    def _take(self, connection: Connection) -> Lease | None:
        row = lease_rows.look(connection)
        free = row is None or not row.holder or row.holder == self.ours.holder
        if row is not None and not free:
            free = still_runs(row.holder) is False or self._watch.is_over(row)
        self.ours = replace(self.ours, since=time.time())
        return None if free and lease_rows.take(connection, self.ours, row) else row

    # --- keeping it -------------------------------------------------------------------------------------------------

    def _beat_on(self) -> None:
        pause, told = BEAT, False
        while not self._stopping:
            self._wake.wait(pause)
            self._wake.clear()
            if self._stopping:
                break
            started = clock()
            try:
                with self._connected() as connection:
                    other = lease_rows.beat(connection, self.ours)
            except Exception as error:  # whatever it is: this thread is what lets the server answer
                if pause == LATE and not told and clock() > self.trusted_until:
                    told = True
                    logger.warning(
                        "The database has taken no write for %g s (%s): pages are answered 503, and no model is asked, "
                        "until it does.", TRUST, error,
                    )  # fmt: skip
                pause = LATE
                self._call(self._beat_with_otree)
                continue
            pause, told = BEAT, False
            self._has_beaten(started, other)
            if other is not None:
                break
        if self._engine is not None:
            self._engine.dispose()

    def _has_beaten(self, started: float, other: Lease | None) -> None:
        if other is None:
            self.trusted_until = max(self.trusted_until, started + TRUST)
        else:
            self.lose(other)
        with self._guard:
            asking, self._asking = self._asking, []
        for loop, future in asking:
            with suppress(RuntimeError):  # the loop has ended
                loop.call_soon_threadsafe(_answer, future, other is None)

    def lose(self, other: Lease) -> None:
        """Somebody else has the lease."""
        if self.state == HELD:
            self.state = ENDED
            self._call(self.on_lost, other)

    def _call(self, work: Callable[..., None], *values: Any) -> None:
        if self._loop is not None:
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(work, *values)

    def _beat_with_otree(self) -> None:
        """Over oTree's own connection: the database may refuse another, or a page function may be writing."""

        async def beat() -> None:
            with suppress(SQLAlchemyError, LeaseLost):
                async with in_line(FIRST):
                    started = clock()
                    with impatient(), short_section() as connection:
                        other = lease_rows.beat(connection, self.ours)
                self._has_beaten(started, other)

        if self.state == HELD and (self._task is None or self._task.done()):
            self._task = asyncio.get_running_loop().create_task(beat())

    def _connected(self) -> Any:
        if self._engine is None:
            self._engine = _own_engine()
        return self._engine.begin()

    async def confirm(self, seconds: float | None = None) -> bool:
        """Wait until it is known whether the lease is still ours, in any event loop.

        Arguments:
            seconds: the most to wait; None means until the database can be asked.
        """
        if self.state != HELD:
            return self.state == NONE
        loop = asyncio.get_running_loop()
        future: asyncio.Future[bool] = loop.create_future()
        with self._guard:
            self._asking.append((loop, future))
        self._wake.set()
        try:
            return await asyncio.wait_for(future, seconds)
        except (asyncio.TimeoutError, TimeoutError):
            return False

    # --- ending it --------------------------------------------------------------------------------------------------

    def close(self) -> bool:
        """Write nothing from now on; whether this process has held the lease until now."""
        held = self.state == HELD
        if self.state != NONE:
            self.state = ENDED
        self._stopping = True
        self._wake.set()
        return held

    def release(self) -> None:
        """Let the next process have the lease at once (after `close`; it waits for the database)."""
        if self._thread is not None:
            self._thread.join(ENDS)
        ending = _own_engine()
        try:
            with ending.begin() as connection:
                lease_rows.give_up(connection, self.ours.holder)
        except (SQLAlchemyError, sqlite3.Error) as error:
            logger.warning(
                "The lease on the database could not be given up (%s): the next server waits %g s.", error, LEASE
            )
        finally:
            ending.dispose()


def _answer(future: asyncio.Future[bool], ours: bool) -> None:
    if not future.done():
        future.set_result(ours)


def _own_engine() -> Engine:
    """Connections of our own to oTree's database, which do not wait for long."""
    if engine.dialect.name == "sqlite":
        return create_engine("sqlite://", poolclass=NullPool, creator=lambda: sqlite3.connect(_FILE, timeout=1.0))
    from psycopg2 import extensions

    waits = {"connect_timeout": 3, "keepalives_idle": 3, "keepalives_interval": 1, "keepalives_count": 3}
    if extensions.libpq_version() >= 120000:
        waits["tcp_user_timeout"] = 3000
    return create_engine(engine.url, pool_size=1, max_overflow=0, pool_pre_ping=True, connect_args=waits)


holding = Holding()
"""This process's."""


def serves() -> bool:
    """Whether this process may answer pages; quickly, and False where it has to be confirmed."""
    return holding.state == NONE or (holding.state == HELD and clock() < holding.trusted_until)


async def confirmed(seconds: float | None = PATIENCE) -> bool:
    """As `serves`, after asking the database where that is needed."""
    return serves() or await holding.confirm(seconds)


async def before_request() -> None:
    """Let a request to a model wait until it is known that no other web process answers in our place.

    Raises:
        LeaseLost: one does.
    """
    if not serves() and holding.state != WAITING and not await holding.confirm():
        raise LeaseLost("Another web process serves on this database now: this one asks no model any more.")


def _before_commit(session: Any) -> None:
    if holding.state in (NONE, WAITING) or serves():
        return
    transaction = session.transaction
    if transaction is None or not transaction._connections:  # nothing was read or written
        return
    if holding.state == HELD:
        holder = lease_rows.holder_now(session.connection())
        if holder in (None, "", holding.ours.holder):
            return
        holding.lose(Lease(str(holder), 0))
    raise LeaseLost("This web process does not serve on this database any more: what it was to write is not kept.")


def install() -> None:
    """See that nothing is written for a process that has lost the lease."""
    event.listen(DBSession, "before_commit", _before_commit)
