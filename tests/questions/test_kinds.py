"""Typed questions: how they are asked, what is read, what is refused, and what stands in the record."""

from __future__ import annotations

import asyncio
import contextlib
import json
import pickle
import re
import sqlite3
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st
from pydantic import BaseModel, Field

from otree_ego import ConstantThread, ExternalThread, InvalidAnswer, Prompt, ScriptedThread, Thread
from otree_ego.errors import ConfigError, Overloaded, ParseError, RateLimited
from otree_ego.experiment import replicate
from otree_ego.grammars import choice_grammar, number_grammar
from otree_ego.messages import Message, Request
from otree_ego.providers import Scripted, provider_for
from otree_ego.questions.base import Checked, Question, as_json
from otree_ego.questions.json_form import Json
from otree_ego.questions.kinds import Choice, Number, Text, YesNo
from otree_ego.threads.base import internals
from otree_ego.threads.question_turns import asked_again


class Offer(BaseModel):
    """What a proposer says."""

    offer: int = Field(ge=0, le=10)
    why: str = Field(min_length=3)


OFFER = {
    "type": "object",
    "properties": {"offer": {"type": "integer", "minimum": 0, "maximum": 10}},
    "required": ["offer"],
    "additionalProperties": False,
}
DEALS = Choice(("deal", "no deal"))
TEN = Number(0, 10, integer=True)


