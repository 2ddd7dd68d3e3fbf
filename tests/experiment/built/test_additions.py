"""Typed answers and parameters of seats, which alter_ego's format does not know."""

from __future__ import annotations

import asyncio
import json
import re
from typing import Any

import pytest
from hypothesis import given, strategies as st

from otree_ego import ConfigError
from otree_ego.errors import ParseError
from otree_ego.experiment.built import read_built
from otree_ego.experiment.built.additions import newer
from otree_ego.experiment.built.play import new_conversation, play
from otree_ego.experiment.built.preview import preview
from otree_ego.experiment.built.problems import find_problems
from otree_ego.experiment.built.seat_answers import answer_grammar, example_answer, question_of, simple_filter
from otree_ego.experiment.built.work import BuiltWork

NUMBER = {"kind": "number", "low": 0, "high": 5, "integer": True}
FIELDS = [{"name": "keep", "kind": "number", "low": 0}, {"name": "why", "kind": "text", "most": 20}]


def game(*seats: Any, version: Any = 1, **more: Any) -> dict[str, Any]:
    return {
        "threads": [[1, ["ConstantThread", "3"]], [2, ["LocalThread", "smollm2"]]], "treatments": ["only"],
        "rounds": 1, "variables": {}, "filters": [["extract_number"], ["extract_number"]],
        "prompts": {"system": "", "user": "A number from 0 to 5? As JSON with keep and why?"},
        "otree_ego": {"version": version, "seats": [*seats]}, **more,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "good", "value", "bad"),
    [
        (NUMBER, "I take 3.", 3, "7"),
        ({"kind": "number"}, "-1.5", -1.5, "none"),
        ({"kind": "number", "low": 0, "high": 10, "places": 2}, "I offer 2.25", 2.25, "2.255"),
        ({"kind": "number", "places": 0}, "7", 7, "7.5"),
        ({"kind": "number", "low": 10.001, "places": 2}, "10.01", 10.01, "10.011"),
        ({"kind": "number", "high": -0.0000015, "places": 7}, "-0.0000016", -0.0000016, "-0.00000155"),
        ({"kind": "number", "low": 10.5, "places": 0}, "11", 11, "10.7"),
        ({"kind": "number", "low": 10.5, "integer": True, "places": 2}, "11", 11, "11.25"),
        (
            {"kind": "json", "fields": [{"name": "keep", "kind": "number", "low": 10.125, "places": 2}]},
            '{"keep": 10.25}',
            {"keep": 10.25},
            '{"keep": 10.255}',
        ),
        ({"kind": "choice", "options": ["ACCEPT", "REJECT"]}, "I accept.", "ACCEPT", "no"),
        ({"kind": "yes_no"}, "Yes.", True, "perhaps"),
        ({"kind": "text", "least": 2, "most": 5}, "Hello", "Hello", "Good morning"),
        (
            {"kind": "json", "fields": FIELDS},
            '{"keep": 2, "why": "x"}',
            {"keep": 2, "why": "x"},
            '{"keep": -1, "why": "x"}',
        ),
        ({"kind": "json", "fields": [{"name": "ok", "kind": "yes_no"}]}, '{"ok": true}', {"ok": True}, '{"ok": "yes"}'),
    ],
)
def test_an_answer_is_read_as_its_type_wants(answer: Any, good: str, value: Any, bad: str) -> None:
    seat = read_built(game({"number": 2, "answer": answer})).seats[1]
    assert seat.filter(good) == value
    with pytest.raises(ParseError):
        seat.filter(bad)
    assert seat.filter(example_answer(json.dumps(answer), 10)) is not None, "the preview's own answer fits"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"kind": "x"}, "expected an answer's kind"),
        (7, "expected an answer's kind"),
        ({"kind": "number", "low": 5, "high": 1}, "which has no number"),
        ({"kind": "number", "low": "a"}, "found low"),
        ({"kind": "number", "low": True}, "found low"),
        ({"kind": "number", "low": 0.2, "high": 0.4, "integer": True}, "no whole number"),
        ({"kind": "number", "most": 1}, "found most, which"),
        ({"kind": "number", "places": 1.5}, "found places 1.5, expected a whole number"),
        ({"kind": "number", "places": -1}, "found places -1"),
        ({"kind": "number", "places": "2"}, "found places"),
        ({"kind": "number", "places": 13}, "from 0 to 12"),
        ({"kind": "number", "places": 10**30}, "from 0 to 12"),
        ({"kind": "number", "low": 0.001, "high": 0.002, "places": 2}, "There is no"),
        ({"kind": "json", "fields": [{"name": "a", "kind": "number", "places": 99}]}, "the field 'a': found places 99"),
        ({"kind": "choice", "options": ["a"], "places": 1}, "found places, which"),
        ({"kind": "choice", "options": []}, "no list of options"),
        ({"kind": "choice", "options": ["a", "a"]}, "stands twice"),
        ({"kind": "text", "least": 5, "most": 2}, "No text has"),
        ({"kind": "json", "fields": []}, "no list of fields"),
        ({"kind": "json", "fields": [{"name": "a", "kind": "text"}, {"name": "a", "kind": "text"}]}, "twice"),
        ({"kind": "json", "fields": [{"name": "", "kind": "text"}]}, "without a name"),
        ({"kind": "json", "fields": [{"name": "a", "kind": "json", "fields": []}]}, "fields of its own"),
    ],
)
def test_an_answer_that_cannot_be_is_a_problem_at_its_place(answer: Any, words: str) -> None:
    with pytest.raises(ConfigError, match=r".") as caught:
        question_of(answer)
    assert words in str(caught.value)
    (problem,) = (each for each in find_problems(game({"number": 1, "answer": answer})) if each.level == "error")
    assert problem.path == ("otree_ego", "seats", 0, "answer")


