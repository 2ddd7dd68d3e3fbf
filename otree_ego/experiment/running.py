"""A run from its beginning to its end: finding what is done already, doing the rest, stopping so that it can go on."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import os
import platform
import re
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field, fields, replace
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ..driving import runs_portal as portal
from ..errors import ConfigError, RunStopped, StoreError
from ..stores import Replication, Run, RunStore
from ..stores.runs import STORE
from .crew import Crew, Job, Work
from .leftovers import Read, finish
from .limits import Gate
from .progress import Progress
from .recalling import recall

UNSET: Any = object()
"""An argument that was not given."""
USUAL = 20
"""Replications at a time where a service answers them."""
BEAT = 10.0
"""Seconds between signs of life."""


@dataclass(frozen=True)
class Plan:
    """What is to be run.

    Fields:
        name, kind, settings, source: see `otree_ego.stores.runs.Run`.
        design: what makes it this experiment and no other; the run is found again by its digest.
        total: how many replications. job: the one at a place. work: does one.
        models: who is asked, as far as known. left: reads the record of a replication that was broken off.
        prepare: told the settings of the run that is taken up, or None, before the first job; returns more settings.
    """

    name: str
    kind: str
    design: Mapping[str, Any]
    total: int
    job: Callable[[int], Job]
    work: Work
    settings: Mapping[str, Any] = field(default_factory=dict)
    source: Mapping[str, Any] = field(default_factory=dict)
    models: tuple[str, ...] = ()
    left: Read | None = None
    prepare: Callable[[Mapping[str, Any] | None], Mapping[str, Any]] | None = None

    def prepared(self, before: Mapping[str, Any] | None) -> dict[str, Any]:
        """The settings of a run, given those of the run that is taken up."""
        return {**self.settings, **(self.prepare(before) if self.prepare else {})}


@dataclass(frozen=True)
class How:
    """How a run is done; none of it changes what comes out.

    Fields:
        concurrency: replications at a time; None for 20, or what the model on this machine can do.
        requests_per_minute, tokens_per_minute: limits; None for none.
        budget: US dollars that this run may cost; None for no limit.
        store: path of a SQLite file, database URL, or None to keep nothing.
        fresh: begin anew, even if this design was run before.
        progress: whether to show a bar; None shows it on a terminal.
        engine, batch: see `Factorial.run`.
    """

    concurrency: int | None = None
    requests_per_minute: float | None = None
    tokens_per_minute: float | None = None
    budget: float | None = None
    store: str | Path | None = field(default_factory=lambda: os.environ.get("EGO_STORE", "").strip() or STORE)
    fresh: bool = False
    progress: bool | None = None
    engine: Any = None
    batch: bool = False

    def checked(self) -> How:
        """This, if its values make sense.

        Raises:
            ConfigError: one does not; it is named.
        """
        n = self.concurrency
        if n is not None and (isinstance(n, bool) or not isinstance(n, int) or n < 1):
            raise ConfigError(f"concurrency takes a whole number from 1, not {n!r}.")
        b = self.budget
        if b is not None and (isinstance(b, bool) or not isinstance(b, int | float) or not b > 0):
            raise ConfigError(f"budget takes US dollars above 0, or None for no limit, not {b!r}.")
        Gate(self.requests_per_minute, self.tokens_per_minute)
        if self.engine is not None:
            from .engines import engine_of

            engine_of(self.engine)
        if self.batch and b is not None:
            raise ConfigError(
                "A budget cannot be kept in batches, where all is handed in at once: leave it out, and set a limit at "
                "the service."
            )
        if self.batch and self.engine is not None:
            raise ConfigError("batch=True hands all requests to the service's own queue; there is no engine beside it.")
        return self


GIVEN: ContextVar[Mapping[str, Any]] = ContextVar("otree_ego_given", default=MappingProxyType({}))
"""What the command line wants of runs that a script starts: fields of How, and callbacks."""


def how(**wanted: Any) -> How:
    """How to run, from a call's arguments; what the command line says comes before them.

    Raises:
        ConfigError: a value makes no sense.
    """
    given = {name: value for name, value in GIVEN.get().items() if value is not None}
    known = {each.name for each in fields(How)}
    wanted = {name: value for name, value in wanted.items() if value is not UNSET}
    return How(**{**wanted, **{name: value for name, value in given.items() if name in known}}).checked()


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
        elif run.holder == store.me:
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
            from .engines import Spread

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


def usual_concurrency(models: tuple[str, ...]) -> int:
    """How many replications at a time are sensible for these models.

    >>> usual_concurrency(("gpt-4o",)), usual_concurrency(("terminal/Ada", "gpt-4o"))
    (20, 1)
    """
    services = _services(models)
    if "terminal" in services:
        return 1
    if "local" in services:
        slots = os.environ.get("EGO_LOCAL_SLOTS", "1").strip()
        return int(slots) if slots.isdecimal() and int(slots) else 1
    return USUAL


def _services(models: tuple[str, ...]) -> set[str]:
    return {model.partition("/")[0] for model in models if "/" in model}


def digest(design: Any) -> str:
    """What makes a design this one, as 64 hexadecimal digits; the same in every process and on every machine.

    >>> digest({"a": 1, "b": [2]}) == digest({"b": [2], "a": 1})
    True
    """
    return hashlib.sha256(json.dumps(design, sort_keys=True, default=_plain).encode()).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, set | frozenset):
        return sorted(value, key=repr)
    kept = getattr(value, "__dict__", None)
    if isinstance(kept, dict) and kept:
        return {"type": type(value).__qualname__, **{str(name): held for name, held in kept.items()}}
    return re.sub(r" at 0x[0-9a-fA-F]+", "", repr(value))


def without_keys(arguments: Sequence[str]) -> list[str]:
    """A command line's arguments without what looks like a key, which is never stored.

    >>> without_keys(["--model", "gpt-4o", "--api-key", "abc", "--token=abc", "sk-abcdefgh"])
    ['--model', 'gpt-4o', '--api-key', '[key]', '--token=[key]', '[key]']
    """
    found: list[str] = []
    for before, each in zip(["", *arguments], arguments, strict=False):
        name, equals, _ = each.partition("=")
        if _KEY_NAME.search(before) and before.startswith("-") and "=" not in before and not each.startswith("-"):
            found.append("[key]")
        elif equals and _KEY_NAME.search(name):
            found.append(f"{name}=[key]")
        else:
            found.append("[key]" if _KEY.match(each) else each)
    return found


_KEY_NAME = re.compile(r"key|token|secret|password", re.IGNORECASE)
_KEY = re.compile(r"(?:sk|pk|rk|gsk|xai|AIza)[-_]?\w{6,}")


def origin() -> dict[str, Any]:
    """How this process was started, for the record: script, arguments, folder, versions."""
    main = sys.modules.get("__main__")
    script = getattr(main, "__file__", None)
    from .. import __version__

    return {
        "script": str(Path(script).absolute()) if script else "",
        "arguments": without_keys(sys.argv[1:]) if script else [],
        "folder": str(Path.cwd()),
        "versions": {"otree_ego": __version__, "python": platform.python_version()},
    }
