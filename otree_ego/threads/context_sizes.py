"""How long a Thread's requests are in tokens: an estimate, corrected by what services have told of earlier ones."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from ..errors import BadRequest
from ..messages import Message, Request
from .context_facts import RecordFacts
from .estimates import AROUND, tokens_of
from .memory import payload
from .sent_requests import SentRequests

USUAL_REPLY = 1000
"""Tokens that are kept free for the reply where no `max_tokens` says how many."""
LONGEST, SHORTEST = 5.0, 0.2
"""Tokens for one that was estimated, at most and at least."""
AT_LEAST = 0.5
"""Tokens for one that is estimated, where no service has told anything: no text of a human language has fewer."""
TRUSTED = 1 / 4
"""Of a context: what is told of a shorter request says little of a long one (a template's own tokens are in it)."""
LESS = 3 / 4
"""Of a request that was too long: what is tried next where nobody says how much would fit."""
RECALLED_TOKENS = "recalled_tokens"
"""Under this name the params of a reply that an earlier attempt has paid have the tokens of its request."""
T = TypeVar("T")
_LIMITS = ("max_tokens", "max_completion_tokens")


@dataclass(frozen=True)
class Cut:
    """Where a speaker's requests begin since the oldest turns are left out.

    Fields:
        before: the places of all messages up to the last one that is left out. kept: which of them are sent.
        left_out: the places of the others.
    """

    before: tuple[int, ...]
    kept: tuple[int, ...]
    left_out: tuple[int, ...]

    @staticmethod
    def of(request: Request, sent: Request) -> Cut:
        """What was cut off a request."""
        gone = set(sent.left_out)
        end = max(at for at, place in enumerate(request.origins) if place in gone) + 1
        kept = tuple(at for at in range(end) if request.origins[at] not in gone)
        return Cut(request.origins[:end], kept, tuple(place for place in request.origins[:end] if place in gone))

    def applied(self, request: Request) -> Request:
        """The request without what was left out of the last one; the request itself if it begins in another way."""
        end = len(self.before)
        if request.origins[:end] != self.before:
            return request

        def without(values: tuple[T, ...]) -> tuple[T, ...]:
            return (*[values[at] for at in self.kept], *values[end:]) if values else ()

        return replace(
            request,
            messages=without(request.messages),
            authors=without(request.authors),
            places=without(request.places),
            origins=without(request.origins),
            left_out=self.left_out,
        )


class ContextSizes:
    """What is known of the sizes of one Thread's requests. It may be lost at any time."""

    def __init__(self) -> None:
        self.facts = RecordFacts()
        self.cuts: dict[tuple[str, str], Cut] = {}
        self.planned: tuple[str, Request, Request] | None = None
        """The reply that a request was last made to fit for, by its id, and the request before and after."""
        self.contexts: dict[str, int] = {}
        """By model, the tokens of its context, as its service has told them here when it refused a request."""
        self._estimates: dict[str, float] = {}  # by reply: of the request that was sent for it
        self._factors: dict[str, tuple[str, float | None]] = {}  # by model: of which reply, and the correction

    def factor(self, model: str, context: float, record: Sequence[Message], fallback: str) -> float | None:
        """Tokens for one that is estimated: from the last reply of the model whose tokens its service has told.

        None if no request was told of that is long enough to say something.

        Arguments:
            context: the model's. record: the Thread's messages. fallback: the model that stands in for others.
        """
        last = next((m for m in reversed(record) if tokens_in(m) and _model_of(m, fallback) == model), None)
        of, known = self._factors.get(model, ("", None))
        if last is None or of == last.id:
            return known
        if last.id not in self._estimates:
            self._estimates[last.id] = AROUND + sum(AROUND + tokens_of(text) for text in _texts(last, record))
        estimate = self._estimates[last.id]
        if estimate >= TRUSTED * context and (told := tokens_in(last)):
            known = min(LONGEST, max(SHORTEST, told / estimate))
        self._factors[model] = last.id, known
        return known

    def sent(self, reply: str, estimate: float) -> None:
        """About so many tokens are sent for a reply, by its id."""
        if len(self._estimates) > 20:
            self._estimates.clear()
        self._estimates[reply] = estimate

    def refused(self, request: Request, error: BadRequest, context: int | None, record: Sequence[Message]) -> None:
        """A service found a request too long: what it says of it, or what follows from it.

        Arguments:
            request: as it was sent. context: as it was assumed to be. record: the Thread's messages.
        """
        model, estimate = request.model, float(estimated(request))
        of, known = self._factors.get(model, ("", None))
        factor = 1.0 if known is None else known
        if error.asked:
            factor = min(LONGEST, max(SHORTEST, error.asked / estimate))
        limit = error.context or context
        if error.context is None and (limit is None or estimate * factor <= limit):
            limit = round(LESS * estimate * factor) + reply_tokens(request, None)
        assert limit is not None
        most = limit - reply_tokens(request, limit)
        if not error.asked and estimate * factor <= most:  # it has more tokens than we thought
            factor = min(LONGEST, 1.05 * most / estimate) if error.context else factor
        self.contexts[model] = limit
        last = next((m.id for m in reversed(record) if tokens_in(m)), of)
        self._factors[model] = last, factor


def estimated(request: Request) -> int:
    """About how many tokens a request has, with the form of its answer."""
    return around_messages(request) + sum([AROUND + tokens_of(text) for _, text in request.messages])


def around_messages(request: Request) -> int:
    """About how many tokens a request has besides its messages."""
    return AROUND + (0 if request.form is None else tokens_of(json.dumps(dict(request.form.schema), default=str)))


def surely_fits(request: Request, most: float) -> bool:
    """Whether a request fits whatever its tokens are: a token is a byte at least, a character four at most."""
    if request.form is not None:
        return False
    texts = request.messages
    return 4 * sum([len(text) for _, text in texts]) + 4 * AROUND * (len(texts) + 1) <= most


def reply_tokens(request: Request, context: int | None) -> int:
    """How many tokens are kept free for the reply.

    >>> from otree_ego import Request
    >>> [reply_tokens(Request("gpt-6-luna", (), params), 2000) for params in ({}, {"max_tokens": 300})]
    [500, 300]
    """
    asked = [source[name] for source in (request.extra, request.params) for name in _LIMITS if source.get(name)]
    most = next((value for value in asked if isinstance(value, int)), None)
    if context is None:
        return USUAL_REPLY if most is None else most
    if most is None:
        return min(USUAL_REPLY, context // 4)
    return most if most < context else context // 2


def _texts(reply: Message, record: Sequence[Message]) -> list[str]:
    """What was sent for a reply; one that an earlier attempt has paid has no request of its own."""
    if reply.request:
        return [str(turn.get("content")) for turn in SentRequests(record).turns(reply.id)]
    return [text for _, text in payload(record, before=reply.seq)]


def tokens_in(reply: Message) -> int | None:
    """The tokens of the request that a reply answers; of one that is taken from an earlier attempt, those of then."""
    found = reply.tokens_in or reply.params.get(RECALLED_TOKENS)
    return found if isinstance(found, int) else None


def _model_of(reply: Message, fallback: str) -> str:
    """The model whose tokens a reply's are."""
    return fallback if fallback and reply.author == fallback else reply.model