@pytest.mark.parametrize(
    ("given", "path", "words"),
    [
        ({"temperature": 3}, ("temperature",), "from 0 to 2"),
        ({"max_tokens": 1.5}, ("max_tokens",), "a whole number"),
        ({"top_p": True}, ("top_p",), "a number from 0 to 1"),
        ({"reasoning_effort": "much"}, ("reasoning_effort",), "one of none, minimal"),
        ({"api_key": "x"}, ("api_key",), "is no parameter of a seat"),
        ([], (), "is no object"),
    ],
)
def test_a_parameter_that_cannot_be_is_a_problem_at_its_place(given: Any, path: Any, words: str) -> None:
    (problem,) = (p for p in find_problems(game({"number": 1, "parameters": given})) if p.level == "error")
    assert problem.path == ("otree_ego", "seats", 0, "parameters", *path)
    assert words in problem.words


def test_each_seat_has_its_own_parameters_and_what_a_run_says_comes_first() -> None:
    seats = ({"number": 2, "parameters": {"temperature": 0.5, "max_tokens": 7, "reasoning_effort": "low"}},)
    built = read_built(game(*seats, reasoning_effort="high"))
    one, two = new_conversation(built, "only").threads
    assert (one.temperature, one.max_tokens, one.reasoning_effort) == (1.0, None, "high")
    assert (two.temperature, two.max_tokens, two.reasoning_effort) == (0.5, 7, "low")
    _, two = BuiltWork(built, options={"temperature": 0.2}).conversation("only", 1).threads
    assert (two.temperature, two.max_tokens) == (0.2, 7)


def test_models_that_can_are_kept_to_the_typed_answer() -> None:
    built = read_built(game({"number": 2, "answer": {"kind": "number", "low": 0, "high": 2, "integer": True}}))
    _, two = BuiltWork(built, constrained=True).conversation("only", 1).threads
    assert two.extra == {"grammar": 'root ::= "0" | "1" | "2"'}


MANY: list[dict[str, Any]] = [
    {"name": 'k "eep"', "kind": "number", "low": 0, "high": 100, "integer": True},
    {"name": "share", "kind": "number", "low": -1, "high": 1},
    {"name": "größe", "kind": "choice", "options": ["A B", 'say "no"', "c\\d"]},
    {"name": "sure", "kind": "yes_no"},
    {"name": "why", "kind": "text", "least": 2, "most": 30},
    {"name": "more", "kind": "text"},
]


def matches(grammar: str, text: str) -> bool:
    """Whether a grammar of named rules has a text."""
    rules = dict(line.split(" ::= ", 1) for line in grammar.split("\n"))

    def regex(rule: str) -> str:
        found = re.findall(r'"((?:[^"\\]|\\.)*)"|(\[(?:[^\]\\]|\\.)*\])|(\{\d+(?:,\d+)?\})|(\|)|(\w+)', rule)
        made = (
            re.escape(json.loads(f'"{text}"')) if not signs and not times and not bar and not name
            else signs or times or bar or f"(?:{regex(rules[name])})"
            for text, signs, times, bar, name in found
        )  # fmt: skip
        return "".join(made)

    return re.fullmatch(regex(rules["root"]), text) is not None


