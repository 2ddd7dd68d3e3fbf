"""The rows that a scenario's own `export(thread)` makes: it gets its Threads as they were when they played."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import ModuleType
from typing import Any

from ...errors import ConfigError, StateError
from ...ports import MemoryStore
from ...stores import Run, RunStore
from ...threads.base import PARAMS, SETTINGS, internals
from ...threads.conversation import Conversation
from ...threads.state import load_state
from ...threads.thread import Thread
from ..results import Record, records
from ..runs.replication_recorder import CONVERSATION


def exported_rows(module: ModuleType, store: RunStore, run: Run) -> Iterator[dict[str, Any]]:
    """A scenario's rows: what its `export(thread)` makes of each Thread, with the experiment and the Thread.

    Raises:
        ConfigError: it has no `export`, or that gives neither a dict nor a list of dicts.
    """
    export = getattr(module, "export", None)
    if not callable(export):
        raise ConfigError(f"{module.__file__} has no export(thread), so it makes no rows; see `ego show`.")
    for record in records(store, run):
        for thread in revived_threads(record):
            made = export(thread)
            for row in made if isinstance(made, list | tuple | Iterator) else [] if made is None else [made]:
                if not isinstance(row, Mapping):
                    raise ConfigError(f"export(thread) gives a dict, or a list of dicts; it gave {made!r:.80}.")
                yield {**row, "session": run.uid, "thread": thread.id}


def revived_threads(record: Record) -> list[Thread]:
    """The Threads of one replication as they were, in their Conversation.

    The store may come from somebody else: nothing that it names is imported or called. An object of a class that the
    scenario has not loaded is a stand-in with its values, and a Thread of such a class is a plain Thread.
    """
    threads: list[Thread] = []
    for seat in record.seats:
        state = _state(seat.thread.state)
        thread = Thread.revive(seat.thread.kind, seat.thread.uid, state, MemoryStore(), known_only=True)
        internals(thread).messages = list(record.messages[seat.thread.uid])
        threads.append(thread)
    by_convo: dict[str, list[Thread]] = {}
    for thread in threads:
        convo = thread.metadata.get("convo")
        if convo and isinstance(convo, str):
            by_convo.setdefault(convo, []).append(thread)
    for convo, members in by_convo.items():
        names = [str(member.metadata.get("seat", "")) for member in members]
        named = () if all(name.isdigit() or not name for name in names) else tuple(names)
        kept = members[0].metadata.pop(CONVERSATION, None)
        own = {**_common(members), **(kept if isinstance(kept, dict) else {})}
        Conversation.revive(convo, {"names": named, "own": own}, tuple(members))
    return threads


def _state(kept: bytes) -> dict[str, Any]:
    """What is kept of a Thread; a damaged state is empty."""
    try:
        found = load_state(kept, lenient=True)
    except StateError:
        found = {}
    state = {name: value for name, value in found.items() if isinstance(name, str)} if isinstance(found, dict) else {}
    metadata, choices = state.get("metadata"), state.get("choices")
    state["metadata"] = metadata if isinstance(metadata, dict) else {}
    state["choices"] = choices if isinstance(choices, list) else []
    return {"tainted": False, **state}


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
