"""What the page edits comes back as it was."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st

from otree_ego import ConfigError
from otree_ego.builder import scenario_text
from otree_ego.builder.gallery_scenarios import gallery_scenarios
from otree_ego.builder.scenario_text import NotSaved, page_content, page_form, page_text
from otree_ego.experiment.built import read_built
from otree_ego.experiment.built.json_file import parsed
from otree_ego.experiment.built.problems import find_problems

GAME: dict[str, Any] = {
    "threads": [[1, "CLIThread"], [2, ["GPTThread", "gpt-6-luna"]]],
    "treatments": ["low", "high"],
    "rounds": 2,
    "variables": {"pot": {"low": 10, "high": 100}},
    "prompts": {"system": "", "user": "{{ pot }} </script>?"},
    "filters": [["JSON"], ["exclusive_response", "ACCEPT;REJECT"]],
}
WORDS = st.text(st.characters(exclude_categories=["C"]))
VALUES = st.recursive(
    st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=5,
)
NAMES = st.text(st.characters(exclude_categories=["C"]), min_size=1)
LITERALS = [
    "0", "0.05", "1.05", "-3", "1e5", "1E+5", "12345678901234567890", "1.10", "-0.0", "true", '"007"', '"1,000"', '""',
    "[1.50, {}]",
]  # fmt: skip


def again(text: str) -> str:
    made, problems = page_text(page_form("game.json", text))
    assert problems == []
    return made


@pytest.mark.parametrize("literal", LITERALS)
def test_a_value_stays_as_it_was_written(literal: str) -> None:
    text = json.dumps({**GAME, "variables": {"x": {"low": "HERE", "high": 1}}}).replace('"HERE"', literal)
    assert f'"low": {literal}' in again(text)
    assert again(again(text)) == again(text)


@pytest.mark.parametrize(
    ("typed", "kind", "written", "fits"),
    [
        (".5", "number", "0.5", True), ("−3", "number", "-3", True), ("007", "number", "7", True),
        ("007", "text", '"007"', True), ("5.", "number", "5", True), ("1,000", "number", '"1,000"', False),
        ("", "number", '""', False), ("", "text", '""', True), ("True", "truth", "true", True),
        ("yes", "truth", '"yes"', False), ("[1, 2]", "json", "[1, 2]", True), ("[1,", "json", '"[1,"', False),
        ("NaN", "json", '"NaN"', False), ("e5", "number", '"e5"', False), ("1e99999", "number", '"1e99999"', False),
    ],
)  # fmt: skip
def test_what_is_typed_is_written(typed: str, kind: str, written: str, fits: bool) -> None:
    form = page_form("game.json", json.dumps(GAME))
    form["variables"][0]["cells"][0] = {"kind": kind, "typed": typed}
    text, problems = page_text(form)
    assert f'"low": {written}, ' in text
    assert [each.path for each in problems] == ([] if fits else [("variables", "pot", "low")])


@given(st.dictionaries(NAMES, st.tuples(VALUES, VALUES), max_size=4))
def test_every_value_comes_back(values: dict[str, tuple[Any, Any]]) -> None:
    data = {**GAME, "variables": {name: {"low": low, "high": high} for name, (low, high) in values.items()}}
    assert json.loads(again(json.dumps(data))) == data


def test_what_the_page_does_not_know_stays() -> None:
    data = {**GAME, "author": {"name": "Ada", "age": 1.50}, "reasoning_effort": "low"}
    data["prompts"] = {**GAME["prompts"], "note": "x"}
    data["variables"] = {"pot": {"low": 1, "high": 2, "gone": 3}}
    data["filters"] = [*GAME["filters"], ["As is"]]
    assert json.loads(again(json.dumps(data))) == data


@pytest.mark.parametrize(
    "filters",
    [{"2": ["JSON"], "1": ["As is"]}, [[2, ["JSON"]], [1, ["As is"]]], [["As is"], ["JSON"]]],
)
def test_each_seat_keeps_its_filter(filters: Any) -> None:
    form = page_form("game.json", json.dumps({**GAME, "filters": filters}))
    assert [each["filter"] for each in form["threads"]] == [["As is"], ["JSON"]]
    form["threads"].reverse()
    form["threads"].pop()
    text, _ = page_text(form)
    built = read_built(text)
    assert [(seat.number, seat.filter.name) for seat in built.seats] == [(2, "JSON")]


THREE = [["JSON"], ["As is"], ["exclusive_response", "A;B"]]
NUMBERS = st.integers(-2, 9) | st.just(12345678901234567890)


def by_number(filters: Any) -> dict[str, Any]:
    return {str(n): by for n, by in (filters.items() if isinstance(filters, dict) else filters)}


@pytest.mark.parametrize(
    ("numbers", "filters", "written"),
    [
        ([1, 2], dict(zip("127", THREE, strict=True)), [[1, THREE[0]], [2, THREE[1]], [7, THREE[2]]]),
        ([2, 3], [[1, THREE[0]], [2, THREE[1]], [3, THREE[2]]], [[2, THREE[1]], [3, THREE[2]], [1, THREE[0]]]),
        ([1, 2], {"1": THREE[0], "2": THREE[1], "Ada": THREE[2]}, None),
        ([1, 2], {"1": THREE[0], "2": THREE[1], "07": THREE[2]}, None),
        ([1, 2], [[1, THREE[0]], [2, THREE[1]], [1, THREE[2]]], [[1, THREE[0]], [1, THREE[2]], [2, THREE[1]]]),
        ([1, 2], THREE, THREE),
        ([1, 2, 3], THREE[:2], THREE[:2]),
        ([1, 2, 3], [], []),
        ([1, 2, 3], [[1, THREE[0]], [3, THREE[1]]], [[1, THREE[0]], [3, THREE[1]]]),
        ([1, 2, 3], {"2": THREE[0]}, [[2, THREE[0]]]),
        ([1, 2, 3], [THREE[0], None, THREE[1]], [[1, THREE[0]], [3, THREE[1]]]),
    ],
)  # fmt: skip
def test_filters_without_a_seat_and_seats_without_a_filter_come_back(
    numbers: list[int], filters: Any, written: Any
) -> None:
    data = {**GAME, "threads": [[number, "CLIThread"] for number in numbers], "filters": filters}
    text = again(json.dumps(data))
    assert json.loads(text)["filters"] == (filters if written is None else written)
    assert again(text) == text

    def told(source: Any) -> list[str]:
        return [each.words for each in find_problems(source) if each.path == ("filters",)]

    if None not in filters:
        assert told(text) == told(data)
    assert page_content("a", page_form("a", text))[0] == json.loads(text)


@given(
    st.lists(NUMBERS, unique=True, min_size=1, max_size=4),
    st.dictionaries(NUMBERS, st.sampled_from(THREE), max_size=5), st.booleans(),
)  # fmt: skip
def test_each_number_keeps_its_filter(seats: list[int], filters: dict[int, Any], as_list: bool) -> None:
    given: Any = [[n, by] for n, by in filters.items()] if as_list else {str(n): by for n, by in filters.items()}
    data = {**GAME, "threads": [[number, "CLIThread"] for number in seats], "filters": given}
    found = json.loads(again(json.dumps(data)))["filters"]
    if {*filters} <= {*seats} and all(not isinstance(e[0], int) for e in found):
        assert dict(zip(map(str, seats), found, strict=False)) == by_number(given)
    else:
        assert by_number(found) == by_number(given)


def test_a_seat_that_takes_a_left_number_has_its_own_filter() -> None:
    data = {**GAME, "filters": {"1": ["JSON"], "2": ["JSON"], "7": ["extract_number"]}}
    form = page_form("game.json", json.dumps(data))
    form["threads"][1].update(number="7", filter=["As is"])
    built = read_built(page_text(form)[0])
    assert [(seat.number, seat.filter.name) for seat in built.seats] == [(1, "JSON"), (7, "As is")]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is not JSON"),
        ("[1]", "expected one JSON object"),
        ("{}", "threads, treatments, rounds"),
        (json.dumps({**GAME, "threads": [1]}), "threads must be a list of [number, thread]"),
        (json.dumps({**GAME, "treatments": "a"}), "treatments must be"),
        (json.dumps({**GAME, "rounds": "a"}), "rounds must be"),
        (json.dumps({**GAME, "variables": {"x": 1}}), "variables must be"),
        (json.dumps({**GAME, "prompts": {"user": 1}}), "prompts must be texts"),
        (json.dumps({**GAME, "filters": 1}), "filters must be"),
        ("[" * 100_000, "nested too deeply"),
        ("x" * 6_000_000, "characters"),
    ],
)
def test_what_is_no_scenario_is_refused_in_a_sentence(text: str, words: str) -> None:
    with pytest.raises(ConfigError, match=r".") as caught:
        page_form("game.json", text)
    assert words in str(caught.value)


def test_what_cannot_be_played_can_still_be_edited() -> None:
    data = {**GAME, "treatments": [], "rounds": 0, "threads": [[1, "X"], [1, ["GPTThread"]]], "variables": {"x": {}}}
    assert json.loads(again(json.dumps(data))) == data


@pytest.mark.parametrize("form", [{}, {"threads": 1}, {"threads": [1]}, {"variables": []}])
def test_what_the_page_would_not_send_is_refused(form: Any) -> None:
    with pytest.raises(ConfigError, match="no scenario"):
        page_text(form)


def test_two_variables_of_one_name_are_not_saved() -> None:
    form = page_form("game.json", json.dumps(GAME))
    form["variables"] *= 2
    with pytest.raises(ConfigError, match="Two variables are called 'pot'"):
        page_text(form)


NUMBER = {"kind": "number", "low": 0, "high": 1.50, "integer": True}
FIELDS = [{"name": "keep", "kind": "number", "low": -1}, {"name": "why", "kind": "text", "least": 1, "most": 20}]
ANSWERS: list[dict[str, Any]] = [
    NUMBER, {"kind": "number"}, {"kind": "number", "low": 0, "places": 2}, {**NUMBER, "places": 0},
    {"kind": "json", "fields": [{"name": "share", "kind": "number", "places": 3}]},
    {"kind": "choice", "options": ["A B", "c;d"]}, {"kind": "yes_no"},
    {"kind": "text", "most": 9}, {"kind": "json", "fields": FIELDS},
    {"kind": "json", "fields": [{"name": "c", "kind": "choice", "options": ["x", "y"]}]},
]  # fmt: skip


def seats(*given: Any) -> dict[str, Any]:
    return {**GAME, "otree_ego": {"version": 1, "seats": [*given]}}


@pytest.mark.parametrize("answer", ANSWERS)
def test_typed_answers_and_parameters_come_back(answer: dict[str, Any]) -> None:
    data = seats(
        {"number": 1, "answer": answer, "parameters": {"temperature": 0.50, "reasoning_effort": "low"}},
        {"number": 2, "parameters": {"max_tokens": 7}},
    )
    form = page_form("game.json", json.dumps(data))
    assert form["threads"][0]["answer"]["kind"] == answer["kind"] and form["more"] == {}
    assert form["threads"][1]["parameters"] == {"max_tokens": "7"}
    assert json.loads(again(json.dumps(data))) == data


@pytest.mark.parametrize(
    "part",
    [
        None, 7, [], {"version": 1, "seats": [{"number": 9, "answer": NUMBER}]}, {"version": 1, "seats": [1]},
        {"version": 1, "seats": [{"number": 1, "answer": {"kind": "number", "low": "0"}}]},
        {"version": 1, "seats": [], "more": 1},
        {"version": 1, "seats": [{"number": 1, "answer": {"kind": "choice", "options": ["a\nb", " c"]}}]},
        {"version": 1, "seats": [{"number": 1, "parameters": {"temperature": [1]}}]},
        {"version": 1, "seats": [{"number": 1, "answer": {"kind": "new", "x": 1}}]}, {"version": 2, "seats": "new"},
    ],
)  # fmt: skip
def test_additions_that_the_fields_cannot_hold_stay_as_they_are(part: Any) -> None:
    data = {**GAME, "otree_ego": part}
    assert json.loads(again(json.dumps(data))) == data


def test_a_newer_scenario_says_so() -> None:
    assert "newer otree_ego" in page_form("game.json", json.dumps({**GAME, "otree_ego": {"version": 2}}))["newer"]
    assert page_form("game.json", json.dumps(GAME))["newer"] == ""


def test_seats_take_their_answers_and_parameters_along() -> None:
    form = page_form("game.json", json.dumps(seats({"number": 2, "answer": NUMBER, "parameters": {"temperature": 1}})))
    form["threads"].reverse()
    form["threads"][0]["number"] = "5"
    text, _ = page_text(form)
    assert json.loads(text)["otree_ego"]["seats"] == [{"number": 5, "answer": NUMBER, "parameters": {"temperature": 1}}]
    del form["threads"][0]
    assert "otree_ego" not in json.loads(page_text(form)[0])


def test_a_typed_answer_writes_the_nearest_filter_beside_it() -> None:
    form = page_form("game.json", json.dumps(GAME))
    form["threads"][0].update(answer={"kind": "choice", "options": "UP\n\n DOWN "}, filter=None)
    data = json.loads(page_text(form)[0])
    assert data["filters"][0] == ["exclusive_response", "UP;DOWN"]
    assert data["otree_ego"]["seats"][0]["answer"] == {"kind": "choice", "options": ["UP", "DOWN"]}


@pytest.mark.parametrize(
    ("change", "path", "words"),
    [
        (lambda form: form["threads"][1].update(number=""), ["threads", 1, 0], "A number is missing"),
        (lambda form: form["threads"][1].update(number="x"), ["threads", 1, 0], "'x' is no number"),
        (lambda form: form.update(rounds="many"), ["rounds"], "'many' is no number"),
        (lambda form: form["treatments"].__setitem__(1, "low"), ["treatments", 1], "Two treatments are called 'low'"),
        (lambda form: form["variables"].append(form["variables"][0]), ["variables", "pot"], "Two variables are called"),
    ],
)  # fmt: skip
def test_what_no_file_can_hold_yet_is_said_at_its_place(change: Any, path: list[Any], words: str) -> None:
    form = page_form("game.json", json.dumps(GAME))
    change(form)
    with pytest.raises(NotSaved) as caught:
        page_text(form)
    assert [list(each.path) for each in caught.value.problems] == [path]
    assert words in caught.value.problems[0].words


@pytest.mark.parametrize("scenario", gallery_scenarios(), ids=lambda each: each.name)
def test_the_gallery_is_without_problems_and_written_as_the_builder_writes(scenario: Any) -> None:
    assert find_problems(scenario.text) == []
    assert again(scenario.text) == scenario.text
    assert all(seat.kind == "local" for seat in read_built(scenario.text).seats), "it needs no key"


def test_the_example_comes_back() -> None:
    text = (Path(__file__).parents[2] / "examples" / "ultimatum.json").read_text("utf-8")
    assert json.loads(again(text)) == json.loads(text)


@given(st.dictionaries(NAMES, VALUES, max_size=3))
def test_what_is_checked_is_what_would_be_saved(values: dict[str, Any]) -> None:
    form = page_form("game.json", json.dumps({**GAME, "variables": {n: {"low": v} for n, v in values.items()}}))
    data, problems = page_content("It", form)
    text, said = page_text(form)
    assert (data, problems) == (parsed("It", text), said)


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("1e999", "It is not JSON: 1e999 is not a JSON value."), ("9" * 5_000, "It is not JSON: "),
        ("[" * 60 + "]" * 60, "It is nested too deeply"), (r'"\ud800"', "cannot be stored"),
        (r'{"\u0000": 1}', "cannot be stored"),
        (f"[{'1,' * 99_999}1]", "more than 100,000 parts"),
    ],
)  # fmt: skip
def test_what_could_not_be_read_again_is_refused(
    typed: str, words: str, large: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if large:
        monkeypatch.setattr(scenario_text, "MOST_BYTES", 10)
    form = page_form("game.json", json.dumps(GAME))
    form["variables"][0]["cells"][0] = {"kind": "json", "typed": typed}
    with pytest.raises(ConfigError) as caught:
        page_content("It", form)
    assert words in str(caught.value)
