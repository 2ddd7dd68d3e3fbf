"""Resuming a run: what was answered before it was broken off is taken from the record, not asked and paid again.

There are two ways, because there are two kinds of replications.

- `close_recorded` ends a replication whose answers are all in the record: its process was killed between the last
  answer and the replication's end. Nothing is made or asked anew. That needs somebody who can read the result from the
  messages (`Plan.read_record`), so it is there for factorial designs only. They also need it: an agent that draws
  something at random would be another one now, and be asked another question.
- `recorded_answers` serves all the rest: conversations, which only their own code can bring to an end, and factorial
  cells of which some answers are there and others are not. The replication is begun anew as its next attempt. As
  long as it asks the same, it is given the answers that are recorded.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from ...errors import ProviderError
from ...messages import ESTIMATED, LEFT_OUT, RECALLED, Message, Reply, Request, Usage, request_to
from ...stores import Replication, RunStore
from ...threads.context_sizes import RECALLED_TOKENS, tokens_in
from ...threads.sent_requests import places_in
from ...threads.turns import payload
from .jobs import Job, ReadRecord

NOT_ASKED = ("external/", "constant/", "scripted/")
"""Those who cost nothing, and may say something else this time."""
Question = tuple[int, str, tuple[tuple[str, str], ...]]
"""What was asked: by the Thread in which seat, of which model, with which messages."""


def close_recorded(
    store: RunStore,
    run: str,
    jobs: Sequence[Job],
    read: ReadRecord,
    again: Collection[int] = (),
    fallbacks: Collection[str] = (),
) -> list[Job]:
    """Write down how replications ended for which nothing more need be asked; returns those that are to be done.

    Arguments:
        store, run: which run, claimed by this process.
        jobs: what has not ended, each with the number of its next attempt.
        read: what the record of a Thread comes to, or None if more must be asked.
        again: places whose answer is asked for again. fallbacks: who may answer for the model that is asked.
    """
    open_jobs, ended = [], []
    for job in jobs:
        seats = list(store.seats(run, place=job.place, last=True)) if job.attempt > 1 else []
        seats = [seat for seat in seats if seat.attempt == job.attempt - 1]
        messages = store.messages([seats[0].thread.uid])[seats[0].thread.uid] if seats else []
        takes = job.place not in again and not any(is_by_fallback(m, fallbacks) for m in messages)
        result = read(messages) if takes else None
        if result is None:
            open_jobs.append(job)
            continue
        costs = [m.cost for m in messages if m.model_answered or m.paid]
        known = [cost for cost in costs if cost is not None]
        ended.append(
            Replication(
                run, job.place, job.attempt - 1, "done", result.tainted, levels=job.values, result=result.value,
                answers=result.answers, error="ParseError" if result.error else "", error_text=result.error,
                cost=sum(known) if len(known) == len(costs) else None, started=messages[0].time, ended=time.time(),
            )
        )  # fmt: skip
    store.change(ended)
    return open_jobs


def is_by_fallback(message: Message, fallbacks: Collection[str]) -> bool:
    """Whether a reply is that of a fallback which is not declared any more.

    Arguments:
        message: a recorded one. fallbacks: models and texts that are declared.
    """
    if message.role != "assistant" or not message.sendable:
        return False
    if message.finish_reason == "fallback":
        return message.text not in fallbacks
    return bool(message.author and message.model and message.author not in (message.model, *fallbacks))


class FailedBefore(ProviderError):
    """The model has failed on this in an earlier attempt, and its fallback has answered: that answer is recorded."""


class RecordedAnswers:
    """What was answered in earlier attempts at one replication.

    Arguments:
        answers: by question the recorded reply.
        failed: questions that a model failed on, with the fallback that has answered.
    """

    def __init__(self, answers: dict[Question, Message], failed: Mapping[Question, str] | None = None) -> None:
        self._answers, self._failed = answers, failed or {}

    def see_failed(self, seat: int, request: Request, fallback: str) -> None:
        """See that a question goes to the fallback at once whose answer to it is recorded.

        Raises:
            FailedBefore: it does.
        """
        question = (seat, request.model, request.messages)
        found = self._failed.get(question)
        if found and found == fallback and self.knows(seat, request_to(request, found)):
            raise FailedBefore(f"{request.model} has failed on this before; {found} has answered.", model=request.model)

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
        params = {name: value for name, value in found.params.items() if name != ESTIMATED}
        params[RECALLED] = found.params.get(RECALLED, found.id)
        if found.tokens_in:
            params[RECALLED_TOKENS] = found.tokens_in  # by which it is known how much the next request may have
        reason = found.finish_reason
        reply = Reply(found.text, found.model_answered, Usage(), finish_reason=reason, params=params, cost=0.0)
        return reply, found.cost


def recorded_answers(store: RunStore, run: str, place: int) -> RecordedAnswers:
    """What was answered in all attempts at a replication.

    Arguments:
        store, run, place: which replication.
    """
    seats = list(store.seats(run, place))
    messages = store.messages([seat.thread.uid for seat in seats])
    paid = {m.id: m.cost for each in messages.values() for m in each}
    answers: dict[Question, Message] = {}
    failed: dict[Question, str] = {}
    for seat in seats:
        said = messages[seat.thread.uid]
        for m in said:
            asked = m.role == "assistant" and m.attempts and m.model_answered and not m.author.startswith(NOT_ASKED)
            if asked and m.sendable:
                cost = paid.get(m.params.get(RECALLED, m.id), m.cost)
                left_out = {*places_in(m.params.get(LEFT_OUT))}
                sent = payload([each for each in said if each.seq not in left_out], before=m.seq)
                answers[seat.seat, m.author, sent] = replace(m, cost=cost, tokens_in=tokens_in(m))
                if m.author != m.model:
                    failed[seat.seat, m.model, sent] = m.author
    return RecordedAnswers(answers, failed)
