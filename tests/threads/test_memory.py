"""What a model remembers of a question that it did not answer: the value that counted, not its attempts."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import given, strategies as st

from otree_ego import ConstantThread, InvalidAnswer, Message, ScriptedThread, Thread
from otree_ego.errors import Overloaded
from otree_ego.experiment.asking import ask
from otree_ego.questions import Checked, Choice, Json, Number, Text, YesNo
from otree_ego.threads.memory import INSTEAD_OF, remembered
from otree_ego.threads.turns import payload

WAYS = ["plain", "async"]


def do(way: str, llm: Thread, method: str, *args: Any, **options: Any) -> Any:
    if way == "plain":
        return getattr(llm, method)(*args, **options)
    return asyncio.run(getattr(llm.aio, method)(*args, **options))


def said(llm: Thread) -> list[tuple[str, str]]:
    return [(m["role"], m["content"].partition("\n")[0]) for m in llm.history]


def overloaded(request: Any) -> str:
    raise Overloaded("No room.", service="scripted", model=request.model)


@pytest.mark.parametrize("way", WAYS)
def test_after_a_fallback_text_the_memory_has_the_question_and_the_value(way: str) -> None:
    llm = ScriptedThread(["a", "b", "c", "Next."], fallback_text="5")
    assert do(way, llm, "ask_number", "How much?", low=0, high=10) == 5
    assert said(llm) == [("user", "How much?"), ("assistant", "5")]
    assert [m.text for m in llm.messages if m.role == "assistant"] == ["a", "b", "c", "5"]  # the record has all
    assert do(way, llm, "submit", "Round 2.") == "Next."
    assert said(llm) == [("user", "How much?"), ("assistant", "5"), ("user", "Round 2."), ("assistant", "Next.")]


@pytest.mark.parametrize("way", WAYS)
def test_after_a_fallback_model_too(way: str) -> None:
    llm = ConstantThread("Hm.", fallback_model="constant/7")
    assert do(way, llm, "ask_number", "How much?", tries=2) == 7
    assert said(llm) == [("user", "How much?"), ("assistant", "7")]
    assert [m.text for m in llm.messages if m.role == "assistant"] == ["Hm.", "Hm.", "7"]


@pytest.mark.parametrize("way", WAYS)
def test_a_default_counts_and_is_remembered(way: str) -> None:
    llm = ScriptedThread(["a", "b", "c"])
    assert do(way, llm, "ask_yes_no", "Do you accept?", yes="ja", no="nein", default=False) is False
    assert said(llm) == [("user", "Do you accept?"), ("assistant", "nein")]
    last = llm.last_reply
    assert last is not None and (last.finish_reason, last.attempts, last.hidden) == ("fallback", 0, True)
    assert last.params["question"]["value"] is False
    assert len([m for m in llm.messages if m.role == "assistant"]) == 4


def test_a_default_counts_also_where_no_answer_came() -> None:
    llm = ScriptedThread(overloaded)
    assert llm.ask_number("How much?", default=0) == 0
    assert said(llm) == [("user", "How much?"), ("assistant", "0")]
    assert [m.status for m in llm.messages] == ["complete", "failed", "complete"]


def test_a_parsers_question_can_have_a_default_outside_otree() -> None:
    llm = ScriptedThread(["seven", "eight", "Next."])
    asked = asyncio.run(ask(llm, "Which number?", int, retries=1, default="7"))
    assert (asked.value, asked.attempts) == (7, 2) and asked.error
    assert said(llm) == [("user", "Which number?"), ("assistant", "7")]
    assert [m.text for m in llm.messages if m.role == "assistant"] == ["seven", "eight", "7"]


def test_without_a_default_it_is_an_error_and_none_may_be_one() -> None:
    with pytest.raises(InvalidAnswer):
        ConstantThread("Hm.").ask_number("How much?")


def test_an_answer_after_a_second_try_is_remembered_as_it_came() -> None:
    llm = ScriptedThread(["a", "4"])
    assert llm.ask_number("How much?") == 4
    assert [role for role, _ in said(llm)] == ["user", "assistant", "user", "assistant"]


def test_ten_rounds_of_fallbacks_are_ten_questions_and_ten_values() -> None:
    llm = ConstantThread("As much as you like.")
    for number in range(10):
        assert llm.ask_number(f"Round {number}: how much?", low=0, high=10, default=number) == number
    assert said(llm) == [pair for n in range(10) for pair in (("user", f"Round {n}: how much?"), ("assistant", str(n)))]
    assert len(llm.messages) == 10 * (3 * 2 + 1)


def test_a_question_is_asked_anew_after_its_default() -> None:
    llm = ScriptedThread(["a", "b", "3"])
    assert llm.ask_number("How much?", tries=2, default=1) == 1
    assert llm.ask_number("How much?", tries=2, default=1) == 3
    assert [text for _, text in said(llm)] == ["How much?", "1", "How much?", "3"]


@pytest.mark.parametrize(
    ("question", "value", "answer"),
    [
        (Number(0, 10), 2.5, "2.5"),
        (Choice(("left", " right "), (1, 2)), 2, "right"),
        (YesNo(), True, "yes"),
        (YesNo(("Ja", "Nein")), False, "Nein"),
        (Text(), "Be fair!", "Be fair!"),
        (Checked(Choice(("A", "B"), ("1", "2")), convert=int), 2, "B"),
        (Checked(Number(0, 9), convert=lambda value: value), 4, "4"),
        (Json({"type": "object"}), {"offer": 5}, '{"offer": 5}'),
    ],
)
def test_a_value_as_an_answer(question: Any, value: Any, answer: str) -> None:
    assert question.as_answer(value) == answer
    assert question.read(answer) == value


@given(
    st.lists(st.tuples(st.sampled_from(["user", "assistant"]), st.lists(st.integers(-1, 30), max_size=4)), max_size=12)
)
def test_whatever_a_record_says_each_message_is_remembered_once_at_most(rows: list[tuple[str, list[int]]]) -> None:
    record = [Message(role, str(n), n + 1, id=str(n)) for n, (role, _) in enumerate(rows)]
    marked = [
        m if not ids else Message(m.role, m.text, m.seq, id=m.id, params={INSTEAD_OF: [*map(str, ids)]})
        for m, (_, ids) in zip(record, rows, strict=True)
    ]
    found = [m.id for m in remembered(marked)]
    assert len(found) == len(set(found)) and set(found) <= {m.id for m in record}
    replaced = {str(i) for n, (_, ids) in enumerate(rows) for i in ids if 0 <= i < n}
    assert set(found) == {m.id for m in record} - replaced
    for before in range(1, len(record) + 2):
        assert all(m[1] in {r.text for r in record if r.seq < before} for m in payload(marked, before))
