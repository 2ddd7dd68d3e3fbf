"""A turn, written once, for plain and for async code.

`ask` records a question and a place for its reply; `answer` fills that place. Both are generators: they yield what
they need done (`Append`, `Settle`, `Hear`, `Read`, `Admit`, `Send`, `Wait`) and receive what came of it;
`threads/driving.py` does it.
"""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from ..display.times import spoken as spoken
from ..errors import BadRequest, ConfigError, EgoError, Interrupted, ProviderError, TimedOut
from ..messages import LEFT_OUT, Message, Meter, Reply, Request, changed, clean, request_to
from ..public import public
from .estimates import Ledger
from .memory import authors_of as authors_of, payload as payload, to_send as to_send
from .sent_requests import ranges
from .under_way import ReplyUnderWay

T = TypeVar("T")
MAX_PAUSE = 30.0
FALLBACK_SHARE = 1 / 3
NOT_IN_FORCE = "not_in_force"
"""Under this name the params of a reply have what was asked for and could not be sent."""
THOUGHTS = "thoughts"
"""Under this name the params of a reply have what the model thought before it answered."""


class Stopped(EgoError):
    """Somebody stopped the reply; `text` is what had come."""

    text: str = ""


@public
@dataclass(frozen=True)
class Policy:
    """What to do when a reply does not come.

    Arguments:
        deadline: seconds for the whole turn, all attempts together; None for no limit.
        retries: how many times a request is repeated that may succeed later (rate limit, 5xx, connection).
        backoff: seconds before the first repetition, doubled each time (at most 30), with up to a quarter at random.
        fallback_model: asked once, after the retries; the last third of the deadline is its own; empty for none.
        fallback_text: the reply when nothing else came; empty for none (then the error is raised).
    """

    deadline: float | None = 60.0
    retries: int = 2
    backoff: float = 1.0
    fallback_model: str = ""
    fallback_text: str = ""


@dataclass(frozen=True)
class Append:
    """Record these messages at the end; receives them with their places."""

    messages: tuple[Message, ...]


@dataclass(frozen=True)
class Settle:
    """Write down how this reply ended."""

    message: Message


@dataclass(frozen=True)
class Send:
    """Ask a model; receives a `TimedReply`."""

    request: Request


@dataclass(frozen=True)
class Wait:
    """Let some seconds pass before the next attempt.

    Fields:
        why: what happened, a sentence without its full stop. asked: seconds that the service asked for, or 0.
        thread_id: the Thread that waits.
    """

    seconds: float
    why: str = ""
    asked: float = 0.0
    thread_id: str = ""


@dataclass(frozen=True)
class Admit:
    """Wait for the rate limiter, if there is one; the time does not count against the deadline."""

    request: Request


@dataclass(frozen=True)
class TimedReply:
    """A reply, and when its first piece came, in seconds after the request."""

    reply: Reply
    first_token: float | None


@dataclass(frozen=True)
class Hear:
    """Wait until these replies have come, for no more than so many seconds (None for no limit)."""

    replies: tuple[ReplyUnderWay, ...]
    seconds: float | None


@dataclass(frozen=True)
class Read:
    """Read a Thread's record anew; receives it, or None where the Thread's own copy is the only one."""

    thread_id: str


Trace = Callable[[Message, Sequence[tuple[Request, BaseException | None]], Policy], Message]
"""Adds to a reply what was sent for it: it is given all attempts, each with the error that it came to."""
Plan = Callable[[tuple[Message, ...]], tuple[Message, ...]]
"""Adds to messages that are about to be recorded, the last of them the place for a reply, what will be sent for it."""
Fit = Callable[[Request, BadRequest | None], Request]
"""Makes a request fit into its model's context: it is given the request for that model, and the error of a service that
found the last one too long. Raises ContextExceeded if it cannot, or is not to."""
Effect = Append | Settle | Send | Wait | Admit | Hear | Read
Turn = Generator[Effect, Any, T]


class _Clock:
    """Seconds that a turn has taken, without those that its requests waited for the rate limiter.

    Fields:
        sent: how many requests were sent. asked: when the first of them was, in seconds since 1970; sending: the last.
    """

    def __init__(self) -> None:
        self.sent = 0
        self.asked: float | None = None
        self.sending = 0.0
        self.started = time.perf_counter()
        self.waited = 0.0

    @property
    def seconds(self) -> float:
        return time.perf_counter() - self.started - self.waited


