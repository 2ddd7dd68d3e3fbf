"""What players of earlier runs remember: who comes back goes on with it."""

from __future__ import annotations

from ..messages import Message
from ..stores import RunStore
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
