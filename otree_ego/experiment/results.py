"""What a run has recorded, as rows for pandas, polars or a file."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import islice
from typing import Any

from ..messages import Message
from ..public import public
from ..stores import Replication, Run, RunStore
from ..stores.run_rows import Seat, to_json
from ..stores.table_cells import milliseconds, utc

READ_AT_ONCE = 250
"""Replications whose messages are in memory at a time."""
JSON_TYPES = (str, int, bool, type(None))
"""Results that JSON gives back as they were."""
RESERVED = ("attempts", "error", "thread", "retval")
"""Columns of a microexperiment's rows beside its levels and outcomes."""


@dataclass(frozen=True)
class Record:
    """One replication with all that was said in it.

    Fields:
        replication: how it ended. seats: its last attempt's Threads. messages: by Thread, oldest first.
    """

    replication: Replication
    seats: list[Seat] = field(default_factory=list)
    messages: Mapping[str, list[Message]] = field(default_factory=dict)

    @cached_property
    def replies(self) -> list[Message]:
        """What was answered, or failed to be, in order of time."""
        said = [m for seat in self.seats for m in self.messages[seat.thread.uid]]
        return sorted((m for m in said if m.role == "assistant" and m.attempts), key=lambda m: m.time)

    @property
    def said(self) -> list[Message]:
        """What was said in the first seat: who sits in others, a judge in a parser say, was not asked this."""
        return self.messages[self.seats[0].thread.uid] if self.seats else []

    @cached_property
    def answer(self) -> Message | None:
        """The last answer of the first seat."""
        return next((m for m in reversed(self.said) if m.role == "assistant" and m.attempts and m.sendable), None)

    @property
    def text(self) -> str | None:
        """The last answer's text."""
        return self.answer.text if self.answer else None

    def as_read(self, value: Any, error: str) -> Replication:
        """The replication as it is when its answer is read so."""
        if self.replication.status != "done":
            return self.replication
        kept = value if type(value) in JSON_TYPES else json.loads(to_json(value))
        found = dict(result=kept, tainted=bool(error), error="ParseError" if error else "", error_text=error)
        as_it_is = all(getattr(self.replication, name) == held for name, held in found.items())
        return self.replication if as_it_is else replace(self.replication, **found)


def records(store: RunStore, run: Run, wanted: Callable[[int], bool] | None = None) -> Iterator[Record]:
    """The replications of a run that have ended, by place; some are read at a time.

    Arguments:
        store, run: which run. wanted: tells by its place whether a replication is wanted; None for all.
    """
    ended: Iterator[Replication] = store.replications(run.uid)
    if wanted is not None:
        ended = (each for each in ended if wanted(each.place))
    seats = store.seats(run.uid, last=True)
    seat = next(seats, None)
    while some := list(islice(ended, READ_AT_ONCE)):
        by_place: dict[int, list[Seat]] = {replication.place: [] for replication in some}
        while seat is not None and seat.place <= some[-1].place:
            if seat.place in by_place:
                by_place[seat.place].append(seat)
            seat = next(seats, None)
        messages = store.messages([each.thread.uid for found in by_place.values() for each in found])
        for replication in some:
            own = by_place[replication.place]
            yield Record(replication, own, {each.thread.uid: messages[each.thread.uid] for each in own})


@dataclass
class Answer:
    """How a microexperiment's answer is read: its value, what is wrong with it, and its text where that is wanted.

    Fields:
        shown: of a choice the order of its options, and the chosen one's position.
    """

    replication: Replication
    value: Any
    error: str
    text: str | None = None
    shown: Mapping[str, Any] = field(default_factory=dict)


def ended_as(replication: Replication) -> tuple[Any, str]:
    """Value and error of a replication that has ended."""
    if replication.status == "done":
        return replication.result, replication.error_text
    return None, f"{replication.error}: {replication.error_text}".strip(": ")


