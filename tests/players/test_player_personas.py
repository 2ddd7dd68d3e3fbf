"""Personas of players: where they come from, how they are dealt out, and what is refused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st

from otree_ego.errors import ConfigError
from otree_ego.experiment.thread_states import read_state
from otree_ego.players.player_memory import new_memory
from otree_ego.players.player_personas import PlayerPersona, kept_persona, personas_for
from otree_ego.threads.base import internals

TEN = [f"ego{n}" for n in range(1, 11)]
MINE = """
people = ["a baker", {"persona": "a nurse", "age": 50}]


def one(number, label):
    return {"persona": f"{label} is number {number}", "age": 20 + number}


def fails(number, label):
    raise KeyError(label)


nothing = None
"""


def texts(source: Any, labels: Sequence[str] = TEN, seed: int | None = 1) -> list[str]:
    """Who these players are."""
    return [each.text for each in personas_for(source, labels, "lab", seed)]


def test_nobody_in_particular() -> None:
    assert personas_for("", TEN, "lab") == personas_for(None, TEN, "lab") == [PlayerPersona()] * 10


def test_a_list_is_dealt_out_evenly_and_the_same_again() -> None:
    counts = Counter(texts(["a baker", "a nurse", "a clerk"]))
    assert sorted(counts.values()) == [3, 3, 4]
    assert texts(["a baker", "a nurse"]) == texts(["a baker", "a nurse"])
    assert texts(["a baker", "a nurse"], TEN[:4]) == texts(["a baker", "a nurse"])[:4], "more players change nothing"
    found = personas_for(["a baker", "a nurse"], TEN, "lab")
    assert [each.place for each in found] == [*range(1, 11)] and len({each.seed for each in found}) == 1
    assert found == personas_for(["a baker", "a nurse"], TEN, "lab")
    assert found[0].seed != personas_for(["a baker"], TEN, "another link")[0].seed


def test_a_file_of_lines(tmp_path: Path) -> None:
    file = tmp_path / "people.txt"
    file.write_text("\ufeffa baker, 40\n\n  a nurse; 50  \n", "utf-8")
    assert {*texts(str(file))} == {"a baker, 40", "a nurse; 50"}


@pytest.mark.parametrize("sign", [",", ";", "\t"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_csv_file(tmp_path: Path, sign: str, mark: str, end: str) -> None:
    file = tmp_path / "people.CSV"
    lines = ["persona{0}age{0}weight", '"a ""good"" baker{0}' + end + 'and father"{0}40{0}3', "a nurse{0}{0}", "{0}{0}"]
    file.write_bytes((mark + end.join(lines) + end).format(sign).encode())
    found = personas_for(str(file), TEN[:8], "lab", 7)
    assert Counter((each.text.split()[1], str(each.facts.get("age"))) for each in found) == {
        ('"good"', "40"): 6, ("nurse", "None"): 2,
    }  # fmt: skip


def test_facts_alone_make_a_persona(tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("age,job\n40,baker\n", "utf-8")
    (found,) = personas_for(file, ["ego1"], "lab")
    assert (found.text, found.facts) == ("age: 40; job: baker", {"age": "40", "job": "baker"})


def test_personas_say_whose_they_are(tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("label,persona\nBo,a nurse\nAda,a baker\n", "utf-8")
    assert texts(file, ["Ada", "Bo"]) == ["a baker", "a nurse"]
    with pytest.raises(ConfigError, match="no persona with the label 'Eve'"):
        texts(file, ["Ada", "Eve"])


def test_a_python_file_has_a_list_or_a_function(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text(MINE, "utf-8")
    assert {*texts(f"{file}:people")} == {"a baker", "a nurse"}
    found = personas_for(f"{file}:one", ["Ada", "Bo"], "lab")
    assert [(each.text, each.facts, each.place) for each in found] == [
        ("Ada is number 1", {"age": 21}, None), ("Bo is number 2", {"age": 22}, None),
    ]  # fmt: skip
    for name, said in {
        "fails": "stopped for player 'ego1' with KeyError", "nothing": "not None", "none": "has no 'none'",
    }.items():  # fmt: skip
        with pytest.raises(ConfigError, match=said):
            texts(f"{file}:{name}")
    with pytest.raises(ConfigError, match="name the list or the function"):
        texts(str(file))
    with pytest.raises(ConfigError, match="no such Python file"):
        texts(f"{tmp_path}/other.py:people")
    file.write_text("raise RuntimeError('no list yet')", "utf-8")
    with pytest.raises(ConfigError, match="stopped with RuntimeError: no list yet"):
        texts(f"{file}:people")


def test_a_module_may_have_dataclasses(tmp_path: Path) -> None:
    file = tmp_path / "people.py"
    file.write_text(
        "from __future__ import annotations\nfrom dataclasses import dataclass\n"
        "@dataclass\nclass Person:\n    trade: str\n"
        "people = [f'a {Person(t).trade}' for t in ('baker', 'nurse')]\n",
        "utf-8",
    )
    assert {*texts(f"{file}:people")} == {"a baker", "a nurse"}


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ([], "nobody"),
        ([""], "persona 1: it says nothing"),
        (["a", 5], "persona 2: a persona is a text or a dict, not 5"),
        ([{"age": ""}], "says nothing"),
        ([{"persona": "x", "weight": w} for w in ("0",)], "weight"),
        ([{"persona": "x", "weight": 1.5}], "weight"),
        ([{"persona": "x", "weight": True}], "weight"),
        ([{"persona": "x", "age": float("nan")}], "facts are texts"),
        ([{"persona": "x", "age": object()}], "facts are texts"),
        (["x" * 20_001], "20,001 characters"),
        ([{"label": "a", "persona": "x"}, "y"], "label is missing"),
        ([{"label": "a", "persona": "x"}, {"label": "a", "persona": "y"}], "stands twice"),
        (b"text", "a list of texts"),
        (5, "a list of texts"),
        ("nowhere.csv", "No such file"),
        (lambda number, label: None, "not None"),
        (lambda number: "x", "TypeError"),
    ],
)
def test_what_is_refused(source: Any, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        texts(source)


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        (b"", "nobody"),
        (b"persona\n", "nobody"),
        (b"persona\na, b\n", "row 2: it has 2 cells"),
        (b"persona,\nx,y\n", "name of its own"),
        (b"age,age\n1,2\n", "name of its own"),
        (b'persona\n"x\n', "no CSV file"),
        ("persona\nmüde\n".encode("latin-1"), "UTF-8"),
    ],
)
def test_which_csv_files_are_refused(tmp_path: Path, said: bytes, wrong: str) -> None:
    file = tmp_path / "people.csv"
    file.write_bytes(said)
    with pytest.raises(ConfigError, match=wrong):
        texts(file)


@given(st.lists(st.text(min_size=1).filter(str.strip), min_size=1, max_size=6), st.integers(1, 30), st.integers())
def test_any_texts_are_dealt_out_evenly(people: list[str], number: int, seed: int) -> None:
    found = [each.text for each in personas_for(people, [str(n) for n in range(number)], "lab", seed)]
    wanted = Counter(text.strip() for text in people)
    rest, blocks = number % len(people), number // len(people)
    for text, times in wanted.items():
        assert blocks * times <= found.count(text) <= blocks * times + min(rest, times)


def test_a_thread_keeps_who_its_player_is() -> None:
    (persona,) = personas_for([{"persona": "a nurse", "age": 50}], ["ego1"], "lab", 3)
    thread = new_memory("constant/5", persona, "ego1")
    assert "This is who you are: a nurse" in internals(thread).messages[0].text
    assert kept_persona(read_state(thread.pickled())) == persona
