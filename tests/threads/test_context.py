"""A conversation that is longer than its model's context: what is sent of it, and what the record says."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from otree_ego import (
    ConfigError,
    Conversation,
    Message,
    Prompt,
    PromptError,
    Reply,
    Request,
    StateError,
    Thread,
    Usage,
    declare_provider,
)  # fmt: skip
from otree_ego.agents import ExternalThread, ScriptedThread
from otree_ego.errors import BadRequest, ContextExceeded, InvalidAnswer
from otree_ego.providers.declarations import declared_providers
from otree_ego.providers.openai.learned import forget, lessons
from otree_ego.testing import FakeService
from otree_ego.threads.base import internals
from otree_ego.threads.context_policy import ContextMessage
from otree_ego.threads.context_sizes import estimated, reply_tokens
from otree_ego.threads.sent_requests import SentRequests
from otree_ego.threads.state import load_state

QUESTION = "word " * 8


@pytest.fixture
def service() -> Iterator[FakeService]:
    forget()
    with FakeService() as running:
        running.reply = "reply " * 10
        yield running
    forget()


def asked(service: FakeService, **more: Any) -> Thread:
    return Thread("vllm/some-model", **{"base_url": service.base_url, "retries": 0, "max_tokens": 20, **more})


def bodies(service: FakeService) -> list[list[dict[str, str]]]:
    return [each.body["messages"] for each in service.requests]


def numbers(sent: Sequence[dict[str, str]]) -> list[str]:
    """The numbers of the questions that a request has."""
    return [turn["content"].split()[0] for turn in sent if turn["role"] == "user"]


def last_two(messages: Sequence[ContextMessage], tokens: int | None) -> list[ContextMessage]:
    return [*[m for m in messages if m.role == "system"], *[m for m in messages if m.role != "system"][-3:]]


def summed_up(messages: Sequence[ContextMessage], tokens: int | None) -> list[Any]:
    if tokens is None or sum(m.tokens for m in messages) <= tokens:
        return list(messages)
    return [messages[0], ("system", f"{len(messages) - 2} messages came before."), messages[-1]]


def broken(messages: Sequence[ContextMessage], tokens: int | None) -> Any:
    return 1 / 0


def nothing(messages: Sequence[ContextMessage], tokens: int | None) -> Any:
    return []


def unknown(messages: Sequence[ContextMessage], tokens: int | None) -> Any:
    return [("narrator", "Once upon a time")]


def all_of_it(messages: Sequence[ContextMessage], tokens: int | None) -> Any:
    return messages


# --- the oldest turns are left out ------------------------------------------------------------------------------------


def test_sixty_turns_are_learned_from_one_refusal(service: FakeService) -> None:
    service.context_tokens = 150
    llm = asked(service)
    llm.system("Be brief.")
    for number in range(60):
        assert llm.submit(f"{number} {QUESTION}").startswith("reply")
    refused = [sent for sent in SentRequests(llm.messages) if sent.error]
    assert [sent.error for sent in refused] == ["BadRequest"] and len(service.requests) == 61
    for sent in bodies(service):
        assert [turn["role"] for turn in sent[:2]] == ["system", "user"]
        assert all(one["role"] != other["role"] for one, other in pairwise(sent[1:]))
    last = numbers(bodies(service)[-1])
    assert last[-1] == "59" and last == [str(n) for n in range(60 - len(last), 60)] and len(last) >= 3
    assert [lesson.words for lesson in lessons()] == [("<150",)]


def test_what_was_left_out_is_in_the_record(service: FakeService) -> None:
    llm = asked(service, context_tokens=150)
    llm.system("Be brief.")
    for number in range(12):
        llm.submit(f"{number} {QUESTION}")
    *_, last = SentRequests(llm.messages)
    record = {m.seq: m for m in llm.messages}
    there = {turn["content"] for turn in last.messages}
    assert {record[seq].text for seq in last.left_out if record[seq].role == "user"}.isdisjoint(there)
    before = [m.seq for m in llm.messages if m.seq < llm.messages[-1].seq]
    assert len(last.left_out) + len(last.messages) == len(before)
    assert last.left_out == tuple(range(2, 2 + len(last.left_out)))
    assert last.as_json()["left_out"] == [f"2-{last.left_out[-1]}"]
    said = llm.messages[-1].params["left_out"]
    assert said == {"messages": len(last.left_out), "message_numbers": f"2-{last.left_out[-1]}"}
    assert [sent.content for sent in SentRequests(llm.messages)] == [each.content for each in service.requests]
    assert llm.last_reply is not None and llm.last_reply.sent.left_out == last.left_out
    assert "left_out" not in llm.messages[2].params and len(llm.history) == len(llm.messages)


def test_it_acts_before_the_service_does(service: FakeService) -> None:
    service.context_tokens = 400
    llm = asked(service, context_tokens=400)
    for number in range(40):
        llm.submit(f"{number} {QUESTION}")
    assert not [m for m in llm.messages if m.trouble] and len(service.requests) == 40


def test_estimates_follow_what_the_service_tells(service: FakeService) -> None:
    llm = asked(service, context_tokens=400)  # the service counts words: about a third of the estimate
    for number in range(60):
        llm.submit(f"{number} {QUESTION}")
    words = sum(len(turn["content"].split()) for turn in bodies(service)[-1])
    assert 250 < words <= 380


@pytest.mark.parametrize("text", ["数" * 30, "😀" * 10, "ß1$ " * 12])
def test_texts_of_which_tokens_are_dearer_than_we_think(service: FakeService, text: str) -> None:
    llm = asked(service)

    def refusing(body: dict[str, Any]) -> str:
        return text

    service.reply = refusing
    service.context_tokens = 40  # words
    for _ in range(30):
        llm.submit(" ".join(text[:8]))
    assert all(m.status == "complete" for m in llm.messages)


def test_room_for_the_reply_is_kept(service: FakeService) -> None:
    service.context_tokens = 400
    llm = asked(service, max_tokens=200)
    for number in range(30):
        llm.submit(f"{number} {QUESTION}")
    words = [sum(len(turn["content"].split()) for turn in sent) for sent in bodies(service)[-5:]]
    assert max(words) <= 200 and len([m for m in llm.messages if m.trouble]) == 1


@pytest.mark.parametrize(
    "words",
    [
        "Please reduce the length of the messages or completion.",
        "Your input exceeds the context window of this model. Please adjust your input and try again.",
        "the request exceeds the available context size. try increasing the context size or enable context shift",
    ],
)
def test_a_refusal_without_a_number(service: FakeService, words: str) -> None:
    service.context_tokens, service.context_error = 150, words
    llm = asked(service)
    for number in range(20):
        llm.submit(f"{number} {QUESTION}")
    assert all(m.status == "complete" for m in llm.messages)
    assert len(service.requests) < 26


def test_a_limit_of_the_account_is_not_kept_for_the_model(service: FakeService) -> None:
    llm = asked(service)
    for number in range(10):
        llm.submit(f"{number} {QUESTION}")
    told = "Request too large for m on tokens per minute (TPM): Limit 100, Requested 220. Upgrade at https://x.example"
    service.fail(413, message=told)
    llm.submit(f"10 {QUESTION}")
    assert len(bodies(service)[-1]) < 10 and not lessons()
    llm.submit(f"11 {QUESTION}")
    assert len(bodies(service)[-1]) < 10 and len(service.requests) == 13
    assert llm.messages[-1].status == "complete"


def test_it_is_sent_again_once_and_not_for_ever(service: FakeService) -> None:
    llm = asked(service, retries=3)
    for number in range(5):
        llm.submit(f"{number} {QUESTION}")
    service.clear()
    service.fail(400, times=-1, message="This model's maximum context length is 60 tokens. You requested 92 tokens.")
    with pytest.raises(BadRequest):
        llm.submit(f"5 {QUESTION}")
    assert len(service.requests) <= 2
    service.heal()
    assert llm.submit() and llm.messages[-1].status == "complete"


def test_a_request_that_is_refused_for_another_reason_is_not_made_smaller(service: FakeService) -> None:
    llm = asked(service)
    llm.submit("Hi.")
    service.clear()
    service.fail(400, message="max_tokens is too large: 20. This model supports at most 16 completion tokens.")
    with pytest.raises(BadRequest) as caught:
        llm.submit("Hi.")
    assert type(caught.value) is BadRequest and len(service.requests) == 1 and not lessons()


def test_instructions_stay_wherever_they_are(service: FakeService) -> None:
    llm = asked(service, context_tokens=200)
    llm.system("First instruction.")
    llm.memorize("user", "You are on a boat.", hidden=True)
    llm.memorize("assistant", "I am on a boat.", hidden=True)
    for number in range(8):
        llm.submit(f"{number} {QUESTION}")
    llm.system("Second instruction.")
    llm.memorize("user", "A storm begins.", hidden=True)
    for number in range(8, 30):
        llm.submit(f"{number} {QUESTION}")
    texts = [turn["content"] for turn in bodies(service)[-1]]
    whole = "\n".join(texts)
    for each in (
        "First instruction.",
        "You are on a boat.",
        "I am on a boat.",
        "Second instruction.",
        "A storm begins.",
    ):
        assert each in whole
    assert "29" in texts[-1] and "10 word" not in whole


def test_what_code_put_before_a_question_belongs_to_it(service: FakeService) -> None:
    llm = asked(service, context_tokens=130)
    for number in range(6):
        llm.submit(f"{number} {QUESTION}")
    llm.user("The text: " + "text " * 20)
    llm.submit("What do you think of it?")
    assert "The text:" in bodies(service)[-1][-1]["content"]


@pytest.mark.parametrize("policy", ["drop_oldest", last_two])
def test_typed_questions_on_a_long_thread(service: FakeService, policy: Any) -> None:
    llm = asked(service, context_tokens=300, context=policy)
    for number in range(20):
        llm.submit(f"{number} {QUESTION}")
    service.reply = ["no idea", "7"]
    assert llm.ask_number("How much?", low=0, high=10) == 7
    first, again = bodies(service)[-2:]
    assert "How much?" in first[-1]["content"]
    assert policy is last_two or [turn["content"] for turn in again if "How much?" in turn["content"]]
    assert "could not be used" in again[-1]["content"] and len(again) < 40


def test_the_question_and_all_tries_stay_together(service: FakeService) -> None:
    service.context_tokens = 90
    llm = asked(service, max_tokens=5)
    for number in range(10):
        llm.submit(f"{number} {QUESTION}")
    service.reply = ["hm", "hmm", "5"]
    assert llm.ask_number("How much?", low=0, high=10, tries=3) == 5
    sent = [turn["content"] for turn in bodies(service)[-1]]
    at = next(n for n, text in enumerate(sent) if text.startswith("How much?"))
    assert sent[at + 1] == "hm" and len(sent) - at == 5


# --- refusing ---------------------------------------------------------------------------------------------------------


def test_refusing_sends_nothing_and_goes_on_after_a_shorter_message(service: FakeService) -> None:
    llm = asked(service, context="refuse", context_tokens=200)
    llm.submit(f"0 {QUESTION}")
    with pytest.raises(ContextExceeded) as caught:
        llm.submit("word " * 300)
    assert "context of vllm/some-model has 200 tokens" in str(caught.value) and caught.value.context == 200
    assert len(service.requests) == 1 and not caught.value.sent and not caught.value.retryable
    reply = llm.messages[-1]
    assert (reply.status, reply.error, reply.text) == ("failed", "ContextExceeded", "")
    assert llm.submit("Short.").startswith("reply")
    assert numbers(bodies(service)[-1]) == ["0", "Short."]
    assert llm.messages[-1].params["left_out"] == {"messages": 1, "message_numbers": "3"}


def test_refusing_after_the_services_own_refusal(service: FakeService) -> None:
    service.context_tokens = 60
    llm = asked(service, context="refuse")
    llm.submit(f"0 {QUESTION}")
    with pytest.raises(ContextExceeded, match="maximum context length is 60"):
        llm.submit(f"1 {QUESTION} {QUESTION} {QUESTION}")
    assert len(service.requests) == 2
    with pytest.raises(ContextExceeded, match="Nothing was sent"):
        llm.submit(f"2 {QUESTION} {QUESTION} {QUESTION}")
    assert len(service.requests) == 2 and llm.submit("Well?")


def test_a_fallback_answers_a_conversation_that_is_refused(service: FakeService) -> None:
    llm = asked(service, context="refuse", context_tokens=100, fallback_text="Let us go on.")
    assert llm.submit("word " * 200) == "Let us go on." and not service.requests
    other = asked(service, context="refuse", context_tokens=100, fallback_model="constant/Fine.")
    with pytest.raises(ContextExceeded):  # what was declared is declared for all models
        other.submit("word " * 200)


@given(st.integers(33, 300), st.lists(st.text(min_size=1, max_size=200), min_size=1, max_size=8))
@settings(deadline=None)
def test_no_request_is_longer_than_was_declared(context: int, texts: list[str]) -> None:
    seen: list[Request] = []

    class Noting:
        def __init__(self, model: str) -> None:
            self.model = model

        async def stream(self, request: Request) -> Any:
            seen.append(request)
            yield Reply("Fine.", model=self.model, usage=Usage(), cost=0.0)

    declare_provider("noting", Noting)
    try:
        llm = Thread("noting/x", context_tokens=context, retries=0)
        llm.system("Be brief.")
        for text in texts:
            alone = Request("noting/x", (("system", "Be brief."), ("user", text)))
            room = context - reply_tokens(alone, context)
            try:
                llm.submit(text)
            except ContextExceeded:
                assert estimated(alone) * 0.5 > room
            else:
                assert estimated(seen[-1]) <= max(room, estimated(alone))
                assert seen[-1].messages[0] == ("system", "Be brief.") and seen[-1].messages[-1][0] == "user"
    finally:
        declared_providers.pop("noting", None)


# --- a function of one's own ------------------------------------------------------------------------------------------


def test_a_function_chooses_what_is_sent(service: FakeService) -> None:
    llm = asked(service, context=last_two)
    llm.system("Be brief.")
    for number in range(5):
        llm.submit(f"{number} {QUESTION}")
    assert numbers(bodies(service)[-1]) == ["3", "4"] and bodies(service)[-1][0]["content"] == "Be brief."
    assert llm.messages[-1].params["left_out"]["message_numbers"] == "2-7"


def test_a_function_may_write_a_summary(service: FakeService) -> None:
    service.context_tokens = 100
    llm = asked(service, context=summed_up, context_tokens=100)
    llm.system("Be brief.")
    for number in range(6):
        llm.submit(f"{number} {QUESTION}")
    assert "messages came before." in bodies(service)[-1][0]["content"] + bodies(service)[-1][1]["content"]
    assert [sent.content for sent in SentRequests(llm.messages)] == [each.content for each in service.requests]
    assert llm.messages[-1].params["left_out"]["messages"] >= 2


@pytest.mark.parametrize(
    ("function", "says"),
    [(broken, "ZeroDivisionError"), (nothing, "returned no messages"), (unknown, "is no message")],
)
def test_a_function_that_fails_is_named(service: FakeService, function: Any, says: str) -> None:
    llm = asked(service, context=function)
    with pytest.raises(ConfigError, match=f"context function {function.__name__}.*{says}|{function.__name__}.*{says}"):
        llm.submit("Hi.")
    assert llm.messages[-1].status == "failed" and not service.requests


def test_a_function_that_leaves_too_much_is_an_error(service: FakeService) -> None:
    llm = asked(service, context=all_of_it, context_tokens=100)
    with pytest.raises(ContextExceeded, match="all_of_it"):
        llm.submit("word " * 300)


def test_a_function_is_kept_with_its_thread(service: FakeService) -> None:
    llm = asked(service, context=last_two, context_tokens=5000)
    again = Thread.revive(llm.kind, llm.id, load_state(llm.pickled()))
    assert again.context is last_two and again.context_tokens == 5000
    with pytest.raises(StateError, match="context"):
        asked(service, context=lambda messages, tokens: messages)


# --- what is no policy ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wrong", ["drop-oldest", "Refuse ", "refused", "oldest", "truncate", "summary", "dropoldest"])
def test_a_misspelt_policy_is_refused(wrong: str) -> None:
    with pytest.raises(ConfigError, match="drop_oldest and refuse"):
        Thread("constant/Hi", context=wrong)


@pytest.mark.parametrize("wrong", [0, 31, -5, 1.5, "1000", True, 10**9])
def test_a_context_has_a_size(wrong: Any) -> None:
    with pytest.raises(ConfigError, match="context_tokens"):
        Thread("constant/Hi", context_tokens=wrong)


@pytest.mark.parametrize("own", ["gain", "You are in a shop.", 5, None, {"a": 1}])
def test_a_factor_of_this_name_stays_the_experimenters_own(own: Any) -> None:
    llm = Thread("constant/Hi", context=own, content="x", contest="y")
    assert llm.context == own and llm.submit("Well?") == "Hi" and llm.content == "x"


def test_a_reply_that_leaves_no_room(service: FakeService) -> None:
    llm = asked(service, max_tokens=200, context_tokens=200)
    with pytest.raises(ConfigError, match="max_tokens = 200 leaves nothing"):
        llm.submit("Hi.")


# --- who is asked -----------------------------------------------------------------------------------------------------


def test_constants_and_scripts_have_no_limit() -> None:
    llm = ScriptedThread(lambda_free)
    llm.user("word " * 100_000)
    assert llm.submit("And?") == "2"
    assert ExternalThread().submit("word " * 100_000, response="Yes.") == "Yes."


def lambda_free(request: Request) -> str:
    return str(len(request.messages))


def test_a_provider_of_ones_own_may_say_how_much_it_takes() -> None:
    class Small:
        def __init__(self, model: str) -> None:
            self.seen: list[int] = []

        def context_tokens(self, request: Request) -> int:
            return 200

        async def stream(self, request: Request) -> Any:
            self.seen.append(estimated(request))
            if self.seen[-1] > 200:
                raise ContextExceeded("too long", model=request.model, context=200)
            yield Reply("Fine.", cost=0.0)

    declare_provider("small", Small)
    try:
        llm = Thread("small/x")
        for number in range(30):
            llm.submit(f"{number} {QUESTION}")
        # It tells no tokens of its own: so the first time it is asked whether more than we estimate may fit.
        assert sum(len(m.trouble) for m in llm.messages) == 1 and "left_out" in llm.messages[-1].params
    finally:
        declared_providers.pop("small", None)


def test_async_code_and_conversations_use_the_same_door(service: FakeService) -> None:
    service.context_tokens = 150

    async def talk() -> None:
        async with asyncio.timeout(60) if hasattr(asyncio, "timeout") else _Nothing():
            for number in range(15):
                await llm.aio.submit(f"{number} {QUESTION}")

    llm = asked(service)
    asyncio.run(talk())
    assert len(service.requests) == 16 and "left_out" in llm.messages[-1].params
    convo = Conversation(ada=asked(service), ben=asked(service))
    text = "Hello."
    for _ in range(12):
        text = convo.ada.submit(text)
        text = convo.ben.submit(text)
    assert all("left_out" in each.messages[-1].params for each in (convo.ada, convo.ben))
    assert len(service.requests) == 16 + 24  # both knew


class _Nothing:
    async def __aenter__(self) -> None:
        return None

    async def __aexit__(self, *caught: object) -> None:
        return None


def test_a_thread_that_is_loaded_again_goes_on_as_it_was(service: FakeService) -> None:
    service.context_tokens = 400
    llm = asked(service)
    for number in range(40):
        llm.submit(f"{number} {QUESTION}")
    before = len(bodies(service)[-1])
    again = Thread.revive(llm.kind, llm.id, load_state(llm.pickled()))
    internals(again).messages = list(llm.messages)
    internals(again).store.last = len(llm.messages)  # type: ignore[attr-defined]
    service.clear()
    again.submit(f"40 {QUESTION}")
    assert len(service.requests) == 1 and abs(len(bodies(service)[0]) - before) <= 2


def test_an_invalid_answer_is_still_one_on_a_long_thread(service: FakeService) -> None:
    llm = asked(service, context_tokens=200)
    for number in range(8):
        llm.submit(f"{number} {QUESTION}")
    service.reply = "no"
    with pytest.raises(InvalidAnswer):
        llm.ask_number("How much?", low=0, high=10, tries=2)
    assert isinstance(llm.messages[-1], Message)


def test_what_may_fit_is_sent_where_nobody_has_declared_a_size(service: FakeService) -> None:
    """English has more letters a token than we count: a long first message must not be refused unasked."""
    service.context_tokens = 1000
    with pytest.raises(BadRequest):
        asked(service).submit("word " * 2000)
    assert [lesson.words for lesson in lessons()] == [("<1000",)]
    service.clear()
    for policy in ("drop_oldest", "refuse"):
        llm = asked(service, context=policy)
        llm.user("text " * 300)
        llm.assistant("text " * 200)
        llm.submit("word " * 400)
        assert len(bodies(service)[-1]) == 3


@pytest.mark.parametrize("policy", ["drop_oldest", "refuse", last_two])
def test_prompts_do_not_see_the_policy(policy: Any) -> None:
    llm = Thread("constant/Hi", context=policy)
    with pytest.raises(PromptError, match="context"):
        llm.submit(Prompt("In the {{ context }}."))
    assert llm.submit(Prompt("In the {{ context }}."), context="shop") == "Hi"
    llm.context = "shop at the corner"
    assert llm.user(Prompt("In the {{ context }}.")) == "In the shop at the corner."
