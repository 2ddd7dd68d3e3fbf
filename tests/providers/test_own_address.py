"""An address and a key belong to a service: nothing that is meant for one reaches another."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from otree_ego import Reply, Thread
from otree_ego.errors import BadRequest, KeyMissing, ProviderError
from otree_ego.messages import Message, Request, request_to
from otree_ego.providers import check_model, declare_service
from otree_ego.providers.batch.queue import BatchQueue
from otree_ego.testing import FakeService
from otree_ego.threads.base import internals
from otree_ego.threads.driving import drive
from otree_ego.threads.message_turns import request_for
from otree_ego.threads.turns import answer, ask

FIRST, SECOND, OWN = "sk-first-0123456789", "sk-second-0123456789", "sk-own-0123456789"


@pytest.fixture
def two(monkeypatch: pytest.MonkeyPatch, clean_slate: None) -> Iterator[tuple[FakeService, FakeService]]:
    """Two services, each with a key of its own that it insists on."""
    monkeypatch.setenv("FIRST_API_KEY", FIRST)
    monkeypatch.setenv("SECOND_API_KEY", SECOND)
    with FakeService() as first, FakeService() as second:
        declare_service("first", "http://127.0.0.1:9/v1", key_env="FIRST_API_KEY")
        declare_service("second", second.base_url, key_env="SECOND_API_KEY")
        first.key, second.key = FIRST, SECOND
        first.reply, second.reply = "from the first", "from the second"
        yield first, second


def keys_at(service: FakeService) -> set[str]:
    return {one.headers.get("authorization", "").removeprefix("Bearer ") for one in service.requests}


def each_key_has_reached_its_own_host(first: FakeService, second: FakeService) -> None:
    assert keys_at(first) <= {FIRST} and keys_at(second) <= {SECOND}
    texts = [str(one.headers) + str(one.body) for one in first.requests]
    assert not any(SECOND in text for text in texts)
    assert not any(FIRST in str(one.headers) + str(one.body) for one in second.requests)


@pytest.mark.parametrize("status", [503, 400, 401, 404])
def test_a_fallback_of_another_service_is_asked_at_its_own_address(two: Any, status: int) -> None:
    first, second = two
    first.fail(status, times=-1)
    llm = Thread(
        "first/a", base_url=first.base_url, fallback_model="second/b", retries=1, backoff=0.001,
        extra={"only_here": 1}, reasoning_effort="low", temperature=0.5,
    )  # fmt: skip
    assert llm.submit("Hi") == "from the second"
    each_key_has_reached_its_own_host(first, second)
    assert len(first.requests) == (2 if status == 503 else 1) and len(second.requests) == 1
    assert second.requests[0].body["model"] == "b" and "only_here" not in second.requests[0].body
    assert first.requests[0].body["only_here"] == 1
    assert llm.last_reply.params["not_in_force"] == {"extra": {"only_here": 1}}
    assert second.requests[0].body["temperature"] == 0.5


def test_a_fallback_of_the_same_service_stays_at_the_address(two: Any) -> None:
    first, second = two
    first.models = ["b"]
    llm = Thread("first/a", base_url=first.base_url, fallback_model="first/b", retries=0, extra={"only_here": 1})
    assert llm.submit("Hi") == "from the first"
    assert [one.body["only_here"] for one in first.requests] == [1, 1] and not second.requests
    assert "not_in_force" not in llm.last_reply.params


def test_a_key_given_in_code_stays_with_its_service(two: Any) -> None:
    first, second = two
    first.key = OWN
    first.fail(503, times=-1)
    llm = Thread("first/a", base_url=first.base_url, api_key=OWN, fallback_model="second/b", retries=0)
    assert llm.submit("Hi") == "from the second"
    assert keys_at(first) == {OWN} and keys_at(second) == {SECOND}


def test_a_typed_question_falls_back_to_the_other_address(two: Any) -> None:
    first, second = two
    first.reply, second.reply = "I cannot say.", "7"
    llm = Thread("first/a", base_url=first.base_url, fallback_model="second/b", retries=0)
    assert llm.ask_number("How many?", tries=2) == 7
    assert len(first.requests) == 2 and len(second.requests) == 1
    each_key_has_reached_its_own_host(first, second)


def test_a_place_for_another_model_goes_there_and_home_again(two: Any) -> None:
    """As in a group chat: a persona's own model, and the Thread's as its fallback."""
    first, second = two
    second.fail(503, times=-1)
    llm = Thread("first/a", base_url=first.base_url, fallback_model="first/a", retries=0)
    store = internals(llm).store

    def turn() -> Any:
        recorded = yield from ask(Message("user", "Hi"), "second/b")
        internals(llm).place(recorded)
        done = yield from answer(recorded[-1], request_for(llm, recorded[-1]), llm.policy, lambda _: None)
        return done

    reply = drive(turn(), store, llm.id, internals(llm).find_provider or llm._find_provider)
    assert (reply.text, reply.author, reply.trouble[0]["model"]) == ("from the first", "first/a", "second/b")
    each_key_has_reached_its_own_host(first, second)


def test_without_a_key_of_its_own_the_other_service_is_not_asked(two: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = two
    monkeypatch.delenv("SECOND_API_KEY")
    first.fail(503, times=-1)
    llm = Thread("first/a", base_url=first.base_url, fallback_model="second/b", retries=0)
    with pytest.raises(KeyMissing):
        llm.submit("Hi")
    assert not second.requests
    with pytest.raises(KeyMissing):
        check_model("second/b")


def test_a_batch_of_the_fallback_goes_to_its_own_queue(two: Any) -> None:
    first, second = two
    home = Request("first/a", (("user", "Hi"),), base_url=first.base_url)
    other = request_to(home, "second/b")

    async def run(request: Request) -> Any:
        queue = BatchQueue(request.model, request.base_url)
        batch = await queue.submit([("one", request)], "label")
        return [answer async for answer in queue.collect(batch, [("one", request)])]

    for request, service in ((home, first), (other, second)):
        (found,) = asyncio.run(run(request))
        assert isinstance(found[1], Reply) and service.requests
    each_key_has_reached_its_own_host(first, second)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("location", ["{}/chat/completions", "{}/elsewhere?token=abc#x"])
def test_a_redirect_is_not_followed(two: Any, status: int, location: str) -> None:
    first, second = two
    place = location.format(second.base_url)
    first.send("", status=status, headers={"Location": place, "Content-Length": "0"}, times=-1)
    llm = Thread("first/a", base_url=first.base_url, retries=2, backoff=0.001)
    with pytest.raises(BadRequest) as caught:
        llm.submit("Hi")
    said = str(caught.value)
    assert first.base_url in said and second.base_url in said and str(status) in said and "token" not in said
    assert len(first.requests) == 1 and not second.requests and caught.value.status == status
    assert Thread("first/a", base_url=first.base_url, fallback_model="second/b").submit("Hi") == "from the second"
    each_key_has_reached_its_own_host(first, second)


@pytest.mark.parametrize(
    ("location", "shown"),
    [
        ("/v2/chat/completions", "{}/v2"),
        ("//evil.example/v1", "http://evil.example/v1"),
        ("http://user:secret-word@evil.example/v1/chat/completions", "http://evil.example/v1/"),
        ("http://evil.example/" + "x" * 5000, "http://evil.example/xxx"),
        ("javascript:alert(1)", "does not say where"),
        ("http://[bad", "does not say where"),
        ("", "does not say where"),
    ],
)
def test_the_other_address_is_named_short_and_clean(two: Any, location: str, shown: str) -> None:
    first, _ = two
    headers = {"Content-Length": "0", **({"Location": location} if location else {})}
    first.send("", status=307, headers=headers)
    with pytest.raises(BadRequest) as caught:
        Thread("first/a", base_url=first.base_url, retries=0).submit("Hi")
    said = str(caught.value)
    assert shown.format(first.base_url.removesuffix("/v1")) in said and len(said) < 700 and "secret-word" not in said


def test_a_batch_queue_follows_no_redirect(two: Any) -> None:
    first, second = two
    headers = {"Location": f"{second.base_url}/files", "Content-Length": "0"}
    first.send("", status=307, headers=headers, path="/files")
    queue = BatchQueue("first/a", first.base_url)
    with pytest.raises(ProviderError, match="redirects"):
        asyncio.run(queue.submit([("one", Request("first/a", (("user", "Hi"),), base_url=first.base_url))], "label"))
    assert not second.requests


def test_a_word_that_only_the_first_service_knows_is_left_out(two: Any) -> None:
    first, second = two
    declare_service("third", second.base_url, key_env="SECOND_API_KEY", reasoning="budget")
    first.fail(503, times=-1)
    llm = Thread("first/a", base_url=first.base_url, fallback_model="third/c", retries=0, reasoning_effort="max")
    assert llm.submit("Hi") == "from the second"
    assert llm.last_reply.params["not_in_force"] == {"reasoning_effort": "max"}


def test_the_same_model_gets_the_same_request() -> None:
    home = Request("gpt-6-luna", (), base_url="https://proxy.example.edu/v1", extra={"a": 1}, thoughts_in_text=True)
    assert request_to(home, "gpt-6-luna") is home
    assert request_to(home, "openai/gpt-6-luna").base_url == home.base_url
    other = request_to(home, "groq/x")
    assert (other.base_url, dict(other.extra), other.thoughts_in_text, other.adapted) == ("", {}, False, True)


def test_headers_that_the_environment_has_for_openai_reach_no_other_service(
    two: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, second = two
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "X-Lab: our-secret\nAuthorization: Bearer sk-of-openai-0123456789")
    monkeypatch.setenv("OPENAI_ORG_ID", "org-of-ours")
    assert Thread("second/b").submit("Hi") == "from the second"
    sent = str(second.requests[0].headers)
    assert not [text for text in ("our-secret", "sk-of-openai", "org-of-ours") if text in sent]
    with FakeService() as openai:
        monkeypatch.setenv("OPENAI_API_KEY", FIRST)
        Thread("gpt-6-luna", base_url=openai.base_url).submit("Hi")
    assert (openai.requests[0].headers["x-lab"], "org-of-ours" in str(openai.requests[0].headers)) == (
        "our-secret",
        True,
    )
