"""The workers of a run: so many replications at a time, each recorded, each tried again if a service let it down."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ...errors import ConfigError, EgoError, KeyRejected, ModelUnknown, ProviderError, RateLimited, RunError, RunStopped
from ...stores import Replication
from ...threads.recording import RECORDER
from ..treatments import name_of
from .rate_limits import Gate
from .recorder import Book, Desk, Transport
from .resuming import Recalled

PASSES = 3
"""How often a replication is begun at most in one go, if a service fails it for a reason that may pass."""
AT_ONCE = 8
"""Workers that begin in one turn of the loop."""
DOWN = 20
"""So many failures in a row, and at least two rounds of all workers, mean that the service is down."""


@dataclass(frozen=True)
class Job:
    """One replication to be done: its place in the run, from 0, and what varies; the seed is the replication's own."""

    place: int
    values: Mapping[str, Any] = field(default_factory=dict)
    treatment: Any = None
    attempt: int = 1
    tries: int = 1
    seed: int | None = None


@dataclass
class Outcome:
    """What a replication came to.

    Arguments:
        value: its result, or None. answers: how many answers were asked for. error: why an answer was invalid.
        tainted: whether one was. treatment: the treatment's name.
    """

    value: Any = None
    answers: int = 1
    error: str = ""
    tainted: bool = False
    treatment: str = ""


Work = Callable[[Job], Awaitable[Outcome]]


class Crew:
    """Does jobs, `concurrency` at a time.

    Arguments:
        work: does one job; Threads that it makes are recorded.
        book, gate: what takes the record, what lets requests out.
        run: the run's id.
        concurrency: how many at a time.
        ended: told of each replication that has ended, as it is recorded.
        budget: US dollars that all together may cost.
        transport: how replies are had, if not from the models' providers.
    """

    def __init__(
        self,
        work: Work,
        book: Book,
        gate: Gate,
        run: str,
        concurrency: int,
        ended: Callable[[Replication], None],
        budget: float | None = None,
        transport: Transport | None = None,
    ) -> None:
        self.work, self.book, self.gate, self.run_id = work, book, gate, run
        self.concurrency, self.ended = concurrency, ended
        self.budget, self.transport = budget, transport
        self.stopped, self.spent_up = "", False
        self.spent, self.before = 0.0, 0.0  # in this go, and in those before
        self.under_way = 0
        self.recall: Callable[[int], Recalled] | None = None  # what is recorded of earlier attempts at a place
        self._finished = 0
        self._failures = 0
        self._again: deque[Job] = deque()
        self._failure: BaseException | None = None
        self._broken_off = False
        self._tasks: list[asyncio.Task[None]] = []

    def stop(self, why: str) -> None:
        """Begin no more jobs; those under way go on to their ends."""
        self.stopped = self.stopped or why

    def abort(self) -> None:
        """Break off what is under way, too."""
        self._broken_off = True
        for task in self._tasks:
            task.cancel()

    async def do(self, jobs: Iterable[Job]) -> None:
        """Do all jobs.

        Raises:
            BaseException: what went wrong for good (a wrong key, a store that fails, an error in the work itself).
        """
        queue = iter(jobs)
        try:
            for number in range(self.concurrency):
                self._tasks.append(asyncio.ensure_future(self._worker(queue)))
                if number % AT_ONCE == AT_ONCE - 1:
                    await asyncio.sleep(0)  # the first requests go out while further replications are prepared
            await asyncio.gather(*self._tasks, return_exceptions=True)
        finally:
            self.abort()
        if self._failure is not None:
            raise self._failure

    def _next(self, queue: Iterator[Job]) -> Job | None:
        if self.stopped:
            return None
        if self.budget is not None and (self._finished or self.under_way or self.before >= self.budget):
            if not self._finished and self.under_way:  # nobody knows yet what one costs
                return None
            usual, spent = self.spent / max(1, self._finished), self.before + self.spent
            if spent + usual * (self.under_way + 1) > self.budget or spent >= self.budget:
                self.spent_up = True
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
                self.stop("an error")
            except BaseException as error:
                # These would end the event loop, and whoever waits for the run would wait for ever.
                ending = isinstance(error, SystemExit | KeyboardInterrupt)
                told = RunStopped(f"A replication ended the program ({error!r}).", run=self.run_id) if ending else error
                self._failure = self._failure or told
                self.stop("an error")
            finally:
                self.under_way -= 1

    async def _one(self, job: Job) -> None:
        look = self.recall if job.attempt > 1 else None
        recalled = None if look is None else await asyncio.to_thread(look, job.place)
        desk = Desk(self.book, self.gate, self.run_id, job.place, job.attempt, self.transport, recalled)
        token = RECORDER.set(desk)
        started = time.time()
        trouble: BaseException | None = None
        try:
            outcome = await self.work(job)
        except (ProviderError, ConfigError) as error:
            outcome, trouble = Outcome(error=str(error)), error
        except asyncio.CancelledError:
            desk.closed = True
            raise
        finally:
            RECORDER.reset(token)
            self.spent += desk.cost
            self._finished += 1
        ended = Replication(
            run=self.run_id,
            place=job.place,
            attempt=job.attempt,
            status="done" if trouble is None else "failed",
            tainted=outcome.tainted,
            treatment=outcome.treatment or name_of(job.treatment),
            levels=job.values,
            result=outcome.value,
            answers=outcome.answers,
            error=type(trouble).__name__ if trouble else "ParseError" if outcome.error else "",
            error_text=outcome.error,
            cost=None if desk.unpriced else desk.cost + desk.carried,
            started=started,
            ended=time.time(),
        )
        await self.book.write([*desk.states(), ("replication", ended.row())])
        repeated = trouble is not None and self._judge(trouble, job)
        self._failures = 0 if trouble is None else self._failures + 1
        if not repeated:
            self.ended(ended)
        if self._failures >= max(DOWN, 2 * self.concurrency):
            self.stop(f"{self._failures} replications failed one after the other ({ended.error}: {ended.error_text})")

    def _judge(self, trouble: BaseException, job: Job) -> bool:
        """Whether the job is done once more; what cannot get better is raised."""
        if isinstance(trouble, ConfigError | KeyRejected | ModelUnknown):
            raise trouble
        if isinstance(trouble, RateLimited) and not trouble.retryable:
            raise RunStopped(str(trouble), run=self.run_id) from trouble
        assert isinstance(trouble, EgoError)
        if not getattr(trouble, "retryable", False) or job.tries >= PASSES or self.stopped:
            return False
        self._again.append(replace(job, attempt=job.attempt + 1, tries=job.tries + 1))
        return True
