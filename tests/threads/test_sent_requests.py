"""What was sent for each reply is in the record, byte for byte, and takes little room there."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from otree_ego import Message, Thread
from otree_ego.errors import EgoError, ProviderError
from otree_ego.messages import Meter, Request, SentBody, placed
from otree_ego.ports import MemoryStore
from otree_ego.providers.openai.learned import forget
from otree_ego.providers.sent_bodies import without_credentials
from otree_ego.testing import FakeService
from otree_ego.threads.base import internals
from otree_ego.threads.request_record import RequestRecord
from otree_ego.threads.sent_requests import SentRequests, sent_for, with_other_words

KEY = "sk-test-key-123456"


@pytest.fixture
def service() -> Iterator[FakeService]:
    forget()
    with FakeService() as running:
        yield running
    forget()


def asked(service: FakeService, **more: Any) -> Thread:
    return Thread(
        "vllm/some-model", **{"base_url": service.base_url, "retries": 0, "backoff": 0.0, "api_key": KEY, **more}
    )


def all_sent(*threads: Thread) -> list[bytes]:
    """Each request as the record has it, in the order in which they were sent."""
    found = [sent for thread in threads for sent in SentRequests(thread.messages)]
    return [sent.content for sent in found for _ in range(sent.times)]


def received(service: FakeService) -> list[bytes]:
    return [each.content for each in service.requests]


# --- byte for byte ----------------------------------------------------------------------------------------------------


def test_a_chat_of_any_shape(service: FakeService) -> None:
    llm = asked(service, temperature=0.7, max_tokens=50, stop=["END"], extra={"top_k": 3, "logit_bias": {"5": -100}})
    llm.system("Be brief.")
    llm.system("Be kind, always: “so”.")
    llm.user("Hi.")
    llm.user("Anybody\n\nthere?")
    llm.submit("Well?")
    llm.assistant("I said nothing.")
    llm.submit("Q", extra={"top_k": 4}, temperature=1.5, seed=7)
    llm.system("Now in German.")
    llm.submit("Äh \U0001f600?")
    assert all_sent(llm) == received(service) and len(service.requests) == 3


def test_questions_that_are_asked_again(service: FakeService) -> None:
    llm = asked(service)
    service.reply = ["no", '{"answer": "x"}', '{"answer": 5}', '{"answer": true}']
    assert llm.ask_number("How many?") == 5
    llm.ask_yes_no("Sure?")
    assert all_sent(llm) == received(service) and len(service.requests) == 4
    sent = llm.last_reply
    assert sent is not None and sent.sent.body["response_format"]["json_schema"]["schema"]


def test_repeated_requests_and_what_they_came_to(service: FakeService) -> None:
    llm = asked(service, retries=3)
    llm.submit("One.")
    service.fail(503, times=2)
    llm.submit("Two.")
    found = list(SentRequests(llm.messages))
    assert all_sent(llm) == received(service) and len(service.requests) == 4
    assert [(each.times, each.error, each.counts) for each in found] == [
        (1, "", True), (2, "Overloaded", False), (1, "", True)
    ]  # fmt: skip


def test_a_reply_that_failed_has_its_request(service: FakeService) -> None:
    llm = asked(service)
    service.fail(400, message="No.")
    with pytest.raises(ProviderError):
        llm.submit("Hi.")
    assert llm.last_reply is not None and llm.last_reply.sent.error == "BadRequest"
    llm.submit()
    assert all_sent(llm) == received(service)


@pytest.mark.parametrize("template", ["gemma", "mistral", "qwen", "user_last"])
def test_what_a_service_refuses_is_sent_in_another_form(template: str, service: FakeService) -> None:
    service.template, service.refuse = template, ["temperature", "stream_options"]
    llm = asked(service, temperature=0.3)
    llm.system("Be brief.")
    llm.assistant("Hello!")
    for number in range(4):
        llm.user(f"Remark {number}.")
        llm.submit(f"Question {number}?")
        llm.system(f"Rule {number}.")
    assert all_sent(llm) == received(service) and len(service.requests) > 4


def test_a_fallback_model_has_a_request_of_its_own(service: FakeService) -> None:
    with FakeService() as other:
        other.models = ["x"]
        llm = asked(other, fallback_model="vllm/fallback", extra={"top_k": 3})
        llm.base_url = other.base_url
        other.models = None
        other.fail(503)
        llm.submit("Hi.")
        assert all_sent(llm) == received(other)
    found = list(SentRequests(llm.messages))
    assert [each.body["model"] for each in found] == ["some-model", "fallback"]
    assert found[1].policy["fallback_model"] == "vllm/fallback"


def test_messages_and_other_fields_of_the_experimenters_own(service: FakeService) -> None:
    picture = {"type": "image_url", "image_url": {"url": "https://example.org/a.png"}}
    mine = [
        {"role": "user", "content": [{"type": "text", "text": "What is it?"}, picture]},
        {"role": "x", "content": None},
    ]
    llm = asked(service, extra={"messages": [mine[0], {"role": "user", "content": "So?", "name": "Ada"}]})
    llm.submit("Not sent.")
    assert all_sent(llm) == received(service)


def test_a_thread_that_is_read_again_goes_on_as_well(service: FakeService) -> None:
    """As a page does that opens the Thread anew each time, and a server that was started again."""
    llm = asked(service)
    llm.system("Be brief. " * 30)
    for number in range(6):
        llm.submit(f"Question {number}?")
        again = Thread.revive(llm.kind, llm.id, llm.state())
        again._internals.messages = [replace(m, sent=None) for m in llm.messages]
        again._internals.store.last = len(llm.messages)  # type: ignore[attr-defined]
        llm = again
    assert all_sent(llm) == received(service)


def test_async_code_too(service: FakeService) -> None:
    llm = asked(service)

    async def talk() -> None:
        await llm.aio.system("Be brief.")
        await llm.aio.submit("Hi.")
        await llm.aio.ask_yes_no("Sure?", tries=1)

    service.reply = ["Hello.", '{"answer": "yes"}']
    asyncio.run(talk())
    assert all_sent(llm) == received(service)


# --- what else is known -----------------------------------------------------------------------------------------------


def test_the_services_names_for_its_answer(service: FakeService) -> None:
    llm = asked(service)
    llm.submit("Hi.")
    assert llm.last_reply is not None
    sent = llm.last_reply.sent
    assert sent.response_id.startswith("chatcmpl-") and sent.system_fingerprint == "fp_fake"
    assert (sent.model, sent.service, sent.protocol) == ("vllm/some-model", "vllm", "openai")
    assert sent.address == service.base_url and sent.policy["retries"] == 0
    assert json.loads(json.dumps(sent.as_json()))["body"] == service.requests[0].body


def test_a_constant_and_ones_own_provider_have_what_they_were_given() -> None:
    llm = Thread("constant/Fine.", temperature=0.5, extra={"mood": "good"})
    llm.user("A"), llm.submit("B")
    assert llm.last_reply is not None
    sent = llm.last_reply.sent
    assert [turn["content"] for turn in sent.messages] == ["A", "B"] and sent.address == ""
    assert sent.body["temperature"] == 0.5 and sent.body["mood"] == "good"


def test_nothing_was_sent_without_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GROQ_API_KEY", raising=False)
    llm = Thread("groq/x", retries=0)
    with pytest.raises(Exception, match="key"):
        llm.submit("Hi.")
    assert llm.last_reply is not None and llm.last_reply.sent is None and not llm.last_reply.request


@pytest.mark.parametrize("name", ["api_key", "Authorization", "password", "access_token", "client_secret"])
def test_keys_are_not_stored(name: str, service: FakeService) -> None:
    extra = {name: "something else that is secret", "headers": {name: "another"}, "note": f"my key is {KEY}"}
    llm = asked(service, extra={**extra, "max_completion_tokens": 7})
    llm.submit("Hi.")
    stored = llm.messages[-1].request
    assert KEY not in stored and "something else" not in stored and "another" not in stored
    assert '\\"max_completion_tokens\\":7' in stored


def test_addresses_have_no_credentials() -> None:
    assert without_credentials("http://ada:pw@host:8000/v1") == "http://host:8000/v1"


def test_attachments_are_named_by_their_hash(service: FakeService) -> None:
    url = "data:image/png;base64," + "A" * 5000
    llm = asked(service, extra={"messages": [{"role": "user", "content": [{"type": "image_url", "url": url}]}]})
    llm.submit("Hi.")
    assert len(llm.messages[-1].request) < 2000 and "sha256" in llm.messages[-1].request


# --- how much room it takes -------------------------------------------------------------------------------------------


def stored(thread: Thread) -> int:
    return sum(len(m.request.encode()) + len(m.text.encode()) for m in thread.messages)


def texts(thread: Thread) -> int:
    return sum(len(m.text.encode()) for m in thread.messages)


@pytest.mark.parametrize(("template", "again"), [("", True), ("gemma", False)])
def test_a_long_chat_takes_little_more_room_than_its_text(template: str, again: bool, service: FakeService) -> None:
    service.template = template
    service.reply = lambda body: f"Answer {len(body['messages'])}: " + "I would rather share it. " * 6
    llm = asked(service)
    llm.system("You are a participant in an experiment. " * 10)
    for number in range(100):
        llm.submit(f"Round {number}: " + "how much do you give to the other? " * 4)
        if again:
            found = Thread.revive(llm.kind, llm.id, llm.state())
            found._internals.messages = list(llm._internals.messages)
            found._internals.store.last = len(llm.messages)  # type: ignore[attr-defined]
            llm = found
    assert stored(llm) < 2.5 * texts(llm)
    early, late = (sum(len(m.request) for m in llm.messages[a:b]) for a, b in ((21, 61), (161, 201)))
    assert late < 1.2 * early
    assert all_sent(llm) == received(service)


def test_instructions_are_written_once(service: FakeService) -> None:
    instructions = "You are Ada, and you like to share. " * 20
    llm = asked(service, extra={"messages": [{"role": "user", "content": instructions}]})
    for _ in range(5):
        llm.submit("Hi.")
    assert sum(m.request.count(instructions) for m in llm.messages) == 1


# --- any turns --------------------------------------------------------------------------------------------------------

SAID = st.text(alphabet="ab: \n", min_size=1, max_size=12)
TURNS = st.lists(st.tuples(st.sampled_from(["system", "user", "assistant"]), SAID), max_size=8)


@settings(deadline=None, max_examples=150)
@given(st.lists(TURNS, min_size=1, max_size=6), st.lists(SAID, max_size=6), st.booleans())
def test_whatever_is_sent_is_read_again(requests: list[Any], said: list[str], fresh: bool) -> None:
    record: list[Message] = [Message("user", text, seq=n) for n, text in enumerate(said, 1)]
    kept = RequestRecord()
    sent = []
    for number, turns in enumerate(requests, len(said) + 1):
        body = {"model": "x", "messages": [{"role": role, "content": text} for role, text in turns]}
        meter = Meter(asked=True, sent=[SentBody("s", "openai", "http://here", body)])
        reply = Message("assistant", "so", seq=number, author="Ada")
        record.append(reply)
        attempt = (Request("s/x", tuple(turns), meter=meter), None)
        record[-1] = (RequestRecord() if fresh else kept).add(replace(reply), record, [attempt], {})
        sent.append(body)
    assert [each.body for each in SentRequests(record)] == sent


FIELDS = ("tries", "turns", "parts", "head", "after", "same", "times", "policy", "json", "x")
ANYTHING = st.recursive(
    st.none() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=4),
    max_leaves=12,
)


def test_a_request_whose_messages_were_changed_on_the_way() -> None:
    """Whoever puts other messages into a request may have left its places in it."""
    record = [Message("user", "Hi.", seq=1), Message("assistant", "", seq=2, author="Ada", status="pending")]
    body = {"model": "x", "messages": [{"role": "user", "content": "Ben: Hi."}]}
    meter = Meter(asked=True, sent=[SentBody("s", "openai", "http://here", body)])
    request = Request("s/x", (("user", "Ben: Hi."),), meter=meter, places=(1,))
    record[-1] = RequestRecord().add(replace(record[-1], text="So."), record, [(request, None)], {})
    assert [each.body for each in SentRequests(record)] == [body]
    assert '["user","Ben: ",1]' in record[-1].request


@settings(deadline=None)
@given(st.text(max_size=30) | ANYTHING.map(json.dumps))
def test_a_damaged_row_is_no_error(text: str) -> None:
    record = [Message("user", "Hi.", seq=1), Message("assistant", "So.", seq=2, request=text)]
    for sent in SentRequests(record):
        assert isinstance(sent.content, bytes)
    with_other_words(text, str.upper)


def test_a_row_cannot_ask_for_endless_work() -> None:
    bomb = json.dumps({"tries": [{"turns": ["1-999999999"] * 50, "after": ["x", 999999999]}]})
    record = [Message("user", "Hi.", seq=1), Message("assistant", "So.", seq=2, id="x", request=bomb)]
    assert len(SentRequests(record).of(record[1])[0].messages) <= 100_200


# --- forgetting -------------------------------------------------------------------------------------------------------


def test_what_was_forgotten_is_not_in_the_request_either(service: FakeService) -> None:
    llm = asked(service)
    llm.submit("I live in Mainz.")
    llm.submit("So?")
    record = [replace(m, text="", forgotten=1.0) if "Mainz" in m.text else m for m in llm.messages]
    sent = sent_for(record[-1], record)
    assert sent is not None and sent.messages[0]["content"] == "[forgotten]"
    assert "Mainz" not in "".join(m.request for m in llm.messages)


def test_other_words_leave_the_form_alone() -> None:
    head = '{"model":"user","body":{"user":"Ada"}}'
    tries = [{"head": "a", "turns": [["user", "user: Ada", 3], "1-2"]}]
    text = json.dumps({"tries": tries, "parts": {"a": head, "b": "Ada"}})
    found = json.loads(with_other_words(text, lambda each: each.replace("Ada", "P1").replace("user", "X")))
    assert found["tries"][0]["turns"] == [["user", "X: P1", 3], "1-2"]
    assert found["parts"] == {"a": '{"model":"user","body":{"user":"P1"}}', "b": "P1"}


# --- before it is sent ------------------------------------------------------------------------------------------------


class SeenStore(MemoryStore):
    """A store that others read: it keeps what was written first of each reply, and who writes there besides."""

    is_read_by_others = True

    def __init__(self) -> None:
        super().__init__()
        self.first: list[Message] = []
        self.between: list[Message] = []

    async def append(self, thread_id: str, messages: Sequence[Message]) -> tuple[Message, ...]:  # type: ignore[override]
        self.last += len(self.between)
        found = tuple(placed(m, self.last + n) for n, m in enumerate(messages, 1))
        self.last += len(found)
        self.first += [m for m in found if m.status == "pending"]
        return found

    async def settle(self, thread_id: str, message: Message) -> None:  # type: ignore[override]
        return None


def read_by_others(service: FakeService, **more: Any) -> tuple[Thread, SeenStore]:
    llm, store = asked(service, **more), SeenStore()
    internals(llm).async_store = store
    return llm, store


def planned_bodies(llm: Thread, store: SeenStore) -> list[bytes]:
    """What the first write of each reply has, read as if the reply had never come."""
    found = []
    for pending in store.first:
        record = [m for m in llm.messages if m.seq < pending.seq]
        found += [each.content for each in SentRequests([*record, pending]).of(pending)]
    return found


def test_a_replys_first_write_has_its_request(service: FakeService) -> None:
    llm, store = read_by_others(service, temperature=0.7, extra={"top_k": 3})

    async def talk() -> None:
        await llm.aio.submit("One?")
        await llm.aio.submit("Two?", temperature=1.0)
        service.reply = ["no", '{"answer": 5}']
        await llm.aio.ask_number("How many?")

    asyncio.run(talk())
    assert planned_bodies(llm, store) == received(service) == all_sent(llm) and len(store.first) == 4
    assert all(m.sent is None or m.sent.response_id for m in [llm.last_reply] if m)


def test_what_was_planned_and_not_sent_is_not_in_the_record(service: FakeService) -> None:
    llm, store = read_by_others(service, fallback_model="vllm/other")
    service.fail(400, times=1)
    asyncio.run(llm.aio.submit("One?"))
    assert all_sent(llm) == received(service) and len(service.requests) == 2
    store.between = [Message("user", "Somebody else's.")]
    asyncio.run(llm.aio.submit("Two?"))
    assert store.first[-1].request == "", "it was told for another place"
    assert all_sent(llm)[-1:] == received(service)[-1:]


def test_where_the_key_is_missing_nothing_was_sent(service: FakeService) -> None:
    llm, store = Thread("gpt-6-luna", retries=0), SeenStore()
    internals(llm).async_store = store
    with pytest.raises(EgoError):
        asyncio.run(llm.aio.submit("One?"))
    assert store.first[-1].request == "" and llm.last_reply is not None and llm.last_reply.sent is None
