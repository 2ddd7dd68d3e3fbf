"""The service's own name of a model, its snapshot: when another one answers in the middle of a run, that is said."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterable

from ...messages import Message
from ...stores import RunStore
from ...stores.run_search import Snapshot, snapshots_of


class Snapshots:
    """Which snapshots have answered so far.

    Arguments:
        tell: is told when another one answers.
        known: those that have answered before.

    >>> told = []
    >>> seen = Snapshots(told.append)
    >>> for place, name in enumerate(["luna-1", "luna-1", "luna-2", "luna-1"]):
    ...     seen.note(Message("assistant", "5", author="luna", model_answered=name), place)
    >>> told
    ['luna was answered by luna-1, and is answered by luna-2 from replication 3 on.']
    """

    def __init__(self, tell: Callable[[str], None], known: Iterable[Snapshot] = ()) -> None:
        self._tell = tell
        self._seen: dict[str, list[str]] = {}
        self._lock = threading.Lock()
        for each in known:
            self._seen.setdefault(each.model, []).append(each.name)

    def note(self, message: Message, place: int) -> None:
        """See which one has given a reply.

        Arguments:
            message: the reply. place: of its replication.
        """
        name, asked = message.model_answered, message.author or message.model
        if not name or name in self._seen.get(asked, ()):
            return
        with self._lock:
            before = self._seen.setdefault(asked, [])
            if name in before:
                return
            before.append(name)
        if len(before) > 1:
            self._tell(changed(asked, before[-2], name, place))


def changed(asked: str, before: str, name: str, place: int) -> str:
    """The sentence that says it."""
    return f"{asked} was answered by {before}, and is answered by {name} from replication {place + 1} on."


def changes_in(store: RunStore, run: str) -> list[str]:
    """Sentences on the changes that a run's record has."""
    found: dict[str, list[Snapshot]] = {}
    for each in snapshots_of(store, run):
        found.setdefault(each.model, []).append(each)
    return [
        changed(asked, one.name, other.name, other.first_place)
        for asked, names in found.items()
        for one, other in itertools.pairwise(names)
    ]
