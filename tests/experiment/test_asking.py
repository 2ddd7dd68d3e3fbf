"""Asking for an answer of a form: what is invalid is said, kept, and asked for again."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from otree_ego import Prompt, ProviderError, ScriptedThread, parse_number
from otree_ego.errors import Overloaded
from otree_ego.experiment.asking import Asked, ask, read


def asked(replies: list[Any], parser: Any, *more: Any, **options: Any) -> tuple[Asked, ScriptedThread]:
    thread = ScriptedThread(replies)
    return asyncio.run(ask(thread, "How much?", parser, *more, **options)), thread


def test_an_answer_of_the_form_is_taken_at_once():
    found, thread = asked(["I offer 5."], parse_number, 3)
    assert found == Asked(5, "I offer 5.")
    assert len(thread.messages) == 2


def test_without_a_parser_the_text_is_the_value():
    assert asked(["Whatever."], None)[0] == Asked("Whatever.", "Whatever.")


def test_an_invalid_answer_is_kept_with_what_was_wrong():
    found, thread = asked(["Perhaps."], parse_number)
    assert (found.value, found.text, found.attempts) == (None, "Perhaps.", 1)
    assert found.error == "'Perhaps.' is not one number: it has no number."
    assert thread.history[-1]["content"] == "Perhaps."


def test_the_model_is_told_what_was_wrong_and_asked_again():
    found, thread = asked(["Perhaps.", "Some.", "7"], parse_number, 2)
    assert found == Asked(7, "7", 3)
    again = [m["content"] for m in thread.history if m["role"] == "user"][1:]
    assert ["'Perhaps.'" in again[0], "'Some.'" in again[1]] == [True, True]


def test_after_the_last_retry_it_stays_invalid():
    found, _ = asked(["a", "b", "c"], parse_number, 2)
    assert (found.attempts, found.text, found.value) == (3, "c", None)


@pytest.mark.parametrize(
    ("parser", "error"),
    [
        (lambda text: {}[text], "KeyError: 'x'"),
        (lambda text: 1 / 0, "ZeroDivisionError: division by zero"),
        (lambda text: None, "The parser found no answer in it."),
    ],
)
def test_whatever_a_parser_raises_is_in_the_data(parser: Any, error: str):
    assert read("x", parser) == (None, error)


def test_false_and_zero_are_answers():
    assert [read("x", lambda text, value=value: value) for value in (0, False, "", [])] == [
        (0, ""), (False, ""), ("", ""), ([], ""),
    ]  # fmt: skip


def test_a_prompt_takes_its_variables_also_those_named_as_a_setting():
    thread = ScriptedThread(["5"], name="Ann")
    found = asyncio.run(ask(thread, Prompt("{{ name }} has {{ pot }}."), int, variables={"pot": 10}))
    assert (found.value, thread.history[0]["content"]) == (5, "Ann has 10.")


def test_a_service_that_fails_is_no_invalid_answer():
    thread = ScriptedThread([Overloaded("down")])
    with pytest.raises(ProviderError, match="down"):
        asyncio.run(ask(thread, "How much?", int, 3))


def test_another_way_of_submitting_gets_every_question():
    seen: list[str] = []

    async def submit(thread: Any, text: str) -> str:
        seen.append(text)
        return str(thread.submit(text))

    thread = ScriptedThread(["none", "7"], pot=10)
    found = asyncio.run(ask(thread, Prompt("Of {{ pot }}?"), parse_number, 1, submit=submit))
    assert (found.value, found.attempts, seen[0], len(seen)) == (7, 2, "Of 10?", 2)