# --- reading --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "text", "value"),
    [
        (TEN, "7", 7),
        (TEN, " I give 7 points.\n", 7),
        (TEN, '{"answer": 7}', 7),
        (TEN, '{"answer": 7.0}', 7),
        (TEN, '{"answer": "7 points"}', 7),
        (TEN, '{"Answer": 7, "confidence": 0.9}', 7),
        (TEN, 'Sure!\n```json\n{"answer": 0}\n```', 0),
        (Number(0, 1), "0.25", 0.25),
        (Number(0, 1), '{"answer": 2.5e-1}', 0.25),
        (Number(-5, 5), "minus 3", -3),
        (Number(), "1,250.5", 1250.5),
        (Number(), '{"answer": 5.125}', 5.125),
        (Number(decimal=","), '{"answer": 5.125}', 5.125),
        (Number(decimal=","), '{"answer": "€5.000"}', 5000),
        (Number(decimal="."), "5.000", 5),
        (Number(places=3), "5.125", 5.125),
        (Number(0.001, 9), "5.125", 5.125),
        (Number(0, 10, places=2), "2.25", 2.25),
        (Choice(("left", "right")), "**Left**, I think.", "left"),
        (Choice(("left", "right")), '{"answer": "RIGHT"}', "right"),
        (DEALS, "no deal", "no deal"),
        (DEALS, "I say: no deal!", "no deal"),
        (Choice(("a", "A")), "A", "A"),
        (Choice(("5", "10")), '{"answer": 10}', "10"),
        (Choice(("5", "10")), "10, yes, 10.", "10"),
        (Number(), "5 km, thousand thanks", 5),
        (Choice(("one", "two"), (1, 2)), "two", 2),
        (Choice(("Do not give", "Give")), "do not give", "Do not give"),
        (YesNo(), "Yes, I accept.", True),
        (YesNo(), '{"answer": false}', False),
        (YesNo(("ja", "nein")), "Nein.", False),
        (Text(), "  Hello there.\n", "Hello there."),
        (Text(), 'He said {"x": 1}.', 'He said {"x": 1}.'),
        (Text(1, 5), '{"answer": "Hi"}', "Hi"),
        (Json(OFFER), 'Here: {"offer": 5}', {"offer": 5}),
        (Json(OFFER), '{"answer": {"offer": 5}}', {"offer": 5}),
        (Json(Offer), '{"offer": 5, "why": "fair"}', Offer(offer=5, why="fair")),
        (Json({"type": "array", "items": {"type": "integer"}}), "[1, 2]", [1, 2]),
        (Json({"properties": {"answer": {"type": "integer"}}}), '{"answer": 3}', {"answer": 3}),
    ],
)
def test_what_is_read(question: Question, text: str, value: Any) -> None:
    found = question.read(text)
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    ("question", "text", "why"),
    [
        (TEN, "", "empty"),
        (TEN, " \n", "empty"),
        (TEN, "A fair share.", "no number"),
        (TEN, "11", "out of range"),
        (TEN, '{"answer": 11}', "out of range"),
        (TEN, "-1", "out of range"),
        (TEN, "2.5", "not a whole number"),
        (TEN, "3 or 4", "more than one number"),
        (TEN, '{"answer": [3]}', r"its answer is \[3\]"),
        (TEN, '{"answer": true}', "its answer is true"),
        (TEN, '{"answer": null}', "its answer is null"),
        (TEN, '{"reasoning": "I have 5 points"}', 'no "answer"'),
        (TEN, '{"reasoning": "I have 5 points", "ans', "broken"),
        (TEN, '{"answer": 1} {"answer": 2}', "different"),
        (Number(0, 10, places=2), "2.255", "more decimals"),
        (Choice(("left", "right")), "up", "none of them"),
        (Choice(("left", "right")), "left or right", "'left' and 'right'"),
        (Choice(("left", "right")), "I will not go left.", "either way"),
        (Choice(("accept", "reject")), "I can't accept this.", "either way"),
        (Choice(("5", "10")), "0.5", "none of them"),
        (Choice(("5", "10")), "-5", "none of them"),
        (Choice(("5", "10")), "5,000", "none of them"),
        (Choice(("5", "10")), "15", "none of them"),
        (Choice(("0", "5", "10")), "7 of 10", "'10' and '7'"),
        (Choice(("5 points", "10 points")), "5 or 10 points", "'10 points' and '5'"),
        (Number(), "5k", "'5k' is not written in digits"),
        (Number(), "I would give 5 million.", "'5 million' is not written in digits"),
        (Number(), "5 Tausend Euro", "'5 Tausend' is not written in digits"),
        (Number(), '{"answer": "3M"}', "'3M' is not written in digits"),
        (Number(), "5.000", "it can be 5 or 5000"),
        (Number(0, 10_000), "€1.000", "it can be 1 or 1000"),
        (Number(), '{"answer": "5.000"}', "it can be 5 or 5000"),
        (Number(decimal=","), "1.5", "cannot be read"),
        (YesNo(), "I would never say yes to that.", "either way"),
        (YesNo(("accept", "reject")), "I would never accept this.", "either way"),
        (Choice(("accept", "reject")), "I refuse to accept.", "either way"),
        (Choice(("one", "two"), (1, 2)), "2", "none of them"),
        (YesNo(), "No objection, so yes.", "'yes' and 'no'"),
        (YesNo(), '{"answer": 1}', "none of them"),
        (Text(), "   ", "empty"),
        (Text(5), "Hi", "2 characters"),
        (Text(1, 5), "Too long.", "9 characters"),
        (Json(OFFER), "I offer 5.", "none"),
        (Json(OFFER), '{"offer": 11}', "offer: 11 is greater than the maximum"),
        (Json(OFFER), '{"offer": 5,}', "broken"),
        (Json(OFFER), "{}", "'offer' is a required property"),
        (Json(OFFER), "", "empty"),
        (Json(Offer), '{"offer": 5, "why": "x"}', "why: String should have at least 3"),
        (Json(Offer), '{"offer": "many", "why": "fair"}', "offer: Input should be a valid integer"),
    ],
)
def test_what_is_not_read(question: Question, text: str, why: str) -> None:
    with pytest.raises(ParseError, match=why) as caught:
        question.read(text)
    assert caught.value.expected in (question.expected, "one JSON object")
    assert caught.value.expected in str(caught.value)


@pytest.mark.parametrize(
    ("question", "text", "value", "reasoning"),
    [
        (TEN, '{"reasoning": " I have 10 points. ", "answer": 5}', 5, "I have 10 points."),
        (TEN, 'Well:\n{"reasoning": "Half of 10", "answer": 5}', 5, "Half of 10"),
        (TEN, "5", 5, ""),
        (TEN, "I have 10 points, and 2 is too little.\n\n**Answer:** 5", 5, "I have 10 points, and 2 is too little."),
        (TEN, "Answer: 5", 5, ""),
        (YesNo(), '{"reasoning": "No reason not to.", "answer": "yes"}', True, "No reason not to."),
        (Json(OFFER), '{"reasoning": "Half.", "answer": {"offer": 5}}', {"offer": 5}, "Half."),
        (Text(), '{"reasoning": "Polite.", "answer": "Thanks!"}', "Thanks!", "Polite."),
    ],
)
def test_reasoning_is_kept_apart(question: Question, text: str, value: Any, reasoning: str) -> None:
    asked = type(question)(**{**_fields(question), "reasoning": True})
    assert asked.read_with_reasoning(text) == (value, reasoning)


