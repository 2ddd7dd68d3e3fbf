"""What a report says of players: their decisions beside people's, their diaries, and what they said at the end."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from harness.recorded_players import answers, players_run
from hypothesis import given, strategies as st

from otree_ego.cli import main
from otree_ego.errors import ConfigError
from otree_ego.experiment.report import compared_figures as compared
from otree_ego.experiment.report.compared_decisions import AIS, PEOPLE, Decisions, _same_kind, compared_decisions
from otree_ego.experiment.report.compared_figures import Compared, bins, compared_figures
from otree_ego.experiment.report.html import report
from otree_ego.stores import RunStore

PEOPLES = """\
participant.code,participant.label,participant.ego_ai,player.offer,player.trust,player.other
p1,Ada,,3,yes,1
p2,Bo,,5.0,no,2
p3,,,,,
code1,ego1,player,9,yes,9
p4,ego77,,9,yes,9
p5,x,seat,9,yes,9
"""
WIDE = """\
participant.code,participant.label,bargain.1.player.offer,bargain.2.player.offer,bargain.1.player.trust,lab.1.player.offer
p1,,3,4,yes,99
p2,,5,6,no,99
"""


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunStore:
    monkeypatch.chdir(tmp_path)
    replies = {
        "ego1": answers(8, 4), "ego2": answers(6, trust="no", why="<b>I & you</b>"), "ego10": answers(8, 8, 8, 8, 8, 8),
    }  # fmt: skip
    players_run("ego.sqlite3", replies, {"ego2": "a <baker>"})
    return RunStore("ego.sqlite3")


def values(store: RunStore, people: Path | None = None) -> dict[str, dict[str, list[Any]]]:
    (run,) = store.runs()
    return {each.name: each.values for each in compared_decisions(store, run.uid, people).fields}


def table(folder: Path, text: str) -> Path:
    file = folder / "people.csv"
    file.write_text(text, "utf-8-sig")
    return file


def test_players_decisions_are_those_that_were_accepted(store: RunStore) -> None:
    assert values(store) == {
        "offer": {PEOPLE: [], AIS: [4.0, 6.0]}, "trust": {PEOPLE: [], AIS: ["yes", "no"]},
    }  # fmt: skip


def test_people_stand_beside_them(store: RunStore, tmp_path: Path) -> None:
    """AIs in the table are no people: by their code, their label or their mark."""
    found = values(store, table(tmp_path, PEOPLES))
    assert found["offer"] == {PEOPLE: [3.0, 5.0], AIS: [4.0, 6.0]}
    assert found["trust"] == {PEOPLE: ["yes", "no"], AIS: ["yes", "no"]} and "other" not in found
    assert values(store, table(tmp_path, WIDE))["offer"][PEOPLE] == [3.0, 4.0, 5.0, 6.0]


@pytest.mark.parametrize(
    ("text", "said"),
    [("a,b\n1,2\n", "has no columns such as player.offer"), ("", "no columns"), ('player.offer\n"1', "no CSV")],
)
def test_a_table_of_something_else(store: RunStore, tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        values(store, table(tmp_path, text))
    with pytest.raises(ConfigError, match="No such file"):
        values(store, tmp_path / "none.csv")


def test_the_report_has_all_of_it(store: RunStore, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (run,) = store.runs()
    file = table(tmp_path, PEOPLES)
    assert main(["report", run.uid, "--people", str(file), "-o", "out.html"]) == 0
    page = Path("out.html").read_text("utf-8")
    HTMLParser().feed(page)
    for text in (
        "Decisions of people and AIs", "Your offer (bargain: offer)", "people (n = 2): mean 4", "AI (n = 2): mean 5",
        "people, no: 1 of 2", "Asked of all players when the study was over: How did you decide?", "I offered 4.",
        "Diary of ego1", "3. bargain End", "At most 9 points.", "&lt;b&gt;I &amp; you&lt;/b&gt;", "a &lt;baker&gt;",
    ):  # fmt: skip
        assert text in page, text
    assert "<b>I" not in page and "<baker>" not in page
    assert page.index("Diary of ego2") < page.index("Diary of ego10")
    assert "3 players went through the pages of “lab”" in page
    assert report(store, run, str(file)) == page
    assert main(["report", run.uid, "--people", "none.csv", "-o", "-"]) != 0
    assert "none.csv: No such file" in capsys.readouterr().err


def test_without_people_ais_stand_alone(store: RunStore, undrawn: None) -> None:
    (run,) = store.runs()
    page = report(store, run)
    assert "AI (n = 2)" in page and "people (n" not in page


@pytest.mark.parametrize(
    ("people", "ais", "found"),
    [
        ([True, False], ["True"], (["yes", "no"], ["yes"])),
        ([1, 0], [True], (["yes", "no"], ["yes"])),
        ([1, 0], ["1", "0"], ([1.0, 0.0], [1.0, 0.0])),
        (["a", 1], [2.0], (["a", "1"], ["2"])),
        (["1,5"], [1], (["1,5"], ["1"])),
        ([], [["a", "b"]], ([], ["a, b"])),
        ([10**400], [1], ([str(10**400)], ["1"])),
    ],
)
def test_values_have_one_form(people: list[Any], ais: list[Any], found: tuple[list[Any], list[Any]]) -> None:
    made = _same_kind(Decisions("a", "x", values={PEOPLE: people, AIS: ais}))
    assert (made.values[PEOPLE], made.values[AIS]) == found


ANY = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.text())


@given(st.lists(ANY), st.lists(ANY))
def test_any_values_have_one_form(people: list[Any], ais: list[Any]) -> None:
    made = _same_kind(Decisions("a", "x", values={PEOPLE: people, AIS: ais}))
    json.dumps(made.values, allow_nan=False)


@given(st.lists(st.integers(-(10**6), 10**6) | st.floats(-1e100, 1e100), min_size=1, max_size=30))
def test_every_number_is_in_a_bar(numbers: list[float]) -> None:
    edges, labels = bins(numbers)
    assert len(edges) == len(labels) + 1 and list(edges) == sorted(edges)
    assert edges[0] <= min(numbers) and max(numbers) <= edges[-1]


def test_long_texts_and_many_fields_are_named_and_not_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compared, "MOST_FIGURES", 1)
    fields = [Decisions("a", "why", values={PEOPLE: ["x" * 61], AIS: ["y"]})]
    fields += [Decisions("a", f"f{n}", values={PEOPLE: [n], AIS: [n]}) for n in range(3)]
    figures, note = compared_figures(Compared(fields, 2))
    assert len(figures) == 1
    assert note == "Not shown: a: why, a: f1, a: f2. 2 participants are left out: a model has gone on for them."
