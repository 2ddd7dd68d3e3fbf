"""`ego show` reads what players have seen and done like a diary."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from harness.recorded_players import answers, players_run

from otree_ego.cli import main
from otree_ego.experiment.player_diary import diary


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    replies = {f"ego{n}": answers(8, n % 9, why=f"Reason {n}.") for n in (1, 2, 10)}
    return players_run("ego.sqlite3", replies, {"ego2": "a baker who saves"})


def shown(capsys: pytest.CaptureFixture[str], *words: str) -> list[str]:
    """The lines of the diary, without the header, each in single spaces."""
    assert main(["show", *words, "--no-pager"]) == 0
    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    return [line for line in lines[next((n for n, line in enumerate(lines) if line.startswith("──")), 0) :] if line]


def test_page_after_page(run: str, capsys: pytest.CaptureFixture[str]) -> None:
    lines = shown(capsys, run, "0")
    assert lines[0].startswith("── ego1")
    assert [line.split("(page")[0].strip() for line in lines if "(page" in line] == [
        "1. bargain Instructions", "2. bargain Offer", "3. bargain End",
    ]  # fmt: skip
    start = next(n for n, line in enumerate(lines) if line.startswith("2. bargain Offer"))
    assert "sent, 2 replies" in lines[start]
    rest = "\n".join(lines[start + 1 :])
    wanted = [
        "│ # Offer", "[q1]", "asked q1 offer: Your offer", "answered offer = 8; trust = yes",
        "refused offer: At most 9 points.", "answered offer = 1; trust = yes", "why Reason 1.", "3. bargain End",
        "question How did you decide?", "answer I offered 1.",
    ]  # fmt: skip
    at = [rest.find(each) for each in wanted]
    assert -1 not in at and at == sorted(at), rest


def test_all_players_and_their_personas(run: str, capsys: pytest.CaptureFixture[str]) -> None:
    lines = shown(capsys, run)
    assert len([line for line in lines if line.startswith("── ego")]) == 3
    assert any(line.startswith("── ego2, ") and "a baker who saves" in line for line in lines)
    assert "Reason 10." in " ".join(lines)
    assert main(["show", run, "--limit", "1", "--no-pager"]) == 0
    out = capsys.readouterr().out
    assert out.count("── ego") == 1 and "2 more replications" in out


def test_messages_instead(run: str, capsys: pytest.CaptureFixture[str]) -> None:
    text = " ".join(shown(capsys, run, "0", "--messages"))
    assert "<page>" in text and "You take part in a study" in text


def test_the_text_of_a_page_stands_there_once() -> None:
    visit = {"number": 1, "page": "A", "digest": "d", "title": "", "text": "Hello", "outcome": "waited"}
    first, second = diary([visit, {**visit, "number": 2}])
    assert [first.lines, second.lines] == [[("served", "Hello")], [("served", "(as on visit 1)")]]
    assert diary([visit, visit], full=True)[1].lines == [("served", "Hello")]


@pytest.mark.parametrize("odd", [None, 5, "x", [], [5], {}, {"a": 5}, [{"a": [1]}, 3], float("inf")])
def test_a_damaged_visit_is_shown_all_the_same(odd: Any) -> None:
    names = ("fields", "answers", "errors", "said", "left_out", "cost", "replies", "begun", "ended", "reason", "note")
    for name in names:
        (page,) = diary([{"number": 1, "page": "A", "begun": 1.0, "ended": 2.0, "replies": 1, name: odd}])
        assert page.heading == "1. A"
