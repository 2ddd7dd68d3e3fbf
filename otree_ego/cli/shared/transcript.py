"""A run's replications as a transcript: what was said in each, by whom, what went wrong, and what came of it."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...experiment.thread_states import read_state
from ...messages import Message
from ...stores import Replication, Run, RunStore, Seat
from ...threads.question_turns import asked_again
from .run_store import dollars
from .terminal import columns, line, painted, sign, width, wrapped

CHUNK = 50
SHORT = 600
"""Characters of a text that are shown unless all of it is asked for."""
ROLES = {"system": "magenta", "user": "cyan"}
SPEAKERS = ("green", "blue", "yellow", "red")
AGAIN = asked_again("\x00").partition("\x00")[0]


@dataclass(frozen=True)
class Part:
    """One replication as far as it is recorded: `ended` is None while it is under way."""

    place: int
    ended: Replication | None
    seats: Sequence[Seat]
    messages: Mapping[str, Sequence[Message]]


def parts(store: RunStore, uid: str, place: int | None = None) -> Generator[Part, None, None]:
    """All replications of a run, or the one at a place, in order; a few at a time are read."""
    found: Iterator[Replication | Seat] = heapq.merge(
        (one for one in store.replications(uid) if place in (None, one.place)),
        store.seats(uid, place),
        key=lambda one: one.place,
    )
    groups = ((at, list(group)) for at, group in itertools.groupby(found, lambda one: one.place))
    while piece := list(itertools.islice(groups, CHUNK)):
        threads = [one.thread.uid for _, group in piece for one in group if isinstance(one, Seat)]
        messages = store.messages(threads)
        for at, group in piece:
            mine = [one for one in group if isinstance(one, Seat)]
            how = next((one for one in group if isinstance(one, Replication)), None)
            yield Part(at, how, mine, {one.thread.uid: messages[one.thread.uid] for one in mine})


def told(value: Any) -> str:
    """A value of the experiment's as text.

    >>> told("yes"), told({"offer": 3, "why": "fair"}), told([1, 2])
    ('yes', 'offer = 3, why = fair', '1, 2')
    """
    if isinstance(value, Mapping):
        return ", ".join(f"{name} = {told(each)}" for name, each in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(told, value))
    return value if isinstance(value, str) else repr(value)


class Writer:
    """Makes the lines of a transcript.

    Arguments:
        run: whose replications they are.
        full: whether long texts are shown to their ends, and each reply's tokens, time and cost.
    """

    def __init__(self, run: Run, full: bool = False) -> None:
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

    def lines(self, part: Part) -> Iterator[str]:
        """One replication."""
        yield from self._title(part)
        states = [read_state(seat.thread.state) for seat in part.seats]
        names = [_name(seat, state) for seat, state in zip(part.seats, states, strict=True)]
        last = max((seat.attempt for seat in part.seats), default=1)
        for attempt, group in itertools.groupby(zip(part.seats, names, strict=True), lambda each: each[0].attempt):
            if last > 1:
                yield painted(f"  attempt {attempt}", "dim")
            yield from self._attempt(list(group), part.messages)
        if not part.seats:
            yield painted("  Nothing was said.", "dim")
        latest = [each for each in zip(names, states, part.seats, strict=True) if each[2].attempt == last]
        yield from self._end(part, [(name, state) for name, state, _ in latest])

    def _title(self, part: Part) -> Iterator[str]:
        how = part.ended
        what = [f"place {part.place}"]
        if how is None:
            what.append("under way" if self.run.status == "running" else "not ended")
        else:
            what += [how.treatment] if how.treatment else []
            what += [f"{name}: {line(told(value), 60)}" for name, value in how.levels.items()]
            what += ["tainted"] if how.tainted else []
            what += [how.status] if how.status != "done" else []
        rule = sign("─", "-")
        colour = "cyan" if how is None else "red" if how.status != "done" else "yellow" if how.tainted else "bold"
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
            yield from self.pairs([(label, ROLES["system"], message.text)], bar=True, room=room)
        if systems and others:
            yield ""
        for (_, number, _, message), label in others:
            colour = ROLES.get(message.role, SPEAKERS[number % len(SPEAKERS)])
            yield from self._message(message, label, colour, room)

    def _message(self, message: Message, label: str, colour: str, room: int) -> Iterator[str]:
        if message.role == "user" and message.text.startswith(AGAIN):
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
            text = "the reply is under way" if self.run.status == "running" else "no reply"
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

    def _end(self, part: Part, seats: Sequence[tuple[str, Mapping[str, Any]]]) -> Iterator[str]:
        how = part.ended
        choices = {name: list(state["choices"]) for name, state in seats if isinstance(state.get("choices"), list)}
        choices = {name: made for name, made in choices.items() if made}
        rows = [("", "bold", f"{name}: {told(made)}") for name, made in choices.items()]
        rows = [("choices", "bold", rows[0][2]), *rows[1:]] if rows else []
        if how is not None:
            same = isinstance(how.result, Mapping) and list(how.result.values()) == list(choices.values())
            if how.result is not None and not (choices and same):
                rows.append(("result", "bold", told(how.result)))
            wrong = f"{how.error}: {how.error_text}".strip(": ")
            rows += [("tainted", "yellow", wrong or "an answer was not valid")] if how.tainted else []
            rows += [(how.status, "red", wrong)] if how.status != "done" else []
        if rows:
            yield ""
            yield from self.pairs(rows)
        if how is not None and self.full:
            cost = "cost unknown" if how.cost is None else dollars(how.cost)
            yield "  " + painted(f"{how.ended - how.started:.1f} s, {cost}", "dim")


def _label(message: Message, name: str, alone: bool) -> str:
    author = line(message.author)
    if message.role == "system":
        return "system" if alone else f"{name}, system"
    if message.role == "user":
        return author or ("user" if alone else f"to {name}")
    return (author or name) if alone and name.startswith("seat ") else name


def _name(seat: Seat, state: Mapping[str, Any]) -> str:
    """What a seat is called: as its Conversation calls it, else by its Thread's own name, else by its number."""
    metadata = state.get("metadata")
    given = metadata.get("seat") if isinstance(metadata, dict) else None
    for name in (given, state.get("name")):
        if isinstance(name, str) and line(name) and not name.isdecimal():
            return line(name, 40)
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
    known += ["price unknown" if message.cost is None else dollars(message.cost)] if message.model_answered else []
    return ", ".join(known)


def _shortened(text: str) -> str:
    if len(text) <= SHORT * 5 // 4:
        return text
    return f"{text[:SHORT].rstrip()} … ({len(text) - SHORT:,} more characters; --full shows them)"
