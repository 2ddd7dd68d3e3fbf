"""What an experiment records while it runs: written by one thread, as many entries in one commit as are waiting.

An entry is a plain tuple, so that it can come from another process, too: what it is, then its values.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future, InvalidStateError
from typing import Any

from sqlalchemy import MetaData, bindparam
from sqlalchemy.engine import Connection, Engine

from ..errors import EgoError, RunError, StoreError, Unwritable
from . import rows
from .failures import store_errors
from .holding import held
from .schema import batch_table, learned_table, replication_table, run_table, seat_table, surroundings_table

_plain: MetaData = rows.THREADS.metadata
RUNS = run_table(_plain)
REPLICATIONS = replication_table(_plain)
SEATS = seat_table(_plain)
BATCHES = batch_table(_plain)
LEARNED = learned_table(_plain)
SURROUNDINGS = surroundings_table(_plain)
_ADD_SEATS, _ADD_REPLICATIONS, _ADD_LEARNED = SEATS.insert(), REPLICATIONS.insert(), LEARNED.insert()

TURNS = 3
"""Further turns of an event loop in which what comes is the same commit: replies that come at once are read one after
the other. Without them a run has four times as many commits, and takes a sixth more of the processor's time."""
Entry = tuple[str, Any]
"""``("thread", ThreadRow)``, ``("seat", dict)``, ``("message", (thread uid, Message with its place))``,
``("settle", Message)``, ``("state", (thread uid, bytes))``, ``("replication", dict)``, ``("learned", dict)``."""


class Journal:
    """Writes entries in the order in which they come; whoever hands some in can wait until they are safe.

    A SQLite file is written where the entries come from: that takes less time than another thread would wait for
    Python's lock. On an event loop, what comes in a few turns of it is one commit. A database server is written by a
    thread of the journal's own, as much in one commit as is waiting.

    Arguments:
        engine: a store's engine.
        run, holder: write only as long as this run is held under this name (`RunStore.holder`); RunError after that.
    """

    def __init__(self, engine: Engine, run: str = "", holder: str = "") -> None:
        self._engine, self._holder = engine, holder
        self.run = run
        self._url = str(engine.url)
        self._connection = engine.connect()
        self._writing = threading.Lock()
        self._broken: EgoError | None = None
        # by loop: a future may only be touched on its own
        self._turns: dict[asyncio.AbstractEventLoop, list[tuple[Sequence[Entry], asyncio.Future[None]]]] = {}
        self._waiting: list[tuple[Sequence[Entry], Future[None]]] = []
        self._wake = threading.Condition()
        self._closing = False
        self._thread: threading.Thread | None = None
        if engine.dialect.name != "sqlite":
            self._thread = threading.Thread(target=self._work, name="otree_ego-journal", daemon=True)
            self._thread.start()

    def put(self, entries: Sequence[Entry]) -> Future[None]:
        """Hand in entries that belong together, from any thread.

        Returns:
            a future: done when they are committed, StoreError if they could not be.
        """
        done: Future[None] = Future()
        if self._thread is None:
            self._write([(entries, done)])
            return done
        with self._wake:
            if self._closing:
                done.set_exception(StoreError("The run has ended: nothing more is recorded for it."))
                return done
            self._waiting.append((entries, done))
            if len(self._waiting) == 1:
                self._wake.notify()
        return done

    async def write(self, entries: Sequence[Entry]) -> None:
        """Hand in entries, on an event loop, and wait until they are committed.

        Raises:
            StoreError: they could not be.
        """
        if self._thread is not None:
            await asyncio.wrap_future(self.put(entries))
            return
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()
        turn = self._turns.setdefault(loop, [])
        turn.append((entries, done))
        if len(turn) == 1:
            loop.call_soon(self._end_turn, loop, TURNS)
        await done

    def close(self) -> None:
        """Write what is waiting, then end."""
        if self._thread is not None:
            with self._wake:
                self._closing = True
                self._wake.notify()
            self._thread.join()
        with self._writing:
            self._closing = True
            self._connection.close()

    def _end_turn(self, loop: asyncio.AbstractEventLoop, more: int) -> None:
        if more:  # no time passes: what is ready by then is in the same commit
            loop.call_soon(self._end_turn, loop, more - 1)
        else:
            self._write(self._turns.pop(loop))

    def _work(self) -> None:
        while True:
            with self._wake:
                while not self._waiting and not self._closing:
                    self._wake.wait()
                batch, self._waiting = self._waiting, []
            if not batch:
                return
            self._write(batch)

    def _write(self, batch: Sequence[tuple[Sequence[Entry], Any]]) -> None:
        error: EgoError | None = None
        with self._writing:
            try:
                self._commit(batch)
            except Unwritable as problem:
                error = problem
            except (StoreError, RunError) as problem:
                self._broken = error = problem
            # Whatever it is, those who wait must hear of it, or they would wait for ever.
            except BaseException as problem:
                self._broken = error = StoreError(f"The store failed: {problem!r}.")
        if isinstance(error, Unwritable) and len(batch) > 1:
            for each in batch:  # one of them has a row that cannot be written: the others shall not pay for it
                self._write([each])
            return
        for _, done in batch:
            with contextlib.suppress(InvalidStateError, asyncio.InvalidStateError):  # whoever waited was cancelled
                done.set_result(None) if error is None else done.set_exception(error)

    def _commit(self, batch: Sequence[tuple[Sequence[Entry], Any]]) -> None:
        if self._broken is not None:
            raise self._broken
        c = self._connection
        with store_errors(self._url), rows.writable(), c.begin(), held(c, self.run, self._holder):
            write_entries(c, [entry for entries, _ in batch for entry in entries])


