"""The workers of one process: so many replications at a time, each recorded, each retried if a service failed it."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from ...errors import (
    ConfigError,
    EgoError,
    KeyRejected,
    ModelUnknown,
    ProviderError,
    RateLimited,
    RunError,
    RunStopped,
    Unwritable,
)
from ...loops import runs_portal
from ...stores.run_rows import Replication
from ...threads.recording import RECORDER
from ..treatments import name_of
from .budget_prices import BudgetPrices
from .jobs import Job, ReplicationResult, Work
from .rate_limits import RateLimiter
from .replication_recorder import EntryWriter, ReplicationRecorder, Transport
from .resuming import RecordedAnswers
from .snapshots import Snapshots
from .waiting import Waits

MOST_TRIES = 3
"""How often a replication is begun at most in one go, if a service fails it for a reason that may pass."""
BEGIN_AT_ONCE = 8
"""Workers that begin in one turn of the loop."""
GRACE = 1.0
"""Seconds for a replication to end by itself after a stop has ended its waiting."""
SERVICE_DOWN = 20
"""So many failures in a row, and at least two rounds of all workers, mean that the service is down."""


class ProcessWorkers:
    """Does jobs as tasks of this process, `concurrency` at a time; see `Workers`.

    Arguments:
        work: does one job; Threads that it makes are recorded.
        journal, limiter: what writes the record, what lets requests out.
        run: the run's id.
        concurrency: how many at a time.
        on_end: is called with each replication that has ended, as it is recorded.
        budget: US dollars that all together may cost.
        transport: how replies are had, if not from the models' providers.
        waits: who waits for what, and with how much patience.
    """

    def __init__(
        self,
        work: Work,
        journal: EntryWriter,
        limiter: RateLimiter,
        run: str,
        concurrency: int,
        on_end: Callable[[Replication], None],
        budget: float | None = None,
        transport: Transport | None = None,
        waits: Waits | None = None,
    ) -> None:
        self.work, self.journal, self.limiter, self.run_id = work, journal, limiter, run
        self.concurrency, self.on_end = concurrency, on_end
        self.budget, self.transport = budget, transport
        self.stopped, self.over_budget = "", False
        self.spent, self.spent_before = 0.0, 0.0  # in this go, and in those before
        self.under_way = 0
        self.all_began = False  # whether each worker has had its first look at the jobs
        self.recorded_answers: Callable[[int], RecordedAnswers] | None = None  # of earlier attempts at a place
        self.snapshots: Snapshots | None = None
        self._prices = BudgetPrices(budget)
        self._finished = 0
        self._failures = 0
        self._again: deque[Job] = deque()
        self.broken_off: list[Job] = []  # by the end of their waiting, each as the attempt that comes next
        self._failure: BaseException | None = None
        self._broken_off = False
        self.waits = Waits() if waits is None else waits
        self.waits.on_impatience = self._lose_patience
        self._recorders: set[ReplicationRecorder] = set()  # of the replications that are under way
        self._ending = False
        self._tasks: list[asyncio.Task[None]] = []

    def stop(self, why: str) -> None:
        """See `Workers.stop`."""
        self.stopped = self.stopped or why

    @property
    def busy(self) -> int:
        """See `Workers`."""
        return self.under_way - sum(recorder.waiting.idle for recorder in list(self._recorders))

    def end_waits(self) -> None:
        """See `Workers.end_waits`."""
        self._ending = True
        for recorder in list(self._recorders):
            recorder.waiting.stop()

    def _lose_patience(self, why: str) -> None:
        def stop() -> None:
            self.stop(why)
            self.end_waits()

        runs_portal.loop().call_soon_threadsafe(stop)

    def _fail(self) -> None:
        """Stop after an error."""
        self.stop("an error")
        self.end_waits()

    def abort(self) -> None:
        """See `Workers.abort`."""
        self._broken_off = True
        for recorder in list(self._recorders):
            recorder.waiting.break_off()
        for task in self._tasks:
            task.cancel()

    @property
    def left(self) -> list[Job]:
        """Jobs that were begun and are to be done again."""
        return [*self.broken_off, *self._again]

    async def do(self, jobs: Iterable[Job]) -> None:
        """See `Workers.do`."""
        queue, self.all_began = iter(jobs), False
        try:
            for number in range(self.concurrency):
                self._tasks.append(asyncio.ensure_future(self._worker(queue)))
                if number % BEGIN_AT_ONCE == BEGIN_AT_ONCE - 1:
                    await asyncio.sleep(0)  # the first requests go out while further replications are prepared
            await asyncio.sleep(0)
            self.all_began = True
            await asyncio.gather(*self._tasks, return_exceptions=True)
        finally:
            self.abort()
        if self._failure is not None:
            raise self._failure

    def _next(self, queue: Iterator[Job]) -> Job | None:
        if self.stopped:
            return None
        if self.budget is not None and (self._finished or self.under_way or self.spent_before >= self.budget):
            if not self._finished and self.under_way:  # nobody knows yet what one costs
                return None
            usual, spent = self.spent / max(1, self._finished), self.spent_before + self.spent
            if spent + usual * (self.under_way + 1) > self.budget or spent >= self.budget:
                self.over_budget = True
                self.stop(f"the budget of {self.budget:g} US dollars is reached ({spent:.4g} spent)")
                return None
        job = next(queue, None)
        return job if job is not None else (self._again.popleft() if self._again else None)

    async def _worker(self, queue: Iterator[Job]) -> None:
        while True:
            job = self._next(queue)
            if job is None:
                # Those still at work may yet hand a job back.
                if self.under_way and not self.stopped:
                    await asyncio.sleep(min(1.0, 0.05 * max(1.0, self.concurrency / 100)))
                    continue
                return
            self.under_way += 1
            try:
                await self._one(job)
            except asyncio.CancelledError:
                if self._broken_off:
                    raise
                self._failure = self._failure or RunError("A replication was cancelled from inside.", run=self.run_id)
                self._fail()
            except BaseException as error:
                # These would end the event loop, and whoever waits for the run would wait for ever.
                ending = isinstance(error, SystemExit | KeyboardInterrupt)
                why = RunStopped(f"A replication ended the program ({error!r}).", run=self.run_id) if ending else error
                self._failure = self._failure or why
                self._fail()
            finally:
                self.under_way -= 1

    async def _one(self, job: Job) -> None:
        look_up = self.recorded_answers if job.attempt > 1 else None
        answers = None if look_up is None else await asyncio.to_thread(look_up, job.place)
        recorder = ReplicationRecorder(
            self.journal,
            self.limiter,
            self.run_id,
            job.place,
            job.attempt,
            self.transport,
            answers,
            self._prices,
            self.waits,
        )
        recorder.snapshots = self.snapshots
        recorder.waiting.on_end = partial(_break_off, recorder, asyncio.current_task())
        self._recorders.add(recorder)
        if self._ending:
            recorder.waiting.stop()
        token = RECORDER.set(recorder)
        started = time.time()
        trouble: BaseException | None = None
        try:
            result = await self.work(job)
        except (ProviderError, ConfigError, Unwritable) as error:
            result, trouble = ReplicationResult(error=str(error)), error
            await _end(recorder)
        except BaseException as error:
            recorder.closed = recorder.closed or isinstance(error, asyncio.CancelledError)
            if isinstance(error, Exception):
                await _end(recorder)
            if not recorder.waiting.over or self._broken_off:
                raise
        finally:
            RECORDER.reset(token)
            self._recorders.discard(recorder)
            recorder.ended = True
            self.spent += recorder.cost
            self._finished += 1
        if recorder.waiting.over:  # it is open, and done when the run is resumed
            recorder.closed = True
            self.broken_off.append(replace(job, attempt=job.attempt + 1))
            return
        ended = self._replication(job, result, trouble, recorder, started)
        await self.journal.write([*recorder.states(), ("replication", ended.row())])
        repeated = trouble is not None and self._judge(trouble, job)
        self._failures = 0 if trouble is None else self._failures + 1
        if not repeated:
            self.on_end(ended)
        if self._failures >= max(SERVICE_DOWN, 2 * self.concurrency):
            self.stop(f"{self._failures} replications failed one after the other ({ended.error}: {ended.error_text})")
            self.end_waits()

    def _replication(
        self,
        job: Job,
        result: ReplicationResult,
        trouble: BaseException | None,
        recorder: ReplicationRecorder,
        started: float,
    ) -> Replication:
        """How a replication ended, for the record."""
        return Replication(
            run=self.run_id,
            place=job.place,
            attempt=job.attempt,
            status="done" if trouble is None else "failed",
            tainted=result.tainted,
            treatment=result.treatment or name_of(job.treatment),
            levels=job.values,
            result=result.value,
            answers=result.answers,
            error=type(trouble).__name__ if trouble else "ParseError" if result.error else "",
            error_text=result.error,
            cost=None if recorder.unpriced else recorder.cost + recorder.carried,
            started=started,
            ended=time.time(),
        )

    def _judge(self, trouble: BaseException, job: Job) -> bool:
        """Whether the job is done once more; what cannot get better is raised."""
        if isinstance(trouble, ConfigError | KeyRejected | ModelUnknown):
            raise trouble
        if isinstance(trouble, RateLimited) and not trouble.retryable:
            raise RunStopped(str(trouble), run=self.run_id) from trouble
        assert isinstance(trouble, EgoError)
        if not getattr(trouble, "retryable", False) or job.tries >= MOST_TRIES or self.stopped:
            return False
        self._again.append(replace(job, attempt=job.attempt + 1, tries=job.tries + 1))
        return True


async def _end(recorder: ReplicationRecorder) -> None:
    """An attempt has failed: nothing more is asked in it, and what is asked still is answered before the next looks."""
    recorder.closed = True
    await recorder.turns.ended()


def _break_off(recorder: ReplicationRecorder, task: asyncio.Task[Any] | None) -> None:
    """A stop has ended a replication's waiting: what its code does then is not waited for."""
    recorder.closed = True
    loop = runs_portal.loop()

    def later() -> None:
        if task is not None and not task.done():
            loop.call_later(GRACE, lambda: recorder.ended or task.cancel())

    loop.call_soon_threadsafe(later)
