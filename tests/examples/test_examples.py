"""The examples: played by the embedded model through the real command line, and all commands of their README."""

from __future__ import annotations

import csv
import io
import os
import re
import shlex
import shutil
import sqlite3
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from harness import warm_python

from otree_ego.testing import FakeService

pytestmark = pytest.mark.slow

REPO = Path(__file__).resolve().parents[2]
README = (REPO / "examples/README.md").read_text("utf-8")
FENCE = re.compile(r"^```(?P<language>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = [(each["language"], each["text"].splitlines()) for each in FENCE.finditer(README)]
PAYOFFS = {"XX": "20", "XY": "0", "YX": "28", "YY": "8"}
ONE_RUN = {"thread", "group", "session"}
"""Columns that differ between two runs with the same seed."""

Rows = list[dict[str, str]]


class Here:
    """A folder with the examples in it, where commands are run."""

    def __init__(self, folder: Path, **env: str) -> None:
        self.folder = folder
        shutil.copytree(REPO / "examples", folder / "examples", ignore=shutil.ignore_patterns("__pycache__"))
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("EGO_", "OPENAI_"))}
        self.env = {**kept, "PYTHONPATH": str(REPO), "EGO_LOCAL_SLOTS": "1", **env}

    def python(self, *line: str) -> str:
        done = warm_python.run(
            [sys.executable, "-W", "error", *line], cwd=self.folder, env=self.env, text=True,
            timeout=300,
        )  # fmt: skip
        assert done.returncode == 0, f"{line}: {done.stderr}"
        return done.stdout

    def ego(self, *line: str) -> str:
        return self.python("-m", "otree_ego.cli", *line)

    def run(self, *line: str) -> str:
        """Run an example; its id."""
        found = re.fullmatch(r"Experiment (\w{32}) OK\n", self.ego("run", *line))
        assert found, line
        return found[1]

    def data(self, *line: str) -> Rows:
        return list(csv.DictReader(io.StringIO(self.ego("data", *line))))

    def asked(self) -> int:
        with closing(sqlite3.connect(self.folder / "ego.sqlite3")) as store:
            return int(store.execute("SELECT count(*) FROM otree_ego_message WHERE role = 'assistant'").fetchone()[0])

    def forget(self, run: str, place: int) -> None:
        """Leave a run as a killed process does that had not come to its last replication."""
        with closing(sqlite3.connect(self.folder / "ego.sqlite3")) as store:
            gone = "DELETE FROM otree_ego_replication WHERE run = ? AND place = ?"
            assert store.execute(gone, (run, place)).rowcount == 1
            store.execute("UPDATE otree_ego_run SET status = 'running', beat = 0 WHERE uid = ?", (run,))
            store.commit()


@pytest.fixture
def here(tmp_path: Path) -> Here:
    return Here(tmp_path)


def same(rows: Rows) -> Rows:
    """What two runs with the same seed have in common."""
    return [{name: value for name, value in row.items() if name not in ONE_RUN} for row in rows]


def header(name: str) -> list[str]:
    """The columns that the README shows for an example."""
    section = README.split(f"\n## {name}\n")[1].split("\n## ")[0]
    shown = next(found["text"] for found in FENCE.finditer(section) if found["language"] == "csv")
    lines = list(csv.reader(io.StringIO(shown)))
    assert {len(line) for line in lines} == {len(lines[0])}
    return lines[0]


def nothing_is_asked_by_resuming(here: Here, run: str) -> None:
    before = here.asked()
    assert "nothing is left" in here.ego("resume", run)
    assert here.asked() == before


@pytest.mark.model
@pytest.mark.full
def test_approval_has_a_rating_in_each_cell_and_the_same_seed_gives_the_same(here: Here) -> None:
    run = here.run("examples/approval.py", "-n", "1", "--model", "local/smollm2", "--seed", "1")
    rows = here.data("examples/approval.py", run)
    assert list(rows[0]) == header("Approval")
    politicians, times = ("George W. Bush", "Barack Obama"), ("first year", "fourth year", "last year")
    assert [(row["politician"], row["time"]) for row in rows] == [(p, t) for p in politicians for t in times]
    assert all(0 <= int(row["rating"]) <= 100 and row["attempts"] == "1" and not row["error"] for row in rows)
    assert len({row["rating"] for row in rows}) > 1
    assert here.asked() == 6
    nothing_is_asked_by_resuming(here, run)
    again = here.run("examples/approval.py", "-n", "1", "--seed", "1", "--store", "again.sqlite3")
    assert same(here.data(again, "--store", "again.sqlite3")) == same(rows)


