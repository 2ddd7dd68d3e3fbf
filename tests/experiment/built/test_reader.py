"""Built scenarios: the builder's files are read, and what could not be played is refused with its place in the file."""

from __future__ import annotations

import json
import pickle
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from harness.scenes import BUILT_EXAMPLE
from jsonschema import Draft202012Validator

from otree_ego import CLIThread, ConfigError, GPTThread, OpenRouterThread, ParseError, Prompt
from otree_ego.experiment.built.json_file import MOST_BYTES
from otree_ego.experiment.built.reader import Filter, built_schema, read_built
from otree_ego.experiment.treatments import Treatment

DOCS = Path(__file__).parents[3] / "docs"
PAGE = (DOCS / "built.md").read_text("utf-8")

# Bargaining, as the builder writes it.
BARGAIN: dict[str, Any] = {
    "threads": [[1, "CLIThread"], [2, ["GPTThread", "gpt-6-luna"]]],
    "treatments": ["low", "high"],
    "rounds": 2,
    "variables": {"pot": {"low": 10, "high": 100}, "role": {"low": "buyer", "high": "seller"}},
    "prompts": {
        "system": "You   are a {{ role }}.\n    {% if i == 1 %}\n{% set turn = 'first' %}{% endif %}\n\n\n\nGo.",
        "user": "{{ round }}/{{ rounds }}: {{ pot }}? {% if round > 1 %}{{ other.choices[-1] }}{% endif %}",
    },
    "filters": [["JSON"], ["exclusive_response", "ACCEPT; REJECT;"]],
}


def changed(**parts: Any) -> dict[str, Any]:
    """The file with other parts; `...` leaves one out."""
    return {name: part for name, part in {**BARGAIN, **parts}.items() if part is not ...}


def refusal(source: Any) -> str:
    with pytest.raises(ConfigError) as caught:
        read_built(source)
    return str(caught.value)


def test_what_the_builder_writes_is_read():
    built = read_built(BARGAIN)
    assert [(seat.number, seat.kind, seat.model) for seat in built.seats] == [(1, "cli", ""), (2, "gpt", "gpt-6-luna")]
    assert built.treatments == (Treatment("low", pot=10, role="buyer"), Treatment("high", pot=100, role="seller"))
    assert (built.rounds, built.notes) == (2, ())
    assert built.values("high") == built.values(built.treatments[1]) == {"pot": 100, "role": "seller"}
    assert built.prompt_system.template.startswith("You are a {{ role }}.\n{% if")
    assert built.filters == (Filter("JSON"), Filter("exclusive_response", ("ACCEPT", "REJECT")))
    assert pickle.loads(pickle.dumps(built)) == built
    with pytest.raises(ConfigError, match="no treatment 'middle'; there are low, high"):
        built.treatment("middle")


def test_a_file_its_text_and_its_content_are_the_same(tmp_path: Path):
    file = tmp_path / "built.json"
    file.write_text("\ufeff" + json.dumps(BARGAIN, indent=2), encoding="utf-8")
    built = read_built(BARGAIN)
    assert read_built(file) == read_built(str(file)) == read_built(file.read_text("utf-8")) == built
    assert read_built(built.source) == built


@pytest.mark.parametrize(
    ("spec", "model", "kind"),
    [
        ("CLIThread", "terminal/Seat 1", CLIThread),
        (["CLIThread"], "terminal/Seat 1", CLIThread),
        (["CLIThread", "Ann"], "terminal/Ann", CLIThread),
        (["GPTThread", " gpt-5.4-mini "], "gpt-5.4-mini", GPTThread),
        ("GPTThread (GPT-3.5)", "gpt-3.5-turbo", GPTThread),
        ("GPTThread (GPT 3.5)", "gpt-3.5-turbo", GPTThread),
        ("GPTThread (GPT-3.5 turbo)", "gpt-3.5-turbo", GPTThread),
        ("GPTThread (GPT-4)", "gpt-4", GPTThread),
        ("GPTThread (GPT 4)", "gpt-4", GPTThread),
        ("GPTThread (GPT-4 turbo)", "gpt-4-turbo", GPTThread),
        ("GPTThread (GPT-4o)", "gpt-4o", GPTThread),
        (["OpenRouterThread", "google/gemini-pro"], "openrouter/google/gemini-pro", OpenRouterThread),
        (["OllamaThread", "llama3.2"], "ollama/llama3.2", None),
        (["TextSynthThread", "mistral_7B"], "textsynth/mistral_7B", None),
        (["LocalThread", "smollm2"], "local/smollm2", None),
        (["ConstantThread", " 7 "], "constant/ 7 ", None),
        (["Thread", "groq/llama"], "groq/llama", None),
    ],
)
def test_all_notations_of_threads(spec: Any, model: str, kind: type | None):
    built = read_built(changed(threads=[[1, spec], [2, "CLIThread"]]))
    thread = built.seats[0].thread()
    assert thread.model == model
    assert kind is None or type(thread) is kind
    assert thread.temperature == (None if kind is CLIThread else 1.0)


