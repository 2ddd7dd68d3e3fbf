"""One design on many processes or machines: an existing engine spreads it, each share has its part of the limits.

``engine="joblib"`` uses joblib's processes (or the backend that `joblib.parallel_config` names), ``engine="ray"`` a Ray
cluster: the one that runs, or a new one on this machine. `Joblib(n_jobs=4)` and `Ray(workers=16)` say how many.
Workers record into the store themselves where they reach it; elsewhere what they did comes back share by share.
"""

from __future__ import annotations

import asyncio
import os
import pickle
import signal
import socket
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from typing import Any, Protocol

from ..errors import ConfigError, RunError
from ..loops import runs_portal as portal
from ..providers.worker_copies import Copies, copy_declarations, declare_copies
from ..stores import Notebook, Replication, RunStore
from ..stores.journal import Entry, Journal
from .runs.plan import How, Plan
from .runs.rate_limits import Gate
from .runs.resuming import recall
from .runs.workers import Crew, Job, Work

ROUNDS = 5
"""A share has so many jobs for each that its worker does at a time: enough to keep it busy, little to lose."""


@dataclass(frozen=True)
class Share:
    """What one worker does in one go."""

    work: Work
    jobs: Sequence[Job]
    run: str
    concurrency: int
    limits: Mapping[str, float | None]
    declared: Copies
    store: str = ""
    budget: float | None = None
    parent: int = field(default_factory=os.getpid)


@dataclass
class Done:
    """What came of a share: entries for the store (if the worker could not reach it), how each replication ended."""

    entries: list[Entry] = field(default_factory=list)
    ended: list[Replication] = field(default_factory=list)
    stopped: str = ""
    trouble: BaseException | None = None
    budget: float = 0.0
    spent_up: bool = False


class Engine(Protocol):
    """What spreads shares over workers."""

    def workers(self) -> int:
        """How many shares are done at a time."""

    def reaches(self, url: str) -> bool:
        """Whether all workers reach a store at this address."""

    def dumps(self, share: Any) -> bytes:
        """A share, or a part of one, as bytes; functions of the experimenter's script included."""

    def map(self, shares: Iterator[bytes], workers: int) -> Iterator[Done]:
        """Do shares, so many at a time, and give what came of each, in any order."""


@dataclass(frozen=True)
class Joblib:
    """joblib's processes.

    Arguments:
        n_jobs: how many; -1 for one a core. backend: joblib's name of a backend; None for the one in force.
    """

    n_jobs: int = -1
    backend: str | None = None

    def workers(self) -> int:
        """See `Engine.workers`."""
        return int(_load("joblib").effective_n_jobs(self.n_jobs))

    def reaches(self, url: str) -> bool:
        """Processes of this machine do."""
        return self.backend in (None, "loky", "multiprocessing", "threading", "sequential")

    def dumps(self, share: Any) -> bytes:
        """See `Engine.dumps`."""
        _load("joblib")
        try:
            cloudpickle = import_module("cloudpickle")
        except ImportError:  # before 1.6 joblib brings its own
            cloudpickle = import_module("joblib.externals.cloudpickle")
        found: bytes = cloudpickle.dumps(share)
        return found

    def map(self, shares: Iterator[bytes], workers: int) -> Iterator[Done]:
        """See `Engine.map`."""
        joblib = _load("joblib")
        settings = dict(n_jobs=workers, return_as="generator_unordered", pre_dispatch="n_jobs", batch_size=1)
        if self.backend:
            settings["backend"] = self.backend
        yield from joblib.Parallel(**settings)(joblib.delayed(do_share)(share) for share in shares)


@dataclass(frozen=True)
class Ray:
    """A Ray cluster: the one that this process is connected to or RAY_ADDRESS names, else a new one on this machine.

    Arguments:
        workers_wanted: how many at a time; None for one a CPU of the cluster.
    """

    workers_wanted: int | None = None

    def _ray(self) -> Any:
        ray = _load("ray")
        if not ray.is_initialized():
            ray.init(log_to_driver=False, include_dashboard=False, logging_level="error")
        return ray

    def workers(self) -> int:
        """See `Engine.workers`."""
        return self.workers_wanted or max(1, int(self._ray().cluster_resources().get("CPU", 1)))

    def reaches(self, url: str) -> bool:
        """A database server is reached from everywhere; a file, if all nodes are this machine."""
        if not url.startswith("sqlite"):
            return True
        nodes = [node for node in self._ray().nodes() if node["Alive"]]
        return all(node["NodeManagerHostname"] == socket.gethostname() for node in nodes)

    def dumps(self, share: Any) -> bytes:
        """See `Engine.dumps`."""
        _load("ray")
        from ray import cloudpickle

        found: bytes = cloudpickle.dumps(share)
        return found

    def map(self, shares: Iterator[bytes], workers: int) -> Iterator[Done]:
        """See `Engine.map`."""
        ray = self._ray()
        remote = ray.remote(max_retries=0)(do_share)  # a share that was begun may have been paid
        under_way: set[Any] = set()
        while True:
            while len(under_way) < workers and (share := next(shares, None)) is not None:
                under_way.add(remote.remote(share))
            if not under_way:
                return
            finished, rest = ray.wait(list(under_way), num_returns=1)
            under_way = set(rest)
            for each in finished:
                yield ray.get(each)


