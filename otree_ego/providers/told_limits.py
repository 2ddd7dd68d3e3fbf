"""How many requests and tokens a service allows, as the headers of its answers tell."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from importlib import import_module
from typing import Any

from ..errors import EgoError
from ..messages import Request
from .listing import CONNECT
from .openai.clients import LeasedClient, chat_address
from .openai.dialect import build
from .openai.learned import learned
from .openai.provider import OpenAICompatible, sdk
from .registry import provider_for
from .services import find_service, split_model

SECONDS = 20.0
"""For the answer to begin."""
MINUTE, DAY = 60.0, 86_400.0
_PERIODS = {"second": 1.0, "minute": MINUTE, "hour": 3600.0, "day": DAY, "month": 30 * DAY}
_UNITS = {"ms": 0.001, "s": 1.0, "m": MINUTE, "h": 3600.0, "d": DAY}
_PIECE = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)")
MOST_HEADERS = 200


@dataclass(frozen=True)
class ToldLimit:
    """One limit.

    Fields:
        kind: ``requests``, ``tokens`` or ``tokens out``. amount: how many. seconds: in which time.
    """

    kind: str
    amount: float
    seconds: float

    @property
    def a_minute(self) -> float:
        """How many in a minute."""
        return self.amount * MINUTE / self.seconds


def read_limits(headers: Iterable[tuple[str, str]], service: str = "") -> list[ToldLimit]:
    """The limits that an answer's headers tell, those for the shortest time first.

    The time is in the header's name, or it follows from how long a request takes to be given back (OpenAI, Groq);
    where neither says it, it is a minute, and for Groq's requests a day.

    Arguments:
        headers: names and values. service: whose they are.

    >>> read_limits({"x-ratelimit-limit-requests": "500", "x-ratelimit-limit-tokens": "200000"}.items())
    [ToldLimit(kind='requests', amount=500.0, seconds=60.0), ToldLimit(kind='tokens', amount=200000.0, seconds=60.0)]
    """
    named = {name.lower().replace("rate-limit", "ratelimit"): value for name, value in list(headers)[:MOST_HEADERS]}
    found: dict[tuple[str, float], float] = {}
    for name, value in named.items():
        _, said, rest = name.partition("ratelimit")
        if not said or "limit" not in rest.split("-"):
            continue
        amount = _number(value)
        if amount is None or amount <= 0:
            continue
        kind = "requests" if "token" not in name else "tokens out" if "output" in name else "tokens"
        seconds = _named_period(name, value) or _period(named, name, amount)
        if seconds is None:
            seconds = DAY if service == "groq" and kind == "requests" else MINUTE
        known = found.get((kind, seconds), amount)
        found[kind, seconds] = min(known, amount)
    return [ToldLimit(kind, amount, seconds) for (kind, seconds), amount in sorted(found.items(), key=_order)]


def _order(one: tuple[tuple[str, float], float]) -> tuple[float, str]:
    return one[0][1], one[0][0]


def _number(value: str) -> float | None:
    match = re.match(r"\s*(\d{1,15}(?:\.\d{1,6})?)", value)
    return float(match[1]) if match else None


def _named_period(name: str, value: str) -> float | None:
    """The time that a header's name, or IETF's ``w=60`` in its value, tells."""
    window = re.search(r";\s*w=(\d{1,8})", value)
    if window and int(window[1]):
        return float(window[1])
    return next((seconds for word, seconds in _PERIODS.items() if word in name), None)


def _period(named: Mapping[str, str], name: str, amount: float) -> float | None:
    """The time in which all is given back, from how long it takes for what was used; one of the usual times."""
    left = _number(named.get(_beside(name, "remaining"), ""))
    wait = duration(named.get(_beside(name, "reset"), ""))
    if left is None or amount - left < 1 or not wait:
        return None
    whole = wait * amount / (amount - left)
    return min(_PERIODS.values(), key=lambda seconds: abs(seconds - whole) / min(seconds, max(whole, 1e-9)))


def _beside(name: str, word: str) -> str:
    head, said, tail = name.partition("ratelimit")
    return head + said + re.sub(r"(^|-)limit(?=-|$)", rf"\g<1>{word}", tail, count=1)


def duration(text: str) -> float | None:
    """Seconds of a time as services write it, or None: ``6m0s``, ``120ms``, ``1.5``, or a moment.

    >>> duration("1h2m3s"), duration("120ms"), duration("soon")
    (3723.0, 0.12, None)
    """
    plain = text.strip()
    if re.fullmatch(r"(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+", plain):
        return sum(float(number) * _UNITS[unit] for number, unit in _PIECE.findall(plain))
    if re.fullmatch(r"\d{1,9}(?:\.\d+)?", plain):
        return float(plain)
    try:
        moment = datetime.fromisoformat(plain.replace("Z", "+00:00"))
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
    return max(0.0, (moment - datetime.now(timezone.utc)).total_seconds())


def ask_limits(model: str) -> list[ToldLimit] | None:
    """What a model's service tells of its limits with the answer to one short question.

    Arguments:
        model: the model's full name.

    Returns:
        the limits, empty if the headers tell none; None if the service did not answer, or is not asked like this.
    """
    service = find_service(split_model(model)[0])
    if service is None or service.protocol != "openai":
        return None
    try:
        return asyncio.run(asyncio.wait_for(_ask(model), SECONDS))
    except (EgoError, asyncio.TimeoutError, OSError):
        return None


async def _ask(model: str) -> list[ToldLimit] | None:
    request = Request(model, (("user", "Say yes."),), params={"max_tokens": 16}, deadline=SECONDS)
    provider = provider_for(model)
    if not isinstance(provider, OpenAICompatible):
        return None
    endpoint, loaded = provider.endpoint(request), sdk()
    known = learned(endpoint.service.name, endpoint.address, endpoint.model)
    body = build(request, endpoint.service, endpoint.address, endpoint.model, known)
    async with LeasedClient(loaded, endpoint, CONNECT) as client:
        try:
            answer = await client.post(
                chat_address(endpoint.address),
                cast_to=import_module("httpx2").Response,
                body=body,
                stream=True,
                stream_cls=loaded.AsyncStream,
            )
        # A refusal tells its limits, too; the SDK lets errors of many kinds through.
        except Exception as problem:
            response: Any = getattr(problem, "response", None)
            return None if response is None else _read(response, endpoint.service.name) or None
        try:
            return _read(answer, endpoint.service.name)
        finally:
            await answer.aclose()


def _read(answer: Any, service: str) -> list[ToldLimit]:
    return read_limits(((str(name), str(value)) for name, value in answer.headers.items()), service)