@pytest.mark.parametrize("text", ["I have 10 points in all.\nThat is a lot.", "I have 10 points, " + "and so on, " * 9])
def test_a_number_in_the_reasoning_is_no_answer(text: str) -> None:
    with pytest.raises(ParseError, match="reasoning and answer"):
        Number(0, 10, reasoning=True).read(text)


@pytest.mark.parametrize(
    ("question", "text", "value"),
    [
        (Number(0, 100), "I offer 1", None),
        (Number(0, 100, integer=True), "1", None),
        (Number(0, 100, integer=True), "11", 11),
        (Number(0, 10), "I offer 5 points bec", 5),
        (Number(0, 10), "5 or 1", None),
        (DEALS, "no deal", "no deal"),
        (Choice(("no", "no deal")), "no", None),
        (Choice(("no", "yes")), "no", "no"),
        (Choice(("a", "b")), "A", "a"),
        (Choice(("a", "b")), "It is a", None),
        (Number(0, 10), '{"answer": 1', None),
        (Number(0, 10), '{"answer": 1}', 1),
        (Text(), "I would like to", "I would like to"),
    ],
)
def test_an_answer_that_was_cut_off(question: Question, text: str, value: Any) -> None:
    if value is None:
        with pytest.raises(ParseError):
            question.read(text, cut=True)
    else:
        assert question.read(text, cut=True) == value


def test_a_value_that_is_converted_and_looked_at_again() -> None:
    even = Checked(TEN, lambda value: Decimal(value), lambda value: "It is odd." if value % 2 else None)
    assert even.read("4") == Decimal(4)
    with pytest.raises(ParseError, match=r"'5': It is odd\."):
        even.read("5")


def _fields(question: Question) -> dict[str, Any]:
    return {name: value for name, value in vars(question).items() if not name.startswith("_")}


