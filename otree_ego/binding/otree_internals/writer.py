"""Writes from async code: those that wait together go into one commit.

oTree's sessions share one connection, so each write takes oTree's lock, uses a session of its own, and commits before
it lets go. Whoever comes while a commit is under way is in the next one.

What must be written (replies, decisions) is kept while the database cannot be written, and is the first thing that it
is given whenever somebody writes.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, nullcontext
from contextvars import ContextVar
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from ...display import logger
from ...messages import Message
from ...stores import Gone, rows
from ...stores.failures import concerns_all, is_outage, is_refusal
from ...stores.reply_rows import placed_already, settle_late
from ...stores.rows import MESSAGES
from ...stores.spool import reply_entry
from . import unwritten
from .database import impatient, in_line, lock2, separate_section, short_section
from .lease import LeaseLost
from .outage import Outage
from .refused_writes import RefusedWrites
from .reply_progress import ReplyProgress, spool_name
from .startup import server_loop
from .wait_pages import in_decision
from .waiting_writes import Append, Entry, Failed, Job, Late, Write

T = TypeVar("T")
PAUSES = (0.5, 1.0, 2.0)
"""Seconds until a database that could not be written is tried again; the last of them again and again."""
GIVE_UP = 30.0
"""Seconds after which bots, tools and scripts do not wait any longer. A server does."""
ENDS = 5.0
"""Seconds for the last writes when the process ends."""
BEFORE = 10
"""How many page requests may come before us, whenever we want oTree's lock."""
SLICE = 0.02
"""Seconds for which sections that wait together may have it."""
MOST = 25
"""How many writes go into one commit, for which a page request may have to wait."""
pending_ids: set[str] = set()
"""The ids of replies that page functions and live methods of this process are waiting for (a chat's are its room's)."""
_ours: ContextVar[bool] = ContextVar("otree_ego_lock_is_ours", default=False)


