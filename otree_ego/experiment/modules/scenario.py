"""Scenarios that are modules: a `run(times, …)` that plays, and an `export(thread)` that makes rows."""

from __future__ import annotations

import asyncio
import difflib
import importlib.util
import inspect
import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from ...errors import ConfigError, EgoError
from ...messages import Reply, Request
from ...ports import MemoryStore, SyncInAsync
from ...providers.openai.learned import Lesson
from ...threads.base import BaseThread
from ...threads.recording import RECORDER
from ...threads.turns import Wait

FOLDER = "scenarios"
THREADS = "__otree_ego_threads__"
"""Where a loaded module keeps the Threads that it made."""


def find_scenario(name: str, folder: Path | None = None) -> Path:
    """The file that a scenario's name stands for: a built file, a module in `scenarios/`, or one beside it.

    Arguments:
        name: a path, or a name without ending; `built` is `built.json`, or what the environment's BUILT_FILE names.
        folder: where to look; the working directory by default.

    Raises:
        ConfigError: there is none; the message says where it was looked for, and what there is.
    """
    home = folder or Path.cwd()
    if name == "built" and os.environ.get("BUILT_FILE", "").strip():
        name = os.environ["BUILT_FILE"].strip()
    plain = name.replace(".", "/") if not name.endswith((".py", ".json")) and os.sep not in name else name
    tried = [home / name, *(home / place / f"{plain}{end}" for place in (FOLDER, "") for end in (".py", ".json"))]
    found = [file for file in tried if file.is_file() and file.suffix in (".py", ".json")]
    if name == "built" and any(file.suffix == ".json" for file in found):
        found = [file for file in found if not is_leftover(file)]
    if found:
        return found[0]
    there = sorted({each.stem for place in (home / FOLDER, home) for each in place.glob("*.py") if _has_run(each)})
    near = difflib.get_close_matches(name, there, 1)
    hint = f"Did you mean {near[0]}?" if near else f"There are: {', '.join(there)}." if there else ""
    looked = ", ".join(os.path.relpath(file, home) for file in dict.fromkeys(tried[1:]))
    raise ConfigError(f"There is no scenario {name!r} in {home}. Looked for {looked}. {hint}".strip())


def is_leftover(file: Path) -> bool:
    """Whether a module is the one with which alter_ego plays built files.

    Arguments:
        file: a Python file.
    """
    try:
        return file.name == "built.py" and bool(_PLAYS_BUILT.search(file.read_text("utf-8", "replace")))
    except OSError:
        return False


_PLAYS_BUILT = re.compile(r"built\.json|BUILT_FILE")


def _has_run(file: Path) -> bool:
    try:
        return "def run(" in file.read_text("utf-8", "replace")
    except OSError:
        return False


def load_scenario(file: Path) -> ModuleType:
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
    made = LoadedThreads()
    token = RECORDER.set(made)
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
    module.__dict__[THREADS] = made.threads
    return module


def threads_of_module(module: ModuleType) -> list[BaseThread]:
    """The Threads that a module made while it was loaded: its run() may play with them."""
    found: list[BaseThread] = module.__dict__.get(THREADS, [])
    return found


class LoadedThreads:
    """Collects the Threads that a module makes while it is loaded."""

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

    async def pause(self, wait: Wait) -> None:
        """See `Recorder.pause`."""
        await asyncio.sleep(wait.seconds)

    def note(self, request: Request, came: Reply | EgoError) -> None:
        """Nothing is learned."""

    def learned(self, lesson: Lesson) -> None:
        """Nothing is kept yet."""

    async def transport(self, request: Request) -> Reply | None:
        """Replies come from the models' providers."""
        return None


def run_arguments(module: ModuleType, times: int, given: Mapping[str, Any]) -> dict[str, Any]:
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