@pytest.mark.model
@pytest.mark.full
def test_ultimatum_goes_on_where_it_was_broken_off_and_comes_to_the_same_data(here: Here) -> None:
    line = ("examples/ultimatum.json", "-n", "3", "--balanced", "--model", "local/smollm2", "--seed", "1")
    run = here.run(*line, "--constrained")
    rows = here.data("examples/ultimatum.json", run)
    assert list(rows[0]) == header("Ultimatum")
    assert Counter(row["treatment"] for row in rows) == {"give": 2, "take": 2, "split": 2}
    assert [row["id_in_group"] for row in rows] == ["1", "2"] * 3
    assert all(0 <= int(row["answer"]) <= 100 for row in rows[::2])
    assert all(row["answer"] in ("ACCEPT", "REJECT") for row in rows[1::2])
    nothing_is_asked_by_resuming(here, run)
    # Only answers that are constrained are in the right form: the option must have been kept with the run.
    here.forget(run, 2)
    assert f"Experiment {run} OK" in here.ego("resume", run)
    assert here.asked() == 8
    assert same(here.data(run)) == same(rows)


@pytest.mark.full
@pytest.mark.model
def test_the_mind_game_pays_who_says_yes(here: Here) -> None:
    run = here.run("examples/mind.py", "-n", "2", "--model", "local/smollm2", "--seed", "1")
    rows = here.data("examples/mind.py", run)
    assert list(rows[0]) == header("Mind game")
    assert {(row["treatment"], row["reward"]) for row in rows} == {("nothing", "0"), ("hundred", "100")}
    for row in rows:
        assert row["shown"] in "123456"
        assert row["payoff"] == {"YES": row["reward"], "NO": "0"}[row["claim"]]
        assert (row["attempts"], row["tainted"]) == ("2", "False")
    nothing_is_asked_by_resuming(here, run)
    # The same by the script, in another store.
    here.env["EGO_STORE"] = "again.sqlite3"
    said = here.python("examples/mind.py", "--times", "1", "--seed", "1")
    again = re.search(r"ego data (\S+) (\w{32}) > data.csv", said)
    assert again, said
    assert same(here.data(again[1], again[2])) == same(rows[:1])


@pytest.mark.full
@pytest.mark.model
def test_the_dilemma_pays_what_was_chosen_and_is_reported(here: Here) -> None:
    line = ("examples/dilemma.py", "-n", "1", "-p", "rounds", "2", "--model", "local/smollm2", "--seed", "1")
    run = here.run(*line)
    rows = here.data("examples/dilemma.py", run)
    assert list(rows[0]) == header("Prisoner's dilemma")
    assert [(row["pair"], row["mover"], row["round"]) for row in rows] == [
        ("1", mover, number) for mover in "12" for number in "12"
    ]
    for row in rows:
        other = next(each for each in rows if each["round"] == row["round"] and each["mover"] != row["mover"])
        assert row["payoff"] == PAYOFFS[row["choice"] + other["choice"]]
        assert row["cooperated"] == {"X": "1", "Y": "0"}[row["choice"]]
        assert row["name"] != other["name"] and row["treatment"] == other["treatment"]
    nothing_is_asked_by_resuming(here, run)
    here.ego("report", run, "-o", "dilemma.html")
    page = (here.folder / "dilemma.html").read_text("utf-8")
    for words in ("cooperation, first mover", "points, second mover", *(row["treatment"] for row in rows)):
        assert words in page
    here.forget(run, 0)
    here.ego("resume", run)
    assert here.asked() == 8
    assert same(here.data("examples/dilemma.py", run)) == same(rows)


def reply(body: dict[str, Any]) -> str:
    """What a large model would answer: in words around the answer, and not always in the right form."""
    asked = body["messages"][-1]["content"]
    said = [each["content"] for each in body["messages"]]
    if "could not be used" in asked:
        return "X"
    if "X or Y?" in asked:
        return "Y, of course." if "has chosen" in asked else "X or Y: hard to say." if len(said) == 2 else "**X**"
    forms = {"READY": "Ready.", "YES or NO": "YES", "ACCEPT or REJECT": "I ACCEPT.", "number from 0": "42"}
    return next(answer for words, answer in forms.items() if words in asked)