class Writer:
    """One event loop's queue of writes (`writer()` finds it)."""

    def __init__(self) -> None:
        self._queue: deque[Write] = deque()
        self._kept: list[Write] = []
        self._next_try: asyncio.TimerHandle | None = None
        self.outage = Outage()
        self.refused = RefusedWrites(self._put_back)
        self.progress = ReplyProgress(self._submit)
        self._task: asyncio.Task[None] | None = None
        self._starting = asyncio.Lock()
        self._sections: deque[tuple[asyncio.Future[None], asyncio.Future[None]]] = deque()
        self._section_task: asyncio.Task[None] | None = None

    async def start_turn(self) -> None:
        """Let one reply start per turn of the loop: a page request amid a hundred messages gets its turns, too."""
        async with self._starting:
            await asyncio.sleep(0)

    @asynccontextmanager
    async def section(self) -> AsyncIterator[None]:
        """oTree's lock, for database work that cannot be handed in and waits for nothing.

        Those who want it together have it one after the other, until their slice is over and page requests come again.
        """
        loop = asyncio.get_running_loop()
        begins, ends = loop.create_future(), loop.create_future()
        self._sections.append((begins, ends))
        if self._section_task is None or self._section_task.done():
            self._section_task = asyncio.create_task(self._run_sections())
        try:
            await begins
            yield
        finally:
            if not ends.done():
                ends.set_result(None)

    async def _run_sections(self) -> None:
        try:
            while self._sections:
                async with otree_lock():
                    until = time.perf_counter() + SLICE
                    while self._sections and time.perf_counter() < until:
                        begins, ends = self._sections.popleft()
                        if not begins.cancelled():
                            begins.set_result(None)
                            await ends
        finally:  # nobody is left waiting for a task that has ended
            self._section_task = None
            _fail_waiting([begins for begins, _ in self._sections])
            self._sections.clear()

    async def append(self, thread_id: str, messages: Sequence[Message], surely: bool = False) -> tuple[Message, ...]:
        """Append messages to a Thread; raises Gone if its row is gone.

        Arguments:
            surely: whether to wait for a database that cannot be written; in a decision (`ask_ai`) it is waited for.
        """
        surely = surely or in_decision.get()
        placed: tuple[Message, ...] | None = await self._submit(Append(thread_id, messages), surely)
        if placed is None:
            raise Gone("The conversation is not in the database any more (its session was deleted).")
        return placed

    async def settle(self, thread_id: str, message: Message) -> None:
        """Write down how a reply ended; returns when it is written, or in the spool until the database takes it."""
        self.progress.forget(message.id)
        await asyncio.shield(self._submit(message, True, (spool_name(message.id), lambda: reply_entry(message))))

    async def run(self, work: Callable[[Connection], T]) -> T:
        """Do some other short piece of database work; it must not wait for anything.

        In a decision (`ask_ai`) a database that cannot be written is waited for.
        """
        result: T = await self._submit(work, in_decision.get())
        return result

    async def run_surely(self, work: Callable[[Connection], T], entry: Entry | None = None) -> T:
        """As `run`; a database that cannot be written is waited for, for as long as it takes.

        Arguments:
            work: may be done again although it was done: the answer to a commit can be lost.
            entry: for the spool, meanwhile.
        """
        result: T = await self._submit(work, True, entry)
        return result

    async def until_writable(self) -> None:
        """Wait until the database can be written."""
        write = Write(_probe, asyncio.get_running_loop().create_future(), sure=True, probes=True)
        self._put_back([write])
        await write.future

    def keep(self, work: Callable[[Connection], Any], entry: Entry | None = None) -> None:
        """As `run_surely`, from code that does not wait for it."""
        self._submit(work, True, entry).add_done_callback(_consume)

    # --- a database that cannot be written ----------------------------------------------------------------------------

    async def finish(self) -> None:
        """The process is about to end: write what has come of replies, and what was kept, if that is possible."""
        self.progress.write()
        self._start()
        if self._task is not None:
            await asyncio.wait([self._task], timeout=ENDS)
        waiting = (*self._kept, *self.refused.waiting)
        lost = sum(not each.spooled for each in waiting if each.entry is not None)
        if lost:
            logger.error(
                "The server ends while its database cannot be written, and no disk has taken %s either: lost.",
                unwritten.counted(lost, "reply or decision", "replies and decisions"),
            )

    def _keep_waiting(self, error: Exception, failed: Sequence[Write]) -> None:
        """The database cannot be written: what must be is kept, the others are told."""
        self.outage.begin(error)
        gives_up = server_loop() is None and self.outage.seconds > GIVE_UP
        for each in failed:
            if not each.sure or gives_up:
                if not each.future.done():
                    each.future.set_exception(error)
            elif each.entry is not None or not each.future.cancelled():
                self._kept.append(each)
                each.keep()
        if not self._kept and not gives_up:  # something has to find out when it is back
            probe = Write(_probe, asyncio.get_running_loop().create_future(), sure=True, probes=True)
            self._kept.append(probe)
        if self._kept and self._next_try is None:
            self._next_try = asyncio.get_running_loop().call_later(self.outage.pause(PAUSES), self._try_again)

    def _try_again(self) -> None:
        self._next_try = None
        self._start()

    def _put_back(self, writes: Sequence[Write]) -> None:
        self._queue.extend(writes)
        self._start()

    # --- the queue --------------------------------------------------------------------------------------------------

    def _submit(self, job: Job, sure: bool = False, entry: Entry | None = None) -> asyncio.Future[Any]:
        write = Write(job, asyncio.get_running_loop().create_future(), sure, entry)
        self._queue.append(write)
        self._start()
        return write.future

    def _start(self) -> None:
        self._queue.extendleft(reversed(self._kept))
        self._kept = []
        if self._queue and (self._task is None or self._task.done()):
            self._task = asyncio.create_task(self._drain())

    def _next_batch(self) -> list[Write]:
        """What goes into one commit: what was refused before, and is tried again, not together with others."""
        batch = [self._queue.popleft()]
        while self._queue and len(batch) < MOST and bool(self._queue[0].refused) == bool(batch[0].refused):
            batch.append(self._queue.popleft())
        return batch

    async def _drain(self) -> None:
        in_decision.set(False)  # of this task: who began it may be an ask_ai, and whose work it writes is not
        batch: list[Write] = []
        try:
            while self._queue:
                async with otree_lock():
                    batch = self._next_batch()
                    with impatient() if self.outage.is_on else nullcontext():
                        results, outage = _written([each.job for each in batch], bool(batch[0].refused))
                for each, result in zip(batch, results, strict=True):
                    if not isinstance(result, Failed):
                        self.refused.written(each)
                    elif outage is None and self.refused.takes(each, result.error):
                        continue
                    each.tell(result)
                if outage is not None:
                    pairs = zip(batch, results, strict=True)
                    failed = [each for each, r in pairs if isinstance(r, Failed) and is_outage(r.error)]
                    self._queue, batch, waiting = deque(), [], [*failed, *self._queue]
                    self._keep_waiting(outage, waiting)
                elif any(each.sure or isinstance(each.job, Append) for each in batch):
                    self.outage.end()
        finally:  # nobody waits for what nobody writes
            self._task = None
            _fail_waiting([each.future for each in (*batch, *self._queue)])
            self._queue.clear()


