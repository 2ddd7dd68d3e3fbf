"""Scenarios that are modules: a `run(times, …)` that plays, and an `export(thread)` that makes rows."""

from __future__ import annotations

import asyncio
import contextlib
import difflib
import importlib.util
import inspect
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextvars import Token
from pathlib import Path
from types import ModuleType
from typing import Any

from ...errors import ConfigError, EgoError, LinkError, RunStopped
from ...messages import Reply, Request
from ...ports import MemoryStore, SyncInAsync
from ...seeds import seed_for
from ...stores import Run, RunStore
from ...threads.base import PARAMS, SETTINGS, BaseThread, internals
from ...threads.conversation import Conversation
from ...threads.recording import RECORDER
from ...threads.thread import Thread
from ..results import Record, attributes, records
from ..runs.plan import GIVEN, How
from ..runs.rate_limits import Gate
from ..runs.recorder import CONVO
from .loop_recorder import Loose

FOLDER = "scenarios"
EARLY = "__otree_ego_threads__"
"""Where a loaded module keeps the Threads that it made."""


def found(name: str, folder: Path | None = None) -> Path:
    """The file that a scenario's name stands for: a built file, a module in `scenarios/`, or one beside it.

    Arguments:
        name: a path, or a name without ending; `built` is `built.json`, or what the environment's BUILT_FILE names.
        folder: where to look; the working directory by default.

    Raises:
        ConfigError: there is none; the message says where was looked and what there is.
    """
    home = folder or Path.cwd()
    if name == "built" and os.environ.get("BUILT_FILE", "").strip():
        name = os.environ["BUILT_FILE"].strip()
    plain = name.replace(".", "/") if not name.endswith((".py", ".json")) and os.sep not in name else name
    tried = [home / name, *(home / place / f"{plain}{end}" for place in (FOLDER, "") for end in (".py", ".json"))]
    for file in tried:
        if file.is_file() and file.suffix in (".py", ".json"):
            return file
    there = sorted({each.stem for place in (home / FOLDER, home) for each in place.glob("*.py") if _runs(each)})
    near = difflib.get_close_matches(name, there, 1)
    hint = f"Did you mean {near[0]}?" if near else f"There are: {', '.join(there)}." if there else ""
    looked = ", ".join(os.path.relpath(file, home) for file in dict.fromkeys(tried[1:]))
    raise ConfigError(f"There is no scenario {name!r} in {home}. Looked for {looked}. {hint}".strip())


def _runs(file: Path) -> bool:
    try:
        return "def run(" in file.read_text("utf-8", "replace")
    except OSError:
        return False


def load(file: Path) -> ModuleType:
    """The module in a file.

    Raises:
        ConfigError: it is no Python, or has no `run`.
    """
    for folder in (str(Path.cwd()), str(file.parent.absolute())):
        if folder not in sys.path:
            sys.path.insert(0, folder)
    name = file.stem
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise ConfigError(f"{file} cannot be loaded.")
    module = importlib.util.module_from_spec(spec)
    before = sys.modules.get(name)
    if before is None:  # what it defines must be found again by pickle
        sys.modules[name] = module
    early = Early()
    token = RECORDER.set(early)
    try:
        spec.loader.exec_module(module)
    except SyntaxError as error:
        raise ConfigError(f"{file} is not Python: line {error.lineno}: {error.msg}.") from None
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "alter_ego":
            raise
        raise ConfigError(f"{file} is written for alter_ego: `ego migrate` turns it into one for otree_ego.") from None
    finally:
        RECORDER.reset(token)
    module.__dict__[EARLY] = early.threads
    return module


class Early:
    """Collects the Threads that a module makes while it is loaded: its run() may play with them."""

    def __init__(self) -> None:
        self.threads: list[BaseThread] = []

    def stores(self, thread: BaseThread) -> tuple[MemoryStore, SyncInAsync]:
        """See `otree_ego.threads.recording.Recorder`."""
        self.threads.append(thread)
        store = MemoryStore()
        return store, SyncInAsync(store)

    def save(self, thread: BaseThread) -> None:
        """Nothing is kept yet."""

    async def admit(self, request: Request) -> None:
        """Nobody waits."""

    def note(self, request: Request, came: Reply | EgoError) -> None:
        """Nothing is learned."""

    async def transport(self, request: Request) -> Reply | None:
        """Replies come from the models' providers."""
        return None