def row(
    levels: Mapping[str, Any], outcome: str, answer: Answer, thread: str, keep_retval: bool = False
) -> dict[str, Any]:
    """A microexperiment's row: levels, result, how many answers were asked for, what was wrong, and the Thread."""
    found = {**levels}
    if isinstance(answer.value, dict):
        found.update(answer.value)
    else:
        found[outcome] = answer.value
    found.update(attempts=answer.replication.answers, error=answer.error, thread=thread)
    if keep_retval:
        found["retval"] = answer.text
    return with_details(found, answer.shown, "answer") if answer.shown else found


def details(record: Record) -> dict[str, Any]:
    """What else is known of a replication: exact prompt, model asked and answered, parameters, tokens, cost, times."""
    said = [m for seat in record.seats for m in record.messages[seat.thread.uid]]
    replies, last = record.replies, record.answer
    latest = last or (replies[-1] if replies else None)
    return {
        "replication": record.replication.place + 1,
        "status": record.replication.status,
        "system_prompt": "\n\n".join(m.text for m in said if m.role == "system"),
        "prompt": next((m.text for m in said if m.role == "user"), ""),
        "text": last.text if last else "",
        "model": latest.model if latest else "",
        "model_answered": latest.model_answered if latest else "",
        "finish_reason": latest.finish_reason if latest else "",
        "parameters": dict(latest.params) if latest else {},
        "seed": latest.seed if latest else None,
        "requests": sum(m.attempts for m in replies),
        "tokens_in": _sum(m.tokens_in for m in replies),
        "tokens_out": _sum(m.tokens_out for m in replies),
        "tokens_reasoning": _sum(m.tokens_reasoning for m in replies),
        "cost_usd": _sum(m.cost for m in replies),
        "latency_seconds": latest.latency if latest else None,
        "time_utc": utc(latest.time if latest else None),
        "time_ms": milliseconds(latest.time if latest else None),
    }


def with_details(row: Mapping[str, Any], rest: Mapping[str, Any], what: str = "reply") -> dict[str, Any]:
    """A row with its details; one that is named like a column of the row stands beside it as ``reply_...``.

    Arguments:
        what: instead of ``reply``.

    >>> with_details({"model": "monopoly"}, {"model": "gpt-6-luna"})
    {'model': 'monopoly', 'reply_model': 'gpt-6-luna'}
    """
    found = dict(row)
    for name, value in rest.items():
        while name in found:
            name = f"{what}_{name}"
        found[name] = value
    return found


def _sum(values: Iterable[Any]) -> Any:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


@public
class Results(list[dict[str, Any]]):
    """The rows of a microexperiment: a list of dicts, ready for `pandas.DataFrame` or `polars.DataFrame`.

    Fields:
        run: the run's id; `ego data`, `ego show` and `ego report` take it. store: where everything is recorded.
        failed: how many have no answer. invalid: how many have one that did not parse. cost: US dollars, if known.
    """

    def __init__(
        self, rows: Iterable[dict[str, Any]], ended: Sequence[Replication], run: Run, store: RunStore, now: bool = False
    ) -> None:
        super().__init__(rows)
        self.run, self.store = run.uid, store.shown
        self.failed = sum(each.status == "failed" for each in ended)
        self.invalid = sum(bool(row["error"]) for row in self) - self.failed
        self.cost = sum(each.cost or 0.0 for each in ended)
        self._places = {each.place for each in ended}
        self._from = store.absolute
        self._wide: list[dict[str, Any]] | None = self._details(store) if now else None

    @property
    def wide(self) -> list[dict[str, Any]]:
        """The same rows with all that is known (see `details`); read from the store when it is first wanted."""
        if self._wide is None:
            store = RunStore(self._from, create=False)
            try:
                self._wide = self._details(store)
            finally:
                store.close()
        return self._wide

    def _details(self, store: RunStore) -> list[dict[str, Any]]:
        found = records(store, store.get(self.run), self._places.__contains__)
        return [with_details(row, details(record)) for row, record in zip(self, found, strict=True)]
