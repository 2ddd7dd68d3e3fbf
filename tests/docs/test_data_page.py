"""docs/data.md against the columns of all exports, in both directions."""

from __future__ import annotations

import csv
import re
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
from harness import recorded, warm_python
from harness.project import REPO

from otree_ego.agents import ConstantThread
from otree_ego.binding import export, request_export
from otree_ego.binding.decisions import records as decisions
from otree_ego.binding.recruiting import arrivals
from otree_ego.blocks import ABOUT
from otree_ego.experiment import exporting, factorial
from otree_ego.experiment.otree_sessions import OF_OTREE, SESSION
from otree_ego.experiment.player_runs import VISIT_COLUMNS
from otree_ego.experiment.results import Record
from otree_ego.messages import Message
from otree_ego.questions import choice
from otree_ego.stores import Replication, Run, RunStore
from otree_ego.stores.rows import ThreadRow
from otree_ego.stores.run_rows import Seat

TEXT = (REPO / "docs" / "data.md").read_text("utf-8")
ROW = re.compile(r"^\| (`.+`) \| (.+) \|$", re.MULTILINE)


def described(section: str) -> list[str]:
    """The columns that a section's table describes."""
    table = TEXT.split(f"\n### {section}\n")[1].split("\n#")[0]
    names: list[str] = []
    for cells, meaning in ROW.findall(table):
        assert meaning.strip(), cells
        first, *last = re.findall(r"`(\w+)`", cells)
        if last:  # a row for all of `points_to_1` … `points_to_10`
            stem, number = first.rsplit("_", 1)
            names += [f"{stem}_{n}" for n in range(int(number), int(last[0].rsplit("_", 1)[1]) + 1)]
        else:
            names.append(first)
    assert names and len(set(names)) == len(names)
    return names


def rows(store: RunStore, run: Run, wide: bool = False) -> list[dict[str, Any]]:
    found = list(exporting.rows_of(store, run, wide=wide))
    assert found
    return found


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunStore:
    monkeypatch.chdir(tmp_path)
    return RunStore("ego.sqlite3")


def test_exports_on_the_data_page() -> None:
    assert described("Messages") == list(export.COLUMNS)
    assert described("Requests") == list(request_export.COLUMNS)
    assert described("Decisions") == list(decisions.COLUMNS)
    assert described("Assignments") == list(ABOUT)
    assert described("Entries") == list(arrivals.COLUMNS)
    assert described("Visits of players") == list(VISIT_COLUMNS)
    source = (REPO / "otree_ego/binding/study/events.py").read_text("utf-8")  # the module needs oTree's database
    assert described("Events") == list(eval(source.split("COLUMNS = ")[1].split("  # fmt")[0]))
    source = (REPO / "otree_ego/binding/pages_export.py").read_text("utf-8")
    assert described("Pages") == list(eval(source.split("COLUMNS = ")[1].split("  # fmt")[0]))


def test_members_of_public_goods() -> None:
    source = (REPO / "apps" / "public_goods" / "data.py").read_text("utf-8")
    most = int(re.findall(r"^MOST_MEMBERS = (\d+)", (REPO / "apps/public_goods/game.py").read_text("utf-8"), re.M)[0])
    written = source.split("COLUMNS = (")[1].split("\n)")[0]
    columns = eval(f"({written})", {"MOST_MEMBERS": most, "range": range})
    assert described("Members") == list(columns)


def test_microexperiments(store: RunStore) -> None:
    run = recorded.factorial(store)
    levels = {*store.replications(run.uid).__next__().levels}
    narrow = {name for row in rows(store, run) for name in row} - levels - {"result", "rating"}
    assert sorted(narrow) == sorted({*described("Microexperiments")} - {"retval"})
    data = factorial("{{ a }}", a=[1]).run(lambda: ConstantThread("5"), int, keep_retval=True)
    assert {*data[0]} - {"a", "result"} == {*described("Microexperiments")} - {"session"}
    assert {*data.wide[0]} - {*data[0]} == {*described("More with --wide")}
    asked = factorial("{{ a }}", a=[1]).run(lambda: ConstantThread("A"), ask=choice(["A", "B"]), keep_retval=True)
    assert {*asked[0]} - {*data[0]} == {*described("Options of a question")}


def test_choices(store: RunStore) -> None:
    run = recorded.built(store)
    assert list(exporting.CHOICES) == described("Choices")
    for row in rows(store, run):
        assert sorted(row) == described("Choices")
    for row in rows(store, run, wide=True):
        assert {*row} == {*described("Choices"), *described("More with --wide"), "seat", "error"}


