"""Writes from async code: those that wait together go into one commit.

oTree's sessions share one connection, so each write takes oTree's lock, uses a session of its own, and commits before
it lets go. Whoever comes while a commit is under way is in the next one.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError, OperationalError

from ...display import logger
from ...messages import Message
from ...stores import Gone, rows
from .database import in_line, lock2, short_section
from .lease import LeaseLost
from .wait_pages import in_decision

T = TypeVar("T")
PAUSES = (0.5, 2.0, 8.0)
BEFORE = 10
"""How many page requests may come before us, whenever we want oTree's lock."""
SLICE = 0.02
"""Seconds for which sections that wait together may have it."""
MOST = 25
"""How many writes go into one commit, for which a page request may have to wait."""
pending_ids: set[str] = set()
"""The ids of replies that page functions and live methods of this process are waiting for (a chat's are its room's)."""
_ours: ContextVar[bool] = ContextVar("otree_ego_lock_is_ours", default=False)


@dataclass(frozen=True)
class _Append:
    uid: str
    messages: Sequence[Message]


Job = _Append | Message | Callable[[Connection], Any]


class Writer:
    """One event loop's queue of writes (`writer()` finds it)."""

    def __init__(self) -> None:
        self._queue: deque[tuple[Job, asyncio.Future[Any]]] = deque()
        self._task: asyncio.Task[None] | None = None
        self._delivered: dict[str, float] = {}
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

    async def append(self, thread_id: str, messages: Sequence[Message]) -> tuple[Message, ...]:
        """Append messages to a Thread; raises Gone if its row is gone."""
        placed: tuple[Message, ...] | None = await self._submit(_Append(thread_id, messages))
        if placed is None:
            raise Gone("The conversation is not in the database any more (its session was deleted).")
        return placed

    async def settle(self, thread_id: str, message: Message) -> None:
        """Write down how a reply ended; a database that fails for a moment gets the reply when it is back."""
        await self._again(message, DBAPIError, "A reply")

    def note_delivered(self, uid: str) -> None:
        """Write down that a reply has been sent to a page, together with others and not at once."""
        if not self._delivered:
            asyncio.get_running_loop().call_later(1.0, self._write_delivered)
        self._delivered[uid] = time.time()

    def _write_delivered(self) -> None:
        times, self._delivered = self._delivered, {}
        self._submit(lambda c: rows.note_delivered(c, times)).add_done_callback(_told)

    async def run(self, work: Callable[[Connection], T]) -> T:
        """Do some other short piece of database work; it must not wait for anything."""
        result: T = await self._submit(work)
        return result

    async def run_surely(self, work: Callable[[Connection], T]) -> T:
        """As `run`; a database that cannot be reached for a moment, or is locked, is asked again."""
        result: T = await self._again(work, OperationalError, "A decision")
        return result

    async def _again(self, job: Job, trouble: type[DBAPIError], what: str) -> Any:
        for pause in PAUSES:
            try:
                return await self._submit(job)
            except trouble as error:
                logger.warning("%s could not be written (%s); once more in %g s.", what, error, pause)
                await asyncio.sleep(pause)
        return await self._submit(job)

    def _submit(self, job: Job) -> asyncio.Future[Any]:
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._queue.append((job, future))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._drain())
        return future

    async def _drain(self) -> None:
        in_decision.set(False)  # of this task: who began it may be an ask_ai, and whose work it writes is not
        batch: list[tuple[Job, asyncio.Future[Any]]] = []
        try:
            while self._queue:
                async with otree_lock():
                    batch = [self._queue.popleft() for _ in range(min(MOST, len(self._queue)))]
                    results = _written([job for job, _ in batch])
                for (_, future), result in zip(batch, results, strict=True):
                    if future.done():
                        continue
                    if isinstance(result, _Failed) and isinstance(result.error, LeaseLost):
                        future.cancel()  # who waits is ended, as all of this server is
                    elif isinstance(result, _Failed):
                        future.set_exception(result.error)
                    else:
                        future.set_result(result)
        finally:  # nobody waits for what nobody writes
            self._task = None
            _fail_waiting([future for _, future in (*batch, *self._queue)])
            self._queue.clear()


def _told(written: asyncio.Future[Any]) -> None:
    if not written.cancelled() and (error := written.exception()) is not None:
        logger.warning("When replies had been sent to pages could not be written: %r", error)


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


@dataclass(frozen=True)
class _Failed:
    error: Exception


def _write(jobs: Sequence[Job]) -> list[Any]:
    with short_section() as connection:
        appends = [job for job in jobs if isinstance(job, _Append)]
        placed = iter(rows.append(connection, [(job.uid, job.messages) for job in appends]) if appends else [])
        rows.settle(connection, [job for job in jobs if isinstance(job, Message)])
        return [
            next(placed) if isinstance(job, _Append) else None if isinstance(job, Message) else job(connection)
            for job in jobs
        ]


def _written(jobs: Sequence[Job]) -> list[Any]:
    try:
        return _write(jobs)
    except Exception as error:
        if len(jobs) > 1 and not isinstance(error, LeaseLost):
            logger.warning("A group of %s writes failed (%r); writing them one by one.", len(jobs), error)
        return [_write_alone(job) for job in jobs]


def _write_alone(job: Job) -> Any:
    try:
        return _write([job])[0]
    except Exception as error:
        return _Failed(error)


_writers: WeakKeyDictionary[asyncio.AbstractEventLoop, Writer] = WeakKeyDictionary()


def writer() -> Writer:
    """The running event loop's writer."""
    loop = asyncio.get_running_loop()
    if loop not in _writers:
        _writers[loop] = Writer()
    return _writers[loop]
