"""Runs of players: what each has seen and done is written down, and who comes back goes on with what it remembers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..messages import Message
from ..players.visits import Visit
from ..stores import RunStore
from ..stores.table_cells import utc
from ..stores.visit_tables import add_visits, visits_of
from ..threads.thread import Thread
from .thread_states import read_state

PLAYER = "player"
"""The attribute of a player's Thread that has its label."""


def remembered(store: RunStore, name: str, label: str) -> list[Message]:
    """What a player said and was shown in the latest run of this name in which it took part; empty if in none.

    A question without an answer is left out: it is asked again.

    Arguments:
        store: of runs. name: of the run. label: the player's.
    """
    runs = sorted((run for run in store.runs() if run.name == name), key=lambda run: run.created, reverse=True)
    for run in runs:
        for seat in store.seats(run.uid):
            if read_state(seat.thread.state).get(PLAYER) == label:
                found = [each for each in store.messages([seat.thread.uid])[seat.thread.uid] if each.sendable]
                while found and found[-1].role == "user" and found[-1].hidden:
                    found.pop()
                return found
    return []


async def recall(thread: Thread, messages: list[Message]) -> None:
    """Let a new Thread remember what an earlier one did."""
    for each in messages:
        if each.role != "system":
            await thread.aio.memorize(each.role, each.text, hidden=each.hidden)


class VisitRecord:
    """Writes the visits of a run's players down, some at a time.

    Arguments:
        store, run: where.
    """

    def __init__(self, store: RunStore, run: str) -> None:
        self._store, self._run = store, run
        self._waiting: list[dict[str, Any]] = []
        self._known: set[str] = set()

    def changed(self, visit: Visit) -> None:
        """Take a visit in, once it has ended."""
        if visit.outcome and visit.ended is not None:
            self._waiting.append(visit.row())

    def write(self) -> None:
        """Write what is waiting.

        Raises:
            StoreError: it could not be written; it still waits.
        """
        waiting = list(self._waiting)
        if waiting:
            with self._store.transaction() as c:
                add_visits(c, self._run, waiting, self._known)
            del self._waiting[: len(waiting)]


def visit_rows(store: RunStore, run: str) -> Iterator[dict[str, Any]]:
    """The visits of a run's players as rows for an export; see docs/data.md.

    Arguments:
        store: of runs. run: the run's id.
    """
    with store.transaction() as c:
        found = list(visits_of(c, run))
    for each in found:
        begun, ended = each.pop("begun"), each.pop("ended")
        each["cost_usd"] = each.pop("cost")
        each["session"] = each.pop("run")
        each["begun_utc"] = utc(begun)
        each["seconds"] = None if ended is None else round(ended - begun, 3)
        yield {name: each[name] for name in VISIT_COLUMNS}


VISIT_COLUMNS = (
    "session", "player", "number", "app", "page", "page_index", "title", "text", "digest", "fields", "answers",
    "errors", "said", "outcome", "note", "reason", "replies", "tokens_in", "tokens_out", "cost_usd", "begun_utc",
    "seconds",
)  # fmt: skip