@pytest.mark.parametrize("owner", ["player:lab:1:abc#own/seller", "group:lab:2:x:7", "session:abcdefgh"])
def test_sessions_of_otree(owner: str) -> None:
    levels = {**dict.fromkeys(OF_OTREE, ""), "frame": "give"}
    said = [Message("user", "Hi", 1), Message("assistant", "Hello", 2, attempts=1)]
    seat = Seat(0, 1, 1, ThreadRow("t", owner, "Thread", b""))
    record = Record(Replication("abcdefgh", 0, levels=levels), [seat], {"t": said})
    run = Run("lab", SESSION, "")
    for wide in (False, True):
        (row,) = exporting._replies(run, record, {("lab", "1", "abc"): ("2", "1")}, wide)
        at = {"player": ("2", "1"), "group": ("", ""), "session": ("", "")}[owner.partition(":")[0]]
        assert (row["group"], row["id_in_group"]) == at
        more = {*described("More with --wide")} if wide else set()
        assert {*row} - {"frame"} == {*described("Sessions of oTree")} | more


# --- the examples that stack tables -----------------------------------------------------------------------------------

GAME = ["session.code", "participant.code", "subsession.round_number", "player.human_move", "player.ai_move"]
"""Columns of oTree's own table that both examples read."""
MADE = {"people", "who"}


def example(language: str) -> str:
    found = re.search(rf"^```{language}\n(.*?)^```$", TEXT.split("\n## Games with and without")[1], re.M | re.S)
    assert found
    return found[1]


@pytest.mark.parametrize("language", ["python", "r"])
def test_the_examples_name_columns_that_are_there(language: str) -> None:
    code = re.sub(r"^\s*#.*$", "", example(language), flags=re.M)
    named = set(re.findall(r"\b(?:run|session|game|threads|choices|beside)\$([\w.]+)", code))
    lists = re.findall(r'(?:c\(|\[\[?|\{|costs = |costs <- )("[^)\]}\n]+)', code)
    named |= {name for one in lists for name in re.findall(r'"([\w.]+)"', one)}
    both = {*described("Choices"), *described("More with --wide")} & {
        *described("Sessions of oTree"),
        *described("More with --wide"),
    }
    assert {"tokens_out", "cost_usd", "thread", "model"} <= both & (named | both)
    known = both | {*described("Choices"), *GAME, *MADE, "person", "model"}
    assert named and named <= known, named - known
    fields = (REPO / "apps" / "prisoner" / "__init__.py").read_text("utf-8")
    assert all(f"    {name.removeprefix('player.')} = models." in fields for name in GAME if name.startswith("player."))


def write_tables(store: RunStore, folder: Path) -> None:
    """`run.csv`, `session.csv` and `prisoner.csv`, as the examples read them."""
    of_run = rows(store, recorded.built(store), wide=True)
    said = [Message("user", "Hi", 1)]
    said += [Message("assistant", "A", n, attempts=1, model="gpt-6-luna", tokens_out=5, cost=0.5) for n in (2, 3)]
    seat = Seat(0, 1, 1, ThreadRow("t", "player:prisoner:1:abc", "Thread", b""))
    record = Record(Replication("abcdefgh", 0, levels=dict.fromkeys(OF_OTREE, "")), [seat], {"t": said})
    of_session = list(
        exporting._replies(Run("prisoner", SESSION, ""), record, {("prisoner", "1", "abc"): ("2", "1")}, True)
    )
    game = [dict(zip(GAME, ["abcdefgh", "abc", number, "A", ai], strict=True)) for number, ai in ((1, "B"), (2, ""))]
    for name, table in {"run": of_run, "session": of_session, "prisoner": game}.items():
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(table[0]))
            writer.writeheader()
            writer.writerows(table)


@pytest.mark.parametrize("language", ["python", "r"])
def test_the_examples_run(store: RunStore, tmp_path: Path, language: str) -> None:
    command = [sys.executable, "-c"] if language == "python" else ["Rscript", "-e"]
    if language == "python":
        pytest.importorskip("pandas")
    elif shutil.which("Rscript") is None:
        pytest.skip("R is not installed")
    write_tables(store, tmp_path)
    done = warm_python.run([*command, example(language)], cwd=tmp_path, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "gpt-6-luna" in done.stdout and "person" in done.stdout
