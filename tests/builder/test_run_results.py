"""What came of a run: its table, its pictures, its downloads."""

from __future__ import annotations

import base64
import csv
import io
import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from otree_ego.builder.run_results import Download, RunResults
from otree_ego.builder.run_views import opened, run_view
from otree_ego.errors import ConfigError
from otree_ego.experiment.built.work import run_built

EVIL = "</script><img src=x onerror=alert(1)>=1+1"
GAME: dict[str, Any] = {
    "threads": [[1, ["ConstantThread", "7"]], [2, ["ConstantThread", EVIL]]], "treatments": ["low", EVIL], "rounds": 2,
    "variables": {}, "filters": [["extract_number"], ["As is"]],
    "prompts": {"system": EVIL, "user": "Round {{ round }}?"},
}  # fmt: skip


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """A store, and a run in it."""
    store = tmp_path_factory.mktemp("results") / "ego.sqlite3"
    done = run_built(GAME, 4, seed=1, balanced=True, name=EVIL, store=store, progress=False)
    return str(store), done.run


def test_the_table_has_what_matters_first(run: tuple[str, str]) -> None:
    found = RunResults(run[0]).table({"run": run[1]})
    assert found["columns"][:5] == ["treatment", "replication", "round", "id_in_group", "answer"]
    assert found["count"] == len(found["rows"]) == 16
    assert {row[4] for row in found["rows"]} == {7, EVIL}


def test_pictures_are_images_that_run_nothing(run: tuple[str, str]) -> None:
    found = RunResults(run[0]).figures({"run": run[1]})["figures"]
    assert any("rounds" in each["title"] for each in found)
    for each in found:
        svg = base64.b64decode(each["image"].partition("base64,")[2])
        names = {element.tag.rpartition("}")[2] for element in ElementTree.fromstring(svg).iter()}
        assert names.isdisjoint({"script", "img", "foreignObject", "a"}) and each["alt"]


@pytest.mark.parametrize("form", ["csv", "excel", "jsonl", "report"])
def test_downloads(run: tuple[str, str], form: str) -> None:
    found = RunResults(run[0]).download({"run": run[1], "form": form})
    text = found.content.decode("utf-8-sig")
    assert found.name.endswith(f"-{run[1][:8]}" + {"jsonl": ".jsonl", "report": ".html"}.get(form, ".csv"))
    assert all(sign.isalnum() or sign in "-." for sign in found.name)
    if form == "report":
        assert "<img" not in text and "onerror" in text
    elif form == "jsonl":
        assert {json.loads(line)["answer"] for line in text.splitlines()} == {7, EVIL}
    else:
        assert {row["answer"] for row in csv.DictReader(io.StringIO(text))} == {"7", EVIL}


@pytest.mark.parametrize("given", [{}, {"run": "none"}, {"run": ["x"]}, {"run": "%"}])
@pytest.mark.parametrize("call", ["table", "figures", "download"])
def test_what_is_not_there_is_said(workshop: Any, call: str, given: dict[str, Any]) -> None:
    assert workshop.call(call, form="csv", **given)["error"] == "There is no such run."


def test_the_page_gets_a_file_with_its_name(workshop: Any, run: tuple[str, str]) -> None:
    workshop.server.calls.results = RunResults(run[0])
    body = json.dumps({"run": run[1], "form": "csv"}).encode()
    status, headers, content = workshop.ask(path="/api/download", body=body)
    assert (status, headers["Content-Type"]) == (200, "text/csv; charset=utf-8") and content.startswith(b"answer,")
    assert "There is no download" in workshop.call("download", run=run[1], form="exe")["error"]


def test_endless_replies_are_cut_in_the_page_and_whole_in_the_data(tmp_path: Path) -> None:
    long = "word " * 50_000 + "end."
    game = {**GAME, "threads": [[1, ["ConstantThread", "7"]], [2, ["ConstantThread", long]]], "treatments": ["only"]}
    store = str(tmp_path / "ego.sqlite3")
    done = run_built(game, 1, store=store, progress=False)
    with opened(store) as there:
        assert there is not None
        texts = [each["message"] for each in run_view(there, done.run, 0)["dialogue"] if each["seat"] == 2]
    cut = [each for each in texts if each.get("length")]
    assert len(cut) == 2 and {(len(each["text"]), each["length"]) for each in cut} == {(20_000, len(long))}
    whole = RunResults(store).download({"run": done.run, "form": "jsonl"})
    assert isinstance(whole, Download) and long in whole.content.decode()


def test_figures_of_one_round_have_the_files_order_and_lack_nothing(tmp_path: Path) -> None:
    game = {**GAME, "treatments": ["split", "give", "take"], "rounds": 1}
    store = str(tmp_path / "ego.sqlite3")
    done = run_built(game, 6, seed=1, balanced=True, store=store, progress=False)
    found = RunResults(store).figures({"run": done.run})["figures"]
    assert [each["title"] for each in found] == ["Outcome: choice, seat 1", "Outcome: choice, seat 2"]
    assert not any("no usable value" in each["caption"] for each in found)
    places = [found[0]["alt"].index(name) for name in game["treatments"]]
    assert places == sorted(places)


def test_what_was_answered_is_found_and_what_was_asked_is_not(run: tuple[str, str]) -> None:
    results = RunResults(run[0])

    def places(words: str) -> list[int]:
        found: list[int] = results.find({"run": run[1], "words": words})["places"]
        return found

    assert places("ONERROR") == places("7") == [0, 1, 2, 3]
    assert places("Round 1?") == places("%") == places("_") == []
    with pytest.raises(ConfigError, match="no such run"):
        results.find({"run": "x", "words": "7"})
