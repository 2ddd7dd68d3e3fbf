"""Replications whose answers were recorded but not their end: their process was killed in between."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from ...messages import Message
from ...stores import Replication, RunStore

if TYPE_CHECKING:
    from .workers import Job, Outcome

Read = Callable[[Sequence[Message]], "Outcome | None"]


def finish(store: RunStore, run: str, jobs: Sequence[Job], read: Read) -> list[Job]:
    """Write down how replications ended for which nothing more need be asked; returns those that are to be done.

    Arguments:
        store, run: which run, claimed by this process.
        jobs: what has not ended, each with the number of its next attempt.
        read: what the record of a Thread comes to, or None if more must be asked.
    """
    left, ended = [], []
    for job in jobs:
        seats = list(store.seats(run, place=job.place, last=True)) if job.attempt > 1 else []
        seats = [seat for seat in seats if seat.attempt == job.attempt - 1]
        messages = store.messages([seats[0].thread.uid])[seats[0].thread.uid] if seats else []
        outcome = read(messages)
        if outcome is None:
            left.append(job)
            continue
        costs = [m.cost for m in messages if m.model_answered]
        known = [cost for cost in costs if cost is not None]
        ended.append(
            Replication(
                run, job.place, job.attempt - 1, "done", outcome.tainted, levels=job.values, result=outcome.value,
                answers=outcome.answers, error="ParseError" if outcome.error else "", error_text=outcome.error,
                cost=sum(known) if len(known) == len(costs) else None, started=messages[0].time, ended=time.time(),
            )
        )  # fmt: skip
    store.change(ended)
    return left