def test_the_embedded_model_is_kept_to_the_fields_of_json() -> None:
    answer = {"kind": "json", "fields": MANY}
    built = read_built(game({"number": 2, "answer": answer}))
    _, two = BuiltWork(built, constrained=True).conversation("only", 1).threads
    grammar = two.extra["grammar"]
    value = {'k "eep"': 7, "share": -0.25, "größe": 'say "no"', "sure": False, "why": "so it is", "more": "x"}
    text = json.dumps(value, ensure_ascii=False)
    assert matches(grammar, text) and built.seats[1].filter(text) == value
    example = example_answer(json.dumps(answer), 10)
    assert matches(grammar, example)
    outside = {'k "eep"': 101, "share": 2, "größe": "B", "sure": "no", "why": "x" * 31, "more": ""}
    for name, wrong in outside.items():
        assert not matches(grammar, json.dumps({**value, name: wrong}, ensure_ascii=False)), name
    assert not matches(grammar, json.dumps({**value, "other": 1}, ensure_ascii=False))
    _, free = BuiltWork(built).conversation("only", 1).threads
    assert not (free.extra or {}).get("grammar")


@given(
    low=st.none() | st.decimals(-1000, 1000, places=4), width=st.none() | st.decimals(0, 100, places=3),
    places=st.integers(0, 5),
)  # fmt: skip
def test_the_example_has_as_few_decimals_as_are_asked_for(low: Any, width: Any, places: int) -> None:
    limits = {"low": low, "high": width if low is None or width is None else low + width}
    answer = {"kind": "number", "places": places, **{n: float(each) for n, each in limits.items() if each is not None}}
    try:
        question = question_of(answer)
    except ConfigError:
        return  # no number is in the range
    example = example_answer(json.dumps(answer), 10)
    assert question.read(example) is not None and len(example.partition(".")[2]) <= places


def test_decimals_are_in_the_grammar() -> None:
    assert answer_grammar('{"kind": "number", "low": 0, "high": 1, "places": 3}') == (
        'root ::= "0" | "1" | "0." [0-9]{3} | "1.000"'
    )
    assert answer_grammar('{"kind": "number", "low": 0, "high": 1, "places": 0}') == 'root ::= "0" | "1"'
    field = {"name": "a", "kind": "number", "low": 0, "high": 1, "places": 1}
    assert "f0 ::= " in answer_grammar(json.dumps({"kind": "json", "fields": [field]}))
    assert "[0-9]{1}" in answer_grammar(json.dumps({"kind": "json", "fields": [field]})).replace("[0-9] ", "[0-9]{1} ")


def test_an_answer_out_of_range_taints() -> None:
    built = read_built(game({"number": 1, "answer": {**NUMBER, "high": 2}}))
    convo = new_conversation(built, "only", model="constant/1")
    convo.threads[0].model = "constant/3"
    asyncio.run(play(built, convo))
    assert convo.tainted and "from 0 to 2" in convo.threads[0].taint_reason


def test_the_old_runner_finds_the_nearest_filter() -> None:
    assert simple_filter(NUMBER) == ["extract_number"]
    assert simple_filter({"kind": "yes_no"}) == ["exclusive_response", "yes;no"]
    assert simple_filter({"kind": "choice", "options": ["a;b"]}) == ["As is"]
    assert simple_filter({"kind": "choice", "options": []}) == ["As is"]
    assert simple_filter({"kind": "json", "fields": FIELDS}) == ["JSON"]
    assert simple_filter(None) == ["As is"]


def test_additions_follow_the_number_of_their_seat() -> None:
    data = game({"number": 2, "answer": NUMBER}, {"number": 7, "answer": NUMBER})
    data["threads"].reverse()
    assert [bool(seat.filter.answer) for seat in read_built(data).seats] == [True, False]
    assert any("thread 7, which is not there" in note for note in read_built(data).notes)


@pytest.mark.parametrize("version", [2, 99, "3", 10**30])
def test_a_newer_version_is_refused_in_a_sentence(version: Any) -> None:
    assert "newer otree_ego" in newer(game(version=version))
    with pytest.raises(ConfigError, match="newer otree_ego"):
        read_built(game(version=version))


@pytest.mark.parametrize("part", [7, [], {}, {"version": 0}, {"version": True}, {"version": 1, "seats": 3}])
def test_what_is_no_addition_is_refused(part: Any) -> None:
    assert newer({"otree_ego": part}) == ""
    with pytest.raises(ConfigError, match="otree_ego"):
        read_built({**game(), "otree_ego": part})


def test_a_filter_that_was_changed_beside_a_typed_answer_is_noted() -> None:
    data = game({"number": 1, "answer": NUMBER})
    data["filters"][0] = ["As is"]
    notes = [each for each in find_problems(data) if each.level == "note"]
    assert [each.path for each in notes] == [("otree_ego", "seats", 0, "answer")]


def test_fields_that_no_prompt_names_are_seen() -> None:
    data = game({"number": 1, "answer": {"kind": "json", "fields": [{"name": "offer", "kind": "number"}]}})
    data["threads"][0][1] = ["ConstantThread", '{"offer": 3}']
    assert any("never name the field offer" in each.words for each in find_problems(data))
    assert preview(read_built(data), "only").messages[0].choice == {"offer": 3}
