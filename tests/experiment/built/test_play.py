"""Playing a built scenario: who is asked what, what an invalid answer does, and that services may fail."""

from __future__ import annotations

import asyncio
import pickle
from pathlib import Path
from typing import Any

import pytest
from harness.scenes import BUILT_EXAMPLE as EXAMPLE

from otree_ego import CLIThread, ConfigError, Conversation, PromptError, ProviderError, ScriptedThread, Thread
from otree_ego.experiment.built.play import new_conversation, play
from otree_ego.experiment.built.reader import Built, read_built
from otree_ego.providers.local.provider import Local


def scenario(**parts: Any) -> Built:
    usual: dict[str, Any] = {
        "threads": [[1, ["GPTThread", "gpt-6-luna"]], [2, ["GPTThread", "gpt-5.4-mini"]]],
        "treatments": ["low", "high"],
        "rounds": 3,
        "variables": {"pot": {"low": 10, "high": 100}},
        "prompts": {
            "system": "You are {{ i }} of two. The pot is {{ pot }} ({{ treatment.name }}).",
            "user": "Round {{ round }} of {{ rounds }}.{% if choices %} You: {{ choices[-1] }}.{% endif %}"
            "{% if other.choices %} They: {{ other.choices[-1] }}.{% endif %}",
        },
        "filters": [["extract_number"], ["extract_number"]],
    }
    return read_built({**usual, **parts})


def scripted(built: Built, *scripts: list[Any]) -> Conversation:
    convo = Conversation(*(ScriptedThread(script) for script in scripts))
    convo.all.treatment = built.treatments[0]
    return convo


def played(built: Built, convo: Conversation, **more: Any) -> Conversation:
    asyncio.run(play(built, convo, **more))
    return convo


def asked(thread: Thread) -> list[str]:
    return [m["content"] for m in thread.history if m["role"] == "user"]


def test_the_page_s_example_is_played():
    built = read_built(EXAMPLE)
    convo = played(built, new_conversation(built, "high", 4))
    assert [thread.choices for thread in convo] == [[{"keep": 7}] * 2, ["ACCEPT"] * 2]
    assert convo.threads[1].history[0]["content"] == "You share 100 dollars with somebody. You move second."
    assert "The other keeps 7 of 100." in asked(convo.threads[1])[1]
    assert (convo.replication, convo.round, convo.tainted) == (4, 2, False)


def test_seats_speak_in_turn_and_see_each_other():
    built = scenario(rounds=2)
    convo = played(built, scripted(built, ["1", "3"], ["It is 2.", "4"]))
    one, two = convo.threads
    assert asked(one) == ["Round 1 of 2.", "Round 2 of 2. You: 1. They: 2."]
    assert asked(two) == ["Round 1 of 2. They: 1.", "Round 2 of 2. You: 2. They: 3."]
    assert [m["content"] for m in (one.history[0], two.history[0])] == [
        "You are 1 of two. The pot is 10 (low).", "You are 2 of two. The pot is 10 (low).",
    ]  # fmt: skip
    assert (convo.now, one.i, two.i) == (2, 1, 2)


def test_i_is_the_number_in_the_file():
    built = scenario(threads=[[3, ["ConstantThread", "1"]], [7, ["ConstantThread", "2"]]], rounds=1)
    convo = played(built, new_conversation(built, "low"))
    assert [thread.i for thread in convo] == [3, 7]


def test_now_is_whose_turn_it_is():
    seen: list[tuple[int, int]] = []

    async def submit(thread: Thread, text: str) -> str:
        seen.append((thread.convo.now, thread.i))
        return thread.submit(text)

    built = scenario(rounds=2)
    played(built, scripted(built, ["1", "3"], ["2", "4"]), submit=submit)
    assert seen == [(1, 1), (2, 2)] * 2


def test_variables_come_before_settings_of_the_same_name():
    values = {"low": "cold", "high": "hot"}
    built = scenario(
        variables={"temperature": values, "seed": values}, rounds=1,
        prompts={"system": "", "user": "It is {{ temperature }}, {{ seed }}."},
    )  # fmt: skip
    convo = played(built, scripted(built, ["1"], ["2"]))
    assert convo.threads[0].history[0] == {"role": "user", "content": "It is cold, cold."}


@pytest.mark.parametrize("answer", ["I do not know.", "1 or 2"])
def test_an_invalid_answer_taints_all_and_ends_the_replication(answer: str):
    built = scenario()
    convo = played(built, scripted(built, ["1", "3"], ["2", answer]))
    assert [thread.tainted for thread in convo] == [True, True]
    assert [thread.choices for thread in convo] == [[1, 3], [2, None]]
    reason = convo.threads[0].taint_reason
    assert reason == convo.taint_reason
    assert reason.startswith("Seat 2, round 2: ") and reason.endswith(f"The answer: {answer!r}")
    assert len(asked(convo.threads[0])) == 2


def test_json_null_is_no_choice():
    built = scenario(filters=[["JSON"], ["JSON"]])
    convo = played(built, scripted(built, ["null"], []))
    assert convo.tainted and convo.threads[0].choices == [None]


