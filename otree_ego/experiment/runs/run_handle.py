"""A handle to a run that goes on: what happens in it, how far it is, and stopping it."""

from __future__ import annotations

import contextvars
import math
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from types import TracebackType
from typing import Any

from typing_extensions import Self

from ...display import logger
from ...errors import RunError, RunStopped
from ...stores import Replication, Run, Totals
from .event_log import EventLog
from .run_events import RunEvent, RunProgress

ON_REQUEST = "on request"
"""The note of a run that `RunHandle.stop` has stopped."""


class RunHandle:
    """What `start_run` gives: a run that goes on, to be watched and stopped from any thread.

    As a context manager it stops the run at the end of the block, if it has not ended, and waits for it.

    Fields:
        run: its id; empty until it has begun. status: ``starting``, ``running``, ``done``, ``stopped`` or ``failed``.
        progress: how far it is. waiting: what it waits for, in words; empty for nothing. stopping: whether it is to
            stop.

    Arguments:
        on_event: is called with each event, in the run's own thread: it must be quick, and what it raises is logged.
    """

    def __init__(self, on_event: Callable[[RunEvent], None] | None = None) -> None:
        self.run, self.status, self.waiting = "", "starting", ""
        self.progress = RunProgress()
        self.stopping = False
        self._on_event = on_event
        self._log: EventLog[RunEvent] = EventLog()
        self._stop: Callable[[str], None] | None = None
        self._ended = threading.Event()
        self._result: Any = None
        self._error: BaseException | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        if not self._ended.is_set():
            self.stop()
            self.wait()

    # --- for who looks on -----------------------------------------------------------------------------------------

    def events(self) -> Iterator[RunEvent]:
        """What happens, from the beginning on, until the run has ended; several may read.

        The last 10,000 events are kept: whoever is slower gets one of the kind ``missed`` instead of the others.
        """
        number = 0
        while found := self._log.after(number, math.inf):
            if found[0][0] > number + 1:
                yield RunEvent("missed", self.run, words=str(found[0][0] - number - 1))
            yield from (event for _, event in found)
            number = found[-1][0]

    def stop(self) -> None:
        """Stop the run: requests that are under way are finished, and no more are sent; once more breaks them off.

        A run that asks a person is broken off at once. It can be resumed in any case, and what was answered is not
        asked again.
        """
        self.stopping = True
        if self._stop is not None:
            self._stop(ON_REQUEST)

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until all has ended, for so many seconds at most; returns whether it has."""
        return self._ended.wait(timeout)

    def result(self, timeout: float | None = None) -> Any:
        """Wait for what the function that was started returns.

        Raises:
            RunStopped: it was stopped. TimeoutError: it has not ended in these seconds.
            the same as that function.
        """
        if not self.wait(timeout):
            raise TimeoutError(f"The run {self.run[:8]} has not ended yet.")
        if self._error is not None:
            raise self._error
        return self._result

    # --- for the run ----------------------------------------------------------------------------------------------

    def tell(self, event: RunEvent) -> None:
        """Something has happened."""
        self._log.add(event)
        if self._on_event is not None:
            try:
                self._on_event(event)
            except Exception:  # whoever looks on must not end the run
                logger.exception("What watches the run %s raised an error.", self.run[:8])

    def begin(self, run: Run, planned: int, left: int, totals: Totals) -> None:
        """A run begins, or is taken up."""
        self.run, self.status = run.uid, "running"
        self.progress = RunProgress(planned, planned - left, 0, totals.tainted, totals.cost)
        self.tell(RunEvent("begun", run.uid, run.name, progress=self.progress, status="running"))

    def stops(self, stop: Callable[[str], None]) -> None:
        """From now on the run is stopped by calling this."""
        self._stop = stop
        if self.stopping:
            stop(ON_REQUEST)

    def ended(self, replication: Replication) -> None:
        """A replication has ended."""
        self.progress = self.progress.with_ended(replication)
        self.tell(
            RunEvent("replication", self.run, place=replication.place, attempt=replication.attempt,
                     replication=replication, progress=self.progress)
        )  # fmt: skip

    def waits(self, words: str) -> None:
        """What is waited for."""
        if words != self.waiting:
            self.waiting = words
            self.tell(RunEvent("waiting", self.run, words=words))

    def end(self, status: str, note: str) -> None:
        """The run has ended."""
        self.status, self._stop, self.waiting = status, None, ""
        self.tell(RunEvent("ended", self.run, progress=self.progress, status=status, words=note))

    def finish(self, result: Any = None, error: BaseException | None = None) -> None:
        """Nothing comes any more."""
        self._result, self._error = result, error
        if error is not None and self.status in ("starting", "running"):
            self.status = "stopped" if isinstance(error, RunStopped) else "failed"
        self._log.close()
        self._ended.set()


WATCHED: ContextVar[RunHandle | None] = ContextVar("otree_ego_watched", default=None)
"""The handle of the runs that begin in this context."""


@contextmanager
def watched(handle: RunHandle) -> Iterator[RunHandle]:
    """All runs that begin inside are this handle's."""
    token = WATCHED.set(handle)
    try:
        yield handle
    finally:
        WATCHED.reset(token)


def start_run(
    function: Callable[..., Any], *arguments: Any, on_event: Callable[[RunEvent], None] | None = None, **options: Any
) -> RunHandle:
    """Start a run, and go on with something else while it runs: watch it, or stop it.

    Arguments:
        function: what runs: `replicate`, `run_built`, a design's `run`. It works on a thread of its own.
        arguments, options: what it is called with.
        on_event: is called with each `RunEvent`, in the run's own thread; or read them from `RunHandle.events`.

    Raises:
        RunError: it is called inside a run.

    >>> from otree_ego import ConstantThread, replicate
    >>> def play(thread):
    ...     return thread.submit("Which number?")
    >>> handle = start_run(replicate, play, lambda: ConstantThread("7"), 2, concurrency=1, store=None)
    >>> [(event.kind, event.message.text) for event in handle.events() if event.message and event.message.text][:2]
    [('message', 'Which number?'), ('message', '7')]
    >>> [each.result for each in handle.result()], handle.progress.done, handle.status
    (['7', '7'], 2, 'done')
    """
    if WATCHED.get() is not None:
        raise RunError("A run is watched already here: start_run cannot be called inside a run.")
    handle = RunHandle(on_event)
    context = contextvars.copy_context()

    def work() -> None:
        WATCHED.set(handle)
        try:
            result = function(*arguments, **options)
        except BaseException as error:
            handle.finish(error=error)
        else:
            handle.finish(result)

    threading.Thread(target=context.run, args=(work,), name="otree_ego-run", daemon=True).start()
    return handle