# --- how they are asked ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "description"),
    [
        (Number(), "one number."),
        (Number(0, 10, integer=True), "one whole number from 0 to 10."),
        (Number(low=2.5), "one number of at least 2.5."),
        (Choice(("a", "b")), "one of these options, word for word:\n- a\n- b"),
        (YesNo(("ja", "nein")), "ja or nein."),
        (Text(), "a text."),
        (Text(5, 10), "a text of at least 5 and at most 10 characters."),
        (Json(OFFER), "JSON that fits this JSON Schema: " + json.dumps(OFFER)),
    ],
)
def test_the_form_stands_below_the_question(question: Question, description: str) -> None:
    assert question.instruction == f"Answer only with {description}"
    reasoned = type(question)(**{**_fields(question), "reasoning": True}).instruction
    assert reasoned.startswith('Answer only with a JSON object of the form {"reasoning": …, "answer": …}')
    assert reasoned.endswith(f"The answer is {description}")


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: Number(5, 4), "no number from 5 to 4"),
        (lambda: Number(0.2, 0.8, integer=True), "no whole number from 0.2 to 0.8"),
        (lambda: Number("0", 1), "in numbers, not '0'"),
        (lambda: Number(high=float("inf")), "in numbers, not inf"),
        (lambda: Number(True, 2), "in numbers, not True"),
        (lambda: Choice(()), "one option or more"),
        (lambda: Choice(("a", " ")), "none of them empty"),
        (lambda: Choice(("a", "a ")), "twice"),
        (lambda: Choice((1, 2)), "a list of texts"),
        (lambda: Text(5, 4), "at least 5 and at most 4"),
        (lambda: Json("offer"), "a pydantic model's class or a JSON Schema"),
        (lambda: Json({"type": "wrong"}), "no JSON Schema"),
        (lambda: ConstantThread("a").ask_choice("?", "ab"), "not one text"),
        (lambda: ConstantThread("a").ask_text("?", tries=0), "tries is how many"),
    ],
)
def test_questions_without_an_answer_are_refused(make: Callable[[], Any], says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        make()


def test_values_are_kept_as_json() -> None:
    assert as_json({"a": (Decimal("1.50"), Offer(offer=1, why="why"), None)}) == {
        "a": [1.5, {"offer": 1, "why": "why"}, None]
    }


def test_schemas_are_strict_where_services_take_that() -> None:
    assert TEN.form.strict and TEN.form.schema["required"] == ["answer"]
    assert Json(Offer).form.strict and Json(OFFER).form.strict
    assert not Json({"type": "object", "properties": {"a": {}}, "additionalProperties": False}).form.strict
    whole = Number(0, 1, reasoning=True).form.schema
    assert list(whole["properties"]) == ["reasoning", "answer"] == whole["required"], "reasoning comes first"


def test_references_in_a_schema_are_found_from_the_wrapping_object() -> None:
    class Split(BaseModel):
        offers: list[Offer]

    assert Json(Split).form.schema["properties"]["offers"]["items"] == {"$ref": "#/$defs/Offer"}
    schema = Json(Split, reasoning=True).form.schema
    assert schema["properties"]["answer"]["properties"]["offers"]["items"] == {"$ref": "#/$defs/Offer"}
    assert set(schema["$defs"]) == {"Offer"}


# --- grammars -------------------------------------------------------------------------------------------------------


def as_regex(grammar: str) -> re.Pattern[str]:
    """A grammar of one rule without names as a regular expression."""
    parts = re.findall(r'"((?:[^"\\]|\\.)*)"|(\[[^\]]*\](?:\{\d+\})?)|(\|)', grammar.partition("::= ")[2])
    return re.compile("".join(re.escape(text) if text else other or bar for text, other, bar in parts))


@given(st.integers(-3000, 3000), st.integers(0, 4000))
def test_the_grammar_of_whole_numbers_has_the_range_and_nothing_else(low: int, width: int) -> None:
    high = low + width
    pattern = as_regex(number_grammar(low, high))
    for number in {low, high, low - 1, high + 1, 0, (low + high) // 2, low + width // 3, high + 10, low - 10, -high}:
        assert bool(pattern.fullmatch(str(number))) == (low <= number <= high), number
    assert not pattern.fullmatch("-0") and not pattern.fullmatch("007") and not pattern.fullmatch("")


@given(st.decimals(-50, 50, places=2), st.decimals(0, 50, places=2))
def test_the_grammar_of_decimals_has_the_range_and_nothing_else(low: Decimal, width: Decimal) -> None:
    high = low + width
    pattern = as_regex(number_grammar(float(low), float(high), places=2))
    step = Decimal("0.01")
    for number in {low, high, low - step, high + step, (low + high) // 2 + step, low + step, high - step}:
        assert bool(pattern.fullmatch(f"{number:.2f}")) == (low <= number <= high and f"{number:.2f}" != "-0.00")


def test_small_and_odd_ranges_can_be_asked_for() -> None:
    tiny = Number(0.001, 0.004)
    assert as_regex(tiny.grammar).fullmatch("0.003") and tiny.read("0.0025") == 0.0025
    assert as_regex(Number(1e-7, 2e-7).grammar).fullmatch("0.0000002")
    assert Number(Decimal("1.50"), Decimal(3)).expected == "one number from 1.5 to 3"
    assert Number(high=1e30).read("5e29") == 5e29


def test_large_ranges_have_small_grammars() -> None:
    assert len(number_grammar(-(10**15), 10**15)) < 1500
    assert len(number_grammar(0, 1_234_567)) < 800
    assert as_regex(number_grammar(None, None)).fullmatch("-123456789")


@pytest.mark.parametrize(("low", "high"), [(3, 2), (0.4, 0.6)])
def test_a_range_without_whole_numbers_has_no_grammar(low: float, high: float) -> None:
    with pytest.raises(ConfigError, match="has none"):
        number_grammar(low, high)


def test_options_in_a_grammar_are_quoted() -> None:
    assert choice_grammar(['say "ä"', "\\"]) == 'root ::= "say \\"ä\\"" | "\\\\"'


# --- asking ---------------------------------------------------------------------------------------------------------

WAYS = ["sync", "async"]


def do(way: str, thread: Thread, name: str, *arguments: Any, **options: Any) -> Any:
    """Call a method of a Thread, or of its face for async code."""
    if way == "sync":
        return getattr(thread, name)(*arguments, **options)

    async def call() -> Any:
        return await getattr(thread.aio, name)(*arguments, **options)

    return asyncio.run(call())


def questions(thread: Thread) -> list[dict[str, Any]]:
    """What the record says of each reply's question."""
    return [dict(m.params["question"]) for m in thread.messages if m.role == "assistant"]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("name", "arguments", "options", "answers", "value"),
    [
        ("ask_number", (), dict(low=0, high=10), ["Much.", "11", "4.5"], 4.5),
        ("ask_number", (), dict(low=0, high=10, integer=True), ["4.5", "3 or 4", "4"], 4),
        ("ask_number", (), {}, ["5.000", "5 million", "5000"], 5000),
        ("ask_number", (), dict(decimal=","), ["1.5", "€ 5k", "€5.000"], 5000),
        ("ask_number", (), dict(decimal="."), ["not 5", "3rd", "5.000"], 5),
        (
            "ask_yes_no",
            (),
            dict(yes="accept", no="reject"),
            ["I would never accept this", "No way: accept", "Reject"],
            False,
        ),
        ("ask_choice", (["Left", "Right"],), {}, ["up", "left, or right", "right"], "Right"),
        ("ask_yes_no", (), {}, ["Perhaps.", "yes and no", "no"], False),
        ("ask_yes_no", (), dict(yes="ja", no="nein"), ["yes", "no", "ja"], True),
        ("ask_text", (), dict(min_length=3, max_length=10), ["a", "Far too long.", "Right."], "Right."),
        ("ask_json", (Offer,), {}, ["5", '{"offer": 5}', '{"offer": 5, "why": "fair"}'], Offer(offer=5, why="fair")),
        ("ask_json", (OFFER,), {}, ["5", '{"offer": 50}', '{"offer": 5}'], {"offer": 5}),
    ],
)
def test_a_wrong_answer_is_named_and_asked_again(
    way: str, name: str, arguments: tuple[Any, ...], options: dict[str, Any], answers: list[str], value: Any
) -> None:
    llm = ScriptedThread(answers)
    found = do(way, llm, name, "What?", *arguments, **options)
    assert (found, type(found)) == (value, type(value))
    first, one, second, two, third, three = llm.messages
    assert first.text.startswith("What?\n\nAnswer only with ")
    assert [m.text for m in (one, two, three)] == answers
    asked = questions(llm)
    assert [one["try"] for one in asked] == [1, 2, 3]
    assert [second.text, third.text] == [asked_again(one["invalid"]) for one in asked[:2]]
    assert asked[2]["value"] == as_json(value) and "invalid" not in asked[2]
    assert all(m.hidden and m.status == "complete" for m in llm.messages), "decisions are not shown in a chat"


def test_places_do_not_say_what_a_point_before_three_digits_is() -> None:
    with pytest.raises(ParseError, match="it can be 5 or 5000"):
        Number(0, 10, places=2).read("5.000")
    assert Number(0, 10, places=2, decimal=".").read("5.000") == 5


@pytest.mark.parametrize("way", WAYS)
def test_no_answer_of_the_form_is_a_typed_error(way: str) -> None:
    llm = ScriptedThread(["a", "b", "c", "7"])
    with pytest.raises(InvalidAnswer, match="scripted/list gave no answer that is one number from 0 to 9") as caught:
        do(way, llm, "ask_number", "How many?", low=0, high=9)
    error = caught.value
    assert (error.text, error.expected, error.answers) == ("c", "one number from 0 to 9", ("a", "b", "c"))
    assert isinstance(error, ParseError) and len(llm.messages) == 6
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), again.answers) == (str(error), error.answers)
    assert do(way, llm, "ask_number", "How many?", low=0, high=9) == 7, "a new question"
    assert [m.text for m in llm.messages].count(llm.messages[0].text) == 2