def ask(
    user: Message | None,
    model: str,
    hidden: bool = False,
    params: Mapping[str, Any] | None = None,
    plan: Plan | None = None,
) -> Turn[tuple[Message, ...]]:
    """Record a question (if there is a new one) and the place for its reply, in one step.

    Arguments:
        user: the question. model: who is asked. hidden: whether the reply is. params: what is known of it already.
        plan: adds what is about to be sent.
    """
    pending = Message("assistant", "", author=model, status="pending", model=model, hidden=hidden, params=params or {})
    new = (user, pending) if user else (pending,)
    recorded: tuple[Message, ...] = yield Append(new if plan is None else plan(new))
    return recorded


def answer(
    pending: Message,
    request: Request,
    policy: Policy,
    settled: Callable[[Message], None],
    on_restart: Callable[[], None] | None = None,
    finish: Callable[[Message], Message] | None = None,
    trace: Trace | None = None,
    fit: Fit | None = None,
) -> Turn[Message]:
    """Fill the place of a reply, following the failure policy; returns it settled.

    The model that the place is for is asked: another than the request's gets it by `request_to`.

    `settled` gets the reply as it is being written down, also when an error follows; `trace` and `finish` may add to it
    before that, so that it is written once. `fit` makes each request fit into its model's context. Raises the last
    ProviderError when neither a model nor the fallback text could fill the place. Whatever else breaks in (a stop,
    Ctrl-C, a cancelled task) is recorded too, and passed on.
    """
    clock, ledger = _Clock(), Ledger()
    trouble: list[dict[str, Any]] = []
    failure: BaseException | None = None
    try:
        asked = pending.model or request.model
        timed, model = yield from _attempts(request, asked, policy, trouble, clock, ledger, on_restart, fit)
        message = _filled(pending, request, trouble, clock, timed, model)
    except Stopped as stop:
        message = _closed(pending, request, trouble, clock, stop, "stopped")
        if message.text:
            message = replace(message, status="partial", error="", error_text="")
    except BaseException as error:
        broken = Interrupted(f"The reply was broken off ({type(error).__name__}).", text=ledger.text)
        expected = error if isinstance(error, ProviderError | ConfigError) else None
        message = _closed(pending, request, trouble, clock, expected or broken, "error")
        if expected is None:  # perhaps while it waited, before any request
            message = replace(message, attempts=clock.sent)
        if expected and policy.fallback_text:
            message = replace(message, text=policy.fallback_text, status="complete", finish_reason="fallback")
        else:
            failure = error
    message = _cut(message, ledger)
    message = changed(message, asked=clock.asked, completed=time.time(), **_booked(message, ledger))
    if trace is not None:
        message = trace(message, ledger.attempts, policy)
    if finish is not None:
        message = finish(message)
    settled(message)
    yield Settle(message)
    if failure is not None:
        raise failure
    return message


def _attempts(
    request: Request,
    asked: str,
    policy: Policy,
    trouble: list[dict[str, Any]],
    clock: _Clock,
    ledger: Ledger,
    on_restart: Callable[[], None] | None,
    fit: Fit | None,
) -> Turn[tuple[TimedReply, str]]:
    plan = [asked] * (policy.retries + 1) + ([policy.fallback_model] if policy.fallback_model else [])
    end = math.inf if policy.deadline is None else policy.deadline
    # A model that never answers must leave the fallback its time.
    reserve = policy.deadline * FALLBACK_SHARE if policy.deadline and policy.fallback_model else 0.0
    given_up: set[str] = set()
    last: ProviderError | ConfigError | None = None
    for number, model in enumerate(plan):
        until = end if number > policy.retries else end - reserve
        left = until - clock.seconds
        if model in given_up or left <= 0:
            continue
        if last is not None and on_restart:
            on_restart()
        to_model = request_to(request, model)
        try:
            timed = yield from _sent(to_model, policy, until, trouble, clock, ledger, fit)
            return timed, model
        except (ProviderError, ConfigError) as error:  # a key that has gone missing is a case for the fallback, too
            last = error
            ledger.failed(error)
        _note(trouble, model, last, clock)
        if isinstance(last, ConfigError) or not last.retryable:
            given_up.add(model)
        elif number < policy.retries:
            pause = last.retry_after if last.retry_after is not None else min(MAX_PAUSE, policy.backoff * 2**number)
            pause *= 1 + random.random() / 4
            if clock.seconds + pause > until:
                given_up.add(model)
            else:
                yield Wait(pause, _why(last, model, number + 2, len(plan)), last.retry_after or 0.0, request.thread_id)
    if last is None:
        last = TimedOut(f"No reply within {policy.deadline:g} s.", model=asked)
    raise last