@pytest.mark.parametrize(
    "filters",
    [
        [["JSON"], ["extract_number"]],
        ["JSON", "extract_number"],
        [[2, ["extract_number"]], [1, ["JSON"]]],
        {"1": ["JSON"], "2": ["extract_number"]},
        {1: "JSON", 2: "extract_number"},
    ],
)
def test_filters_are_found_by_place_or_by_number(filters: Any):
    assert [each.name for each in read_built(changed(filters=filters)).filters] == ["JSON", "extract_number"]


def test_filters_make_choices():
    made = Filter("JSON"), Filter("extract_number"), Filter("exclusive_response", ("A", "B")), Filter("As is")
    answers = '{"keep": 7}', "I keep 7.", "b!", " as it is "
    assert [one(text) for one, text in zip(made, answers, strict=True)] == [{"keep": 7}, 7, "B", " as it is "]
    for one in made[:3]:
        with pytest.raises(ParseError):
            one("neither nor")


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"threads": []}, "threads: found [], expected a list of [number, thread]"),
        ({"threads": ...}, "threads is missing; expected: a list of [number, thread]"),
        ({"threads": [[1, "CLIThread"], [2, "GPT"]]}, 'threads[1][1]: found "GPT", expected "CLIThread", or'),
        ({"threads": [[1, "CLIThread"], [2, ["GPTThread"]]]}, 'threads[1][1]: found ["GPTThread"], expected'),
        ({"threads": [[1, "CLIThread"], [2, ["GPTThread", " "]]]}, "threads[1][1]: found"),
        ({"threads": [[1, "CLIThread"], [2]]}, "threads[1][1] is missing"),
        ({"threads": [[1, "CLIThread"], ["b", "CLIThread"]]}, 'threads[1][0]: found "b", expected the thread'),
        ({"threads": [[1, "CLIThread"], "CLIThread"]}, 'threads[1]: found "CLIThread", expected [number, thread]'),
        ({"threads": [[1, "CLIThread"], [1, "CLIThread"]]}, "threads[1][0]: found 1, which is the number of another"),
        ({"treatments": []}, "treatments: found [], expected a list of names"),
        ({"treatments": ["low", ""]}, 'treatments[1]: found "", expected a name'),
        ({"treatments": ["low", "high", "low"]}, "treatments[2]: found 'low', which is there already"),
        ({"rounds": 0}, "rounds: found 0, expected a whole number from 1"),
        ({"rounds": "3"}, 'rounds: found "3", expected a whole number'),
        ({"rounds": True}, "rounds: found true, expected a whole number"),
        ({"rounds": 1.5}, "rounds: found 1.5, expected a whole number"),
        ({"variables": []}, "variables: found [], expected an object"),
        ({"variables": {"pot": 3, "role": {"low": 1, "high": 2}}}, "variables.pot: found 3, expected an object with"),
        ({"variables": {"pot": {"low": 1}, "role": {"low": 1, "high": 2}}}, 'variables.pot["high"] is missing'),
        (
            {"variables": {"pot": {"low": None, "high": 1}, "role": {"low": 1, "high": 2}}},
            'variables.pot["low"]: found null, expected a value',
        ),
        (
            {"variables": {**BARGAIN["variables"], "round": {"low": 1, "high": 2}}},
            "variables.round: prompts have another 'round' already",
        ),
        ({"filters": [["JSON"], ["jason"]]}, 'filters[1]: found ["jason"], expected ["JSON"], ["extract_number"]'),
        ({"filters": [["JSON"], ["exclusive_response"]]}, 'filters[1]: found ["exclusive_response"], expected'),
        ({"filters": [["JSON"], ["exclusive_response", " ; "]]}, "filters[1]: found"),
        ({"filters": {"1": ["JSON"], "2": ["x"]}}, 'filters["2"]: found ["x"], expected'),
        ({"filters": [["JSON"]]}, "filters: found 1 for 2 threads, expected one for each: thread 2 has none"),
        ({"filters": [[2, ["JSON"]], ["JSON"]]}, "filters: found filters with and without a thread's number"),
        ({"prompts": {"system": ""}}, "prompts.user is missing; expected: a template"),
        ({"prompts": {"system": "", "user": ""}}, 'prompts.user: found "", expected a template (text that is not'),
        ({"prompts": {"system": "a\n{% if %}", "user": "?"}}, "prompts.system: The template is broken in line 2"),
        ({"prompts": {"system": "", "user": "{{ x | none_such }}"}}, "prompts.user: The template is broken in line 1"),
        ({"prompts": {"system": "", "user": "{{ pots }}"}}, "name 'pots', which nothing defines; did you mean pot?"),
        ({"prompts": {"system": "", "user": "{{ others }}"}}, "the name 'others', which nothing defines"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_place(parts: dict[str, Any], words: str):
    assert words in refusal(changed(**parts))


def test_all_problems_are_told_at_once():
    parts = changed(
        rounds=0, threads=[[1, "X"], [2, "CLIThread"]], variables={"pot": {"low": 1}}, filters=...,
        prompts={"system": "{% if", "user": "{{ pott }} {{ choices }}"},
    )  # fmt: skip
    refused = refusal(parts)
    places = [line.split(":")[0] for line in refused.split("\n- ")[1:]]
    assert places == [
        "threads[0][1]", "rounds", "filters is missing; expected", 'variables.pot["high"] is missing; expected',
        "prompts.system", "prompts.user",
    ]  # fmt: skip
    many = refusal(changed(threads=[[n, "X"] for n in range(500)]))
    assert "and 470 more" in many and len(many) < 10_000


def test_names_that_a_template_makes_itself_are_its_own():
    user = (
        "{% if i == 1 %}{% set gain = pot %}{% else %}{% set gain = 0 %}{% endif %}{{ gain }}"
        "{% for one in choices %}{{ one }}{{ loop.index }}{% endfor %}{{ extra | default('none') }}"
        "{% if bonus is defined %}{{ bonus }}{% endif %}{{ model }}{{ treatment.name }}{{ range(2) | list }}"
    )
    assert read_built(changed(prompts={"system": "", "user": user})).prompt_user == Prompt(user)


def test_who_is_there_decides_between_other_and_others():
    def threads(count: int) -> list[Any]:
        return [[n, "CLIThread"] for n in range(1, count + 1)]

    for count, word, allowed in ((1, "other", False), (2, "other", True), (3, "other", False), (3, "others", True)):
        prompts = {"system": "", "user": "{{ " + word + " }}"}
        parts = changed(threads=threads(count), filters=["As is"] * count, prompts=prompts)
        if allowed:
            read_built(parts)
        else:
            assert f"the name '{word}', which nothing defines" in refusal(parts)


def test_what_the_builder_leaves_behind_and_unknown_names_are_noted():
    values = {"low": 1, "high": 2, "gone": 3}
    built = read_built(
        changed(
            filters=[["JSON"], ["JSON"], ["extract_number"]], author="Ada",
            variables={**BARGAIN["variables"], "old": values, "$x": values},
        )
    )  # fmt: skip
    assert built.notes == (
        "filters has 1 more than there are threads; see that each thread has the right one",
        "variables.old has values for what is no treatment: gone",
        'variables["$x"] has a name that prompts cannot use',
        'variables["$x"] has values for what is no treatment: gone',
        "author is not known and not used",
    )


def test_a_variable_may_have_the_name_of_a_setting():
    values = {"low": "Ann", "high": "Bob"}
    variables = {"name": values, "temperature": values, "as_dict": values}
    prompts = {"system": "", "user": "{{ name }} {{ temperature }}"}
    built = read_built(changed(variables=variables, prompts=prompts))
    assert built.values("high") == {"name": "Bob", "temperature": "Bob", "as_dict": "Bob"}
    assert built.treatments[1].name == "high"


def test_what_is_no_json_is_refused_in_a_sentence(tmp_path: Path):
    for content, words in [
        (b"{", "is not JSON: line 1, column 2"),
        (b"", "is not JSON: line 1, column 1"),
        (b'{"rounds": NaN}', "NaN is not a JSON value"),
        (b'{"rounds": 1, "rounds": 2}', "the name 'rounds' stands twice"),
        (b"[" * 100_000, "nested too deeply"),
        (b"[" * 100 + b"]" * 100, "nested too deeply"),
        (b'{"a": "\xff"}', "is not UTF-8 text (byte 8); save it as UTF-8"),
        (b'{"a": "\\ud83d"}', "characters that cannot be stored"),
        (b"[1]", "the file: found [1], expected one JSON object with threads, treatments"),
    ]:
        file = tmp_path / "built.json"
        file.write_bytes(content)
        refused = refusal(file)
        assert words in refused and str(file) in refused
    assert f"There is no file {tmp_path / 'none.json'}" in refusal(tmp_path / "none.json")
    assert "cannot be read" in refusal(tmp_path)
    assert "not int" in refusal(3)
    assert "is not JSON" in refusal({"threads": {1, 2}})
    circle: dict[str, Any] = {}
    circle["threads"] = circle
    assert "is not JSON" in refusal(circle)


def test_a_huge_file_is_refused_without_being_read(tmp_path: Path):
    file = tmp_path / "huge.json"
    with file.open("wb") as out:
        out.truncate(200_000_000)
    assert "has 200,000,000 bytes; a built scenario has up to 5,000,000" in refusal(file)
    assert "characters" in refusal("{" + " " * MOST_BYTES)


def test_the_published_schema_is_current_and_takes_what_is_read():
    published = json.loads((DOCS / "built.schema.json").read_text("utf-8"))
    assert published == built_schema()
    Draft202012Validator.check_schema(published)
    schema = Draft202012Validator(published)
    for good in (
        BARGAIN, json.loads(BUILT_EXAMPLE), changed(filters={"1": "JSON", "2": ["As is"]}),
        changed(filters=[[2, ["JSON"]], [1, ["JSON"]]]),
        changed(threads=[[1, "GPTThread (GPT-4)"], [2, ["CLIThread"]]]),
    ):  # fmt: skip
        read_built(good)
        schema.validate(good)
    for bad in (
        changed(threads=[]), changed(rounds=0), changed(filters=[["x"]]), changed(threads=[[1, ["GPTThread"]]]),
        changed(prompts={}), changed(variables={"pot": {"low": None}}), changed(treatments=[""]),
    ):  # fmt: skip
        assert not schema.is_valid(bad)
        refusal(bad)


def test_the_pages_python_runs_with_its_example(tmp_path: Path):
    (tmp_path / "built.json").write_text(BUILT_EXAMPLE, encoding="utf-8")
    said = []
    for code in re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL):
        ran = subprocess.run([sys.executable, "-W", "error", "-c", code], cwd=tmp_path, capture_output=True, text=True)
        assert ran.stderr == ""
        said.append(ran.stdout)
    previewed, summary = said
    assert summary == "2 2 ['low', 'high']\n"
    assert "The other keeps 6 of 10." in previewed and not previewed.startswith(("error", "warning"))


def test_importing_the_experiments_does_not_load_the_format():
    code = "import sys, otree_ego.experiment; print('pydantic' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "False\n"


def test_how_much_models_reason_and_say_is_read() -> None:
    assert read_built(BARGAIN).settings == ()
    built = read_built({**BARGAIN, "reasoning_effort": "low", "verbosity": "high"})
    assert dict(built.settings) == {"reasoning_effort": "low", "verbosity": "high"}
    for wrong in ("lots", None, 3, ["low"]):
        with pytest.raises(ConfigError, match=r"reasoning_effort: found .*, expected one of none, minimal"):
            read_built({**BARGAIN, "reasoning_effort": wrong})
