"""All that `ego check FILE` and the builder say of a built file, each with its place."""

from __future__ import annotations

import json
import re
import tracemalloc
from pathlib import Path
from time import process_time
from typing import Any

import pytest
from hypothesis import given, strategies as st

from otree_ego.experiment.built import preview as preview_module, read_built
from otree_ego.experiment.built.kept_previews import KeptPreviews
from otree_ego.experiment.built.places import Problem
from otree_ego.experiment.built.preview import previews
from otree_ego.experiment.built.problems import find_problems
from otree_ego.experiment.built.rendering import is_plain
from otree_ego.experiment.built.template_names import choice_names, name_places, treatment_names

REPO = Path(__file__).parents[3]
GAME: dict[str, Any] = {
    "threads": [[1, ["ConstantThread", "3"]], [2, ["GPTThread", "gpt-6-luna"]]],
    "treatments": ["low", "high"],
    "rounds": 2,
    "variables": {"pot": {"low": 10, "high": 100}},
    "prompts": {
        "system": "You share {{ pot }}.",
        "user": "{% if i == 1 %}How much?{% else %}They give {{ other.choices[-1] }}. YES or NO?{% endif %}",
    },
    "filters": [["extract_number"], ["exclusive_response", "YES;NO"]],
}
ENDLESS = "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}"
HUNGRY = "{{ ('a'*99999)|list|join('x'*99999)|length }}"
PIECES = ["text ", "\n", "{{ a }}", "{%- if b %}", "{% endif -%}", " ", "{# c #}", "ä"]
PEOPLE = [[1, "CLIThread"], [2, "CLIThread"]]
Found = tuple[str, tuple[str | int, ...], int, int]


def game(**parts: Any) -> dict[str, Any]:
    return {**GAME, **parts}


def asking(system: str = "You share {{ pot }}.", user: str = "YES or NO, and a number?") -> dict[str, Any]:
    return game(prompts={"system": system, "user": user})


def with_variable(name: str) -> dict[str, Any]:
    return game(variables={**GAME["variables"], name: {"low": 1, "high": 2}})


def reading(tokens: str) -> dict[str, Any]:
    return game(filters=[["extract_number"], ["exclusive_response", tokens]])


def found(source: Any, *kinds: str) -> list[Found]:
    problems = find_problems(source)
    return [(p.level, p.path, p.line, p.column) for p in problems if not kinds or p.kind in kinds]


def test_a_good_file_has_no_problems() -> None:
    assert find_problems(GAME) == find_problems(REPO / "examples" / "ultimatum.json") == []


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (asking(user="YES, NO {{ pott }}?"), ("unknown name", ("prompts", "user"), 1, 12)),
        (asking(user="YES\n  NO {% if x.pott == pot %}{% endif %}"), ("unknown name", ("prompts", "user"), 2, 12)),
        (asking(user="YES {{ pot.pott + f(pott=1) + pott }} NO"), ("unknown name", ("prompts", "user"), 1, 19)),
        (asking(system="a\n\n  {{ pot }} {% if %}"), ("syntax", ("prompts", "system"), 3, 13)),
        (asking(system="{{ pot | nothing }}"), ("syntax", ("prompts", "system"), 1, 10)),
        (asking(system="{{ pot }"), ("syntax", ("prompts", "system"), 1, 8)),
        (asking(system="{% fi %}"), ("syntax", ("prompts", "system"), 1, 4)),
        (asking(user="{% for x in choices %}"), ("syntax", ("prompts", "user"), 1, 4)),
        (game(variables={"pot": {"low": 1}}), ("missing", ("variables", "pot", "high"), 0, 0)),
        (game(treatments=["low", "high", "low"]), ("duplicate name", ("treatments", 2), 0, 0)),
        (game(threads=[[1, "CLIThread"], [1, "CLIThread"]]), ("duplicate name", ("threads", 1, 0), 0, 0)),
        (with_variable("round"), ("duplicate name", ("variables", "round"), 0, 0)),
        (asking(user=ENDLESS), ("limit", ("prompts", "user"), 0, 0)),
        (asking(user=HUNGRY), ("limit", ("prompts", "user"), 0, 0)),
        (asking(user="YES or NO\n\n\n\n{{ choices[0] + 1 }}"), ("cannot be filled", ("prompts", "user"), 5, 1)),
        (game(filters=[["JSON"]]), ("missing", ("filters",), 0, 0)),
        (game(rounds=0), ("form", ("rounds",), 0, 0)),
        ('{\n "rounds": }', ("not readable", (), 2, 12)),
        ("[1]\n", ("form", (), 0, 0)),
        (Path("nowhere.json"), ("not readable", (), 0, 0)),
    ],
)  # fmt: skip
def test_what_cannot_be_played_is_an_error_at_its_place(source: Any, expected: tuple[Any, ...]) -> None:
    kind, *place = expected
    assert ("error", *place) in found(source, kind)