def test_how_often_is_asked() -> None:
    llm = ScriptedThread(["a", "b"])
    with pytest.raises(InvalidAnswer, match="in 1 answer\\."):
        llm.ask_number("How many?", tries=1)
    assert len(llm.messages) == 2


def test_a_prompt_and_the_options_of_submit() -> None:
    seen: list[Request] = []

    def reply(request: Request) -> str:
        seen.append(request)
        return "5"

    class Listening(ScriptedThread):
        def _find_provider(self, model: str) -> Any:
            return Scripted(reply)

    llm = Listening(["x"], temperature=1.0, endowment=100)
    prompt = Prompt("{{ name }}, you have {{ endowment }}.")
    options: dict[str, Any] = dict(temperature=0.1, max_tokens=9, seed=3, extra={"user": "u"}, name="Ada")
    assert llm.ask_number(prompt, high=10, hidden=False, **options) == 5
    assert seen[0].messages[-1][1].startswith("Ada, you have 100.\n\nAnswer only with one number of at most 10.")
    assert dict(seen[0].params) == {"temperature": 0.1, "max_tokens": 9, "seed": 3} and seen[0].extra == {"user": "u"}
    assert seen[0].form is not None and seen[0].form.name == "number"
    assert not llm.messages[0].hidden and not llm.messages[1].hidden
    assert llm.last_reply is not None and llm.last_reply.seed == 3
    with pytest.raises(TypeError, match="takes no variables"):
        llm.ask_number("plain", trie=3)


