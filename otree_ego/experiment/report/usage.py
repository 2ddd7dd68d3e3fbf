"""What a run has asked and been answered: models, parameters, prompts, tokens, cost, latency, failed requests."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ...messages import ESTIMATED, LEFT_OUT, RECALLED, Message
from ...stores.run_rows import Run
from ...stores.runs import RunStore
from ...threads.question_turns import QUESTION
from ...threads.sent_requests import SentRequests
from ...threads.turns import THOUGHTS
from .positions import Positions, add_position
from .values import as_text, plain, short

READ_AT_ONCE = 500
"""Threads whose messages are in memory at a time."""
MOST_SYSTEMS = 12
"""So many different system prompts are shown; how many there are besides is said."""
NO_PARAMETERS = frozenset(("seed", THOUGHTS, ESTIMATED, LEFT_OUT, QUESTION))
"""What is kept with a reply's parameters and is none of them."""
NOT_SHOWN = re.compile(r"^(?:model|stream|stream_options|response_format|form|grammar|\w*seed)$")
"""Fields of a request that are no parameters, or shown elsewhere."""


@dataclass
class Model:
    """What one model has done in a run.

    Fields:
        name: the model that answered, or the one asked for where none did. asked: the names asked for.
        replies: answers that came. partial: of these, cut by length. failed: turns without an answer.
        tokens_in, tokens_out, tokens_reasoning: of each reply where they are known.
        cost: US dollars, as far as known. unpriced: replies whose price is unknown.
        latencies: seconds, of each reply.
    """

    name: str
    asked: Counter[str] = field(default_factory=Counter)
    replies: int = 0
    partial: int = 0
    failed: int = 0
    tokens_in: list[int] = field(default_factory=list)
    tokens_out: list[int] = field(default_factory=list)
    tokens_reasoning: list[int] = field(default_factory=list)
    cost: float = 0.0
    unpriced: int = 0
    latencies: list[float] = field(default_factory=list)

    def add(self, message: Message) -> None:
        """Count a reply."""
        self.asked[plain(message.model)] += 1
        if message.status == "failed":
            self.failed += 1
        self.cost += message.cost or 0.0
        self.unpriced += message.cost is None and bool(message.model_answered or message.paid)
        if not message.model_answered:
            return
        self.replies += message.status != "failed"
        self.partial += message.status == "partial"
        for name in ("tokens_in", "tokens_out", "tokens_reasoning"):
            if (count := getattr(message, name)) is not None:
                getattr(self, name).append(count)
        if message.latency is not None and message.status != "failed":
            self.latencies.append(message.latency)


@dataclass
class Usage:
    """All that a run has asked and been answered, failed attempts included.

    Fields:
        models: by what answered. params: each set of parameters as JSON, without seeds, and how often it was sent.
        temperatures: as sent. seeds: the first distinct ones, at most three. seeded: requests that had a seed.
        requests: sent in all. resent: of these, sent again after a failure. errors: (error, an example, how many).
        pending, fallbacks: replies still under way, and texts put in their place by the failure policy.
        systems: each system prompt and how often it was given. example: the messages of the first replication, by seat.
        positions: which positions were chosen, see `positions`.
    """

    models: dict[str, Model] = field(default_factory=dict)
    params: Counter[str] = field(default_factory=Counter)
    temperatures: Counter[str] = field(default_factory=Counter)
    seeds: list[int] = field(default_factory=list)
    seeded: int = 0
    requests: int = 0
    resent: int = 0
    errors: list[tuple[str, str, int]] = field(default_factory=list)
    pending: int = 0
    fallbacks: int = 0
    systems: Counter[str] = field(default_factory=Counter)
    example: list[tuple[int, int, list[Message]]] = field(default_factory=list)
    positions: Positions = field(default_factory=dict)

    @property
    def replies(self) -> int:
        """Answers that came."""
        return sum(model.replies for model in self.models.values())


def usage(store: RunStore, run: Run) -> Usage:
    """Read all that a run has asked and been answered, some Threads at a time.

    >>> store = RunStore("sqlite://")
    >>> usage(store, store.begin(Run("approval", "factorial", "d1"))).requests
    0
    """
    found = Usage()
    errors: Counter[str] = Counter()
    examples: dict[str, str] = {}
    seats = [(seat.place, seat.seat, seat.thread.uid) for seat in store.seats(run.uid)]
    shown = next((place for place, _, _ in seats), None)
    for start in range(0, len(seats), READ_AT_ONCE):
        some = seats[start : start + READ_AT_ONCE]
        messages = store.messages([uid for _, _, uid in some])
        for place, seat, uid in some:
            requests = SentRequests(messages[uid])
            for message in messages[uid]:
                _add(found, message, requests.fields(message))
                for kind, text in _troubles(message):
                    errors[kind] += 1
                    examples.setdefault(kind, short(text, 240))
            if place == shown:
                found.example = [(p, s, m) for p, s, m in found.example if s != seat] + [(place, seat, messages[uid])]
    found.errors = [(kind, examples[kind], n) for kind, n in errors.most_common()]
    found.models = dict(sorted(found.models.items(), key=lambda item: (-item[1].replies, item[0])))
    return found


def _add(found: Usage, message: Message, fields: Mapping[str, Any]) -> None:
    if message.role == "system":
        found.systems[plain(message.text)] += 1
    if message.role != "assistant":
        return
    if message.status == "pending":
        found.pending += 1
        return
    if not message.attempts or RECALLED in message.params:
        return  # no model was asked: code put it there, it waited still, or an earlier answer was taken
    found.requests += message.attempts
    found.resent += message.attempts - 1
    found.fallbacks += message.finish_reason == "fallback"
    name = plain(message.model_answered or message.model) or "(not said)"
    found.models.setdefault(name, Model(name)).add(message)
    add_position(found.positions, name, message)
    params = {key: value for key, value in message.params.items() if key not in NO_PARAMETERS}
    params.update((name, value) for name, value in fields.items() if name not in params and not NOT_SHOWN.search(name))
    found.params[as_text(dict(sorted(params.items())))] += 1
    if "temperature" in params:
        found.temperatures[as_text(params["temperature"])] += 1
    if message.seed is not None:
        found.seeded += 1
        if message.seed not in found.seeds and len(found.seeds) < 3:
            found.seeds.append(message.seed)


def _troubles(message: Message) -> list[tuple[str, str]]:
    """The error and its words of each request for this reply that failed."""
    if not message.attempts or RECALLED in message.params:
        return []
    tried: list[Mapping[str, Any]] = list(message.trouble)
    if tried or not message.error:
        return [(plain(str(t.get("error") or "(not said)")), str(t.get("text") or "")) for t in tried]
    return [(plain(message.error), message.error_text)]