@pytest.mark.parametrize(
    ("source", "kind", "path", "words"),
    [
        (with_variable("old"), "unused", ("variables", "old"), "no prompt uses it"),
        (game(treatments=["low", "Low "], variables={"pot": {"low": 1, "Low ": 2}}),
         "duplicate name", ("treatments", 1), "nearly the name 'low'"),
        (game(variables={"pot": {"low": 5, "high": 5}}),
         "same prompts", ("treatments", 1), "everybody reads the same in low, high"),
        (game(threads=PEOPLE, filters=[["JSON"], ["As is"]]), "filter", ("filters", 0), "never ask for it"),
        (reading("yes;no;perhaps"), "filter", ("filters", 1), "never name perhaps"),
        (reading("Token 1;Token 2;Token 3"), "filter", ("filters", 1), "a new filter comes with"),
        (reading("YES;NO;yes"), "filter", ("filters", 1), "differ in capitals only"),
        (reading("n"), "filter", ("filters", 1), "never name n"),
        (game(filters={"2": ["exclusive_response", "A;B"], "1": ["extract_number"]}),
         "filter", ("filters", "2"), "never name A, B"),
        (game(filters=[[2, ["exclusive_response", "A;B"]], [1, ["extract_number"]]]),
         "filter", ("filters", 0), "never name A, B"),
        (game(threads=[[1, ["ConstantThread", "seven"]], GAME["threads"][1]]),
         "filter", ("filters", 0), "'seven' cannot be read"),
        (asking(user="YES, NO {% if i == 2 %}{{ other.choices[-1].keep }}{% endif %}"),
         "cannot be filled", ("prompts", "user"), "for thread 2 in round 1"),
        (asking(user="Answer with JSON: YES or NO"), "filter", ("filters", 0), "ask for JSON"),
        (game(threads=PEOPLE, filters=["As is", "extract_number"]),
         "filter", ("filters", 1), "ask for YES or NO, and the filter reads a number"),
    ],
)  # fmt: skip
def test_what_looks_wrong_is_a_warning_at_its_place(source: Any, kind: str, path: Any, words: str) -> None:
    read_built(source)
    told = [each for each in find_problems(source) if each.kind == kind and each.path == path]
    assert [(each.level, words in each.words) for each in told] == [("warning", True)]


def test_a_prompt_that_was_to_differ_and_does_not_is_found() -> None:
    # As in a published prisoner's dilemma: a name is compared with a word that it never has.
    dilemma = game(
        variables={"name": {"low": "John", "high": "Jim"}, "pot": {"low": 1, "high": 2}},
        prompts={"system": "{% if name == 'base' %}You play.{% endif %}", "user": "{{ pot }}: YES or NO?"},
    )
    [told] = [each for each in find_problems(dilemma) if each.kind == "same prompts"]
    assert str(told) == "prompts.system: reads the same in all treatments, though it names name"


def test_a_seat_that_reads_the_same_everywhere_is_noted() -> None:
    user = "{% if i == 1 %}How much of {{ pot }}?{% else %}YES or NO?{% endif %}"
    assert found(asking("", user)) == [("note", ("threads", 1), 0, 0)]


