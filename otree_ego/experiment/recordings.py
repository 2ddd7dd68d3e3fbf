"""`save` and `recording`: how a script or a notebook has its Threads recorded."""

from __future__ import annotations

import builtins
import contextlib
import os
import sys
import threading
from contextvars import ContextVar, Token
from pathlib import Path
from types import TracebackType
from typing import Any

from ..errors import ConfigError, RunError, RunStopped, StoreError
from ..public import public
from ..stores.runs import STORE
from ..threads.base import BaseThread
from ..threads.loose import keepers
from ..threads.recording import RECORDER
from .script_runs import HOMES, ScriptRun

# --- saving -----------------------------------------------------------------------------------------------------------

_saved: dict[tuple[int, str], ScriptRun] = {}
"""The runs of what this process saves, by process and store."""
_saving = threading.Lock()


def save(thread: BaseThread) -> None:
    """Write a Thread that belongs to no experiment: into its run, into the recording around it, or a run of its own."""
    run = HOMES.get(thread)
    if run is None or run.gone():
        HOMES.pop(thread, None)
        run = _current() or _run_of_process()
    run.save(thread)


def _run_of_process() -> ScriptRun:
    where = os.environ.get("EGO_STORE", "").strip() or STORE
    key = (os.getpid(), str(Path(where).absolute()) if "://" not in where else where)
    with _saving:
        if key not in _saved or _saved[key].gone():
            _saved[key] = ScriptRun(_name_of_script(), where, "done")
        return _saved[key]


def _name_of_script() -> str:
    main = sys.modules.get("__main__")
    file = getattr(main, "__vsc_ipynb_file__", "") or os.environ.get("JPY_SESSION_NAME", "")
    file = file or getattr(main, "__file__", "") or ""
    return Path(file).stem or ("notebook" if hasattr(builtins, "get_ipython") else "interactive session")


# --- recording --------------------------------------------------------------------------------------------------------

_recording: ContextVar[recording | None] = ContextVar("otree_ego_recording_of_script", default=None)
_open: list[recording] = []


@public
class recording:
    """Record what is said inside, as it happens: ``with recording("pilot"):``, in scripts and notebooks.

    Every Thread that asks a model inside is recorded with all its messages, also one that was made before. Questions
    and replies are in the store as soon as they are there: a process that is killed has lost nothing that was complete.
    At the end, attributes are written once more, and what Threads say afterwards is not recorded, unless they are
    saved: `save` adds to the same run.

    Each Conversation, or lone Thread, is a replication; ``ego runs``, ``show``, ``data``, ``report`` and ``cost`` know
    the run. It works in async code, and in threads that are started inside. Of two that lie within each other the inner
    one records. A design or a scenario that is run inside has a run of its own.

    Arguments:
        name: what the run is called.
        store: the path of a SQLite file, or a database URL; by default as for `Thread.save`.

    Raises:
        StoreError: the store cannot be opened or written.
        ConfigError: the name is empty.

    >>> from otree_ego import Thread
    >>> with recording("pilot", store="sqlite://") as run:
    ...     Thread("constant/Hello").submit("Hi")
    'Hello'
    """

    def __init__(self, name: str, *, store: str | Path | None = None) -> None:
        if not isinstance(name, str) or not name.strip():
            raise ConfigError(f'recording(…) takes a name, e.g. recording("pilot"), not {name!r:.60}.')
        self._run = ScriptRun(name, store or os.environ.get("EGO_STORE", "").strip() or STORE)
        self._token: Token[recording | None] | None = None
        self._outer: recording | None = None
        self._by = 0
        self.open = False

    @property
    def id(self) -> str:
        """The run's id; empty as long as nothing is recorded."""
        return "" if self._run.begun is None else self._run.begun.uid

    def begin(self) -> str:
        """Make the run now, before anything is said in it; its id."""
        return self._run.begin()

    def __enter__(self) -> recording:
        if self.open:
            raise ConfigError("This recording is open already; make a new one: recording(name).")
        if self._run.status != "running":  # again: another run of that name
            self._run = ScriptRun(self._run.name, self._run.where)
        self._run.open()
        self._outer, self._by, self.open = _recording.get(), threading.get_ident(), True
        self._token = _recording.set(self)
        _open.append(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.open = False
        _open.remove(self)
        assert self._token is not None
        with contextlib.suppress(ValueError):  # a generator that is closed in another context
            _recording.reset(self._token)
        if error is None:
            self._run.end("done")
            return
        stopped = isinstance(error, KeyboardInterrupt | RunStopped | GeneratorExit)
        note = "Ctrl-C" if isinstance(error, KeyboardInterrupt) else f"{type(error).__name__}: {error}".strip(": ")
        with contextlib.suppress(StoreError, RunError):  # a store that fails was the first error already
            self._run.end("stopped" if stopped else "failed", note)

    async def __aenter__(self) -> recording:
        return self.__enter__()

    async def __aexit__(self, *error: Any) -> None:
        self.__exit__(*error)


def _current() -> ScriptRun | None:
    """The run of the recording that this code is in."""
    found = _recording.get()
    while found is not None and not found.open:  # a task that outlives it
        found = found._outer
    if found is None:  # a thread does not know in which recording it was started
        main = threading.current_thread() is threading.main_thread()
        others = [] if main or _recording.get() is not None else list(_open)
        found = next((each for each in reversed(others) if each._by != threading.get_ident()), None)
    return None if found is None else found._run


class _Recordings:
    """Keeps loose Threads that speak inside a recording; see `otree_ego.threads.loose.Keeper`."""

    def take_in(self, thread: BaseThread, asks: bool) -> bool:
        """See `Keeper.take_in`."""
        run = _current() if RECORDER.get() is None else None
        if run is None:
            return False
        home = HOMES.get(thread, run)
        if asks or home is not run or run.knows(thread):
            home.follow(thread, run)
        else:
            run.expect(thread)
        return True

    async def take_in_async(self, thread: BaseThread, asks: bool) -> bool:
        """See `Keeper.take_in_async`."""
        return self.take_in(thread, asks)

    def save(self, thread: BaseThread) -> bool:
        """`Thread.save` does it itself."""
        return False


keepers.append(_Recordings())