def test_reasoning_is_in_the_data_and_not_in_the_value() -> None:
    llm = ConstantThread('{"reasoning": "Half is fair.", "answer": 5}')
    assert llm.ask_number("How many?", low=0, high=10, reasoning=True) == 5
    assert questions(llm)[0]["reasoning"] == "Half is fair."


# --- the order of options ---------------------------------------------------------------------------------------------

LETTERS = list("abcdefgh")


def shown(message: Message) -> list[str]:
    return re.findall(r"^- (.+)$", message.text, re.MULTILINE)


@pytest.mark.parametrize("way", WAYS)
def test_a_shuffled_order_is_seeded_and_recorded(way: str) -> None:
    orders = []
    for seed in (1, 1, 2):
        llm = ConstantThread("b", seed=seed)
        assert do(way, llm, "ask_choice", "Which?", LETTERS, shuffle=True) == "b"
        do(way, llm, "ask_choice", "Which?", LETTERS, shuffle=True)
        orders.append([shown(m) for m in llm.messages if m.role == "user"])
        for asked, order in zip(questions(llm), orders[-1], strict=True):
            assert [LETTERS[place - 1] for place in asked["order"]] == order == asked["options"]
            assert Choice(tuple(LETTERS)).shuffled(asked["order_seed"]).options == tuple(order)
    assert orders[0] == orders[1] != orders[2]
    assert orders[0][0] != orders[0][1], "the same seed gives another order at another place"
    fresh = {tuple(shown(_asked_letters().messages[0])) for _ in range(5)}
    assert len(fresh) > 1, "without a seed each order is drawn anew"


def _asked_letters() -> Thread:
    llm = ConstantThread("b")
    llm.ask_choice("Which?", LETTERS, shuffle=True)
    return llm


def test_without_shuffling_the_order_is_the_given_one() -> None:
    llm = ConstantThread("b", seed=5)
    llm.ask_choice("Which?", LETTERS)
    assert shown(llm.messages[0]) == LETTERS and "order" not in questions(llm)[0]


# --- the failure policy -----------------------------------------------------------------------------------------------


def failing(*replies: str | Exception) -> type[Thread]:
    """A Thread of a script that may fail; any other model answers with what stands in its name."""

    script = Scripted(list(replies))

    class Failing(Thread):
        def _find_provider(self, model: str) -> Any:
            return script if model == self.model else provider_for(model)

    return Failing


@pytest.mark.parametrize("way", WAYS)
def test_after_the_limit_another_model_is_asked_once(way: str) -> None:
    llm = ScriptedThread(["a", "b"], fallback_model="constant/I say 6.", fallback_text="1")
    assert do(way, llm, "ask_number", "How many?", tries=2) == 6
    last = llm.last_reply
    assert last is not None and (last.author, last.params["question"]["try"]) == ("constant/I say 6.", 3)
    assert [m.role for m in llm.messages] == ["user", "assistant"] * 3