@pytest.mark.parametrize(
    "system",
    [
        "{{ treatment.pot }}", "{{ treatment['pot'] }}", "{{ treatment.as_dict() }}",
        "{% set x = treatment %}{{ x.pot }}",
        "{% if pot is defined %}{{ pot }}{% endif %}",
    ],
)  # fmt: skip
def test_a_variable_may_be_used_in_other_ways(system: str) -> None:
    assert found(asking(system), "unused") == []


def test_errors_come_first_and_what_is_left_over_last() -> None:
    source = game(author="Ada", variables={"pot": {"low": 1}, "old": {"low": 1, "high": 2, "gone": 3}})
    problems = find_problems(source)
    assert [each.level for each in problems] == ["error", "warning", "note", "note"]
    assert [str(each) for each in problems if each.level == "note"] == [
        "variables.old has values for what is no treatment: gone", "author is not known and not used",
    ]  # fmt: skip
    assert json.loads(json.dumps([each.plain() for each in problems]))[0]["path"] == ["variables", "pot", "high"]


def test_problems_have_places_that_read_as_code() -> None:
    assert str(Problem(("variables", "pot", "high"), "is missing")) == 'variables.pot["high"] is missing'
    assert str(Problem((), "found []")) == "the file: found []"


def test_names_stand_where_they_stand() -> None:
    template = "a {{ one.two }}\r\n{%- if three -%}  x\n {{ four(five=six) }} {{ 'seven' }} {# eight #}{% endif %}"
    places = name_places(template)
    assert {name: places.get(name) for name in ("one", "two", "three", "four", "six", "seven", "eight")} == {
        "one": (1, 6), "two": None, "three": (2, 8), "four": (3, 5), "six": (3, 15), "seven": None, "eight": None,
    }  # fmt: skip


@given(
    st.lists(
        st.sampled_from(["text ", "\n", "{{ a }}", "{%- if b %}", "{% endif -%}", " ", "{# c #}", "ä"]), max_size=12
    )
)
def test_a_name_is_found_in_every_template(parts: list[str]) -> None:
    template = "".join([*parts, "{{ wanted }}"])
    line, column = name_places(template).get("wanted", (0, 0))
    assert template.split("\n")[line - 1][column - 1 :].startswith("wanted")


BROKEN = "{{ pot pot }}"
MILLION = 990_000


