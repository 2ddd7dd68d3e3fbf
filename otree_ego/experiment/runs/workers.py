"""Who does the jobs of a run: this process, an engine's workers, or a service's batch queue."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Protocol

from ...stores import Replication, Run, RunStore
from ...stores.run_search import snapshots_of
from .batches import BatchWorkers
from .engine_workers import EngineWorkers
from .jobs import Job, Plan
from .options import RunOptions, rate_limiter, usual_concurrency
from .process_workers import ProcessWorkers
from .progress import Progress
from .replication_recorder import EntryWriter
from .resuming import recorded_answers
from .snapshots import Snapshots
from .waiting import Waits


class Workers(Protocol):
    """Those who do the jobs of a run.

    They record what is said, and how each replication ended, and stop when they are told to. `ProcessWorkers` are
    tasks of this process, `EngineWorkers` work where an engine puts them, and `BatchWorkers` wait for a batch queue.

    Fields:
        stopped: why they were stopped; empty as long as they were not.
        under_way: how many replications, or chunks of the run, would be waited for after `stop`.
        busy: those of them that would be waited for after `end_waits`, too.
        waits: who waits for what.
    """

    waits: Waits

    @property
    def stopped(self) -> str: ...

    @property
    def under_way(self) -> int: ...

    @property
    def busy(self) -> int: ...

    async def do(self, jobs: Sequence[Job]) -> None:
        """Do all jobs, or those that are begun before `stop`.

        Raises:
            BaseException: what went wrong for good (a wrong key, a store that fails, an error in the work itself).
        """

    def stop(self, why: str) -> None:
        """Begin no more jobs; what is under way goes on to its end."""

    def end_waits(self) -> None:
        """After `stop`: end all waiting and send no request any more; requests that are under way are finished."""

    def abort(self) -> None:
        """Break off what is under way, too, as far as that can be done."""


def workers_for(
    plan: Plan,
    options: RunOptions,
    store: RunStore,
    run: Run,
    journal: EntryWriter,
    progress: Progress,
    on_end: Callable[[Replication], None],
) -> Workers:
    """The workers that a run's options ask for.

    Arguments:
        plan, options: what is done, and how.
        store, run, journal: where it is recorded.
        progress: says what batches are handed in. on_end: is called with each replication that has ended.
    """
    concurrency = options["concurrency"] or usual_concurrency(plan.models)
    limiter, waits = rate_limiter(options), Waits(options["patience"])
    if options["engine"] is not None:
        return EngineWorkers(
            plan.work,
            options["engine"],
            journal,
            limiter,
            store,
            run.uid,
            concurrency,
            on_end,
            options["budget"],
            waits,
        )
    workers = ProcessWorkers(plan.work, journal, limiter, run.uid, concurrency, on_end, options["budget"], waits=waits)
    workers.spent_before = store.totals(run.uid).cost
    workers.snapshots = Snapshots(progress.tell, snapshots_of(store, run.uid))
    workers.recorded_answers = partial(recorded_answers, store, run.uid)
    return BatchWorkers(workers, store, run.uid, progress) if options["batch"] else workers
