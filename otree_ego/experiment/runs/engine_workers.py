"""The workers of an engine: they do a run in chunks, each with its own portion of the limits and the budget.

Workers record into the store themselves if they can reach it. Otherwise their entries come back with each result.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import pickle
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from ...errors import ConfigError, EgoError, RunError
from ...loops import runs_portal
from ...providers.openai.learned import Lesson, lessons, recall
from ...providers.worker_copies import Copies, copy_declarations, declare_copies
from ...stores import Journal, Notebook, Replication, RunStore
from ...stores.journal import Entry
from ...stores.runs import STOPPING
from ...stores.surroundings import digest_of, of_worker
from ..engines import engine_of
from .jobs import Job, Work
from .process_workers import ProcessWorkers
from .rate_limits import RateLimiter
from .replication_recorder import EntryWriter
from .resuming import recorded_answers
from .waiting import LONG, Reason, Waits

JOBS_EACH = 5
"""A chunk has so many jobs for each that its worker does at a time: enough to keep it busy, little to lose."""

LOOK = 1.0
"""Seconds between a worker's looks whether the run is to stop."""


@dataclass(frozen=True)
class Chunk:
    """What a worker does in one go.

    Fields:
        work, jobs: what is done. run: the run's id. concurrency: jobs at a time.
        limits: arguments of its RateLimiter. declared: services and providers of the experimenter's.
        store: the address of the store; empty if the worker cannot reach it. holder: the name that holds the run there.
        budget: US dollars that it may spend; None for no limit. parent: the process that handed it out.
        lessons: what is known of models that have refused something.
        patience: seconds that it may wait for a service at a time; None for no limit.
        surroundings: a digest of what the parent process runs with.
    """

    work: Work
    jobs: Sequence[Job]
    run: str
    concurrency: int
    limits: Mapping[str, float | None]
    declared: Copies
    store: str = ""
    holder: str = ""
    budget: float | None = None
    parent: int = field(default_factory=os.getpid)
    lessons: Sequence[Lesson] = field(default_factory=lessons)
    patience: float | None = None
    surroundings: str = ""


@dataclass
class ChunkResult:
    """What came of a chunk.

    Fields:
        entries: for the store, if the worker could not reach it. ended: how each replication ended.
        stopped: why it was stopped before its end; empty if it was not. error: what went wrong for good.
        budget: what it was allowed to spend. over_budget: whether that was not enough.
        spent: what it spent, on attempts that were begun once more, too.
        lessons: what is known of models now.
        left: jobs that were not done because a service asked for a pause. pause: its seconds. reason: why.
        surroundings: what the worker runs with, if it is something else than its parent.
    """

    entries: list[Entry] = field(default_factory=list)
    ended: list[Replication] = field(default_factory=list)
    stopped: str = ""
    error: BaseException | None = None
    budget: float = 0.0
    over_budget: bool = False
    spent: float = 0.0
    lessons: Sequence[Lesson] = ()
    left: list[Job] = field(default_factory=list)
    pause: float = 0.0
    reason: Reason | None = None
    surroundings: Mapping[str, Any] = field(default_factory=dict)


class ChunkWaits(Waits):
    """The waiting in a chunk. What waits for long is handed back: whoever handed it out can say so, and stop.

    Fields:
        handed_back: seconds to wait, and why.
    """

    handed_back: tuple[float, Reason] | None = None

    def _check(self, reason: Reason, seconds: float) -> None:
        limit = LONG if self.patience is None else min(LONG, self.patience)
        if not reason.pace and reason.seconds > limit and self.handed_back is None:
            self.handed_back = seconds, reason
            if self.on_impatience is not None:
                self.on_impatience(reason.words)


