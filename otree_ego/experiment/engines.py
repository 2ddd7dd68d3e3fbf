"""Engines: what spreads a run over processes or machines.

``engine="joblib"`` uses joblib's processes (or the backend that `joblib.parallel_config` names), ``engine="ray"`` a Ray
cluster: the one that runs, or a new one on this machine. `Joblib(n_jobs=4)` and `Ray(workers_wanted=16)` say how many
workers. An object of your own with the methods of `Engine` is an engine, too.
"""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Literal, Protocol, TypeVar

from ..errors import ConfigError

T = TypeVar("T")
EngineName = Literal["joblib", "ray"]


class Engine(Protocol):
    """What spreads work over workers: threads, processes or machines.

    A run is cut into short chunks. Each is handed to the engine as bytes, with the function that does it. Results,
    limits, the budget and resuming are no business of the engine's.

    >>> class InTurn:
    ...     def workers(self): return 1
    ...     def reaches(self, url): return True
    ...     def dumps(self, chunk): return pickle.dumps(chunk)
    ...     def map(self, function, chunks, workers): return map(function, chunks)
    >>> import pickle
    >>> from otree_ego import factorial
    >>> data = factorial("{{ a }}?", a=[1, 2]).run("constant/7", int, engine=InTurn(), store=None)
    >>> [row["result"] for row in data]
    [7, 7]
    """

    def workers(self) -> int:
        """How many chunks are done at a time."""

    def reaches(self, url: str) -> bool:
        """Whether all workers can write to a store at this address (a database URL).

        If not, what they recorded is sent back with each result, and written here.
        """

    def dumps(self, chunk: Any) -> bytes:
        """A chunk as bytes that `pickle.loads` reads in a worker.

        It holds functions of the experimenter's script. `cloudpickle.dumps` is right for those; `pickle.dumps` is
        enough where workers are threads and all functions stand in modules.
        """

    def map(self, function: Callable[[bytes], T], chunks: Iterator[bytes], workers: int) -> Iterator[T]:
        """Call a function with each chunk, on the workers, and yield every result, in any order.

        Take the next chunk when a worker is free for it and not before: it gets what is left of the budget then.

        Arguments:
            function: can be pickled by its name. chunks: what it is called with.
            workers: how many at a time, at most.
        """


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

    def dumps(self, chunk: Any) -> bytes:
        """See `Engine.dumps`."""
        _load("joblib")
        try:
            cloudpickle = import_module("cloudpickle")
        except ImportError:  # before 1.6 joblib brings its own
            cloudpickle = import_module("joblib.externals.cloudpickle")
        found: bytes = cloudpickle.dumps(chunk)
        return found

    def map(self, function: Callable[[bytes], T], chunks: Iterator[bytes], workers: int) -> Iterator[T]:
        """See `Engine.map`."""
        joblib = _load("joblib")
        settings = dict(n_jobs=workers, return_as="generator_unordered", pre_dispatch="n_jobs", batch_size=1)
        if self.backend:
            settings["backend"] = self.backend
        _see_environment()
        yield from joblib.Parallel(**settings)(joblib.delayed(function)(chunk) for chunk in chunks)


_NOT_SEEN = frozenset({"PYTEST_CURRENT_TEST", "COLUMNS", "LINES", "_"})
"""Variables that change and that no worker reads."""
_environment: dict[str, str] = {}
"""The environment with which joblib's processes were started, as far as it is known."""


def _see_environment() -> None:
    """Let joblib start new processes if keys, addresses or other variables have changed since it started the last.

    It keeps its processes for the next run, with the environment of the first: a key that was set meanwhile, in a
    notebook say, would still be missing there.
    """
    now = {name: value for name, value in os.environ.items() if name not in _NOT_SEEN}
    loky = sys.modules.get("joblib.externals.loky.reusable_executor")
    executor = getattr(loky, "_executor", None)
    if executor is not None and now != _environment:
        executor.shutdown(wait=True)
    _environment.clear()
    _environment.update(now)


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

    def dumps(self, chunk: Any) -> bytes:
        """See `Engine.dumps`."""
        _load("ray")
        from ray import cloudpickle

        found: bytes = cloudpickle.dumps(chunk)
        return found

    def map(self, function: Callable[[bytes], T], chunks: Iterator[bytes], workers: int) -> Iterator[T]:
        """See `Engine.map`."""
        ray = self._ray()
        remote = ray.remote(max_retries=0)(function)  # a chunk that was begun may have been paid
        under_way: set[Any] = set()
        while True:
            while len(under_way) < workers and (chunk := next(chunks, None)) is not None:
                under_way.add(remote.remote(chunk))
            if not under_way:
                return
            finished, rest = ray.wait(list(under_way), num_returns=1)
            under_way = set(rest)
            for each in finished:
                yield ray.get(each)


_NAMED: dict[EngineName, Callable[[], Engine]] = {"joblib": Joblib, "ray": Ray}
_METHODS = ("workers", "reaches", "dumps", "map")


def engine_of(wanted: Any) -> Engine:
    """The engine that a name or an object stands for.

    Raises:
        ConfigError: it is neither; the message names the methods that an object lacks.

    >>> engine_of("joblib")
    Joblib(n_jobs=-1, backend=None)
    """
    if isinstance(wanted, str) and wanted in _NAMED:
        return _NAMED[wanted]()
    lacking = [method for method in _METHODS if not callable(getattr(wanted, method, None))]
    if not lacking and not isinstance(wanted, type):
        found: Engine = wanted
        return found
    names = ", ".join(map(repr, _NAMED))
    words = f"engine must be {names}, or an object with the methods of otree_ego.experiment.engines.Engine"
    if not lacking:
        raise ConfigError(f"{words}; {wanted.__name__} is a class: give {wanted.__name__}(…).")
    if len(lacking) < len(_METHODS):
        raise ConfigError(f"{words}; {type(wanted).__name__} lacks {', '.join(lacking)}.")
    raise ConfigError(f"{words}, not {wanted!r:.80}.")


def _load(package: str) -> Any:
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    try:
        return import_module(package)
    except ImportError:
        raise ConfigError(f"engine='{package}' needs the package {package}: pip install {package}") from None
