"""A turn's time, its pauses, and what it takes: driven without a server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence

import pytest

from otree_ego import Reply, StateError, Thread
from otree_ego.errors import Overloaded, ProviderError, TimedOut
from otree_ego.messages import Message, Request
from otree_ego.threads.base import internals
from otree_ego.threads.driving import StreamedText, adrive, fetch_reply, sender
from otree_ego.threads.turns import Policy, answer


class Models:
    """Answers for every model but `slow`, which never does; `asked` holds the requests."""

    def __init__(self) -> None:
        self.asked: list[Request] = []

    def __call__(self, model: str) -> Models:
        return self

    async def stream(self, request: Request) -> AsyncIterator[str | Reply]:
        self.asked.append(request)
        if request.model == "openai/slow":
            await asyncio.Event().wait()
        yield Reply(f"from {request.model}")


def thread(deadline: float | None, **policy: object) -> tuple[Thread, Models]:
    llm, models = Thread("openai/slow", deadline=deadline, **policy), Models()
    internals(llm).find_provider = models
    return llm, models


PLAIN_AND_ASYNC: list[Callable[[Thread], str]] = [
    lambda llm: llm.submit("q"),
    lambda llm: asyncio.run(llm.aio.submit("q")),
]


@pytest.mark.parametrize(
    ("submit", "retries"), [(PLAIN_AND_ASYNC[0], 0), (PLAIN_AND_ASYNC[1], 2)], ids=["plain", "async"]
)
def test_a_model_that_stalls_leaves_the_fallback_its_third_of_the_deadline(
    submit: Callable[[Thread], str], retries: int
) -> None:
    llm, models = thread(3.0, retries=retries, backoff=0.001, fallback_model="openai/fast")
    assert submit(llm) == "from openai/fast"
    assert [request.model for request in models.asked] == ["openai/slow", "openai/fast"]
    first, last = (request.deadline for request in models.asked)
    assert first is not None and first <= 2.0
    assert last is not None and 0 < last <= 3.0
    reply = llm.last_reply
    assert (reply.status, [one["error"] for one in reply.trouble]) == ("complete", ["TimedOut"])


def test_an_attempts_part_of_the_deadline_is_not_told_as_the_deadline() -> None:
    llm, _ = thread(0.3, retries=0, fallback_model="openai/slow")
    with pytest.raises(TimedOut, match=r"did not finish its reply within 0\.\d+ s, its part of the deadline of 0.3 s"):
        llm.submit("q")


def test_a_pause_that_a_service_asks_for_is_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    class Busy(Models):
        async def stream(self, request: Request) -> AsyncIterator[str | Reply]:
            self.asked.append(request)
            if len(self.asked) == 1:
                raise Overloaded("HTTP 503", service="openai", status=503, retry_after=1.0)
            yield Reply("spare")

    for submit in PLAIN_AND_ASYNC:
        caplog.clear()
        llm = Thread("openai/slow", retries=1)
        internals(llm).find_provider = Busy()
        assert submit(llm) == "spare"
        (record,) = caplog.records
        assert "openai failed for openai/slow (Overloaded, HTTP 503) and asks for a pause of 1 s" in record.getMessage()


def test_without_a_fallback_a_model_has_the_whole_deadline() -> None:
    llm, models = thread(60.0)
    llm.model = "openai/fast"
    llm.submit("q")
    (request,) = models.asked
    assert request.deadline is not None and request.deadline > 40


def test_a_pause_that_only_the_fallbacks_time_allows_is_not_waited_for() -> None:
    class Busy(Models):
        async def stream(self, request: Request) -> AsyncIterator[str | Reply]:
            self.asked.append(request)
            if request.model == "openai/slow":
                raise Overloaded("HTTP 503", retry_after=50.0)
            yield Reply("spare")

    llm = Thread("openai/slow", deadline=60.0, retries=1, fallback_model="openai/fast")
    internals(llm).find_provider = models = Busy()
    assert llm.submit("q") == "spare"
    assert [request.model for request in models.asked] == ["openai/slow", "openai/fast"]


def test_the_pauses_between_attempts_are_the_callers() -> None:
    waited: list[float] = []

    class Nowhere:
        async def append(self, thread_id: str, messages: Sequence[Message]) -> tuple[Message, ...]:
            return tuple(messages)

        async def settle(self, thread_id: str, message: Message) -> None:
            pass

    class Failing(Models):
        async def stream(self, request: Request) -> AsyncIterator[str | Reply]:
            if not waited:
                raise Overloaded("HTTP 503", retry_after=30.0)
            yield Reply("after all")

    async def pause(seconds: float) -> None:
        waited.append(seconds)

    turn = answer(Message("assistant", ""), Request("openai/x", ()), Policy(retries=1), lambda message: None)
    assert asyncio.run(adrive(turn, Nowhere(), "t", sender(Failing()), pause)).text == "after all"
    assert len(waited) == 1 and waited[0] >= 30


def test_a_provider_that_times_out_by_itself_needs_no_deadline() -> None:
    class Late:
        async def stream(self, request: Request) -> AsyncIterator[str | Reply]:
            yield "so far"
            raise TimeoutError

    with pytest.raises(TimedOut, match="did not finish its reply in time") as told:
        asyncio.run(fetch_reply(Late(), Request("openai/x", ()), StreamedText()))
    assert isinstance(told.value, ProviderError)
    assert told.value.text == "so far"


@pytest.mark.parametrize("extra", [["a"], "top_k=1", 7, [("top_k", 1)]])
def test_extra_that_is_no_dict_is_refused(extra: object) -> None:
    with pytest.raises(StateError, match="extra takes a dict of fields for the service, not"):
        Thread("constant/x", extra=extra)
    llm = Thread("constant/x", extra={"top_k": 1})
    with pytest.raises(StateError, match=r"Thread\.extra takes a dict"):
        llm.extra = extra
    assert llm.extra == {"top_k": 1}