def write_entries(c: Connection, entries: Iterable[Entry]) -> None:
    """Write entries on an open connection: new rows first, then what changes them."""
    by_kind: dict[str, list[Any]] = {}
    for kind, value in entries:
        by_kind.setdefault(kind, []).append(value)
    if found := by_kind.get("thread"):
        rows.insert(c, found)
    rows.many(c, _ADD_SEATS, by_kind.get("seat", ()))
    if found := by_kind.get("message"):
        values = []
        for uid, message in found:
            row = rows.to_row(message)
            row["thread"] = uid
            values.append(row)
        rows.many(c, rows.ADD_MESSAGES, values)
    if found := by_kind.get("settle"):
        rows.settle(c, found)
    if found := by_kind.get("state"):
        rows.update_states(c, dict(found))
    rows.many(c, _ADD_LEARNED, by_kind.get("learned", ()))
    if found := by_kind.get("replication"):
        replace_replications(c, found)


_SAME_PLACE = REPLICATIONS.delete().where(
    (REPLICATIONS.c.run == bindparam("b_run")) & (REPLICATIONS.c.place == bindparam("b_place"))
)


def replace_replications(c: Connection, found: Sequence[Mapping[str, Any]]) -> None:
    """Write down how replications ended, instead of how they ended before."""
    latest = {(row["run"], row["place"]): row for row in found}
    rows.many(c, _SAME_PLACE, [{"b_run": run, "b_place": place} for run, place in latest])
    rows.many(c, _ADD_REPLICATIONS, [dict(row) for row in latest.values()])


class Notebook:
    """Keeps entries instead of writing them, where there is no store: in memory, or in another process."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self._lock = threading.Lock()

    def put(self, entries: Sequence[Entry]) -> Future[None]:
        """Keep entries; done at once."""
        with self._lock:
            self.entries += entries
        done: Future[None] = Future()
        done.set_result(None)
        return done

    async def write(self, entries: Sequence[Entry]) -> None:
        """Keep entries."""
        with self._lock:
            self.entries += entries

    def take(self) -> list[Entry]:
        """What was kept, which is then forgotten here."""
        with self._lock:
            entries, self.entries = self.entries, []
        return entries

    def close(self) -> None:
        """Nothing to do."""
