"""Playing a scenario that is a module: its `run` may call `replicate` and the like, or loop by itself."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import ModuleType
from typing import Any

from ...display import say
from ...errors import EgoError, RunStopped
from ...seeds import seed_for
from ...stores import Run, RunStore
from ...threads.recording import RECORDER
from ..code_digests import Code, code_of
from ..runs.code_changes import CODE, DEVIATIONS, as_settings, blocked, deviation, told
from ..runs.options import COMMAND_LINE, CommandLine, RunOptions, rate_limiter
from .loop_recorder import LoopRecorder
from .scenario import run_arguments, threads_of_module


def play_module(
    module: ModuleType,
    times: int,
    given: Mapping[str, Any],
    store: RunStore,
    options: RunOptions,
    before: Run | None = None,
) -> list[str]:
    """Run a scenario's module; returns the ids of the runs that it made.

    Arguments:
        module: the scenario. times, given: for its `run`. store: where it is recorded.
        options: how it is run; all options, see `settle_options`.
        before: the run to be resumed: what it has is not played again, as far as can be known.
    """
    made: list[str] = []

    def note(run: Run) -> None:
        if run.uid not in made:
            made.append(run.uid)

    said = COMMAND_LINE.get() or CommandLine()
    arguments = run_arguments(module, times, given)
    code = code_of({"run"}, run=module.run)
    loop = before if before is not None and before.source.get("loops") else None
    if loop is not None:
        done = sum(each.status == "done" for each in store.replications(loop.uid))
        if done >= loop.planned:
            if loop.status != "done":
                store.claim(loop.uid)
                store.end(loop.uid, "done")
            return [loop.uid]
        _note_changes(code, loop, done, store, options["changed_code"])
        arguments = run_arguments(module, loop.planned - done, given)
        if isinstance(arguments.get("seed"), int) and done:  # the same seed would draw again what is there already
            arguments["seed"] = seed_for(arguments["seed"], "resume", done)
    recorder = LoopRecorder(
        store, module.__name__, times if before is None else before.planned,
        {"times": times, "arguments": dict(given), **as_settings(code)}, {**said.source, "loops": True},
        rate_limiter(options), loop, note, options["budget"], _why_not(module, options), options["patience"],
    )  # fmt: skip
    inner = replace(said, on_run=note, name=module.__name__, resume="" if loop is not None else said.resume)
    token = COMMAND_LINE.set(inner)
    try:
        with _recorded(recorder):
            for thread in threads_of_module(module):
                recorder.adopt(thread)
            result = module.run(**arguments)
            if inspect.iscoroutine(result):
                asyncio.run(result)
    finally:
        COMMAND_LINE.reset(token)
    return made or ([before.uid] if before is not None else [])


def _note_changes(code: Code, loop: Run, done: int, store: RunStore, wanted: str) -> None:
    """See whether the module is still the one that has begun a run, and write it down if it is not.

    Raises:
        ConfigError: what has changed is the experimenter's to decide on.
    """
    changes = code.changes(loop.settings.get(CODE))
    blocked(changes, code, wanted, loop, loop.planned - done)
    if changes:
        noted = [*loop.settings.get(DEVIATIONS, ()), deviation(changes, range(done, loop.planned))]
        store.update(loop.uid, settings={**loop.settings, **as_settings(code), DEVIATIONS: noted})
        for sentence in told(changes, loop, True):
            say(sentence, sys.stderr)


def _why_not(module: ModuleType, options: RunOptions) -> str:
    """Why a module that loops by itself cannot be recorded; empty if it can be."""
    if not options["batch"] and options["engine"] is None:
        return ""
    return (
        f"The scenario {module.__name__} loops by itself: batches and engines are for those that call replicate(…), "
        "which can play many replications at once."
    )


@contextlib.contextmanager
def _recorded(recorder: LoopRecorder) -> Iterator[None]:
    """Let all Threads that are made inside be recorded, as replications of one run."""
    token = RECORDER.set(recorder)
    try:
        yield
    except BaseException as error:
        with contextlib.suppress(EgoError):  # a store that fails was the first error already
            _note_end(recorder, error)
        raise
    else:
        recorder.finish()
        if recorder.begun is not None:
            recorder.store.end(recorder.run, "done")
    finally:
        RECORDER.reset(token)
        recorder.close()


def _note_end(recorder: LoopRecorder, error: BaseException) -> None:
    """Write down that a run was ended by an error."""
    if recorder.begun is None:
        return
    recorder.finish(whole=False)
    by_keyboard = isinstance(error, KeyboardInterrupt)
    why = "Ctrl-C" if by_keyboard else str(error)
    stopped = by_keyboard or isinstance(error, RunStopped)
    note = why if stopped else f"{type(error).__name__}: {error}"
    recorder.store.end(recorder.run, "stopped" if stopped else "failed", note)
    if by_keyboard and not error.args:
        error.args = (f"Stopped: Ctrl-C. ego resume {recorder.run[:8]} goes on.",)
