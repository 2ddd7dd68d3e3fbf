"""Which words a Thread takes: parameters, the experimenter's own, and slips of the pen."""

from __future__ import annotations

import inspect

import pytest
from hypothesis import given, strategies as st

from otree_ego import ConfigError, GPTThread, Prompt, Request, ScriptedThread, Thread
from otree_ego.threads.keywords import OF_THE_CHAT, OF_THE_SDK, check_keyword, nearest

OURS = (
    "model",
    "temperature",
    "max_tokens",
    "reasoning_effort",
    "retries",
    "deadline",
    "fallback_text",
    "system_prompt",
)


@pytest.mark.parametrize(
    ("slip", "meant"),
    [
        ("reasoning_efort", "reasoning_effort"), ("temprature", "temperature"), ("temperatur", "temperature"),
        ("Temperature", "temperature"), ("retires", "retries"), ("deadlin", "deadline"), ("maxtokens", "max_tokens"),
        ("max_token", "max_tokens"), ("falback_text", "fallback_text"), ("system_promt", "system_prompt"),
        ("reasoning_effor", "reasoning_effort"), ("reasoning_efforts", "reasoning_effort"),
    ],
)  # fmt: skip
def test_slips_are_named(slip: str, meant: str) -> None:
    with pytest.raises(ConfigError, match=f"Did you mean '{meant}'"):
        check_keyword(slip, OURS, "Thread")


@pytest.mark.parametrize(
    "name", ["mode", "name", "role", "mood", "stops", "seat", "endowment", "prediction", "reason", "token"]
)
def test_words_of_the_experimenters_own_are_free(name: str) -> None:
    check_keyword(name, OURS, "Thread")


@pytest.mark.parametrize("name", ["response_format", "top_logprobs", "top_logprob", "logit_bia", "service_tier"])
def test_fields_of_the_service_are_given_as_extra(name: str) -> None:
    with pytest.raises(ConfigError, match="extra="):
        check_keyword(name, OURS, "Thread")


def test_the_newer_name_of_the_limit() -> None:
    with pytest.raises(ConfigError, match="max_tokens="):
        check_keyword("max_completion_tokens", OURS, "Thread")


@pytest.mark.parametrize("name", sorted(OF_THE_CHAT))
def test_settings_of_the_chat_are_not_a_threads(name: str) -> None:
    with pytest.raises(ConfigError, match=f"ego_{name}"):
        check_keyword(name, OURS, "Thread")


def test_the_sdk_has_these_parameters() -> None:
    from openai.resources.chat.completions import AsyncCompletions

    assert set(inspect.signature(AsyncCompletions.create).parameters) >= OF_THE_SDK


def test_the_chat_has_these_settings() -> None:
    from otree_ego.chat_rules.settings import SETTINGS

    of_a_thread = {
        "model", "temperature", "max_tokens", "seed", "system_prompt", "deadline", "retries", "fallback_model",
        "fallback_text", "reasoning_effort", "verbosity", "thoughts_in_text", "context", "context_tokens",
    }  # fmt: skip
    assert set(SETTINGS) - of_a_thread == set(OF_THE_CHAT)


WORD = st.text("abcdefgh_", min_size=6, max_size=14)


@given(WORD, st.data())
def test_any_single_edit_is_seen(word: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(word) - 1))
    letter = data.draw(st.sampled_from("abcz"))
    for edited in (word[:at] + letter + word[at:], word[:at] + word[at + 1 :], word[:at] + letter + word[at + 1 :]):
        expected = word if edited != word and len(edited) >= 6 else ""
        assert nearest(edited, [word]) == expected


@given(WORD)
def test_two_edits_are_another_word(word: str) -> None:
    assert nearest("zz" + word, [word]) == ""
    assert nearest(word + "zz", [word]) == ""


SLIPS = ["reasoning_efort", "temprature", "falback_model", "system_promt"]


@pytest.mark.parametrize("slip", SLIPS)
def test_a_thread_refuses_them(slip: str) -> None:
    with pytest.raises(ConfigError, match=f"GPTThread has no '{slip}'"):
        GPTThread("gpt-6-luna", **{slip: "none"})


@pytest.mark.parametrize("name", ["show_model", "max_messages", "max_cost", "language"])
def test_a_thread_has_no_part_in_the_chats_settings(name: str) -> None:
    with pytest.raises(ConfigError, match=f"ego_{name}"):
        Thread("constant/x", **{name: 1})


def test_own_attributes_stay_possible() -> None:
    llm = Thread("constant/x", mode="a", name="Ada", role="buyer", mood="fine", treatment="high")
    assert (llm.mode, llm.name, llm.role, llm.mood, llm.treatment) == ("a", "Ada", "buyer", "fine", "high")
    llm.language = "Dutch"
    assert llm.language == "Dutch", "set later it is the experimenter's own: no setting of the chat is meant"


def test_a_slip_in_an_attribute_is_refused_too() -> None:
    llm = Thread("constant/x")
    with pytest.raises(ConfigError, match="Did you mean 'temperature'"):
        llm.temprature = 0.5
    llm.temperature = 0.5
    assert llm.temperature == 0.5


def test_a_system_prompt_is_sent() -> None:
    assert Thread("constant/x", system_prompt="SYS").history == [{"role": "system", "content": "SYS"}]
    told = Thread("constant/x", mood="generous", system_prompt=Prompt("Be {{ mood }}."))
    assert told.history[0]["content"] == "Be generous."
    assert Thread("constant/x", system_prompt="").history == []


@pytest.mark.parametrize(
    ("name", "value"), [("reasoning_effort", "lots"), ("verbosity", "loud"), ("reasoning_effort", 3)]
)
def test_words_that_there_are_not(name: str, value: object) -> None:
    with pytest.raises(ConfigError, match=f"{name} must be one of"):
        Thread("constant/x", **{name: value})


SENT: list[dict[str, object]] = []


def noted(request: Request) -> str:
    SENT.append(dict(request.params))
    return "Fine."


def test_an_effort_is_sent_kept_and_in_the_record() -> None:
    SENT.clear()
    llm = ScriptedThread(noted, reasoning_effort="low", verbosity="high")
    llm.submit("Hi")
    assert SENT == [{"reasoning_effort": "low", "verbosity": "high"}]
    assert llm.last_reply is not None and llm.last_reply.params["reasoning_effort"] == "low"
    again = Thread.revive("Thread", "1" * 32, {"model": "constant/x", "reasoning_effort": "low"})
    assert again.reasoning_effort == "low"
    old = Thread.revive("Thread", "2" * 32, {"model": "constant/x", "temprature": 1})
    assert old.temprature == 1 and old.reasoning_effort is None, "what was stored before still loads"