@pytest.fixture
def freely(tmp_path: Path, service: FakeService) -> Here:
    """Examples that ask a service, which answers freely."""
    service.reply = reply
    return Here(tmp_path, OPENAI_BASE_URL=service.base_url, OPENAI_API_KEY="sk-test-key-123456")


def test_frames_are_balanced_and_invalid_answers_asked_again(freely: Here, service: FakeService) -> None:
    run = freely.run("examples/dilemma.py", "-n", "20", "--model", "gpt-6-luna", "--seed", "1", "-p", "rounds", "2")
    rows = freely.data("examples/dilemma.py", run)
    assert set(Counter(row["treatment"] for row in rows).values()) == {2 * 2 * 2}
    assert len({row["treatment"] for row in rows}) == 10
    assert len({row["name"] for row in rows}) == 7
    for row in rows:
        first = row["mover"] == "1"
        assert (row["choice"], row["payoff"]) == (("X", "0") if first else ("Y", "28"))
        assert row["attempts"] == ("2" if first and row["round"] == "1" else "1")
    sent = [request.body for request in service.requests]
    assert len(sent) == 20 * 5
    assert {body["temperature"] for body in sent} == {1.0}
    assert not any("grammar" in body for body in sent)
    # Both movers of a pair, and all rounds, draw by seeds of their own; only what is asked again keeps its seed.
    assert len({body["seed"] for body in sent}) == 20 * 4
    # The second mover knows the choice, and both know the round before.
    last = [body["messages"][-1]["content"] for body in sent if body["messages"][-1]["content"].count("Round 2")]
    assert sum("has chosen X. X or Y?" in text for text in last) == 20
    assert sum("you chose X and got 0 points" in text for text in last) == 20
    assert sum("you chose Y and got 28 points" in text for text in last) == 20


def test_who_never_answers_in_the_right_form_is_marked_and_kept(freely: Here, service: FakeService) -> None:
    service.reply = "I would rather not."
    run = freely.run("examples/dilemma.py", "-n", "1", "--model", "gpt-6-luna", "--seed", "1")
    assert [(row["choice"], row["payoff"], row["attempts"], row["tainted"])
            for row in freely.data("examples/dilemma.py", run)] == [("", "", "3", "True")]  # fmt: skip
    run = freely.run("examples/mind.py", "-n", "1", "--model", "gpt-6-luna", "--seed", "1")
    assert [(row["claim"], row["attempts"], row["tainted"]) for row in freely.data("examples/mind.py", run)] == [
        ("", "3", "True")
    ]


def commands() -> list[list[str]]:
    """The README's shell blocks, each a list of lines."""
    return [lines for language, lines in BLOCKS if language == "sh"]


def test_all_examples_are_in_the_readme() -> None:
    for file in (REPO / "examples").iterdir():
        if file.suffix in (".py", ".json"):
            assert f"[{file.name}]({file.name})" in README
            assert any(f"examples/{file.name}" in line for lines in commands() for line in lines)


@pytest.mark.parametrize("lines", commands(), ids=lambda lines: lines[0])
def test_the_commands_of_the_readme_work(lines: list[str], freely: Here) -> None:
    """Each is run as it stands, only that a service on this machine answers, and that the large ones are smaller."""
    programs = {"ego": [sys.executable, "-m", "otree_ego.cli"], "python": [sys.executable]}
    run = ""
    for line in lines:
        own = re.sub(r"(-n|--times) (\d+)", lambda found: f"{found[1]} {min(int(found[2]), 2)}", line)
        own = re.sub(r"\bID\b", run, own)
        if " run " in own and "--model" not in own:
            own += " --model gpt-6-luna"
        words, _, file = own.partition(" > ")
        program, *words = shlex.split(words)
        done = warm_python.run([*programs[program], *words], cwd=freely.folder, env=freely.env, text=True, timeout=120)
        assert done.returncode == 0, f"{line}: {done.stderr}"
        if file:
            (freely.folder / file).write_text(done.stdout, "utf-8")
        assert "tainted" not in done.stderr
        found = re.search(r"Experiment (\w{32}) OK", done.stdout)
        run = found[1] if found else run
    for file in ("data.csv", "data.jsonl", "dilemma.html"):
        assert any(file in line for line in lines) == (freely.folder / file).exists()
