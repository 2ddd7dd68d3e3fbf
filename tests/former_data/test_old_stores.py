"""Stores that an earlier version made: they open, tell what they hold, and their runs go on where they stopped."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from harness import PostgreSQL, needs, warm_python
from harness.database import PATIENCE
from harness.old_files import DATA, File, Row, restore
from harness.project import REPO

from otree_ego.cli import main
from otree_ego.testing import FakeService

KEY = "sk-test-key-123456"
KILLED = ["stopped", "bargain", "oldloop", "oldsplit"]
DONE = ["approval", "described", "pairs", "ultimatum", "oldloop", "queued"]
SAID = (
    "SELECT s.run, s.place, s.seat, m.* FROM otree_ego_message m JOIN otree_ego_seat s ON s.thread = m.thread "
    "ORDER BY s.run, s.place, s.attempt, s.seat, m.seq"
)


class Study:
    """A copy of the study's folder with its scripts, and of the store that belongs to it."""

    def __init__(self, folder: Path, database: Any, service: FakeService, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self.service, self._capsys = folder, service, capsys
        self.url = database.url if isinstance(database, File) else str(database.env["DATABASE_URL"])
        self.runs: list[Row] = database.query("SELECT * FROM otree_ego_run ORDER BY id")
        self.replications: list[Row] = database.query("SELECT * FROM otree_ego_replication ORDER BY run, place")
        self.said: list[Row] = database.query(SAID)

    # --- what stands in the file ---

    def run(self, name: str, status: str = "done") -> Row:
        """A run by its name, as it was left: `done`, or `running` when it was killed."""
        (found,) = [run for run in self.runs if (run["name"], run["status"]) == (name, status)]
        return found

    def uid(self, name: str, status: str = "done") -> str:
        return str(self.run(name, status)["uid"])

    def of(self, rows: list[Row], uid: str) -> list[Row]:
        return [row for row in rows if row["run"] == uid]

    def ended(self, uid: str) -> list[Row]:
        """How its replications ended."""
        return self.of(self.replications, uid)

    def questions(self, uid: str) -> Counter[Any]:
        """What a service was asked and has answered, each as it was sent, and with which seed."""
        threads: dict[Any, list[tuple[str, str]]] = {}
        found: Counter[Any] = Counter()
        for row in self.of(self.said, uid):
            said = threads.setdefault(row["thread"], [])
            if row["role"] == "assistant" and row["model"] == "gpt-4o" and row["status"] == "complete":
                found[(tuple(said), row["seed"] and int(row["seed"]))] += 1
            if row["status"] == "complete":
                said.append((row["role"], row["text"]))
        return found

    # --- what is asked and said now ---

    def asked(self) -> Counter[Any]:
        """What the service is asked now, and with which seed."""
        bodies = [one.body for one in self.service.requests if one.path.endswith("/chat/completions")]
        texts = [tuple((m["role"], m["content"]) for m in body["messages"]) for body in bodies]
        return Counter(zip(texts, (body.get("seed") for body in bodies), strict=True))

    def ego(self, *line: str, code: int = 0) -> str:
        """The output of `ego …`."""
        self._capsys.readouterr()
        ended = main(list(line))
        out, err = self._capsys.readouterr()
        assert ended == code, f"ego {' '.join(line)} ended with {ended}: {out}{err}"
        return out

    def now(self, uid: str) -> dict[str, Any]:
        """A run as `ego runs` tells of it."""
        (found,) = [run for run in json.loads(self.ego("runs", "--json")) if run["id"] == uid]
        return dict(found)

    def rows(self, *line: str) -> list[dict[str, Any]]:
        """The rows of `ego data …`."""
        return [json.loads(row) for row in self.ego("data", *line, "--format", "jsonl").splitlines()]


@needs.starts("slow")
def script(name: str, folder: Path, **env: str) -> Any:
    """What a script prints as JSON, run as its author does."""
    env = {**os.environ, "PYTHONPATH": str(REPO), **env}
    ended = warm_python.run([sys.executable, name], cwd=folder, env=env, text=True, timeout=PATIENCE)
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)


def answer(body: dict[str, Any]) -> str:
    """What the service answers now: never what it answered then."""
    last = body["messages"][-1]["content"]
    return "NO." if "YES or NO" in last else "I take 77."


@pytest.fixture(scope="module")
def lasting(pg: PostgreSQL) -> Any:
    """A database of PostgreSQL's for all tests, one after the other: making one anew takes longer than they do."""
    return pg.database()