def do_chunk(data: bytes) -> ChunkResult:
    """In a worker: do one chunk."""
    # Only our own parent process hands these bytes in.
    chunk: Chunk = pickle.loads(data)
    if os.getpid() != chunk.parent and threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal's Ctrl-C comes to all; the parent decides
    declare_copies(chunk.declared)
    recall(chunk.lessons)
    result = ChunkResult(budget=chunk.budget or 0.0)
    if digest_of(of_worker()) != chunk.surroundings:
        result.surroundings = of_worker()
    store = RunStore(chunk.store) if chunk.store else None
    journal: Journal | Notebook = store.journal(chunk.run, chunk.holder) if store else Notebook()
    limiter, parent, waits = RateLimiter(**chunk.limits), os.getppid(), ChunkWaits(chunk.patience)
    queue = deque(chunk.jobs)

    def on_end(replication: Replication) -> None:
        result.ended.append(replication)
        if os.getppid() != parent:  # whoever resumes the run must not meet us
            workers.stop("its parent process has ended")

    workers = ProcessWorkers(
        chunk.work, journal, limiter, chunk.run, chunk.concurrency, on_end, chunk.budget, waits=waits
    )
    if store:
        workers.recorded_answers = partial(recorded_answers, store, chunk.run)
    try:
        runs_portal(_work(workers, queue, limiter, store))
    except Exception as error:  # Whatever it is, the parent decides what it means.
        result.error = _portable(error)
    finally:
        journal.close()
        if store:
            store.close()
    result.spent = workers.spent
    result.stopped, result.over_budget = "" if result.error else workers.stopped, workers.over_budget
    result.lessons = lessons()
    pause, reason = limiter.pause
    if waits.handed_back is not None:
        result.stopped, (pause, reason) = "", waits.handed_back
    if waits.handed_back is not None or pause >= LONG:
        result.left, result.pause, result.reason = [*workers.left, *queue], pause, reason
    if isinstance(journal, Notebook):
        result.entries = journal.take()
    return result


async def _work(workers: ProcessWorkers, queue: deque[Job], limiter: RateLimiter, store: RunStore | None) -> None:
    """Do the jobs of a chunk, as long as the run is not to stop."""
    watching = asyncio.ensure_future(_watch(workers, store)) if store else None

    async def sleep(seconds: float, _: Reason) -> None:
        end = time.monotonic() + seconds
        while not workers.stopped and (left := end - time.monotonic()) > 0:
            await asyncio.sleep(min(left, 0.2))

    try:
        await workers.do(queue.popleft() for _ in range(len(queue)))
        if limiter.pause[0] < LONG:
            await limiter.wait_until_free(sleep)  # the next chunk has a limiter of its own
    finally:
        if watching is not None:
            watching.cancel()


async def _watch(workers: ProcessWorkers, store: RunStore) -> None:
    """See whether the run is to stop: a Ctrl-C does not come to workers elsewhere."""
    while not workers.stopped:
        await asyncio.sleep(LOOK)
        try:
            status = (await asyncio.to_thread(store.get, workers.run_id)).status
        except EgoError:  # the journal says what is wrong
            continue
        if status == STOPPING:
            workers.stop("the run stops")
            workers.end_waits()


def _portable(error: Exception) -> BaseException:
    try:
        found: BaseException = pickle.loads(pickle.dumps(error))
    except Exception:  # an error of the experimenter's own that does not survive the way
        return RunError(f"{type(error).__name__}: {error}")
    return found


