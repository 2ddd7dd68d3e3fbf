"""What one model at one service has refused: learned once, and kept for all requests that follow."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ...messages import Request
from ...threads.recording import RECORDER
from ..contexts import usual_context
from ..services import Service, checked_url, find_service, split_model
from ..thoughts import Habits
from .reasoning import EFFORT
from .shapes import RULES

REASONS = re.compile(r"(o[1-9]|gpt-[5-9])(?![a-z0-9])")
SAMPLING = ("temperature", "top_p", "frequency_penalty", "presence_penalty")
"""Parameters that some models take only while they do not reason."""
MORE_ROOM, SCHEMA, SHAPED, CONTEXT = "+room", "#", "~", "<"
"""In what is written down: more room for tokens; before a schema's key; before a rule for the messages; before the
tokens of its context."""


@dataclass
class Learned:
    """What one model at one service refused, kept for this process.

    Fields:
        refused: names of parameters, as sent; for `SAMPLING` with the effort at which they were refused, if one was
            asked for (``temperature@high``).
        room: whether it thinks before it answers and needs more tokens than were asked for.
        schemas: schemas of answers that it does not take, although it takes others.
        shape: rules for the messages that it is sent (see `shapes`).
        context: how many tokens a request and its reply may have; None if none was refused for that.
        habits: how it sends its thoughts, by what was asked of it.
    """

    refused: set[str] = field(default_factory=set)
    room: bool = False
    schemas: set[str] = field(default_factory=set)
    shape: set[str] = field(default_factory=set)
    context: int | None = None
    habits: dict[str, Habits] = field(default_factory=dict)

    def thinks(self, request: Request) -> Habits:
        """How it sends its thoughts, asked like this: an effort, or a switch of its template, may change it."""
        effort = request.params.get(EFFORT) or ""
        asked = f"{effort} {json.dumps(dict(request.extra), sort_keys=True, default=str)}" if request.extra else effort
        return self.habits.get(asked) or self.habits.setdefault(asked, Habits())

    def words(self) -> tuple[str, ...]:
        """What was refused, as words to be written down; `add` understands them."""
        if not (self.refused or self.room or self.schemas or self.shape or self.context):
            return ()
        parts = [
            *self.refused,
            *([f"{CONTEXT}{self.context}"] if self.context else []),
            *(f"{SCHEMA}{key}" for key in self.schemas),
            *(f"{SHAPED}{rule}" for rule in self.shape),
        ]
        return tuple(sorted([*parts, MORE_ROOM] if self.room else parts))

    def add(self, words: Iterable[str]) -> None:
        """Know what was written down, too; words of a later version that say nothing here are left out."""
        for word in words:
            if word == MORE_ROOM:
                self.room = True
            elif word.startswith(CONTEXT):
                self.context = int(word[len(CONTEXT) :]) if word[len(CONTEXT) :].isdecimal() else self.context
            elif word.startswith(SCHEMA):
                self.schemas.add(word[len(SCHEMA) :])
            elif word.startswith(SHAPED):
                self.shape.update({word[len(SHAPED) :]} & set(RULES))
            else:
                self.refused.add(word)

    def copy(self) -> Learned:
        """The same, of its own."""
        found = Learned()
        found.add(self.words())
        return found

    def refuse(self, name: str, effort: str | None) -> None:
        """Note that a parameter was refused, and at which effort."""
        self.refused.add(f"{name}@{effort}" if effort and name in SAMPLING else name)

    def takes(self, name: str, effort: str | None) -> bool:
        """Whether a parameter is worth sending at an effort."""
        return (f"{name}@{effort}" if effort and name in SAMPLING else name) not in self.refused


@dataclass(frozen=True, slots=True)
class Lesson:
    """What is known of one model at one service, to be written down: `Learned.words`."""

    service: str
    address: str
    model: str
    words: tuple[str, ...]

    def row(self) -> dict[str, Any]:
        """Its columns."""
        return {
            "service": self.service[:300], "address": self.address, "model": self.model[:300],
            "words": json.dumps(self.words), "time": time.time(),
        }  # fmt: skip


Keeper = Callable[[str, Lesson], None]
"""Writes a lesson down beside a Thread, by the Thread's id. It is called often with the same, and must not wait."""
keepers: list[Keeper] = []
"""Those of this process; a running experiment's Recorder comes before them."""

_learned: dict[tuple[str, str, str], Learned] = {}
_lock = threading.Lock()


def learned(service: str, address: str, model: str) -> Learned:
    """What is known of a model; empty, and there to be filled, on the first call."""
    found = _learned.get((service, address, model))
    if found is None:
        with _lock:
            found = _learned.setdefault((service, address, model), Learned())
    return found


def known_context(service: Service, request: Request) -> int | None:
    """How many tokens a request and its reply may have: as was learned, else as the service lists it or the data know.

    Arguments:
        service: whose model the request names.
    """
    address = checked_url(request.base_url, "base_url") if request.base_url else service.address()
    name = split_model(request.model)[1]
    return learned(service.name, address, name).context or usual_context(service, address, name)


def recall(lessons: Iterable[Lesson]) -> None:
    """Know what was written down, by this process or by another one."""
    for each in lessons:
        learned(each.service, each.address, each.model).add(each.words)


def lessons() -> tuple[Lesson, ...]:
    """All that this process knows."""
    with _lock:
        found = [(place, known.words()) for place, known in _learned.items()]
    return tuple(Lesson(*place, words) for place, words in found if words)


def lesson_of(row: Mapping[str, Any]) -> Lesson:
    """The lesson in a row; `words` as they are stored, or read already."""
    words = row["words"]
    words = json.loads(words) if isinstance(words, str) else words
    return Lesson(row["service"], row["address"], row["model"], tuple(map(str, words)))


def write_down(known: Learned, service: str, address: str, model: str, thread_id: str) -> None:
    """Let what is known of a model be written down with the run, or the oTree session, in which it is asked.

    Arguments:
        known: of which model. service, address, model: its place. thread_id: the Thread that asks.
    """
    words = known.words()
    if not words:
        return
    lesson, recorder = Lesson(service, address, model, words), RECORDER.get()
    if recorder is not None:
        recorder.learned(lesson)
        return
    for keep in keepers:
        keep(thread_id, lesson)


def takes_temperature(model: str, effort: str, temperature: float) -> bool:
    """Whether a model takes a temperature while it reasons, as far as that is known; it does where nothing is known.

    OpenAI's reasoning models refuse one at any effort but `none`, and Anthropic takes 1 only while it thinks.

    Arguments:
        model: its full name. effort: how much it is to reason.

    >>> takes_temperature("gpt-6-luna", "high", 0.7), takes_temperature("gpt-6-luna", "none", 0.7)
    (False, True)
    """
    service, name = split_model(model)
    row = find_service(service)
    if row is None or effort == "none":
        return True
    plain = name.removeprefix("openai/") if service == "openrouter" else name
    if service in ("openai", "openrouter") and REASONS.match(plain):
        return False
    if row.reasoning == "budget" and temperature != 1:
        return False
    return learned(service, row.address(), name).takes("temperature", effort)


def forget() -> None:
    """Forget all that was learned (a service was replaced by another at the same address)."""
    with _lock:
        _learned.clear()
