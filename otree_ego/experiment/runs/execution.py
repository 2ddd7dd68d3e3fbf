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
from pathlib import Path

from ...display import countdown, logger, say
from ...errors import ConfigError, RunError, RunStopped, StoreError
from ...loops import runs_portal
from ...providers.endings import ending_of
from ...stores import Replication, Run, RunStore
from ...stores.runs import STORE
from ...stores.surroundings import surroundings
from .beginnings import begun
from .collector import left_alone
from .jobs import Job, Plan
from .options import COMMAND_LINE, RunOptions, service_names
from .progress import Progress
from .replication_recorder import EntryWriter, recall_lessons
from .run_handle import WATCHED
from .snapshots import changes_in
from .waiting import LONG
from .watched_journal import WatchedJournal
from .workers import workers_for

BEAT = 10.0
"""Seconds between signs of life."""
LOOK = 0.5
"""Seconds between looks at what is waited for."""


@contextlib.contextmanager
def execute(plan: Plan, options: RunOptions) -> Iterator[tuple[Run, RunStore, dict[int, Replication], Plan]]:
    """Run a plan to its end, or resume what is there of it.

    Arguments:
        plan, options: what is run, and how; all options, see `settle_options`.

    Gives the run, its store as long as it is open, how those replications ended that were done just now, by place, and
    the plan with the places of its replications.

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
        run, plan, jobs = begun(plan, options, store)
        _announce(run)
        if jobs:
            _warn_of_endings(plan)
        ended: dict[int, Replication] = {}
        with _told(store, run, plan, jobs):
            if jobs:
                store.note_surroundings(run.uid, surroundings(models=plan.models))
                ended = _Execution(plan, options, store, run).do(jobs)
            elif run.holder == store.holder:
                _end_closed(store, run)
        yield store.get(run.uid), store, ended, plan


@contextlib.contextmanager
def _store(where: str | Path | None) -> Iterator[RunStore]:
    with tempfile.TemporaryDirectory(prefix="otree_ego-", ignore_cleanup_errors=True) as folder:
        store = RunStore(Path(folder, STORE) if where is None else where)
        try:
            yield store
        finally:
            store.close()


def _end_closed(store: RunStore, run: Run) -> None:
    """End a run of which nothing was left to ask."""
    totals = store.totals(run.uid)
    store.end(run.uid, "done" if totals.replications >= run.planned else "stopped")


def _announce(run: Run) -> None:
    said = COMMAND_LINE.get()
    if said is not None and said.on_run is not None:
        said.on_run(run)


@contextlib.contextmanager
def _told(store: RunStore, run: Run, plan: Plan, jobs: list[Job]) -> Iterator[None]:
    """Tell whoever watches that a run begins, and how it ends."""
    handle, note = WATCHED.get(), ""
    if handle is None:
        yield
        return
    handle.begin(run, plan.total, len(jobs), store.totals(run.uid))
    status = "failed"
    try:
        yield
        status = "done"
    except BaseException as error:
        note = str(error)
        raise
    finally:
        with contextlib.suppress(StoreError):  # then the error says what is wrong
            there = store.get(run.uid)
            if there.status != "running":
                status, note = there.status, there.note or note
        handle.end(status, note)


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
        self.handle = WATCHED.get()
        self._written = store.journal(run.uid)
        self.journal: EntryWriter = self._written
        if self.handle is not None:
            self.journal = WatchedJournal(self._written, run.uid, self.handle.tell)
        self.workers = workers_for(plan, options, store, run, self.journal, self.progress, self._note)
        self.by_engine = options["engine"] is not None
        self.stops = 0  # how often it was told to stop
        self.interrupted = False
        self.lost: RunError | None = None
        self.ended: dict[int, Replication] = {}

    def do(self, jobs: list[Job]) -> dict[int, Replication]:
        """Do what is left; returns how each replication ended, by place."""
        self.progress.begun_with = self.plan.total - len(jobs)
        recall_lessons(self.run.uid, self.store.learned(self.run.uid))
        try:
            with self.progress, left_alone():
                if self.handle is not None:
                    self.handle.stops(self.stop)
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
        self._end(*self._outcome())
        for sentence in changes_in(self.store, self.run.uid) if self.by_engine else ():
            self.progress.tell(sentence)  # the workers are elsewhere, and cannot say it themselves
        if self.progress.failed:
            count = self.progress.failed
            self.progress.say(f"{count} replication{'s' * (count > 1)} failed. {self._again}")
        return self.ended

    def _outcome(self) -> tuple[str, str]:
        """Status and note of a run whose workers have come to their end."""
        totals = self.store.totals(self.run.uid)
        if totals.failed and totals.failed == totals.replications:
            return "failed", f"none of {totals.replications:,} replications has an answer"
        if totals.replications < self.run.planned:  # a design that has been larger, and was not finished
            return "stopped", f"{totals.replications:,} of {self.run.planned:,} replications were played"
        return "done", ""

    def _note(self, replication: Replication) -> None:
        self.ended[replication.place] = replication
        self.progress.ended(replication)
        if self.handle is not None:
            self.handle.ended(replication)

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
            await asyncio.to_thread(self._written.close)

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
            if self.handle is not None:
                self.handle.waits(waits.words if wait is not None and left >= 1 else "")
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
                self.interrupted = True
                self.stop("Ctrl-C")

    def stop(self, why: str) -> None:
        """Finish what is under way, and begin nothing more; called once more, break off; from any thread."""
        loop = runs_portal.loop()
        if not self.stops and self.workers.under_way and not self.at_terminal:
            if count := self.workers.busy:
                self.progress.say(f"{why}: finishing the {count} under way. Once more breaks them off.")
            end = self.workers.end_waits
        else:
            end = self.workers.abort
        self.stops += 1
        loop.call_soon_threadsafe(self.workers.stop, why)
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