def _probe(connection: Connection) -> None:
    """Write what is there already."""
    newest = select([func.max(MESSAGES.c.id)]).as_scalar()
    connection.execute(MESSAGES.update().where(MESSAGES.c.id == newest).values(status=MESSAGES.c.status))


def _consume(written: asyncio.Future[Any]) -> None:
    if not written.cancelled() and (error := written.exception()) is not None:
        logger.error("What a page had written could not be kept: %s", error, exc_info=error)


def _fail_waiting(futures: Sequence[asyncio.Future[Any]]) -> None:
    """Tell those who still wait why they do in vain: what has ended is ended by the error that is being raised."""
    error = sys.exc_info()[1]
    for future in futures:
        if future.done():
            continue
        if error is None or isinstance(error, asyncio.CancelledError):
            future.cancel()
        else:
            future.set_exception(error if isinstance(error, Exception) else RuntimeError(f"It ended with {error!r}."))


@contextmanager
def lock_is_ours() -> Iterator[None]:
    """For bots that run inside a page request: that request holds oTree's lock already, and waits for us."""
    token = _ours.set(lock2.locked())
    try:
        yield
    finally:
        _ours.reset(token)


def lock_held_for_us() -> bool:
    """Whether a bot's request holds oTree's lock and waits for this code."""
    return _ours.get()


def otree_lock() -> Any:
    """oTree's lock, to be held over a short piece of database work; nothing where a bot's request holds it for us."""
    return nullcontext() if _ours.get() else in_line(BEFORE)


def _write(jobs: Sequence[Job], apart: bool = False) -> list[Any]:
    with separate_section() if apart else short_section() as connection:
        settle_late(connection, [job.message for job in jobs if isinstance(job, Late)])
        placed = iter(_append(connection, [job for job in jobs if isinstance(job, Append)]))
        rows.settle(connection, [job for job in jobs if isinstance(job, Message)])
        return [
            next(placed) if isinstance(job, Append) else None if isinstance(job, Message | Late) else job(connection)
            for job in jobs
        ]


def _append(connection: Connection, jobs: Sequence[Append]) -> list[tuple[Message, ...] | None]:
    there = [placed_already(connection, job.messages) if job.again else None for job in jobs]
    new = [(job.uid, job.messages) for job, found in zip(jobs, there, strict=True) if found is None]
    placed = iter(rows.append(connection, new) if new else [])
    return [next(placed) if found is None else found for found in there]


def _written(jobs: Sequence[Job], apart: bool = False) -> tuple[list[Any], Exception | None]:
    """What came of each; and the error, if the database takes nothing now."""
    try:
        return _write(jobs, apart), None
    except Exception as error:
        first = error
    if is_outage(first) and (concerns_all(first) or not _takes_writes()):
        return [Failed(first)] * len(jobs), first
    if len(jobs) == 1:
        return [Failed(first)], None
    if not (apart or is_outage(first) or isinstance(first, LeaseLost)):
        logger.warning("A group of %s writes failed (%r); writing them one by one.", len(jobs), first)
    found: list[Any] = []
    with impatient() if is_outage(first) else nullcontext():
        for place, job in enumerate(jobs):
            found.append(_write_alone(job, apart))
            failed = found[-1].error if isinstance(found[-1], Failed) else None
            if failed is not None and is_outage(failed) and concerns_all(failed):  # it has gone meanwhile
                return [*found, *[Failed(failed)] * (len(jobs) - place - 1)], failed
    return found, None


def _takes_writes() -> bool:
    """Whether the database takes anything: a trigger that refuses this, too, shows that it does."""
    try:
        with impatient(), short_section() as connection:
            _probe(connection)
    except Exception as error:
        return is_refusal(error)
    return True


def _write_alone(job: Job, apart: bool) -> Any:
    try:
        return _write([job], apart)[0]
    except Exception as error:
        return Failed(error)


_writers: WeakKeyDictionary[asyncio.AbstractEventLoop, Writer] = WeakKeyDictionary()


def writer() -> Writer:
    """The running event loop's writer."""
    loop = asyncio.get_running_loop()
    if loop not in _writers:
        _writers[loop] = Writer()
    return _writers[loop]


async def finish_writing() -> None:
    """See `Writer.finish`."""
    await writer().finish()