def arguments(module: ModuleType, times: int, given: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments for a module's `run`.

    Arguments:
        module: the scenario. times: replications. given: further arguments, by name.

    Raises:
        ConfigError: there is no `run`, or it does not take one of them; the message says what it takes.
    """
    run = getattr(module, "run", None)
    if not callable(run):
        raise ConfigError(f"{module.__file__} has no run(times, …): it is no scenario.")
    takes = inspect.signature(run).parameters
    every = any(each.kind is each.VAR_KEYWORD for each in takes.values())
    known = [name for name in takes if takes[name].kind not in (inspect.Parameter.VAR_KEYWORD,)]
    for name in given:
        if name not in takes and not every:
            raise ConfigError(
                f"The scenario {module.__name__} takes no {name!r}; its run() takes {', '.join(known) or 'nothing'}."
            )
    wanted = {"times": times, **given} if "times" in takes or every else dict(given)
    lacking = [
        name for name in known
        if name not in wanted and takes[name].default is inspect.Parameter.empty
        and takes[name].kind not in (inspect.Parameter.VAR_POSITIONAL,)
    ]  # fmt: skip
    if lacking:
        raise ConfigError(f"The scenario {module.__name__} wants {', '.join(lacking)}: give -p {lacking[0]} VALUE.")
    return wanted


@contextlib.contextmanager
def recorded(loose: Loose) -> Iterator[Loose]:
    """Let all Threads that are made inside be recorded, as replications of one run."""
    token: Token[Any] = RECORDER.set(loose)
    try:
        yield loose
    except BaseException as error:
        with contextlib.suppress(EgoError):  # a store that fails was the first error already
            if loose.begun is not None:
                loose.finish(whole=False)
                why = "Ctrl-C" if isinstance(error, KeyboardInterrupt) else str(error)
                stopped = isinstance(error, KeyboardInterrupt | RunStopped)
                told = why if stopped else f"{type(error).__name__}: {error}"
                loose.store.end(loose.run, "stopped" if stopped else "failed", told)
                if isinstance(error, KeyboardInterrupt) and not error.args:
                    error.args = (f"Stopped: Ctrl-C. ego resume {loose.run[:8]} goes on.",)
        raise
    else:
        loose.finish()
        if loose.begun is not None:
            loose.store.end(loose.run, "done")
    finally:
        RECORDER.reset(token)
        loose.close()


def play(
    module: ModuleType,
    times: int,
    given: Mapping[str, Any],
    store: RunStore,
    way: How,
    before: Run | None = None,
) -> list[str]:
    """Run a scenario's module; returns the ids of the runs that it made.

    Arguments:
        module: the scenario. times, given: for its `run`. store: where it is recorded. way: limits and more.
        before: the run to go on with: what it has is not played again, as far as can be known.
    """
    made: list[str] = []

    def told(run: Run) -> None:
        if run.uid not in made:
            made.append(run.uid)

    outer = GIVEN.get()
    wanted = arguments(module, times, given)
    source = dict(outer.get("source", {}))
    loops = before is not None and before.source.get("loops")
    if loops and before is not None:
        done = sum(each.status == "done" for each in store.replications(before.uid))
        if done >= before.planned:
            if before.status != "done":
                store.claim(before.uid)
                store.end(before.uid, "done")
            return [before.uid]
        wanted = arguments(module, before.planned - done, given)
        if isinstance(wanted.get("seed"), int) and done:  # the same seed would draw again what is there already
            wanted["seed"] = seed_for(wanted["seed"], "resume", done)
    gate = Gate(way.requests_per_minute, way.tokens_per_minute)
    settings = {"times": times, "arguments": dict(given)}
    unfit = ""
    if way.batch or way.engine is not None:
        unfit = (
            f"The scenario {module.__name__} loops by itself: batches and engines are for those that call "
            "replicate(…), which can play many replications at once."
        )
    loose = Loose(
        store, module.__name__, times if before is None else before.planned, settings, {**source, "loops": True}, gate,
        before if loops else None, told, way.budget, unfit,
    )  # fmt: skip
    inner = {**outer, "on_run": told, "name": module.__name__, "resume": None if loops else outer.get("resume")}
    token = GIVEN.set(inner)
    try:
        with recorded(loose):
            for thread in module.__dict__.get(EARLY, ()):
                loose.adopt(thread)
            result = module.run(**wanted)
            if inspect.iscoroutine(result):
                asyncio.run(result)
    finally:
        GIVEN.reset(token)
    return made or ([before.uid] if before is not None else [])


def revived(record: Record) -> list[Thread]:
    """The Threads of one replication as they were, in their Conversation.

    Raises:
        LinkError: a Thread's class is not found any more.
    """
    threads: list[Thread] = []
    for seat in record.seats:
        thread = Thread.revive(seat.thread.kind, seat.thread.uid, attributes(seat), MemoryStore())
        internals(thread).messages = list(record.messages[seat.thread.uid])
        threads.append(thread)
    by_convo: dict[str, list[Thread]] = {}
    for thread in threads:
        convo = thread.metadata.get("convo")
        if convo:
            by_convo.setdefault(convo, []).append(thread)
    for convo, members in by_convo.items():
        names = [str(member.metadata.get("seat", "")) for member in members]
        named = () if all(name.isdigit() or not name for name in names) else tuple(names)
        own = {**_common(members), **(members[0].metadata.pop(CONVO, None) or {})}
        Conversation.revive(convo, {"names": named, "own": own}, tuple(members))
    return threads


def _common(members: Sequence[Thread]) -> dict[str, Any]:
    """The attributes that all Threads of a Conversation share: most likely it has them, too (`convo.all.round = 1`)."""
    first, *rest = (member.public_own() for member in members)
    inner = {*SETTINGS, *PARAMS, "choices", "metadata", "tainted"}
    missing = object()
    return {
        name: value
        for name, value in first.items()
        if name not in inner and all(repr(other.get(name, missing)) == repr(value) for other in rest)
    }


def exported(module: ModuleType, store: RunStore, run: Run) -> Iterator[dict[str, Any]]:
    """A scenario's rows: what its `export(thread)` makes of each Thread, with the experiment and the Thread.

    Raises:
        ConfigError: it has no `export`, or that gives neither a dict nor a list of dicts.
    """
    export = getattr(module, "export", None)
    if not callable(export):
        raise ConfigError(f"{module.__file__} has no export(thread), so it makes no rows; see `ego show`.")
    for record in records(store, run):
        try:
            threads = revived(record)
        except LinkError as error:
            raise ConfigError(str(error)) from None
        for thread in threads:
            made = export(thread)
            for row in made if isinstance(made, list | tuple | Iterator) else [] if made is None else [made]:
                if not isinstance(row, Mapping):
                    raise ConfigError(f"export(thread) gives a dict, or a list of dicts; it gave {made!r:.80}.")
                yield {**row, "experiment": run.uid, "thread": thread.id}