@pytest.mark.parametrize(
    ("template", "column"),
    [
        ('{{ pot }}{{ "' + "{{" * (MILLION // 2), 0),
        ("{{ pot }}{# " + "{{" * (MILLION // 2) + "#}" + BROKEN, 0),
        ("{{ pot }}{# " + "{%" * (MILLION // 2) + "#}" + BROKEN, 0),
        ("{% raw %}" + "{{" * (MILLION // 2) + "{% endraw %}" + BROKEN, 0),
        ("{% raw %}" + "{{{" * (MILLION // 3) + "{% endraw %}" + BROKEN, 0),
        ("{% raw %}" + "{{\n" * (MILLION // 3) + "{% endraw %}" + BROKEN, 16),
        ("{{ pot }}" + "{{ '" + "{{ " * 6_000 + "' }}" + BROKEN, 0),
        ("{{1}}\n" * 3_000 + "{{1}}" * 30 + BROKEN, 154),
        ("x " * (MILLION // 2) + BROKEN, 0),
    ],
)  # fmt: skip
def test_a_broken_template_of_any_size_is_soon_read(template: str, column: int) -> None:
    begun = process_time()
    (error,) = [each for each in find_problems(asking(system=template)) if each.level == "error"]
    assert process_time() - begun < 20, "its work grows with its length only"
    assert error.kind == "syntax" and (not column or error.column == column)


@pytest.mark.parametrize("piece", ["{{pot}}", "\n\n{{v%d}}"])
def test_a_typo_is_placed_however_many_names_stand_before_it(piece: str) -> None:
    many = "".join((piece % n if "%" in piece else piece) + "x" * 40 for n in range(2_000))
    places = name_places(many + "{{ pott }}")
    assert places["pott"] == (many.count("\n") + 1, len(many) - many.rfind("\n") - 1 + 4)
    assert len(places) == len(set(re.findall(r"\w+(?=}})", many))) + 1


@given(st.lists(st.sampled_from(["{{ one }}", "\n", "{{ two.one }}", "a", "{% if three %}", "{% endif %}", "\r\n"])))
def test_each_name_is_placed_where_it_stands_first(parts: list[str]) -> None:
    template = "".join(parts)
    for name, (line, column) in name_places(template).items():
        place = sum(len(each) + 1 for each in template.replace("\r\n", "\n").split("\n")[: line - 1]) + column - 1
        assert place == re.search(rf"(?<!\.)\b{name}\b", template.replace("\r\n", "\n")).start()  # type: ignore[union-attr]


def long_game(treatments: int, template: str = "{{ v }}" * 90) -> dict[str, Any]:
    """Ten prompts in each treatment, each nearly as long as may be."""
    names = [f"t{n}" for n in range(treatments)]
    return {
        "threads": PEOPLE, "treatments": names, "rounds": 5, "filters": [["As is"]] * 2,
        "variables": {"v": {name: f"{name:_>10000}" for name in names}},
        "prompts": {"system": "", "user": template},
    }  # fmt: skip


@pytest.mark.parametrize("template", ["{{ v }}" * 90, "{% for n in range(90) %}{{ v }}{% endfor %}"])
def test_long_prompts_of_many_treatments_do_not_fill_the_memory(template: str) -> None:
    tracemalloc.start()
    try:
        problems = find_problems(long_game(60, template))
        assert tracemalloc.get_traced_memory()[1] < 100 * 2**20
    finally:
        tracemalloc.stop()
    assert [(each.level, each.path) for each in problems] == [("note", ("treatments",))]
    assert "the first 3 of 60 treatments are checked" in problems[0].words


@pytest.mark.parametrize("name", ["title", "upper", "lower", "capitalize", "trim", "string", "float"])
def test_templates_that_read_a_long_text_again_and_again_are_filled_elsewhere(name: str) -> None:
    again = "{% if v|" + name + " == 'x' %}{% endif %}"
    assert not is_plain(again * 3_000)
    assert is_plain(again * 3) == (name != "title")


def test_prompts_that_take_too_long_together_are_checked_in_part(monkeypatch: pytest.MonkeyPatch) -> None:
    names = [f"t{n}" for n in range(20)]
    many = game(treatments=names, variables={"pot": {name: n for n, name in enumerate(names)}})
    built = read_built(many)
    kept = KeptPreviews()
    assert len(list(previews(built, built.treatments[:5], kept=kept))) == 5
    monkeypatch.setattr(preview_module, "MOST_SECONDS", -1)
    (first,) = previews(built, built.treatments)
    assert first.stopped == "The first 1 messages are shown."
    (note,) = find_problems(many)
    assert note.words.startswith("the prompts of the first 1 of 20 treatments are checked")


def test_how_many_treatments_are_checked_is_said() -> None:
    names = [f"t{n}" for n in range(201)]
    many = game(treatments=names, variables={"pot": {name: n for n, name in enumerate(names)}})
    assert [(each.level, each.kind, each.path) for each in find_problems(many)] == [("note", "limit", ("treatments",))]
    fewer = game(treatments=names[1:], variables={"pot": {name: n for n, name in enumerate(names[1:])}})
    assert find_problems(fewer) == []


@pytest.mark.parametrize(
    ("values", "odd"),
    [
        ({"a": 10, "b": ""}, {"b": "is empty, and other treatments have a value"}),
        ({"a": "  ", "b": "x", "c": "\n"}, {"a": "is empty, and", "c": "is empty, and"}),
        ({"a": 0, "b": ""}, {"b": "is empty, and"}),
        ({"a": False, "b": ""}, {"b": "is empty, and"}),
        ({"a": 10, "b": "1,000"}, {"b": "is a text, and other treatments have a number"}),
        ({"a": "1,000", "b": 10}, {"a": "is a text, and other treatments have a number"}),
        ({"a": True, "b": "FALSE"}, {"b": "is a text, and other treatments have true or false"}),
        ({"a": "x", "b": "y", "c": 3}, {"c": "is a number, and other treatments have a text"}),
        ({"a": 1, "b": True, "c": 2.5}, {"b": "is true or false, and other treatments have a number"}),
        ({"a": [1], "b": {"x": 1}, "c": [2]}, {"b": "is an object, and other treatments have a list"}),
        ({"a": 10, "b": "", "c": "ten", "d": 3}, {"b": "is empty", "c": "is a text"}),
        ({"a": "", "b": " "}, {}),
        ({"a": 1, "b": 2.5, "c": 1e9}, {}),
        ({"a": "FALSE", "b": "TRUE"}, {}),
        ({"a": []}, {}),
    ],
)  # fmt: skip
def test_a_value_that_is_unlike_the_others_is_found(values: dict[str, Any], odd: dict[str, str]) -> None:
    prompts = {"system": "{{ v }}", "user": "YES or NO, and how much?"}
    problems = find_problems(game(treatments=[*values], variables={"v": values}, prompts=prompts))
    told = {each.path[2]: each for each in problems if each.path[:1] == ("variables",)}
    assert {*told} == {*odd} and all(told[name].words.startswith(words) for name, words in odd.items())
    assert all(each.level == "warning" for each in told.values())


TWO_FILTERS = [["extract_number"], ["exclusive_response", "ACCEPT;REJECT"]]


@pytest.mark.parametrize(
    ("asked", "filters", "words"),
    [
        (["ACCEPT or REJECT?", "YES or NO?"], TWO_FILTERS, "in the treatment high: the prompts never name ACCEPT, REJ"),
        (["YES or NO?", "ACCEPT or REJECT?"], TWO_FILTERS, "in the treatment low: the prompts never name ACCEPT, REJ"),
        (["ACCEPT?", "REJECT?"], TWO_FILTERS, "in the treatment high: the prompts never name ACCEPT"),
        (["How? YES or NO?", "Now? YES or NO?"], TWO_FILTERS, "the prompts never name ACCEPT, REJECT, which"),
        (["Answer with JSON", "Answer."], [["extract_number"], ["JSON"]], "in the treatment high: the filter reads"),
        (["How many?", "UP or DOWN?"], [["As is"], ["extract_number"]], "in the treatment high: the prompts ask"),
    ],
)  # fmt: skip
def test_a_filter_is_held_against_each_treatment(asked: list[str], filters: list[Any], words: str) -> None:
    source = game(
        variables={"asked": {"low": asked[0], "high": asked[1]}},
        filters=filters, prompts={"system": "", "user": "How many? {% if i == 2 %}{{ asked }}{% endif %}"},
    )  # fmt: skip
    if filters[1] == ["extract_number"]:
        source["prompts"]["user"] = "{{ asked if i == 2 else 'How many?' }}"
    problems = find_problems(source)
    assert any(each.words.startswith(words) for each in problems if each.kind == "filter"), problems
    good = game(variables={"asked": {"low": "ACCEPT or REJECT, at 1?", "high": "At 2: ACCEPT or REJECT?"}})
    assert not found({**good, "filters": TWO_FILTERS, "prompts": source["prompts"]}, "filter")


def test_a_typed_answer_is_held_against_each_treatment() -> None:
    fields = [{"name": "keep", "kind": "number"}]
    source = game(
        variables={"asked": {"low": 'JSON with "keep"?', "high": 'JSON with "give"?'}},
        threads=PEOPLE, filters=[["JSON"], ["As is"]], prompts={"system": "", "user": "{{ asked }}"},
        otree_ego={"version": 1, "seats": [{"number": 1, "answer": {"kind": "json", "fields": fields}}]},
    )  # fmt: skip
    (problem,) = find_problems(source)
    assert problem.words.startswith("in the treatment high: the prompts never name the field keep")


def test_what_is_taken_out_of_choices_is_found() -> None:
    template = "{{ other.choices[-1].keep }}{% for c in choices %}{{ c['give'] }}{% endfor %}"
    template += "{{ treatment.pot }}{{ 'a'.upper() }}"
    assert choice_names(template) == ["keep", "give"]
    assert treatment_names(template) == {"pot"}