class EngineWorkers:
    """Does jobs on an engine; see `Workers`.

    Arguments:
        work: does one job.
        engine: its name, or the engine itself.
        journal, limiter, store, run: as of the whole run.
        concurrency: how many jobs at a time, on all workers together.
        on_end: is called with each replication that has ended.
        budget: US dollars that the whole run may cost; None for no limit.
        waits: who waits for what, and with how much patience.
    """

    def __init__(
        self,
        work: Work,
        engine: Any,
        journal: EntryWriter,
        limiter: RateLimiter,
        store: RunStore,
        run: str,
        concurrency: int,
        on_end: Callable[[Replication], None],
        budget: float | None = None,
        waits: Waits | None = None,
    ) -> None:
        self.waits = Waits() if waits is None else waits
        self.waits.on_impatience = self._lose_patience
        self.work, self.engine, self.journal, self.limiter = work, engine_of(engine), journal, limiter
        self.store, self.run_id, self.concurrency, self.on_end = store, run, concurrency, on_end
        self.budget, self.stopped, self.under_way = budget, "", 0
        self.spent, self.allotted = store.totals(run).cost, 0.0
        self._jobs: deque[Job] = deque()  # that are to be handed out
        self._pause: tuple[float, Reason] | None = None
        self._surroundings = digest_of(of_worker())
        self._noted: set[str] = set()
        self._woken = threading.Event()
        self._lock = threading.Lock()  # an engine may take chunks on another thread than the one that reads results

    def stop(self, why: str) -> None:
        """Hand out no more chunks."""
        self.stopped = self.stopped or why

    @property
    def busy(self) -> int:
        """Chunks that are under way."""
        return self.under_way

    def end_waits(self) -> None:
        """Wait no longer for a service, and let workers know that can reach the store."""
        self._woken.set()
        with contextlib.suppress(EgoError):
            self.store.mark_stopping(self.run_id)

    def _lose_patience(self, why: str) -> None:
        self.stop(why)
        self._woken.set()

    def abort(self) -> None:
        """Chunks that are under way cannot be broken off: they are short."""
        self.stop("broken off")
        self.end_waits()

    async def do(self, jobs: Sequence[Job]) -> None:
        """See `Workers.do`."""
        try:
            await asyncio.to_thread(self._do, jobs)
        except (KeyboardInterrupt, SystemExit) as error:  # raised here, it would end the loop for good
            self.stop(f"a worker ended ({type(error).__name__})")

    def _do(self, jobs: Sequence[Job]) -> None:
        self._jobs.extend(jobs)
        while self._jobs and not self.stopped:
            self._map()
            if self._pause is not None and self._jobs and not self.stopped:
                seconds, reason = self._pause
                self._pause = None
                with self.waits.noted(replace(reason, whole=True), seconds):
                    self._woken.wait(seconds)

    def _map(self) -> None:
        """Hand out chunks until all are done, or a service asks for a pause."""
        failure: BaseException | None = None
        workers = min(self.engine.workers(), self.concurrency)
        for result in self.engine.map(do_chunk, self._chunks(workers), workers):
            if not isinstance(result, ChunkResult):
                raise ConfigError(
                    f"{type(self.engine).__name__}: map must yield what the function that it is given returns, not "
                    f"{result!r:.80}."
                )
            self.journal.put(result.entries).result()
            recall(result.lessons)
            self._note_surroundings(result.surroundings)
            with self._lock:
                self.under_way -= 1
                self.allotted -= result.budget
                self.spent += result.spent
                self._jobs.extendleft(reversed(result.left))
                if result.reason is not None:
                    self._pause = max(self._pause or (0.0, result.reason), (result.pause, result.reason), key=_seconds)
            for each in result.ended:
                self.on_end(each)
            failure = failure or result.error
            if result.over_budget and not failure:
                self._stop_over_budget()
            elif result.stopped or failure:
                self.stop(result.stopped or "an error")
        if failure is not None:
            raise failure
        if self.under_way or (self._jobs and not self.stopped and self._pause is None):
            raise RunError(
                f"{type(self.engine).__name__}: map ended, but not every chunk has been done. It must call the "
                "function with each chunk, and yield each result.",
                run=self.run_id,
            )

    def _note_surroundings(self, found: Mapping[str, Any]) -> None:
        """Record once what some worker runs with, if that is something else."""
        if found and (digest := digest_of(found)) not in self._noted:
            self._noted.add(digest)
            self.store.note_surroundings(self.run_id, found)

    def _stop_over_budget(self) -> None:
        self.stop(f"the budget of {self.budget:g} US dollars is reached ({self.spent:.4g} spent)")

    def _chunks(self, workers: int) -> Iterator[bytes]:
        each = max(1, self.concurrency // workers)
        size = max(1, min(each * JOBS_EACH, -(-len(self._jobs) // workers)))
        store = self.store.absolute if self.engine.reaches(self.store.url) else ""
        declared = copy_declarations(self.engine.dumps)
        while True:
            with self._lock:
                if self.stopped or self._pause is not None or not self._jobs:
                    return
                budget = None
                if self.budget is not None:
                    budget = (self.budget - self.spent - self.allotted) / max(1, workers - self.under_way)
                    if budget <= 0:
                        self._stop_over_budget()
                if self.stopped:
                    return
                self.under_way += 1
                self.allotted += budget or 0.0
                mine = [self._jobs.popleft() for _ in range(min(size, len(self._jobs)))]
            limits = self.limiter.portion(workers)
            chunk = Chunk(self.work, mine, self.run_id, each, limits, declared, store, self.store.holder, budget)
            chunk = replace(chunk, patience=self.waits.patience, surroundings=self._surroundings)
            yield self.engine.dumps(chunk)


def _seconds(pause: tuple[float, Reason]) -> float:
    return pause[0]
