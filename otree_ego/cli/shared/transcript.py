"""A run's replications as a transcript: what was said in each, by whom, what went wrong, and what came of it."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...display import when
from ...experiment.otree_sessions import SESSION, owner_name
from ...experiment.thread_states import read_state
from ...messages import Message
from ...stores import Replication, Run, RunStore, Seat
from ...stores.run_search import is_left
from ...threads.question_turns import is_request_for_another
from .run_store import dollars
from .terminal import columns, line, painted, sign, width, wrapped

READ_AT_ONCE = 50
"""Replications whose messages are in memory at a time."""
SHORT = 600
"""Characters of a text that are shown unless all of it is asked for."""
SHOWN_PARAMS = ("reasoning_effort", "verbosity")
ROLES = {"system": "magenta", "user": "cyan"}
SPEAKERS = ("green", "blue", "yellow", "red")


@dataclass(frozen=True)
class RecordedReplication:
    """One replication as far as it is recorded: `ended` is None while it is under way."""

    place: int
    ended: Replication | None
    seats: Sequence[Seat]
    messages: Mapping[str, Sequence[Message]]


def recorded_replications(
    store: RunStore, uid: str, place: int | None = None
) -> Generator[RecordedReplication, None, None]:
    """All replications of a run, or the one at a place, in order; a few at a time are read."""
    found: Iterator[Replication | Seat] = heapq.merge(
        (one for one in store.replications(uid) if place in (None, one.place)),
        store.seats(uid, place),
        key=lambda one: one.place,
    )
    groups = ((at, list(group)) for at, group in itertools.groupby(found, lambda one: one.place))
    while some := list(itertools.islice(groups, READ_AT_ONCE)):
        threads = [one.thread.uid for _, group in some for one in group if isinstance(one, Seat)]
        messages = store.messages(threads)
        for at, group in some:
            seats = [one for one in group if isinstance(one, Seat)]
            ended = next((one for one in group if isinstance(one, Replication)), None)
            yield RecordedReplication(at, ended, seats, {one.thread.uid: messages[one.thread.uid] for one in seats})


def readable(value: Any) -> str:
    """A value of the experiment's as text.

    >>> readable("yes"), readable({"offer": 3, "why": "fair"}), readable([1, 2])
    ('yes', 'offer = 3, why = fair', '1, 2')
    """
    if isinstance(value, Mapping):
        return ", ".join(f"{name} = {readable(each)}" for name, each in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(readable, value))
    return value if isinstance(value, str) else repr(value)


class Writer:
    """Makes the lines of a transcript.

    Arguments:
        run: whose replications they are.
        full: whether long texts are shown to their ends, and each reply's tokens, time and cost.
    """

    def __init__(self, run: Run, full: bool = False) -> None:
        self.is_under_way = run.status == "running" and not is_left(run)
        self.run, self.full, self.width = run, full, width()

    def pairs(self, rows: Sequence[tuple[str, str, str]], bar: bool = False, room: int = 0) -> Iterator[str]:
        """Lines of labels, their colours, and texts beside them."""
        room = room or min(max((columns(label) for label, _, _ in rows), default=0), 20, self.width // 3)
        edge = painted(sign("│", "|"), "dim") + " " if bar else ""
        for label, colour, text in rows:
            label = line(label, room)
            text = text if self.full else _shortened(text)
            first = painted(label, colour) + " " * (room - columns(label))
            for number, part in enumerate(wrapped(text, self.width - room - 4 - 2 * bar)):
                yield f"  {first if number == 0 else ' ' * room}  {edge}{part}".rstrip()

    def lines(self, replication: RecordedReplication) -> Iterator[str]:
        """One replication."""
        yield from self.title(replication)
        states = [read_state(seat.thread.state) for seat in replication.seats]
        names = [seat_name(seat, state) for seat, state in zip(replication.seats, states, strict=True)]
        last = max((seat.attempt for seat in replication.seats), default=1)
        for attempt, group in itertools.groupby(
            zip(replication.seats, names, strict=True), lambda each: each[0].attempt
        ):
            if last > 1:
                yield painted(f"  attempt {attempt}", "dim")
            yield from self._attempt(list(group), replication.messages)
        if not replication.seats:
            yield painted("  Nothing was said.", "dim")
        latest = [each for each in zip(names, states, replication.seats, strict=True) if each[2].attempt == last]
        yield from self._end(replication, [(name, state) for name, state, _ in latest])

    has_more = False
    """Whether `others` has something."""

    def others(self) -> Iterator[str]:
        """What there is besides replications."""
        return iter(())

    def title(self, replication: RecordedReplication) -> Iterator[str]:
        """The line above a replication."""
        ended = replication.ended
        what = [f"place {replication.place}"]
        if ended is None:
            what.append("under way" if self.is_under_way else "not ended")
        else:
            what += [ended.treatment] if ended.treatment else []
            known = dict(ended.levels)
            if self.run.kind == SESSION:  # of a group, say, there is no participant
                known = {name: value for name, value in known.items() if value != ""}
            what += [f"{name}: {line(readable(value), 60)}" for name, value in known.items()]
            what += ["tainted"] if ended.tainted else []
            what += [ended.status] if ended.status != "done" else []
        rule = sign("─", "-")
        colour = "cyan" if ended is None else "red" if ended.status != "done" else "yellow" if ended.tainted else "bold"
        text = line(", ".join(what), self.width - 6)
        rest = rule * max(2, self.width - columns(text) - 4)
        yield f"{painted(rule * 2, 'dim')} {painted(text, colour)} {painted(rest, 'dim')}"

    def _attempt(self, group: Sequence[tuple[Seat, str]], messages: Mapping[str, Sequence[Message]]) -> Iterator[str]:
        alone = len(group) == 1
        said: list[tuple[float, int, str, Message]] = []
        for number, (seat, name) in enumerate(group):
            at = 0.0
            for message in messages[seat.thread.uid]:
                at = max(at, message.time)  # a clock that is set back does not change who spoke first
                said.append((at, number, name, message))
        said.sort(key=lambda each: each[:2])
        labels = [_label(message, name, alone) for _, _, name, message in said]
        room = min(max(map(columns, labels), default=0), 20, self.width // 3)
        systems = [each for each in zip(said, labels, strict=True) if each[0][3].role == "system"]
        others = [each for each in zip(said, labels, strict=True) if each[0][3].role != "system"]
        for (_, _, _, message), label in systems:
            text = message.text if message.forgotten is None else f"(forgotten on {when(message.forgotten)})"
            yield from self.pairs([(label, ROLES["system"], text)], bar=True, room=room)
        if systems and others:
            yield ""
        for (_, number, _, message), label in others:
            colour = ROLES.get(message.role, SPEAKERS[number % len(SPEAKERS)])
            yield from self._message(message, label, colour, room)

    def _message(self, message: Message, label: str, colour: str, room: int) -> Iterator[str]:
        if message.forgotten is not None:
            yield from self._remark(f"forgotten on {when(message.forgotten)}", room, label)
            return
        if is_request_for_another(message):
            yield from self._remark("asked again: the answer was not valid", room)
        for times, trouble in _counted(message):
            yield from self._remark(f"{times} x {trouble}" if times > 1 else trouble, room)
        if message.status == "failed":
            count = "1 request" if message.attempts == 1 else f"{message.attempts} requests"
            yield from self._remark(f"no reply ({count}): {message.error}: {message.error_text}", room, label, "red")
            if message.text:
                yield from self._remark(f"what had come of it: {message.text}", room)
            return
        if message.status == "pending":
            text = "the reply is under way" if self.is_under_way else "no reply"
            yield from self._remark(text, room, label)
            return
        yield from self.pairs([(label, colour, message.text)], room=room)
        marks = ["cut by length"] if message.status == "partial" and message.finish_reason == "length" else []
        marks += ["stopped"] if message.finish_reason == "stopped" else []
        marks += ["the fallback text, not a model's"] if message.finish_reason == "fallback" else []
        if marks:
            yield from self._remark(", ".join(marks), room)
        if self.full and message.attempts:
            yield " " * (room + 4) + painted(_numbers(message), "dim")

    def _remark(self, text: str, room: int, label: str = "", colour: str = "yellow") -> Iterator[str]:
        lead = line(label, room)
        lead = painted(lead, colour) + " " * (room - columns(lead))
        texts = wrapped(text if self.full else _shortened(text), self.width - room - 6)
        for number, part in enumerate(texts):
            mark = "! " if number == 0 else "  "
            yield f"  {lead if number == 0 else ' ' * room}  {painted(mark + part, colour)}"

    def _end(self, replication: RecordedReplication, seats: Sequence[tuple[str, Mapping[str, Any]]]) -> Iterator[str]:
        ended = replication.ended
        choices = {name: list(state["choices"]) for name, state in seats if isinstance(state.get("choices"), list)}
        choices = {name: made for name, made in choices.items() if made}
        rows = [("", "bold", f"{name}: {readable(made)}") for name, made in choices.items()]
        rows = [("choices", "bold", rows[0][2]), *rows[1:]] if rows else []
        if ended is not None:
            same = isinstance(ended.result, Mapping) and list(ended.result.values()) == list(choices.values())
            if ended.result is not None and not (choices and same):
                rows.append(("result", "bold", readable(ended.result)))
            wrong = f"{ended.error}: {ended.error_text}".strip(": ")
            rows += [("tainted", "yellow", wrong or "an answer was not valid")] if ended.tainted else []
            rows += [(ended.status, "red", wrong)] if ended.status != "done" else []
        if rows:
            yield ""
            yield from self.pairs(rows)
        if ended is not None and self.full:
            cost = "cost unknown" if ended.cost is None else dollars(ended.cost)
            yield "  " + painted(f"{ended.ended - ended.started:.1f} s, {cost}", "dim")


def _label(message: Message, name: str, alone: bool) -> str:
    author = line(message.author)
    if message.role == "system":
        return "system" if alone else f"{name}, system"
    if message.role == "user":
        return author or ("user" if alone else f"to {name}")
    return (author or name) if alone and name.startswith("seat ") else name


def seat_name(seat: Seat, state: Mapping[str, Any]) -> str:
    """What a seat is called: as its Conversation calls it, else by its Thread's own name, else by its number."""
    metadata = state.get("metadata")
    given = metadata.get("seat") if isinstance(metadata, dict) else None
    for name in (given, state.get("name")):
        if isinstance(name, str) and line(name) and not name.isdecimal():
            return line(name, 40)
    if not seat.thread.owner.startswith("run:"):  # oTree's objects are called by what they are
        return line(seat.thread.asked_in or owner_name(seat.thread.owner), 40)
    return f"seat {given if isinstance(given, str) and given else seat.seat}"


