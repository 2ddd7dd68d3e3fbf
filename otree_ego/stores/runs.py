"""A store of runs: beginning, claiming and ending them, and reading what is known of them."""

from __future__ import annotations

import os
import socket
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.engine import Connection

from ..errors import RunError, StoreError
from ..messages import Message, clean
from . import rows
from .addresses import shown, url_of
from .column_types import check_types
from .failures import store_errors
from .holding import FRESH as FRESH, OPEN, held, is_alive, lost
from .journal import BATCHES, LEARNED, REPLICATIONS, RUNS, SEATS, SURROUNDINGS, Journal, replace_replications
from .json_columns import from_json
from .opening import open_engine
from .reading import open_to_read
from .rows import MESSAGES, THREADS
from .run_rows import Cost, Replication, Run, Seat, Totals, replication_of, run_of, to_json
from .run_totals import costs_of, totals_of

STORE = "ego.sqlite3"
"""The store where none is named: a file in the working directory."""
SCRIPT = "script"
"""The kind of a run that a script's own code records: by `save`, or inside `recording(…)`."""
STOPPING = "stopping"
"""The status of a run that is to stop, as long as requests are finished."""


class RunStore:
    """The runs in one store.

    Arguments:
        store: the path of a SQLite file, or a database URL.
        create: whether a SQLite file that is not there is made. reading: it is only read, and need not be writable.

    Raises:
        StoreError: it cannot be opened.

    >>> store = RunStore("sqlite://")
    >>> run = store.begin(Run("approval", "factorial", "d1", planned=4))
    >>> store.find("d1").name
    'approval'
    >>> store.end(run.uid, "done")
    >>> [found.status for found in store.runs()]
    ['done']
    """

    def __init__(self, store: str | Path = STORE, create: bool = True, reading: bool = False) -> None:
        self.url = url_of(store)
        self.engine = open_to_read(self.url) if reading else open_engine(self.url, create)
        self.holder = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
        OPEN.add(self.holder)

    @property
    def shown(self) -> str:
        """The store's address without its password."""
        return shown(self.url)

    @property
    def absolute(self) -> str:
        """The address as another process on this machine can use it, whatever its working directory."""
        path = self.url.removeprefix("sqlite:///")
        return self.url if path == self.url else f"sqlite:///{Path(path).absolute()}"

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """An open transaction."""
        with store_errors(self.url), self.engine.begin() as connection:
            yield connection

    def journal(self, run: str = "", holder: str = "") -> Journal:
        """A new Journal on this store; for a run that is held by this process, or by the one that is named."""
        return Journal(self.engine, run, holder or self.holder)

    def close(self) -> None:
        """Let the database go, and the runs that are held."""
        OPEN.discard(self.holder)
        self.engine.dispose()

    # --- a run's life ------------------------------------------------------------------------------------------

    def begin(self, run: Run, fresh: bool = True) -> Run:
        """Write down a new run, held by this process; if it need not be fresh, one of its design that is there."""
        values = {name: getattr(run, name) for name in run.__dataclass_fields__}
        values.update(
            settings=to_json(run.settings), source=to_json(run.source), name=clean(run.name)[:300], holder=self.holder,
            beat=time.time(),
        )  # fmt: skip
        with self.transaction() as c:
            if not fresh:  # of two processes that begin the same at once one makes the run
                _lock(c)
                there = c.execute(_latest(run.design)).first()
                if there is not None:
                    return run_of(there)
            c.execute(RUNS.insert().values(**values))
        return self.get(run.uid)

    def claim(self, uid: str, planned: int | None = None) -> Run:
        """Take up a run again; what its last process left under way is marked as interrupted.

        Raises:
            RunError: another process is at work on it.
        """
        now = time.time()
        with self.transaction() as c:
            # first a write, so that SQLite waits for other writers here instead of failing later
            c.execute(RUNS.update().where(RUNS.c.uid == uid).values(uid=uid))
            run = run_of(c.execute(select([RUNS]).where(RUNS.c.uid == uid)).first())
            if run.holder not in ("", self.holder) and is_alive(run.holder, run.beat, now):
                host, pid, _ = run.holder.rsplit(":", 2)
                raise RunError(
                    f"The run {run.uid[:8]} ({run.name}) is under way in another process ({pid} on {host}). Wait for "
                    f"its end, or stop that one; if it is gone already, try again in {FRESH:.0f} s.",
                    run=uid,
                )
            values: dict[str, Any] = dict(holder=self.holder, beat=now, status="running", note="", ended=None)
            if planned is not None:
                values["planned"] = max(planned, run.planned)
            c.execute(RUNS.update().where(RUNS.c.uid == uid).values(**values))
            _interrupt(c, uid)
        return self.get(uid)

    def beat(self, uid: str, note: str | None = None) -> None:
        """Say that this process is still at work on a run.

        Arguments:
            note: what it waits for, in words; None leaves the note as it is.

        Raises:
            RunError: another process has taken it up.
        """
        values: dict[str, Any] = {"beat": time.time()} | ({} if note is None else {"note": clean(note)})
        with self.transaction() as c:
            if not c.execute(self._mine(uid).values(**values)).rowcount:
                now = c.execute(select([RUNS.c.holder]).where(RUNS.c.uid == uid)).scalar()
                raise lost(uid, now or "")

    def mark_stopping(self, uid: str) -> None:
        """Say that a run is to stop, for workers in other processes."""
        with self.transaction() as c:
            c.execute(self._mine(uid).values(status=STOPPING))

    def end(self, uid: str, status: str, note: str = "") -> None:
        """Write down how a run ended, and let it go; a run that this process does not hold is left alone."""
        with self.transaction() as c:
            c.execute(self._mine(uid).values(status=status, note=clean(note), holder="", ended=time.time()))

    def end_scripts_that_died(self) -> None:
        """Write down that the runs of scripts whose processes are gone have ended: nobody resumes them."""
        running = select([RUNS]).where(and_(RUNS.c.kind == SCRIPT, RUNS.c.status == "running"))
        with self.transaction() as c:
            for run in [run_of(row) for row in c.execute(running).fetchall()]:
                if not (run.holder and is_alive(run.holder, run.beat, time.time())):
                    _interrupt(c, run.uid)
                    values = dict(status="stopped", note="its process ended", holder="", ended=run.beat)
                    c.execute(RUNS.update().where(RUNS.c.uid == run.uid).values(**values))

    def _mine(self, uid: str) -> Any:
        return RUNS.update().where(and_(RUNS.c.uid == uid, RUNS.c.holder == self.holder))

    def update(self, uid: str, **values: Any) -> None:
        """Change some of a run's columns (``settings`` and ``source`` as dicts)."""
        kept = {name: to_json(value) if name in ("settings", "source") else value for name, value in values.items()}
        with self.transaction() as c:
            c.execute(RUNS.update().where(RUNS.c.uid == uid).values(**kept))

    def change(self, replications: Sequence[Replication]) -> None:
        """Write down anew how some replications ended."""
        if replications:
            with self.transaction() as c:
                replace_replications(c, [each.row() for each in replications])

    def remove(self, uid: str) -> None:
        """Take a run away, with all that belongs to it."""
        with self.transaction() as c:
            c.execute(RUNS.update().where(RUNS.c.uid == uid).values(uid=uid))
            mine = select([SEATS.c.thread]).where(SEATS.c.run == uid)
            threads = [thread for (thread,) in c.execute(mine)]
            for table in (SEATS, REPLICATIONS, BATCHES, SURROUNDINGS):
                c.execute(table.delete().where(table.c.run == uid))
            for start in range(0, len(threads), 500):
                part = threads[start : start + 500]
                c.execute(MESSAGES.delete().where(MESSAGES.c.thread.in_(part)))
                c.execute(THREADS.delete().where(THREADS.c.uid.in_(part)))
            c.execute(RUNS.delete().where(RUNS.c.uid == uid))

    # --- reading -----------------------------------------------------------------------------------------------

    def find(self, design: str) -> Run | None:
        """The latest run of a design."""
        with self.transaction() as c:
            row = c.execute(_latest(design)).first()
        return None if row is None else run_of(row)

    def get(self, uid: str) -> Run:
        """The run of an id, or of the beginning of one.

        Raises:
            StoreError: there is none, or several begin so.
        """
        query = select([RUNS]).where(RUNS.c.uid.like(rows.like_prefix(uid.strip().lower()), escape="\\"))
        with self.transaction() as c:
            found = [run_of(row) for row in c.execute(query.limit(3))] if uid.strip() else []
        if len(found) == 1:
            return found[0]
        if found:
            raise StoreError(f"Several runs in {self.shown} have an id that begins with {uid!r}: give more of it.")
        latest = [f"{run.uid[:8]} ({run.name})" for run in self.runs()[-3:]]
        hint = f"The latest are {', '.join(latest)}." if latest else "It has no runs yet."
        raise StoreError(f"There is no run {uid!r} in {self.shown}. {hint}")

    def runs(self) -> list[Run]:
        """All runs, oldest first."""
        with self.transaction() as c:
            return [run_of(row) for row in c.execute(select([RUNS]).order_by(RUNS.c.id))]

    def replications(self, uid: str) -> Iterator[Replication]:
        """How each replication of a run ended, by place."""
        query = select([REPLICATIONS]).where(REPLICATIONS.c.run == uid).order_by(REPLICATIONS.c.place)
        with self.transaction() as c:
            for row in c.execute(query):
                yield replication_of(row)

    def places(self, uid: str) -> dict[int, tuple[str, int]]:
        """For each place that has ended its status, and for each that was begun the number of its last attempt."""
        begun = select([SEATS.c.place, func.max(SEATS.c.attempt)]).where(SEATS.c.run == uid).group_by(SEATS.c.place)
        ended = select([REPLICATIONS.c.place, REPLICATIONS.c.status, REPLICATIONS.c.attempt])
        with self.transaction() as c:
            found = {place: ("open", attempt) for place, attempt in c.execute(begun)}
            for row in c.execute(ended.where(REPLICATIONS.c.run == uid)):
                check_types(row, REPLICATIONS, "places")
                place, status, attempt = row
                found[place] = (status, max(attempt, found.get(place, ("", 0))[1]))
        return found

    def seats(self, uid: str, place: int | None = None, last: bool = False) -> Iterator[Seat]:
        """The Threads of a run, in order of place, attempt and seat.

        Arguments:
            uid: the run.
            place: one replication only.
            last: only those of each replication's last attempt.
        """
        query = select([SEATS.c.place, SEATS.c.attempt, SEATS.c.seat, THREADS]).select_from(
            SEATS.join(THREADS, THREADS.c.uid == SEATS.c.thread)
        )
        query = query.where(SEATS.c.run == uid)
        if place is not None:
            query = query.where(SEATS.c.place == place)
        if last:
            other = SEATS.alias()
            newest = select([func.max(other.c.attempt)]).where(
                and_(other.c.run == SEATS.c.run, other.c.place == SEATS.c.place)
            )
            query = query.where(SEATS.c.attempt == newest.as_scalar())
        query = query.order_by(SEATS.c.place, SEATS.c.attempt, SEATS.c.seat)
        with self.transaction() as c:
            for row in c.execute(query):
                check_types(row, SEATS, "seats")
                yield Seat(row["place"], row["attempt"], row["seat"], rows.thread_row(row))

    def first_threads(self, uid: str) -> dict[int, str]:
        """For each replication the Thread in the first seat of its last attempt."""
        query = select([SEATS.c.place, SEATS.c.thread]).where(and_(SEATS.c.run == uid, SEATS.c.seat == 1))
        with self.transaction() as c:
            return {place: thread for place, thread in c.execute(query.order_by(SEATS.c.place, SEATS.c.attempt))}

    def messages(self, threads: Sequence[str]) -> dict[str, list[Message]]:
        """The records of some Threads, by Thread, each oldest first."""
        found: dict[str, list[Message]] = {uid: [] for uid in threads}
        with self.transaction() as c:
            for start in range(0, len(threads), 500):
                part = list(threads[start : start + 500])
                query = select([MESSAGES]).where(MESSAGES.c.thread.in_(part))
                for row in c.execute(query.order_by(MESSAGES.c.thread, MESSAGES.c.seq)):
                    found[row["thread"]].append(rows.from_row(row))
        return found

    def has(self, thread: str) -> bool:
        """Whether a Thread is recorded."""
        with self.transaction() as c:
            return c.execute(select([THREADS.c.id]).where(THREADS.c.uid == thread)).first() is not None

    def totals(self, uid: str) -> Totals:
        """What a run has come to so far."""
        with self.transaction() as c:
            return totals_of(c, uid)

    # --- batches -----------------------------------------------------------------------------------------------

    def note_batch(self, uid: str, label: str, model: str, requests: Sequence[str]) -> None:
        """Write down that a batch is about to be handed in."""
        values = dict(
            run=uid, label=label, model=model, batch="", status="new", requests=to_json(list(requests)),
            created=time.time(),
        )  # fmt: skip
        with self.transaction() as c, held(c, uid, self.holder):
            c.execute(BATCHES.insert().values(**values))

    def update_batch(self, label: str, **values: Any) -> None:
        """Change a batch: its id at the service (``batch``), its ``status`` (``new``, ``sent``, ``done``, ``lost``).

        That of a run which this process does not hold any more is left alone.
        """
        mine = select([RUNS.c.uid]).where(RUNS.c.holder == self.holder)
        with self.transaction() as c:
            c.execute(BATCHES.update().where(and_(BATCHES.c.label == label, BATCHES.c.run.in_(mine))).values(**values))

    def batches(self, uid: str) -> list[dict[str, Any]]:
        """A run's batches, oldest first; ``requests`` is a list."""
        with self.transaction() as c:
            found = c.execute(select([BATCHES]).where(BATCHES.c.run == uid).order_by(BATCHES.c.id)).fetchall()
        for row in found:
            check_types(row, BATCHES)
        return [{**dict(row), "requests": from_json(row["requests"], "requests of a batch")} for row in found]

    def learned(self, uid: str) -> list[dict[str, Any]]:
        """What models have refused in a run, oldest first; ``words`` is a list."""
        with self.transaction() as c:
            found = c.execute(select([LEARNED]).where(LEARNED.c.run == uid).order_by(LEARNED.c.id)).fetchall()
        for row in found:
            check_types(row, LEARNED)
        return [{**dict(row), "words": from_json(row["words"], "words of a refusal")} for row in found]

    def note_surroundings(self, uid: str, content: Mapping[str, Any]) -> None:
        """Write down what a go of a run is played with; see `stores.surroundings`."""
        with self.transaction() as c:
            c.execute(SURROUNDINGS.insert().values(run=uid, time=time.time(), content=to_json(content)))

    def surroundings(self, uid: str) -> list[tuple[float, dict[str, Any]]]:
        """What each go of a run was played with, and when it began, oldest first."""
        mine = select([SURROUNDINGS]).where(SURROUNDINGS.c.run == uid).order_by(SURROUNDINGS.c.id)
        with self.transaction() as c:
            found = c.execute(mine).fetchall()
        return [(row["time"], from_json(row["content"], "surroundings of a run", dict)) for row in found]

    # --- costs -------------------------------------------------------------------------------------------------

    def costs(self, uid: str) -> list[Cost]:
        """What each model was asked and cost in a run, by model; failed attempts and earlier attempts included."""
        with self.transaction() as c:
            return costs_of(c, uid)


def _latest(design: str) -> Any:
    return select([RUNS]).where(RUNS.c.design == design).order_by(RUNS.c.id.desc()).limit(1)


def _interrupt(c: Connection, uid: str) -> None:
    """Mark as interrupted what a run's last process left under way."""
    mine = select([SEATS.c.thread]).where(SEATS.c.run == uid)
    gone = dict(status="failed", error="Interrupted", error_text="The run was ended while the reply was under way.")
    c.execute(MESSAGES.update().where(and_(MESSAGES.c.status == "pending", MESSAGES.c.thread.in_(mine))).values(**gone))


def _lock(c: Connection) -> None:
    """Let no other process write before this transaction has ended."""
    c.execute("begin immediate" if c.dialect.name == "sqlite" else f"lock table {RUNS.name} in exclusive mode")