@pytest.mark.parametrize("way", WAYS)
def test_then_the_text_of_the_policy_is_the_answer_if_it_is_one(way: str) -> None:
    llm = ScriptedThread(["a", "b"], fallback_model="constant/no number", fallback_text="0")
    assert do(way, llm, "ask_number", "How many?", tries=2) == 0
    last = llm.last_reply
    assert last is not None and (last.text, last.finish_reason, last.attempts) == ("0", "fallback", 0)
    assert last.params["question"]["value"] == 0
    assert [m.text for m in llm.messages if m.role == "assistant"] == ["a", "b", "no number", "0"]
    assert [m.role for m in llm.messages] == ["user", "assistant"] * 4
    wrong = ScriptedThread(["a", "b"], fallback_text="Sorry!")
    with pytest.raises(InvalidAnswer) as caught:
        do(way, wrong, "ask_number", "How many?", tries=2)
    assert caught.value.answers == ("a", "b") and "Sorry!" not in [m.text for m in wrong.messages]


@pytest.mark.parametrize("way", WAYS)
def test_no_reply_at_all(way: str) -> None:
    down = failing(*[Overloaded("down") for _ in range(9)])
    with pytest.raises(Overloaded):
        do(way, down("x/y", retries=1, backoff=0.0), "ask_number", "How many?")
    answered = down("x/y", retries=0, fallback_text="3")
    assert do(way, answered, "ask_number", "How many?") == 3
    assert answered.messages[-1].finish_reason == "fallback" and questions(answered)[0]["value"] == 3
    refused = down("x/y", retries=0, fallback_text="Please try again later.")
    with pytest.raises(Overloaded):
        do(way, refused, "ask_number", "How many?")
    assert refused.messages[-1].status == "failed" and refused.messages[-1].text == "", "no invented value"


def test_passing_trouble_is_no_wrong_answer() -> None:
    llm = failing(RateLimited("wait", retry_after=0.0), "x", "5")("x/y", retries=2, backoff=0.0)
    assert llm.ask_number("How many?") == 5
    assert [one["try"] for one in questions(llm)] == [1, 2]
    assert [m.attempts for m in llm.messages if m.role == "assistant"] == [2, 1]


def test_an_answer_of_the_fallback_model_in_trouble_is_read_like_any_other() -> None:
    llm = failing(Overloaded("down"), "5")("x/y", retries=0, fallback_model="constant/none")
    assert llm.ask_number("How many?") == 5
    assert [m.text for m in llm.messages if m.role == "assistant"] == ["none", "5"]