def _counted(message: Message) -> list[tuple[int, str]]:
    """What went wrong on the way to a reply, the same in a row once; without what the message itself says."""
    texts = [f"{line(str(t.get('error', '')))}: {t.get('text', '')}" for t in message.trouble]
    own = f"{message.error}: {message.error_text}"
    return [(len(list(same)), text) for text, same in itertools.groupby(texts) if not own.startswith(text)]


def _numbers(message: Message) -> str:
    known = [line(message.model_answered)] if message.model_answered else []
    known += [f"{message.tokens_in} tokens in"] if message.tokens_in is not None else []
    known += [f"{message.tokens_out} out"] if message.tokens_out is not None else []
    known += [f"{message.latency:.2f} s"] if message.latency is not None else []
    known += [f"{name} {value}" for name, value in message.params.items() if name in SHOWN_PARAMS]
    lost = message.params.get("not_in_force")
    known += [f"not in force: {', '.join(f'{n} {v}' for n, v in lost.items())}"] if isinstance(lost, Mapping) else []
    known += ["price unknown" if message.cost is None else dollars(message.cost)] if message.model_answered else []
    return ", ".join(known)


def _shortened(text: str) -> str:
    if len(text) <= SHORT * 5 // 4:
        return text
    return f"{text[:SHORT].rstrip()} … ({len(text) - SHORT:,} more characters; --full shows them)"