@pytest.fixture(params=["sqlite", "postgres"])
def study(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    service: FakeService,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[Study]:
    folder = tmp_path / "study"
    shutil.copytree(DATA / "study", folder)
    postgres = request.param == "postgres"
    database = request.getfixturevalue("lasting") if postgres else File(folder / "ego.sqlite3")
    if postgres:
        database.query("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    restore(database, "stores", study=str(folder))
    service.reply = answer
    monkeypatch.chdir(folder)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.delenv("EGO_STORE", raising=False)
    if postgres:
        monkeypatch.setenv("EGO_STORE", database.env["DATABASE_URL"])
    monkeypatch.setenv("OPENAI_BASE_URL", service.base_url)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    yield Study(folder, database, service, capsys)
    for name in ("oldloop", "oldsplit"):
        sys.modules.pop(name, None)


# --- reading ----------------------------------------------------------------------------------------------------------


def test_runs_are_listed_with_all_that_was_counted(study: Study) -> None:
    listed = json.loads(study.ego("runs", "--json"))
    assert [run["id"] for run in listed] == [run["uid"] for run in study.runs]
    for told, run in zip(listed, study.runs, strict=True):
        assert (told["name"], told["kind"], told["planned"]) == (run["name"], run["kind"], run["planned"])
        # nobody works on it any more, whatever it says of itself
        assert told["status"] == ("stopped" if run["status"] == "running" else run["status"])
        ended = study.ended(run["uid"])
        said = [row for row in study.of(study.said, run["uid"]) if row["role"] == "assistant" and row["model_answered"]]
        assert told["replications"] == len(ended)
        assert told["failed"] == sum(row["status"] == "failed" for row in ended)
        assert told["tainted"] == sum(bool(row["tainted"]) for row in ended)
        assert told["replies"] == len(said)
        assert told["cost"] == pytest.approx(sum(row["cost"] or 0 for row in said))
        assert told["tokens_in"] == sum(row["tokens_in"] or 0 for row in said)
        assert told["tokens_out"] == sum(row["tokens_out"] or 0 for row in said)
        assert told["source"] == json.loads(run["source"])
    assert study.service.requests == []


def bare(text: str) -> str:
    """A text without what the width of a terminal makes of it."""
    return re.sub(r"[\s│|]", "", text)


@pytest.mark.any_database
def test_show_has_every_word(study: Study) -> None:
    for run in study.runs:
        shown = bare(study.ego("show", run["uid"], "--all", "--full", "--no-pager"))
        said = study.of(study.said, run["uid"])
        assert said
        for row in said:
            assert bare(row["text"]) in shown, row
    assert study.service.requests == []


def test_costs_are_those_that_were_paid(study: Study) -> None:
    for run in study.runs:
        said = [row for row in study.of(study.said, run["uid"]) if row["role"] == "assistant" and row["attempts"]]
        lines = study.ego("cost", run["uid"]).splitlines()
        for model in {row["author"] or row["model"] for row in said}:
            mine = [row for row in said if (row["author"] or row["model"]) == model]
            (line,) = [line for line in lines if line.startswith(model)]
            assert f"{sum(row['attempts'] for row in mine)}" in line.removeprefix(model).split()
            assert f"{sum(row['tokens_in'] or 0 for row in mine):,}" in line


def test_a_microexperiments_rows_are_those_that_were_recorded(study: Study) -> None:
    for name in ("approval", "described", "queued"):
        uid = study.uid(name)
        ended, rows = study.ended(uid), study.rows(uid)
        assert len(rows) == len(ended) == study.run(name)["planned"]
        for row, was in zip(rows, ended, strict=True):
            levels = json.loads(was["levels"])
            assert {key: row[key] for key in levels} == levels
            assert (row["result"], row["attempts"]) == (json.loads(was["result"]), was["answers"])
            assert row["session"] == uid
            assert bool(row["error"]) == bool(was["tainted"])
    assert sum(bool(row["tainted"]) for row in study.ended(study.uid("approval"))) == 1


def test_wide_rows_tell_what_was_asked_and_answered(study: Study) -> None:
    uid = study.uid("approval")
    for row in study.rows(uid, "--wide"):
        said = [each for each in study.of(study.said, uid) if each["place"] + 1 == row["replication"]]
        last = said[-1]
        assert row["prompt"] == next(each["text"] for each in said if each["role"] == "user")
        assert row["system_prompt"] == said[0]["text"]
        assert (row["text"], row["model"], row["seed"]) == (last["text"], "gpt-4o", int(last["seed"]))
        assert row["tokens_in"] == sum(each["tokens_in"] or 0 for each in said)


@pytest.mark.any_database
@pytest.mark.parametrize("name", ["pairs", "ultimatum", "bargain"])
def test_choices_are_those_that_were_made(study: Study, name: str) -> None:
    uid = study.uid(name, "running" if name == "bargain" else "done")
    rows = study.rows(uid)
    ended = {row["place"]: row for row in study.ended(uid)}
    seats = {row["thread"]: row["place"] for row in study.of(study.said, uid)}
    assert {seats[row["thread"]] for row in rows} <= ended.keys()
    for row in rows:
        was = ended[seats[row["thread"]]]
        assert (row["treatment"], row["session"]) == (was["treatment"], uid)
        assert row["tainted"] == bool(was["tainted"])
    if name == "pairs":
        assert {row["answer"] for row in rows} == {3, 7, 95}
        assert [(row["status"], bool(row["tainted"])) for row in ended.values()] == [
            ("done", False), ("done", True), ("done", True), ("done", False), ("failed", False),
        ]  # fmt: skip
    else:
        number, word = (40, "ACCEPT") if name == "ultimatum" else (7, "REJECT")
        assert Counter(row["answer"] for row in rows) == {number: len(rows) // 2, word: len(rows) // 2}


@pytest.mark.any_database
def test_a_modules_own_rows_know_the_other_the_treatment_and_the_persona(study: Study) -> None:
    uid = study.uid("oldloop")
    for line in ([uid], ["oldloop", uid]):
        rows = study.rows(*line)
        assert len(rows) == 2 * 2 * 2
        treatments = {row["place"] + 1: row["treatment"] for row in study.ended(uid)}
        for row in rows:
            assert row["treatment"] == treatments[row["game"]]
            assert row["pot"] == {"low": 10, "high": 100}[row["treatment"]]
            assert sorted([row["choice"], row["other"]]) == [3, 7]
            assert row["persona"] == ("You are kind." if row["choice"] == 7 else "")
            assert (row["seconds"], row["turns"]) == ([1.0, 2.0], 5)


@pytest.mark.any_database
@pytest.mark.parametrize("name", ["approval", *(pytest.param(name, marks=pytest.mark.slow) for name in DONE[2:4])])
def test_reports_are_written(study: Study, name: str) -> None:
    uid = study.uid(name)
    study.ego("report", uid, "-o", "report.html")
    page = (study.folder / "report.html").read_text("utf-8")
    assert name in page and uid in page
    assert study.service.requests == []


# --- going on ---------------------------------------------------------------------------------------------------------


def left(study: Study, uid: str, name: str) -> int:
    """How many requests a killed run needs to come to its end."""
    run = study.run(name, "running")
    done = sum(row["status"] == "done" for row in study.ended(uid))
    if name == "oldloop":  # whole games only: two rounds each
        return 2 * (run["planned"] - done)
    each = 2 if name == "bargain" else 1
    return int(each * run["planned"] - sum(study.questions(uid).values()))


def whole(study: Study, name: str, uid: str) -> None:
    """A run has come to its end, and what was answered before has not been asked again."""
    assert sum(study.asked().values()) == left(study, uid, name)
    assert not study.asked() & study.questions(uid)
    told = study.now(uid)
    planned = study.run(name, "running")["planned"]
    assert (told["status"], told["replications"], told["failed"]) == ("done", planned, 0)
    assert [run["id"] for run in json.loads(study.ego("runs", "--json"))] == [run["uid"] for run in study.runs]


@pytest.mark.parametrize("name", KILLED)
def test_a_killed_run_is_resumed_and_asks_only_what_is_missing(study: Study, name: str) -> None:
    uid = study.uid(name, "running")
    before = study.rows(uid)
    assert study.ended(uid) and left(study, uid, name)
    study.ego("resume", uid[:8])
    whole(study, name, uid)
    after = study.rows(uid)
    assert after[: len(before)] == before and len(after) > len(before)
    study.service.clear()
    assert "nothing is left" in study.ego("resume", uid)
    assert study.service.requests == []


@pytest.mark.any_database
def test_the_script_of_a_killed_run_goes_on_when_it_is_run_again(study: Study) -> None:
    uid = study.uid("stopped", "running")
    rows = script("stopped.py", study.folder)
    whole(study, "stopped", uid)
    recorded = {row["place"]: json.loads(row["result"]) for row in study.ended(uid)}
    assert [row["result"] for row in rows] == [recorded.get(place, 77) for place in range(12)]
    for one in study.service.requests:
        limit = one.body.get("max_tokens") or one.body.get("max_completion_tokens")
        assert (one.body["user"], limit) == ("lab", 50)
        assert one.body["messages"][0]["content"].startswith("You are calm. ")


@pytest.mark.any_database
def test_drawn_treatments_and_names_are_what_they_would_have_been(study: Study) -> None:
    uid = study.uid("oldsplit", "running")
    study.ego("resume", uid)
    rows = study.rows(uid)
    assert sorted(row["pot"] for row in rows[:4]) == sorted(row["pot"] for row in rows[4:]) == [10, 10, 100, 100]
    pairs = {row["n"]: [one["name"] for one in rows if one["n"] == row["n"]] for row in rows}
    assert all(len(set(pair)) == 2 for pair in pairs.values())
    for row in study.ended(uid):
        assert pairs[row["place"] + 1] == json.loads(row["result"])["names"]


@pytest.mark.any_database
def test_a_batch_that_was_at_the_service_is_handed_in_again_where_the_service_has_it_no_more(study: Study) -> None:
    uid = study.uid("waiting", "running")
    assert study.ended(uid) == []
    rows = script("waiting.py", study.folder)
    assert [row["result"] for row in rows] == [77] * 4
    assert study.asked() == {}
    paths = Counter(one.path for one in study.service.requests)
    assert paths["/v1/batches"] == 1
    told = study.now(uid)
    assert (told["status"], told["replications"]) == ("done", 4)


# --- again ------------------------------------------------------------------------------------------------------------


@pytest.mark.any_database
@pytest.mark.parametrize("name", ["approval", "described", "queued"])
def test_a_script_whose_run_is_done_asks_nothing(study: Study, name: str) -> None:
    ended = study.ended(study.uid(name))
    rows = script(f"{name}.py", study.folder)
    assert study.service.requests == []
    assert [row["result"] for row in rows] == [json.loads(row["result"]) for row in ended]
    assert [run["id"] for run in json.loads(study.ego("runs", "--json"))] == [run["uid"] for run in study.runs]


@pytest.mark.any_database
@pytest.mark.parametrize("name", [name for name in DONE if name != "pairs"])
def test_there_is_nothing_to_resume_in_a_run_that_is_done(study: Study, name: str) -> None:
    uid = study.uid(name)
    assert f"has all its {study.run(name)['planned']} replications: nothing is left" in study.ego("resume", uid)
    assert study.service.requests == []


@pytest.mark.any_database
def test_only_the_replication_that_failed_is_played_again(study: Study) -> None:
    uid = study.uid("pairs")
    ended = study.ended(uid)
    rows = script("pairs.py", study.folder)
    assert [row[0] for row in rows] == [row["treatment"] for row in ended]
    assert rows[:4] == [
        [row["treatment"], row["status"], bool(row["tainted"]), json.loads(row["result"])] for row in ended[:4]
    ]
    assert rows[4][1:] == ["done", False, {"pot": {"low": 10, "high": 100}[rows[4][0]], "sum": 2 * 77 + 2 * 3}]
    assert sum(study.asked().values()) == 2
    assert {texts[-1][1] for texts, _ in study.asked()} == {f"Pair 5, round {n}: how much do you take?" for n in (1, 2)}
    told = study.now(uid)
    assert (told["status"], told["failed"], told["tainted"], told["replications"]) == ("done", 0, 2, 5)


@pytest.mark.any_database
def test_more_replications_are_added_to_those_that_are_there(study: Study) -> None:
    file = study.folder / "approval.py"
    file.write_text(file.read_text("utf-8").replace("times=1", "times=2"), "utf-8")
    before = [json.loads(row["result"]) for row in study.ended(study.uid("approval"))]
    rows = script("approval.py", study.folder)
    assert [row["result"] for row in rows] == [*before, 77, 77, 77, 77]
    assert sorted(one.body["seed"] for one in study.service.requests) == [104, 105, 106, 107]
    assert study.now(study.uid("approval"))["planned"] == 8


# --- the first stores -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["first", "step1"])
def test_a_store_of_the_first_version_keeps_its_threads_and_takes_runs(
    tmp_path: Path,
    name: str,
    service: FakeService,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = File(tmp_path / "ego.sqlite3")
    restore(file, f"stores/{name}")
    tables = ["otree_ego_thread", "otree_ego_message"]
    before = {table: file.query(f"SELECT * FROM {table} ORDER BY id") for table in tables}
    assert [len(rows) for rows in before.values()] == [2, 4]
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("EGO_STORE", raising=False)
    shutil.copy(DATA / "study/approval.py", tmp_path)
    service.reply = "It is 50."
    rows = script("approval.py", tmp_path, OPENAI_BASE_URL=service.base_url, OPENAI_API_KEY=KEY)
    assert [row["result"] for row in rows] == [50] * 4
    assert main(["runs", "--json"]) == 0
    (run,) = json.loads(capsys.readouterr().out)
    assert (run["name"], run["status"], run["replications"]) == ("approval", "done", 4)
    for table, rows in before.items():
        kept = {row["uid"]: row for row in file.query(f"SELECT * FROM {table}")}
        for row in rows:
            assert row.items() <= kept[row["uid"]].items()
