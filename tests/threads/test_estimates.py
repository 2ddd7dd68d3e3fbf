"""What replies are booked at that did not come to their end, in every way in which a turn is driven."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from hypothesis import given, strategies as st

from otree_ego import Reply, Thread, Usage
from otree_ego.errors import EmptyReply, KeyRejected, Overloaded, ProviderError, RateLimited, TimedOut, Unreachable
from otree_ego.messages import ESTIMATED, Meter, Request
from otree_ego.threads.base import wrap_provider
from otree_ego.threads.estimates import prompt_tokens, tokens_of, used_by

TOKEN = 0.01
PROMPT = 2 * 4 + 4  # "Hello there." has 12 bytes
FAST: dict[str, Any] = dict(backoff=0.0, deadline=5)


class Priced:
    """Plays a list: pieces, errors and replies."""

    def __init__(self, *plays: list[Any]) -> None:
        self.plays = list(plays)

    def price(self, model: str, usage: Usage, cached: int = 0) -> float | None:
        assert usage.input is not None
        assert usage.output is not None
        return (usage.input + usage.output) * TOKEN

    async def stream(self, request: Request) -> AsyncIterator[Any]:
        for item in self.plays.pop(0):
            if isinstance(item, BaseException):
                raise item
            if item is ...:
                await asyncio.Event().wait()
            yield item


def thread(provider: Any, **more: Any) -> Thread:
    found = Thread("constant/x", **{**FAST, **more})
    wrap_provider(found, lambda _: lambda _model: provider)
    return found


def booked(found: Thread) -> tuple[float | None, dict[str, Any] | None]:
    last = found.last_reply
    assert last is not None
    return last.cost, last.params.get(ESTIMATED)


@pytest.mark.parametrize("kind", [TimedOut, Unreachable, EmptyReply, Overloaded])
def test_a_failed_reply_costs_its_prompt_and_what_came(kind: type[ProviderError]) -> None:
    llm = thread(Priced(["Hi!", kind("no")]), retries=0)
    with pytest.raises(kind):
        llm.submit("Hello there.")
    cost, told = booked(llm)
    assert told == {"tokens_in": PROMPT, "tokens_out": 1, "cost": pytest.approx(cost)}
    assert cost == pytest.approx((PROMPT + 1) * TOKEN)
    assert llm.cost() == cost


@pytest.mark.parametrize(
    "error",
    [
        KeyRejected("no", status=401), RateLimited("no", status=429), RateLimited("no"), Overloaded("no", status=503),
        Unreachable("no", sent=False), TimedOut("no", status=408),
    ],
)  # fmt: skip
def test_what_was_turned_away_costs_nothing(error: ProviderError) -> None:
    llm = thread(Priced([error]), retries=0)
    with pytest.raises(ProviderError):
        llm.submit("Hello there.")
    assert booked(llm) == (None, None)
    assert llm.cost() == 0


def test_a_deadline_books_what_had_come() -> None:
    llm = thread(Priced(["Hello", ...]), retries=0, deadline=0.2)
    with pytest.raises(TimedOut):
        llm.submit("Hello there.")
    assert booked(llm)[0] == pytest.approx((PROMPT + 2) * TOKEN)


def test_a_cancelled_task_books_what_had_come() -> None:
    llm = thread(Priced(["Hello", ...]), retries=0)

    async def run() -> None:
        here = asyncio.Event()
        task = asyncio.ensure_future(llm.aio.submit("Hello there.", on_piece=lambda _: here.set()))
        await here.wait()
        task.cancel()
        await asyncio.wait([task])

    asyncio.run(run())
    assert booked(llm)[0] == pytest.approx((PROMPT + 2) * TOKEN)


def test_attempts_before_a_reply_are_added_to_its_cost() -> None:
    llm = thread(Priced(["Hi!", Unreachable("no")], [RateLimited("no")], [Reply("Yes.", cost=5.0)]), retries=2)
    assert llm.submit("Hello there.") == "Yes."
    cost, told = booked(llm)
    assert cost == pytest.approx(5 + (PROMPT + 1) * TOKEN)
    assert told == {"tokens_in": PROMPT, "tokens_out": 1, "cost": pytest.approx((PROMPT + 1) * TOKEN)}


def test_a_reply_whose_cost_is_known_is_not_marked() -> None:
    llm = thread(Priced([Reply("Yes.", cost=5.0)]))
    llm.submit("Hello there.")
    assert booked(llm) == (5.0, None)


def test_a_whole_reply_whose_cost_nobody_told_is_estimated() -> None:
    llm = thread(Priced(["Yes.", Reply("Yes.")]))
    llm.submit("Hello there.")
    assert booked(llm)[0] == pytest.approx((PROMPT + 2) * TOKEN)


def test_without_a_price_the_cost_stays_unknown() -> None:
    class Unpriced:
        async def stream(self, request: Request) -> AsyncIterator[Any]:
            yield "Yes."
            yield Reply("Yes.")

    llm = thread(Unpriced())
    llm.submit("Hello there.")
    cost, told = booked(llm)
    assert (cost, told) == (None, {"tokens_in": PROMPT, "tokens_out": 2, "cost": None})
    assert llm.cost() is None


@given(st.text())
def test_tokens_are_there_for_every_text(text: str) -> None:
    tokens = tokens_of(text)
    assert bool(tokens) == bool(text)
    assert len(text) / 3 <= tokens <= 4 * len(text)
    assert prompt_tokens(Request("x", (("user", text),))) == tokens + 8


def test_a_request_that_was_not_sent_costs_nothing() -> None:
    assert used_by(Request("x", ())) is None
    assert used_by(Request("x", (), meter=Meter())) is None
    assert used_by(Request("x", (), meter=Meter(asked=True, read=[]))) is None
