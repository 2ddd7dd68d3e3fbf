"""What requests cost that did not come to their end: an estimate, since no service has told it.

A service has worked on the prompt and on what came of the reply, and wants to be paid for it. The estimate is rather
too high than too low. What a service never sent, such as thoughts that it keeps to itself, cannot be in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..errors import BadRequest, ConfigError, KeyRejected, LimitReached, ModelUnknown, ProviderError, RateLimited
from ..messages import ESTIMATED, Meter, Request, Usage

BYTES_A_TOKEN = 3
"""English has four to five, most other languages three to four."""
AROUND = 4
"""Tokens around each message, which say whose it is."""
_NOT_TAKEN = (BadRequest, ConfigError, KeyRejected, LimitReached, ModelUnknown, RateLimited)
_BUSY = (503, 529)


@dataclass(frozen=True)
class Estimate:
    """What requests have used.

    Arguments:
        tokens_in, tokens_out: as far as they are estimated. told: whether all tokens were told by the service.
        cost: US dollars, None where the price is unknown. guessed: the part of it that is an estimate.
    """

    tokens_in: int = 0
    tokens_out: int = 0
    cost: float | None = 0.0
    guessed: float = 0.0
    told: bool = True

    def __add__(self, other: Estimate) -> Estimate:
        known = self.cost is not None and other.cost is not None
        return Estimate(
            self.tokens_in + other.tokens_in,
            self.tokens_out + other.tokens_out,
            (self.cost or 0.0) + (other.cost or 0.0) if known else None,
            self.guessed + other.guessed,
            self.told and other.told,
        )

    def mark(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """A reply's params, with what of its cost is an estimate."""
        if self.told:
            return dict(params)
        cost = None if self.cost is None else self.guessed
        return {**params, ESTIMATED: {"tokens_in": self.tokens_in, "tokens_out": self.tokens_out, "cost": cost}}


def tokens_of(text: str) -> int:
    """About how many tokens a text has.

    >>> tokens_of("Hello, world!"), tokens_of("")
    (5, 0)
    """
    return -(-len(text.encode("utf-8", "replace")) // BYTES_A_TOKEN)


def prompt_tokens(request: Request) -> int:
    """About how many tokens a request sends."""
    return AROUND + sum(AROUND + tokens_of(text) for _, text in request.messages)


def used_by(request: Request, error: BaseException | None = None) -> Estimate | None:
    """What one attempt has used that brought no reply whose cost is known; None if nothing is to be paid.

    Arguments:
        request: the attempt's, with its meter.
        error: what it came to; None while it is under way, and when it was stopped.
    """
    meter = request.meter
    if meter is None or not meter.asked:
        return None
    parts: Sequence[Any] = (_Text(meter.text()),) if meter.read is None else meter.read
    if not parts:  # it did not come so far as to send one
        return None
    *before, last = parts
    found = [_part(request, meter, part) for part in before if _came(part)]
    if _came(last) or _taken(error):
        found.append(_part(request, meter, last))
    return sum(found[1:], found[0]) if found else None


def _taken(error: BaseException | None) -> bool:
    """Whether the service may have worked on a request of which nothing has come."""
    if isinstance(error, _NOT_TAKEN):
        return False
    if not isinstance(error, ProviderError):
        return True
    return error.sent and not 400 <= (error.status or 0) < 500 and error.status not in _BUSY


def _came(part: Any) -> bool:
    return bool(part.text or part.thoughts) or part.usage.output is not None


def _part(request: Request, meter: Meter, part: Any) -> Estimate:
    if part.reported_cost is not None:
        return Estimate(cost=part.reported_cost)
    usage, told = part.usage, True
    if usage.input is None or usage.output is None:
        tokens = (prompt_tokens(request) if usage.input is None else usage.input, usage.output)
        usage = Usage(
            tokens[0], tokens_of(part.text + part.thoughts) if tokens[1] is None else tokens[1], usage.reasoning
        )
        told = False
    cost = None if meter.price is None else meter.price(request.model, usage, part.cached)
    if told:
        return Estimate(cost=cost)
    return Estimate(usage.input or 0, usage.output or 0, cost, cost or 0.0, told=False)


@dataclass(frozen=True)
class _Text:
    """What is known of a reply whose provider tells no more: its text."""

    text: str
    thoughts: str = ""
    usage: Usage = field(default_factory=Usage)
    cached: int = 0
    reported_cost: float | None = None


class Ledger:
    """What the attempts at one reply have used.

    Fields:
        attempts: their requests, in order, each with the error that it came to, if it did.
    """

    def __init__(self) -> None:
        self.attempts: list[tuple[Request, BaseException | None]] = []
        self._used: list[Estimate] = []
        self._open: Request | None = None

    def begin(self, request: Request) -> None:
        """An attempt begins."""
        self._open = request
        self.attempts.append((request, None))

    @property
    def text(self) -> str:
        """What has come in the attempt that is under way."""
        meter = None if self._open is None else self._open.meter
        return "" if meter is None else meter.text()

    def failed(self, error: BaseException | None) -> None:
        """It came to an error."""
        request, self._open = self._open, None
        if request is not None:
            self.attempts[-1] = (request, error)
        used = used_by(request, error) if request is not None else None
        if used is not None:
            self._used.append(used)

    def answered(self, cost: float | None) -> None:
        """It came to a reply, which cost so much as far as is known."""
        if cost is None:
            self.failed(None)
        else:
            self._open = None
            self._used.append(Estimate(cost=cost))

    def total(self) -> Estimate | None:
        """What all of them have used; None if nothing is to be paid."""
        if self._open is not None:
            self.failed(None)
        return sum(self._used[1:], self._used[0]) if self._used else None