def test_a_long_invalid_answer_is_cut_in_the_reason_only():
    built = scenario()
    convo = played(built, scripted(built, ["word " * 2000], []))
    assert len(convo.taint_reason) < 500
    assert len(convo.threads[0].history[-1]["content"]) > 9000


def test_an_invalid_answer_is_asked_for_again_as_often_as_told():
    built = scenario(rounds=1)
    convo = played(built, scripted(built, ["some", "a few", "5"], ["6"]), retries=2)
    assert [thread.choices for thread in convo] == [[5], [6]]
    assert len(asked(convo.threads[0])) == 3 and "'a few'" in asked(convo.threads[0])[2]
    convo = played(built, scripted(built, ["some", "a few"], ["6"]), retries=1)
    assert convo.tainted and "(asked 2 times)" in convo.taint_reason


def test_an_answer_without_what_the_next_prompt_takes_taints():
    prompts = {"system": "", "user": "{% if i == 2 %}{{ other.choices[-1].keep }}{% else %}?{% endif %}"}
    built = scenario(filters=[["JSON"], ["As is"]], prompts=prompts)
    convo = played(built, scripted(built, ['{"offer": 3}'], []))
    assert "Seat 2, round 1: the prompt cannot be filled" in convo.taint_reason and "keep" in convo.taint_reason


def test_a_prompt_that_cannot_be_filled_from_the_start_is_an_error():
    built = scenario(prompts={"system": "", "user": "{{ other.choices[-1].keep }}"})
    convo = scripted(built, ["1"], ["2"])
    with pytest.raises(PromptError):
        played(built, convo)
    assert not convo.tainted


def test_rounds_are_told_of_by_plain_and_by_async_code():
    built, rounds = scenario(), []

    async def waited(convo: Conversation) -> None:
        rounds.append((convo.round, len(convo.threads[1].choices)))

    played(built, scripted(built, list("123"), list("456")), on_round=waited)
    played(built, scripted(built, list("123"), list("456")), on_round=lambda convo: rounds.append((convo.round, 0)))
    assert rounds == [(1, 1), (2, 2), (3, 3), (1, 0), (2, 0), (3, 0)]


def test_a_service_is_asked_with_the_models_of_the_file(openai: Any):
    openai.reply = lambda body: str(len(body["messages"]))
    built = scenario(rounds=2)
    convo = played(built, new_conversation(built, "high"))
    assert [thread.choices for thread in convo] == [[2, 4], [2, 4]]
    bodies = [request.body for request in openai.requests]
    assert [body["model"] for body in bodies] == ["gpt-6-luna", "gpt-5.4-mini"] * 2
    assert {body["temperature"] for body in bodies} == {1.0}
    assert bodies[0]["messages"][0]["content"] == "You are 1 of two. The pot is 100 (high)."


def test_a_service_that_fails_taints_nothing(openai: Any):
    openai.reply = ["1", "2", "3"]
    built = scenario()
    convo = new_conversation(built, "low", thread_options={"retries": 0})

    async def submit(thread: Thread, text: str) -> str:
        if convo.round == 2:
            openai.fail(503, times=1)
        return str(await thread.aio.submit(text))

    with pytest.raises(ProviderError):
        played(built, convo, submit=submit)
    assert not convo.tainted and [thread.choices for thread in convo] == [[1], [2]]
    assert convo.threads[0].last_reply.status == "failed"


def test_another_model_takes_all_seats_but_the_human_s(openai: Any):
    threads = [[1, "CLIThread"], [2, ["ConstantThread", "5"]], [3, ["OpenRouterThread", "a/b"]]]
    built = scenario(threads=threads, filters=["JSON"] * 3, prompts={"system": "", "user": "?"})
    convo = new_conversation(built, "low", model="gpt-6-luna", temperature=None, max_tokens=7)
    assert [thread.model for thread in convo] == ["terminal/Seat 1", "gpt-6-luna", "gpt-6-luna"]
    assert [type(thread) for thread in convo] == [CLIThread, Thread, Thread]
    assert [(thread.temperature, thread.max_tokens) for thread in convo][1:] == [(None, 7)] * 2


def test_a_table_of_another_size_is_refused():
    built = scenario()
    with pytest.raises(ConfigError, match="2 seats, and the Conversation 3 Threads"):
        played(built, scripted(built, ["1"], ["2"], ["3"]))
    with pytest.raises(ConfigError, match="no treatment 'middle'"):
        new_conversation(built, "middle")


def test_what_is_kept_of_a_table_can_be_loaded_again():
    built = scenario(rounds=1)
    convo = played(built, new_conversation(built, "low", model="constant/4"))
    for thread in convo:
        again = Thread.revive(thread.kind, thread.id, pickle.loads(thread.pickled()))
        assert (again.choices, again.i, again.treatment.pot) == ([4], thread.i, 10)


@pytest.mark.model
def test_the_embedded_model_plays(folder: Path):
    built = scenario(filters=[["As is"], ["As is"]], rounds=2, prompts={"system": "Be brief.", "user": "Say a word."})
    try:
        convo = played(built, new_conversation(built, "low", model="local/smollm2", max_tokens=8, seed=1))
    finally:
        Local().close()
    assert [len(thread.choices) for thread in convo] == [2, 2]
    assert all(choice.strip() for thread in convo for choice in thread.choices) and not convo.tainted
