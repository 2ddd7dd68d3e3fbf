"""Answers of attempts that were broken off: the next attempt is given them instead of asking, and paying, again."""

from __future__ import annotations

from dataclasses import replace

from ...messages import Message, Reply, Request, Usage
from ...stores import RunStore
from ...threads.turns import payload

NOT_ASKED = ("external/", "constant/", "scripted/")
"""Those who cost nothing, and may say something else this time."""
Question = tuple[int, str, tuple[tuple[str, str], ...]]
"""What was asked: by the Thread in which seat, of which model, with which messages."""


class Recalled:
    """What is recorded of the earlier attempts at one replication.

    Arguments:
        answers: by question the recorded reply.
    """

    def __init__(self, answers: dict[Question, Message]) -> None:
        self._answers = answers

    def knows(self, seat: int, request: Request) -> bool:
        """Whether this was answered before."""
        found = self._answers.get((seat, request.model, request.messages))
        # What a service refused is not in the record; what is there must be what is wanted now.
        return found is not None and all(found.params.get(name, held) == held for name, held in request.params.items())

    def take(self, seat: int, request: Request) -> tuple[Reply, float | None] | None:
        """The reply that is recorded, and what it cost then; each is given once. It costs nothing now.

        The new row says where it comes from: ``params["recalled"]`` is the id of the message that was paid.
        """
        if not self.knows(seat, request):
            return None
        found = self._answers.pop((seat, request.model, request.messages))
        params = {**found.params, "recalled": found.params.get("recalled", found.id)}
        reason = found.finish_reason
        reply = Reply(found.text, found.model_answered, Usage(), finish_reason=reason, params=params, cost=0.0)
        return reply, found.cost


def recall(store: RunStore, run: str, place: int) -> Recalled:
    """What is recorded of a replication, of all attempts at it.

    Arguments:
        store, run, place: which replication.
    """
    seats = list(store.seats(run, place))
    messages = store.messages([seat.thread.uid for seat in seats])
    paid = {m.id: m.cost for each in messages.values() for m in each}
    answers: dict[Question, Message] = {}
    for seat in seats:
        said = messages[seat.thread.uid]
        for m in said:
            asked = m.role == "assistant" and m.attempts and m.model_answered and not m.author.startswith(NOT_ASKED)
            if asked and m.sendable:
                cost = paid.get(m.params.get("recalled", m.id), m.cost)
                answers[seat.seat, m.author, payload(said, before=m.seq)] = replace(m, cost=cost)
    return Recalled(answers)
