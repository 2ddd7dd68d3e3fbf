"""The workers of an engine: they do a run in chunks, each with its own portion of the limits and the budget.

Workers record into the store themselves if they can reach it. Otherwise their entries come back with each result.
"""

from __future__ import annotations

import asyncio
import os
import pickle
import signal
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from ...errors import ConfigError, RunError
from ...loops import runs_portal
from ...providers.openai.learned import Lesson, lessons, recall
from ...providers.worker_copies import Copies, copy_declarations, declare_copies
from ...stores import Journal, Notebook, Replication, RunStore
from ...stores.journal import Entry
from ..engines import engine_of
from .jobs import Job, Work
from .process_workers import ProcessWorkers
from .rate_limits import RateLimiter
from .resuming import recorded_answers

JOBS_EACH = 5
"""A chunk has so many jobs for each that its worker does at a time: enough to keep it busy, little to lose."""


@dataclass(frozen=True)
class Chunk:
    """What a worker does in one go.

    Fields:
        work, jobs: what is done. run: the run's id. concurrency: jobs at a time.
        limits: arguments of its RateLimiter. declared: services and providers of the experimenter's.
        store: the address of the store; empty if the worker cannot reach it. holder: the name that holds the run there.
        budget: US dollars that it may spend; None for no limit. parent: the process that handed it out.
        lessons: what is known of models that have refused something.
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


@dataclass
class ChunkResult:
    """What came of a chunk.

    Fields:
        entries: for the store, if the worker could not reach it. ended: how each replication ended.
        stopped: why it was stopped before its end; empty if it was not. error: what went wrong for good.
        budget: what it was allowed to spend. over_budget: whether that was not enough.
        spent: what it spent, on attempts that were begun once more, too.
        lessons: what is known of models now.
    """

    entries: list[Entry] = field(default_factory=list)
    ended: list[Replication] = field(default_factory=list)
    stopped: str = ""
    error: BaseException | None = None
    budget: float = 0.0
    over_budget: bool = False
    spent: float = 0.0
    lessons: Sequence[Lesson] = ()


def do_chunk(data: bytes) -> ChunkResult:
    """In a worker: do one chunk."""
    # Only our own parent process hands these bytes in.
    chunk: Chunk = pickle.loads(data)
    if os.getpid() != chunk.parent and threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal's Ctrl-C comes to all; the parent decides
    declare_copies(chunk.declared)
    recall(chunk.lessons)
    result = ChunkResult(budget=chunk.budget or 0.0)
    store = RunStore(chunk.store) if chunk.store else None
    journal: Journal | Notebook = store.journal(chunk.run, chunk.holder) if store else Notebook()
    limiter, parent = RateLimiter(**chunk.limits), os.getppid()

    def on_end(replication: Replication) -> None:
        result.ended.append(replication)
        if os.getppid() != parent:  # whoever resumes the run must not meet us
            workers.stop("its parent process has ended")

    workers = ProcessWorkers(chunk.work, journal, limiter, chunk.run, chunk.concurrency, on_end, chunk.budget)
    if store:
        workers.recorded_answers = partial(recorded_answers, store, chunk.run)
    try:
        runs_portal(workers.do(chunk.jobs))
        if not workers.stopped:
            runs_portal(limiter.wait_until_free())  # the next chunk has a limiter of its own
    except Exception as error:  # Whatever it is, the parent decides what it means.
        result.error = _portable(error)
    finally:
        journal.close()
        if store:
            store.close()
    result.spent = workers.spent
    result.stopped, result.over_budget = "" if result.error else workers.stopped, workers.over_budget
    result.lessons = lessons()
    if isinstance(journal, Notebook):
        result.entries = journal.take()
    return result


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
    """

    def __init__(
        self,
        work: Work,
        engine: Any,
        journal: Journal,
        limiter: RateLimiter,
        store: RunStore,
        run: str,
        concurrency: int,
        on_end: Callable[[Replication], None],
        budget: float | None = None,
    ) -> None:
        self.work, self.engine, self.journal, self.limiter = work, engine_of(engine), journal, limiter
        self.store, self.run_id, self.concurrency, self.on_end = store, run, concurrency, on_end
        self.budget, self.stopped, self.under_way = budget, "", 0
        self.spent, self.allotted = store.totals(run).cost, 0.0
        self._handed_out = 0  # jobs, so far
        self._lock = threading.Lock()  # an engine may take chunks on another thread than the one that reads results

    def stop(self, why: str) -> None:
        """Hand out no more chunks."""
        self.stopped = self.stopped or why

    def abort(self) -> None:
        """Chunks that are under way cannot be broken off: they are short."""
        self.stop("broken off")

    async def do(self, jobs: Sequence[Job]) -> None:
        """See `Workers.do`."""
        try:
            await asyncio.to_thread(self._do, jobs)
        except (KeyboardInterrupt, SystemExit) as error:  # raised here, it would end the loop for good
            self.stop(f"a worker ended ({type(error).__name__})")

    def _do(self, jobs: Sequence[Job]) -> None:
        failure: BaseException | None = None
        workers = min(self.engine.workers(), self.concurrency)
        for result in self.engine.map(do_chunk, self._chunks(jobs, workers), workers):
            if not isinstance(result, ChunkResult):
                raise ConfigError(
                    f"{type(self.engine).__name__}: map must yield what the function that it is given returns, not "
                    f"{result!r:.80}."
                )
            self.journal.put(result.entries).result()
            recall(result.lessons)
            with self._lock:
                self.under_way -= 1
                self.allotted -= result.budget
                self.spent += result.spent
            for each in result.ended:
                self.on_end(each)
            failure = failure or result.error
            if result.over_budget and not failure:
                self._stop_over_budget()
            elif result.stopped or failure:
                self.stop(result.stopped or "an error")
        if failure is not None:
            raise failure
        if self.under_way or (self._handed_out < len(jobs) and not self.stopped):
            raise RunError(
                f"{type(self.engine).__name__}: map ended, but not every chunk has been done. It must call the "
                "function with each chunk, and yield each result.",
                run=self.run_id,
            )

    def _stop_over_budget(self) -> None:
        self.stop(f"the budget of {self.budget:g} US dollars is reached ({self.spent:.4g} spent)")

    def _chunks(self, jobs: Sequence[Job], workers: int) -> Iterator[bytes]:
        each = max(1, self.concurrency // workers)
        size = max(1, min(each * JOBS_EACH, -(-len(jobs) // workers)))
        store = self.store.absolute if self.engine.reaches(self.store.url) else ""
        declared = copy_declarations(self.engine.dumps)
        for start in range(0, len(jobs), size):
            mine = jobs[start : start + size]
            with self._lock:
                budget = None
                if self.budget is not None:
                    budget = (self.budget - self.spent - self.allotted) / max(1, workers - self.under_way)
                    if budget <= 0:
                        self._stop_over_budget()
                if self.stopped:
                    return
                self.under_way += 1
                self.allotted += budget or 0.0
                self._handed_out += len(mine)
            limits = self.limiter.portion(workers)
            chunk = Chunk(self.work, mine, self.run_id, each, limits, declared, store, self.store.holder, budget)
            yield self.engine.dumps(chunk)