def engine_of(wanted: Any) -> Engine:
    """The engine that a name or an object stands for.

    >>> engine_of("joblib")
    Joblib(n_jobs=-1, backend=None)
    """
    named = {"joblib": Joblib, "ray": Ray}
    if isinstance(wanted, str) and wanted in named:
        engine: Engine = named[wanted]()
        return engine
    if all(callable(getattr(wanted, method, None)) for method in ("workers", "reaches", "dumps", "map")):
        found: Engine = wanted
        return found
    raise ConfigError(
        f"engine takes 'ray', 'joblib', or one of otree_ego.experiment.engines (Ray(…), Joblib(…)), not {wanted!r:.80}."
    )


def do_share(data: bytes) -> Done:
    """In a worker: do one share."""
    # Only our own parent process hands these bytes in.
    share: Share = pickle.loads(data)
    if os.getpid() != share.parent and threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal's Ctrl-C comes to all; the parent decides
    declare_copies(share.declared)
    done = Done(budget=share.budget or 0.0)
    store = RunStore(share.store) if share.store else None
    book: Journal | Notebook = store.journal() if store else Notebook()
    gate, parent = Gate(**share.limits), os.getppid()

    def ended(replication: Replication) -> None:
        done.ended.append(replication)
        if os.getppid() != parent:  # whoever goes on with the run must not meet us
            crew.stop("its parent process has ended")

    crew = Crew(share.work, book, gate, share.run, share.concurrency, ended, share.budget)
    if store:
        crew.recall = partial(recall, store, share.run)
    try:
        portal(crew.do(share.jobs))
        if not crew.stopped:
            portal(gate.rest())  # the next share has a gate of its own
    except Exception as error:  # Whatever it is, the parent decides what it means.
        done.trouble = _portable(error)
    finally:
        book.close()
        if store:
            store.close()
    done.stopped, done.spent_up = "" if done.trouble else crew.stopped, crew.spent_up
    if isinstance(book, Notebook):
        done.entries = book.take()
    return done


def _portable(error: Exception) -> BaseException:
    try:
        found: BaseException = pickle.loads(pickle.dumps(error))
    except Exception:  # an error of the experimenter's own that does not survive the way
        return RunError(f"{type(error).__name__}: {error}")
    return found


class Spread:
    """Does jobs on an engine; the same face as `Crew`."""

    def __init__(
        self, plan: Plan, way: How, book: Journal, gate: Gate, store: RunStore, run: str, concurrency: int, ended: Any
    ) -> None:
        self.plan, self.way, self.book, self.gate, self.run_id = plan, way, book, gate, run
        self.engine, self.store, self.ended = engine_of(way.engine), store, ended
        self.concurrency, self.stopped, self.under_way = concurrency, "", 0
        self.spent, self.allotted = store.totals(run).cost, 0.0

    def stop(self, why: str) -> None:
        """Hand out no more shares."""
        self.stopped = self.stopped or why

    def abort(self) -> None:
        """Shares that are under way cannot be broken off: they are short."""
        self.stop("broken off")

    async def do(self, jobs: Sequence[Job]) -> None:
        """Do all jobs; see `Crew.do`."""
        try:
            await asyncio.to_thread(self._do, jobs)
        except (KeyboardInterrupt, SystemExit) as error:  # raised here, it would end the loop for good
            self.stop(f"a worker ended ({type(error).__name__})")

    def _do(self, jobs: Sequence[Job]) -> None:
        failure: BaseException | None = None
        workers = min(self.engine.workers(), self.concurrency)
        for done in self.engine.map(self._shares(jobs, workers), workers):
            self.under_way -= 1
            self.allotted -= done.budget
            self.book.put(done.entries).result()
            for each in done.ended:
                self.spent += each.cost or 0.0
                self.ended(each)
            failure = failure or done.trouble
            if done.spent_up and not failure:
                self._spent_up()
            elif done.stopped or failure:
                self.stop(done.stopped or "an error")
        if failure is not None:
            raise failure

    def _spent_up(self) -> None:
        self.stop(f"the budget of {self.way.budget:g} US dollars is reached ({self.spent:.4g} spent)")

    def _shares(self, jobs: Sequence[Job], workers: int) -> Iterator[bytes]:
        each = max(1, self.concurrency // workers)
        size = max(1, min(each * ROUNDS, -(-len(jobs) // workers)))
        store = self.store.absolute if self.engine.reaches(self.store.url) else ""
        declared = copy_declarations(self.engine.dumps)
        for start in range(0, len(jobs), size):
            budget = None
            if self.way.budget is not None:
                budget = (self.way.budget - self.spent - self.allotted) / max(1, workers - self.under_way)
                if budget <= 0:
                    self._spent_up()
            if self.stopped:
                return
            part = jobs[start : start + size]
            limits = self.gate.part(workers)
            share = Share(self.plan.work, part, self.run_id, each, limits, declared, store, budget)
            self.under_way += 1
            self.allotted += budget or 0.0
            yield self.engine.dumps(share)


def _load(package: str) -> Any:
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    try:
        return import_module(package)
    except ImportError:
        raise ConfigError(f"engine='{package}' needs the package {package}: pip install {package}") from None