def test_an_error_of_the_apps_own_check_is_raised_when_the_reply_is_written_down() -> None:
    llm = ConstantThread("5")
    bad = Checked(TEN, check=lambda value: str(1 // 0))
    with pytest.raises(ZeroDivisionError):
        llm.ask(bad, "How many?")
    assert llm.messages[-1].status == "complete" and questions(llm)[0]["invalid"].startswith("ZeroDivisionError")


# --- asking on where it was left --------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", WAYS)
def test_a_question_that_got_no_reply_is_not_recorded_twice(way: str) -> None:
    llm = failing(Overloaded("down"), Overloaded("down"), "5")("x/y", retries=0)
    for _ in range(2):
        with pytest.raises(Overloaded):
            do(way, llm, "ask_number", "How many?", low=0)
    assert do(way, llm, "ask_number", "How many?", low=0) == 5
    assert [(m.role, m.status) for m in llm.messages] == [
        ("user", "complete"),
        ("assistant", "failed"),
        ("assistant", "failed"),
        ("assistant", "complete"),
    ]


def test_another_question_is_another_message() -> None:
    llm = failing(Overloaded("down"), "5", "6", "7")("x/y", retries=0)
    with pytest.raises(Overloaded):
        llm.ask_number("How many?", low=0)
    assert llm.ask_number("How many?", low=1) == 5, "the form is another"
    assert llm.ask_number("How many?", low=1) == 6 and llm.ask_number("How many?", low=1) == 7
    assert sum(m.role == "user" for m in llm.messages) == 4, "what was answered is asked anew"


def test_wrong_answers_before_the_failure_count() -> None:
    llm = failing("a", Overloaded("down"), "b", "c", "5")("x/y", retries=0)
    with pytest.raises(Overloaded):
        llm.ask_number("How many?")
    with pytest.raises(InvalidAnswer) as caught:
        llm.ask_number("How many?")
    assert caught.value.answers == ("a", "b", "c")
    assert [one["try"] for one in questions(llm)] == [1, 2, 2, 3]


def test_a_server_that_died_between_an_answer_and_the_next_question() -> None:
    llm = ScriptedThread(["a", "5"])
    with pytest.raises(InvalidAnswer):
        llm.ask_number("How many?", tries=1)
    assert llm.ask_number("How many?", tries=3) == 5
    assert [m.role for m in llm.messages] == ["user", "assistant"] * 2
    assert llm.messages[2].text == asked_again(questions(llm)[0]["invalid"])


def test_an_order_that_was_shown_stays_when_it_is_asked_again() -> None:
    for killed in (False, True):
        llm = failing(Overloaded("down"), "b")("x/y", retries=0)
        with pytest.raises(Overloaded):
            llm.ask_choice("Which?", LETTERS, shuffle=True)
        if killed:  # what a server leaves behind that had no time to write down how it ended
            record = internals(llm).messages
            pending = record[-1]
            seed = pending.params["question"]["order_seed"]
            params = {"question": {"kind": "choice", "order_seed": seed}}
            record[-1] = Message("assistant", "", seq=pending.seq, status="pending", params=params)
        assert llm.ask_choice("Which?", LETTERS, shuffle=True) == "b"
        assert sum(m.role == "user" for m in llm.messages) == 1


# --- in runs --------------------------------------------------------------------------------------------------------


async def bargain(thread: Thread) -> dict[str, Any]:
    """One replication: a typed question in async code, another in plain code."""
    offer = await thread.aio.ask_number("How many?", low=0, high=10, integer=True)
    return {"offer": offer, "kept": thread.ask_yes_no("Do you keep it?")}


def test_questions_in_a_run(tmp_path: Path) -> None:
    path = tmp_path / "runs.db"
    done = replicate(bargain, lambda: ScriptedThread(["many", "4", "yes"]), 3, store=str(path), progress=False)
    assert [one.result for one in done] == [{"offer": 4, "kept": True}] * 3
    with contextlib.closing(sqlite3.connect(path)) as connection:
        rows = connection.execute(
            "SELECT params FROM otree_ego_message WHERE role = 'assistant' ORDER BY id"
        ).fetchall()
    asked = [json.loads(row[0])["question"] for row in rows]
    assert sorted(str(one.get("value")) for one in asked) == sorted(["None", "4", "True"] * 3)


# --- other Threads ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", WAYS)
def test_an_external_answer(way: str) -> None:
    human = ExternalThread()
    assert do(way, human, "ask_number", "How many?", response="I give 3") == 3
    with pytest.raises(InvalidAnswer, match="in 1 answer"):
        do(way, human, "ask_number", "How many?", response="none")
    with pytest.raises(ConfigError, match="response"):
        do(way, human, "ask_number", "How many?")


@pytest.mark.parametrize("way", WAYS)
def test_an_instruction_that_is_given_once(way: str) -> None:
    llm = ConstantThread("x", name="Ada")
    for _ in range(3):
        assert do(way, llm, "system", Prompt("You are {{ name }}."), once=True) == "You are Ada."
    do(way, llm, "system", "Be brief.", once=True)
    do(way, llm, "system", "Be brief.")
    assert [m.text for m in llm.messages] == ["You are Ada.", "Be brief.", "Be brief."]


def test_only_these_names_are_taken_from_the_experimenter() -> None:
    new = {name for name in dir(Thread) if name.startswith("ask") or name in ("decide", "tries", "question", "typed")}
    assert new == {"ask", "ask_number", "ask_choice", "ask_yes_no", "ask_text", "ask_json", "decide"}
    llm = ConstantThread("x", question="mine", answer=1, tries=2, reasoning="mine", value=3)
    assert (llm.question, llm.answer, llm.tries, llm.reasoning) == ("mine", 1, 2, "mine")
