"""One execution of a plan: begun or taken up, worked on, stopped by Ctrl-C, written down."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from ...errors import ConfigError, RunStopped, StoreError
from ...loops import runs_portal as portal
from ...stores import Replication, Run, RunStore
from ...stores.runs import STORE
from .leftovers import finish
from .origin import digest, origin
from .plan import GIVEN, How, Plan, _services, usual_concurrency
from .progress import Progress
from .rate_limits import Gate
from .resuming import recall
from .workers import Crew, Job

BEAT = 10.0
"""Seconds between signs of life."""


@contextlib.contextmanager
def execute(plan: Plan, way: How) -> Iterator[tuple[Run, RunStore, dict[int, Replication]]]:
    """Run a plan to its end, or take up what is there of it.

    Gives the run, its store as long as it is open, and how those replications ended that were done just now, by place.

    Raises:
        RunStopped: the budget was reached, or the service is down; the run can go on later.
        RunError: another process is at work on the same run.
        StoreError: the store cannot be written.
        KeyboardInterrupt: Ctrl-C, after what was under way was finished and recorded.
        EgoError: a key, a model or a template is wrong.
    """
    with contextlib.suppress(RuntimeError):
        if asyncio.get_running_loop() is portal.loop():
            raise ConfigError(
                "A run cannot begin inside an async play function, a parser or an agent of another run: it would wait "
                "for itself. Make play a plain function, or run one after the other."
            )
    with _store(way.store) as store:
        run, jobs = _begin(plan, way, store)
        _announce(run)
        ended: dict[int, Replication] = {}
        if jobs:
            ended = _Execution(plan, way, store, run).do(jobs)
        elif run.holder == store.holder:
            store.end(run.uid, "done")
        yield store.get(run.uid), store, ended


@contextlib.contextmanager
def _store(where: str | Path | None) -> Iterator[RunStore]:
    with tempfile.TemporaryDirectory(prefix="otree_ego-", ignore_cleanup_errors=True) as folder:
        store = RunStore(Path(folder, STORE) if where is None else where)
        try:
            yield store
        finally:
            store.close()


def _begin(plan: Plan, way: How, store: RunStore) -> tuple[Run, list[Job]]:
    design = digest({"kind": plan.kind, **plan.design})
    # `ego resume` means one run, whatever came after it.
    wanted = GIVEN.get().get("resume")
    before = store.get(wanted) if wanted else None if way.fresh else store.find(design)
    other = store.find(design) if before is not None and before.design != design else None
    if other is not None and other.status == "done" and other.planned >= plan.total:
        before = other  # the script begins it before the one that is meant, and it has all its answers
    if before is not None and before.design != design:
        raise ConfigError(
            f"The run {before.uid[:8]} ({before.name}) was another experiment: its prompt, levels, model or settings "
            "are not those of the script as it is now. Run the script itself to begin a new run."
        )
    if before is None:
        source = {**origin(), **plan.source, **GIVEN.get().get("source", {})}
        name = GIVEN.get().get("name") or plan.name
        new = Run(name, plan.kind, design, plan.total, plan.prepared(None), source)
        before = store.begin(new, fresh=way.fresh)
        if before.uid == new.uid:
            return before, [plan.job(place) for place in range(plan.total)]
    settings = plan.prepared(before.settings)
    if not _open(plan, store, before.uid):
        Progress(0, show=way.progress).say(
            f"All {plan.total} replications are in {store.shown} (run {before.uid[:8]}): nothing is asked again. "
            "fresh=True asks anew."
        )
        if before.status != "done" and plan.total >= before.planned:  # its process ended before it could say so
            store.claim(before.uid)
            store.end(before.uid, "done")
        return before, []
    run = store.claim(before.uid, plan.total)
    store.update(run.uid, settings=settings)
    jobs = _open(plan, store, run.uid)  # once more: until now another process may have been at work
    if plan.left is not None:
        jobs = finish(store, run.uid, jobs, plan.left)
    Progress(0, show=way.progress).say(
        f"Going on with run {run.uid[:8]}: {plan.total - len(jobs)} of {plan.total} replications are in {store.shown}."
    )
    return run, jobs


def _open(plan: Plan, store: RunStore, run: str) -> list[Job]:
    """What of a plan has not been done, each as the attempt that comes next."""
    places = store.places(run)
    found = ((place, *places.get(place, ("open", 0))) for place in range(plan.total))
    return [replace(plan.job(place), attempt=attempt + 1) for place, status, attempt in found if status != "done"]


def _announce(run: Run) -> None:
    told: Callable[[Run], None] | None = GIVEN.get().get("on_run")
    if told is not None:
        told(run)


class _Execution:
    """One go at a run."""

    def __init__(self, plan: Plan, way: How, store: RunStore, run: Run) -> None:
        self.plan, self.way, self.store, self.run = plan, way, store, run
        # A bar would write into what a person at the terminal reads.
        show = False if "terminal" in _services(plan.models) else way.progress
        self.progress = Progress(plan.total, 0, plan.name, show)
        self.interrupted = False
        self.ended: dict[int, Replication] = {}

    def do(self, jobs: list[Job]) -> dict[int, Replication]:
        """Do what is left; returns how each replication ended, by place."""
        self.progress.begun_with = self.plan.total - len(jobs)
        self.hands = self._hands()
        work = self._work(jobs)
        try:
            with self.progress:
                self._wait(portal.start(work))
        except BaseException as error:
            self._end("stopped" if isinstance(error, KeyboardInterrupt | RunStopped) else "failed", str(error))
            raise
        if self.hands.stopped:
            self._end("stopped", self.hands.stopped)
            note = f"Stopped: {self.hands.stopped}. {self._tally()} {self._again}"
            if self.interrupted:
                if "source" not in GIVEN.get():  # the command line says it itself
                    self.progress.say(note)
                raise KeyboardInterrupt(note)
            raise RunStopped(note, run=self.run.uid)
        self._end("done", "")
        if self.progress.failed:
            count = self.progress.failed
            self.progress.say(f"{count} replication{'s' * (count > 1)} failed. {self._again}")
        return self.ended

    def _note(self, replication: Replication) -> None:
        self.ended[replication.place] = replication
        self.progress.ended(replication)

    @property
    def _again(self) -> str:
        by_command = "source" in GIVEN.get()
        return f"ego resume {self.run.uid[:8]} goes on." if by_command else "Run the same script again to go on."

    def _hands(self) -> Any:
        """Who does the jobs: the crew of this process, a batch queue, or an engine."""
        journal = self.store.journal()
        concurrency = self.way.concurrency or usual_concurrency(self.plan.models)
        gate = Gate(self.way.requests_per_minute, self.way.tokens_per_minute)
        if self.way.engine is not None:
            from ..engines import Spread

            return Spread(
                self.plan, self.way, journal, gate, self.store, self.run.uid, concurrency, self._note
            )  # fmt: skip
        crew = Crew(self.plan.work, journal, gate, self.run.uid, concurrency, self._note, self.way.budget)
        crew.before = self.store.totals(self.run.uid).cost
        crew.recall = partial(recall, self.store, self.run.uid)
        if self.way.batch:
            from .batches import Batched

            return Batched(crew, self.store, self.run.uid, self.progress)
        return crew

    async def _work(self, jobs: list[Job]) -> None:
        beat = asyncio.ensure_future(self._beat())
        try:
            await self.hands.do(jobs)
        finally:
            beat.cancel()
            await asyncio.to_thread(self.hands.book.close)

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(BEAT)
            with contextlib.suppress(StoreError):  # if the store is broken, the journal says so
                await asyncio.to_thread(self.store.beat, self.run.uid)

    def _wait(self, future: Any) -> None:
        while True:
            try:
                future.result()
                return
            except KeyboardInterrupt:
                if future.done():
                    raise
                loop = portal.loop()
                if not self.interrupted and self.hands.under_way and "terminal" not in _services(self.plan.models):
                    count = self.hands.under_way
                    self.progress.say(f"Ctrl-C: finishing the {count} under way. Once more breaks them off.")
                else:
                    loop.call_soon_threadsafe(self.hands.abort)
                self.interrupted = True
                loop.call_soon_threadsafe(self.hands.stop, "Ctrl-C")

    def _tally(self) -> str:
        done = self.store.totals(self.run.uid)
        return f"{done.replications - done.failed} of {self.plan.total} replications are in {self.store.shown}."

    def _end(self, status: str, note: str) -> None:
        with contextlib.suppress(StoreError):  # a full disk: the first error says so
            self.store.end(self.run.uid, status, note)
