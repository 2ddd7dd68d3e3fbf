"""The rows that a scenario's own `export(thread)` makes: it gets its Threads as they were when they played."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import ModuleType
from typing import Any

from ...errors import ConfigError, LinkError
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
        try:
            threads = revived_threads(record)
        except LinkError as error:
            raise ConfigError(str(error)) from None
        for thread in threads:
            made = export(thread)
            for row in made if isinstance(made, list | tuple | Iterator) else [] if made is None else [made]:
                if not isinstance(row, Mapping):
                    raise ConfigError(f"export(thread) gives a dict, or a list of dicts; it gave {made!r:.80}.")
                yield {**row, "experiment": run.uid, "thread": thread.id}


def revived_threads(record: Record) -> list[Thread]:
    """The Threads of one replication as they were, in their Conversation.

    Raises:
        LinkError: a Thread's class is not found any more.
    """
    threads: list[Thread] = []
    for seat in record.seats:
        thread = Thread.revive(seat.thread.kind, seat.thread.uid, load_state(seat.thread.state), MemoryStore())
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
        own = {**_common(members), **(members[0].metadata.pop(CONVERSATION, None) or {})}
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
