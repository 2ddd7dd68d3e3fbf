"""One execution of a plan: begun or taken up, worked on, stopped by Ctrl-C, written down."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

from ...display import logger, say
from ...errors import ConfigError, RunError, RunStopped, StoreError
from ...loops import runs_portal
from ...providers.endings import ending_of
from ...stores import Replication, Run, RunStore
from ...stores.runs import STORE
from ..surroundings import surroundings
from .jobs import Job, Plan
from .options import COMMAND_LINE, CommandLine, RunOptions, service_names
from .origin import digest, origin
from .progress import Progress
from .replication_recorder import recall_lessons
from .resuming import close_recorded
from .waiting import LONG, countdown
from .workers import workers_for

BEAT = 10.0
"""Seconds between signs of life."""
LOOK = 0.5
"""Seconds between looks at what is waited for."""


@contextlib.contextmanager
def execute(plan: Plan, options: RunOptions) -> Iterator[tuple[Run, RunStore, dict[int, Replication]]]:
    """Run a plan to its end, or resume what is there of it.

    Arguments:
        plan, options: what is run, and how; all options, see `settle_options`.

    Gives the run, its store as long as it is open, and how those replications ended that were done just now, by place.

    Raises:
        RunStopped: the budget was reached, or the service is down; the run can go on later.
        RunError: another process is at work on the same run, or took it up while this one stood still.
        StoreError: the store cannot be written.
        KeyboardInterrupt: Ctrl-C, after what was under way was finished and recorded.
        EgoError: a key, a model or a template is wrong.
    """
    with contextlib.suppress(RuntimeError):
        if asyncio.get_running_loop() is runs_portal.loop():
            raise ConfigError(
                "A run cannot begin inside an async play function, a parser or an agent of another run: it would wait "
                "for itself. Make play a plain function, or run one after the other."
            )
    with _store(options["store"]) as store:
        run, jobs = _begin(plan, options, store)
        _announce(run)
        if jobs:
            _warn_of_endings(plan)
        ended: dict[int, Replication] = {}
        if jobs:
            store.note_surroundings(run.uid, surroundings(models=plan.models))
            ended = _Execution(plan, options, store, run).do(jobs)
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


def _begin(plan: Plan, options: RunOptions, store: RunStore) -> tuple[Run, list[Job]]:
    """The run of a plan, new or resumed, and what is left to do of it."""
    design = digest({"kind": plan.kind, **plan.design})
    before = _before(plan, options, store, design)
    if before is None:
        said = COMMAND_LINE.get() or CommandLine()
        source = {**origin(), **plan.source, **said.source}
        new = Run(said.name or plan.name, plan.kind, design, plan.total, plan.prepared(None), source)
        before = store.begin(new, fresh=options["fresh"])
        if before.uid == new.uid:
            return before, [plan.job(place) for place in range(plan.total)]
    return _resume(plan, options, store, before)


def _before(plan: Plan, options: RunOptions, store: RunStore, design: str) -> Run | None:
    """The run that is to be resumed, if there is one."""
    # `ego resume` means one run, whatever came after it.
    wanted = (COMMAND_LINE.get() or CommandLine()).resume
    before = store.get(wanted) if wanted else None if options["fresh"] else store.find(design)
    other = store.find(design) if before is not None and before.design != design else None
    if other is not None and other.status == "done" and other.planned >= plan.total:
        before = other  # the script begins it before the one that is meant, and it has all its answers
    if before is not None and before.design != design:
        raise ConfigError(
            f"The run {before.uid[:8]} ({before.name}) was another experiment: its prompt, levels, model or settings "
            "are not those of the script as it is now. Run the script itself to begin a new run."
        )
    return before


def _resume(plan: Plan, options: RunOptions, store: RunStore, before: Run) -> tuple[Run, list[Job]]:
    settings = plan.prepared(before.settings)
    progress = Progress(0, show=options["progress"])
    if not _open_jobs(plan, store, before.uid):
        progress.say(
            f"All {plan.total} replications are in {store.shown} (run {before.uid[:8]}): nothing is asked again. "
            "fresh=True asks anew."
        )
        if before.status != "done" and plan.total >= before.planned:  # its process ended before it could say so
            store.claim(before.uid)
            store.end(before.uid, "done")
        return before, []
    run = store.claim(before.uid, plan.total)
    store.update(run.uid, settings=settings)
    jobs = _open_jobs(plan, store, run.uid)  # once more: until now another process may have been at work
    if plan.read_record is not None:
        jobs = close_recorded(store, run.uid, jobs, plan.read_record)
    progress.say(
        f"Going on with run {run.uid[:8]}: {plan.total - len(jobs)} of {plan.total} replications are in {store.shown}."
    )
    return run, jobs


def _open_jobs(plan: Plan, store: RunStore, run: str) -> list[Job]:
    """What of a plan has not been done, each as the attempt that comes next."""
    places = store.places(run)
    found = ((place, *places.get(place, ("open", 0))) for place in range(plan.total))
    return [replace(plan.job(place), attempt=attempt + 1) for place, status, attempt in found if status != "done"]


def _announce(run: Run) -> None:
    said = COMMAND_LINE.get()
    if said is not None and said.on_run is not None:
        said.on_run(run)


def _warn_of_endings(plan: Plan) -> None:
    for model in dict.fromkeys(plan.models):
        ending = ending_of(model)
        if ending is not None and ending.near():
            say(ending.sentence(), sys.stderr)


class _Execution:
    """One go at a run."""

    def __init__(self, plan: Plan, options: RunOptions, store: RunStore, run: Run) -> None:
        self.plan, self.store, self.run = plan, store, run
        self.at_terminal = "terminal" in service_names(plan.models)
        # A bar would write into what a person at the terminal reads.
        self.progress = Progress(plan.total, 0, plan.name, False if self.at_terminal else options["progress"])
        self.journal = store.journal(run.uid)
        self.workers = workers_for(plan, options, store, run, self.journal, self.progress, self._note)
        self.interrupted = False
        self.lost: RunError | None = None
        self.ended: dict[int, Replication] = {}

    def do(self, jobs: list[Job]) -> dict[int, Replication]:
        """Do what is left; returns how each replication ended, by place."""
        self.progress.begun_with = self.plan.total - len(jobs)
        recall_lessons(self.run.uid, self.store.learned(self.run.uid))
        try:
            with self.progress:
                self._wait(runs_portal.start(self._work(jobs)))
        except BaseException as error:
            self._end("stopped" if isinstance(error, KeyboardInterrupt | RunStopped) else "failed", str(error))
            raise
        if self.lost is not None:
            raise self.lost
        if self.workers.stopped:
            self._end("stopped", self.workers.stopped)
            note = f"Stopped: {self.workers.stopped}. {self._tally()} {self._again}"
            if self.interrupted:
                if COMMAND_LINE.get() is None:  # the command line says it itself
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
        by_verb = COMMAND_LINE.get() is not None
        return f"ego resume {self.run.uid[:8]} goes on." if by_verb else "Run the same script again to go on."

    async def _work(self, jobs: list[Job]) -> None:
        beats = [asyncio.ensure_future(self._beat()), asyncio.ensure_future(self._look())]
        try:
            await self.workers.do(jobs)
        finally:
            for beat in beats:
                beat.cancel()
            await asyncio.to_thread(self.journal.close)

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(BEAT)
            try:
                await asyncio.to_thread(self.store.beat, self.run.uid)
            except StoreError:  # if the store is broken, the journal says so
                continue
            except RunError as error:
                self.lost = error
                self.workers.stop(str(error))
                self.workers.abort()
                return

    async def _look(self) -> None:
        """Say who waits for what: in the bar, in the log, and in the run's note."""
        waits, told, noted = self.workers.waits, None, False
        while True:
            await asyncio.sleep(LOOK)
            wait = waits.longest
            left = 0.0 if wait is None else wait.left
            self.progress.waiting(_in_short(left) if wait is not None and left >= 1 else "")
            if wait is not None and left >= LONG and wait is not told:
                if told is None or told.reason != wait.reason or abs(told.until - wait.until) > LONG:
                    self._tell(waits.words, wait.reason.pace, wait.until)
                    noted = await self._noted(waits.words)
                told = wait
            elif noted and (wait is None or left < 0):
                told, noted = None, await self._noted("")

    def _tell(self, words: str, pace: bool, until: float) -> None:
        logger.log(logging.INFO if pace or self.progress.shown else logging.WARNING, "%s: %s.", self._called, words)
        if not pace and math.isfinite(until):
            self.progress.say(f"{words[0].upper()}{words[1:]}. Ctrl-C stops; {self._again}")

    async def _noted(self, words: str) -> bool:
        with contextlib.suppress(StoreError, RunError):  # the journal and the next beat say what is wrong
            await asyncio.to_thread(self.store.beat, self.run.uid, words)
        return bool(words)

    @property
    def _called(self) -> str:
        return f"Run {self.run.uid[:8]} ({self.run.name})" if self.run.name else f"Run {self.run.uid[:8]}"

    def _wait(self, work: Future[None]) -> None:
        while True:
            try:
                work.result()
                return
            except KeyboardInterrupt:
                if work.done():
                    raise
                loop = runs_portal.loop()
                if not self.interrupted and self.workers.under_way and not self.at_terminal:
                    if count := self.workers.busy:
                        self.progress.say(f"Ctrl-C: finishing the {count} under way. Once more breaks them off.")
                    end = self.workers.end_waits
                else:
                    end = self.workers.abort
                self.interrupted = True
                loop.call_soon_threadsafe(self.workers.stop, "Ctrl-C")
                loop.call_soon_threadsafe(end)

    def _tally(self) -> str:
        done = self.store.totals(self.run.uid)
        return f"{done.replications - done.failed} of {self.plan.total} replications are in {self.store.shown}."

    def _end(self, status: str, note: str) -> None:
        with contextlib.suppress(StoreError):  # a full disk: the first error says so
            self.store.end(self.run.uid, status, note)


def _in_short(left: float) -> str:
    """For the bar: how long is waited yet."""
    return f"waiting {countdown(left)}" if math.isfinite(left) else "waiting"