def _sent(
    request: Request,
    policy: Policy,
    until: float,
    trouble: list[dict[str, Any]],
    clock: _Clock,
    ledger: Ledger,
    fit: Fit | None,
) -> Turn[TimedReply]:
    """Ask a model; once more, for less, if its service finds the request too long."""
    too_long: BadRequest | None = None
    while True:
        fitting = request if fit is None else fit(request, too_long)
        waits = time.perf_counter()
        yield Admit(fitting)
        clock.waited += time.perf_counter() - waits
        clock.sent += 1
        clock.sending = time.time()
        clock.asked = clock.asked or clock.sending
        left = None if until == math.inf else max(0.001, until - clock.seconds)
        attempt = changed(fitting, deadline=left, turn_deadline=policy.deadline, meter=Meter())
        ledger.begin(attempt)
        try:
            timed: TimedReply = yield Send(attempt)
            ledger.answered(timed.reply.cost)
            return timed
        except BadRequest as error:
            if fit is None or too_long is not None or not error.too_long:
                raise
            too_long = error
            ledger.failed(error)
            _note(trouble, request.model, error, clock)


def _note(trouble: list[dict[str, Any]], model: str, error: EgoError, clock: _Clock) -> None:
    """What went wrong on the way to a reply."""
    text, after = clean(str(error))[:500], round(clock.seconds, 3)
    trouble.append({"model": model, "error": type(error).__name__, "text": text, "after": after})


def _why(error: ProviderError, model: str, attempt: int, of: int) -> str:
    """Why a turn waits, for those who wonder."""
    said = type(error).__name__ + (f", HTTP {error.status}" if error.status else "")
    asks = "" if error.retry_after is None else f" and asks for a pause of {spoken(error.retry_after)}"
    return f"{error.service or 'the service'} failed for {model} ({said}){asks}; attempt {attempt} of {of} comes then"


def _closed(
    pending: Message,
    request: Request,
    trouble: list[dict[str, Any]],
    clock: _Clock,
    error: EgoError,
    why: str,
) -> Message:
    return replace(
        pending,
        text=clean(getattr(error, "text", "")),
        status="failed",
        finish_reason=why,
        error=type(error).__name__,
        error_text=clean(str(error))[:2000],
        params=thought({**request.params}, getattr(error, "thoughts", "")),
        seed=request.params.get("seed"),
        trouble=tuple(trouble),
        attempts=max(1, len(trouble)),
        latency=clock.seconds,
    )


def _filled(
    pending: Message, request: Request, trouble: list[dict[str, Any]], clock: _Clock, timed: TimedReply, model: str
) -> Message:
    reply = timed.reply
    params = thought({**(reply.params if reply.params is not None else request.params)}, reply.thoughts)
    if request.extra and not request_to(request, model).extra:
        params[NOT_IN_FORCE] = {**params.get(NOT_IN_FORCE, {}), "extra": {**request.extra}}
    return changed(
        pending,
        text=clean(reply.text),
        status="partial" if reply.finish_reason == "length" else "complete",
        author=model,
        model_answered=reply.model or model,
        params=params,
        seed=params.get("seed"),
        tokens_in=reply.usage.input,
        tokens_out=reply.usage.output,
        tokens_reasoning=reply.usage.reasoning,
        cost=reply.cost,
        latency=clock.seconds,
        first_token=timed.first_token,
        first_piece=None if timed.first_token is None else clock.sending + timed.first_token,
        finish_reason=reply.finish_reason,
        trouble=tuple(trouble),
        attempts=len(trouble) + 1,
    )


def _booked(message: Message, ledger: Ledger) -> dict[str, Any]:
    """What all attempts at a reply have cost, by estimate where no service told it."""
    total = ledger.total()
    return {} if total is None else {"cost": total.cost, "params": total.mark(message.params)}


def _cut(message: Message, ledger: Ledger) -> Message:
    """The reply with what its request left out, if it did."""
    places = ledger.attempts[-1][0].left_out if ledger.attempts else ()
    if not places:
        return message
    left_out = {"messages": len(places), "message_numbers": ", ".join(ranges(places))}
    return replace(message, params={**message.params, LEFT_OUT: left_out})


def thought(params: dict[str, Any], thoughts: str) -> dict[str, Any]:
    """A reply's params with the model's thoughts, if there are any: they are kept, and never sent or shown."""
    return {**params, THOUGHTS: clean(thoughts)} if thoughts else params


def reply_params(settings: Mapping[str, Any], overrides: Mapping[str, Any]) -> dict[str, Any]:
    """Sampling parameters that are set, a call's own before the Thread's."""
    merged = {**settings, **{k: v for k, v in overrides.items() if v is not None}}
    return {k: v for k, v in merged.items() if v is not None}
