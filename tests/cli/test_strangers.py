"""Stores and scenarios that come from somebody else: every verb reads them, and none runs what they name."""

from __future__ import annotations

import csv
import io
import json
import os
import pickle
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from harness.scenes import Place
from harness.verbs import on_terminal

from otree_ego.cli import main

GAME = """
from otree_ego import ConstantThread

def run(times):
    for n in range(times):
        thread = ConstantThread("Fine", offer=n)
        thread.choices.append(n)
        thread.submit("?")
        thread.save()

def export(thread):
    return dict(offer=thread.offer, more=repr(getattr(thread, "more", "")), kind=type(thread).__name__)
"""
HARM = "\x1b[2J\x1b]0;t\x07\x9b\u202eevil\u200b"


class Trap:
    """Touches a file when it is loaded by plain pickle."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def __reduce__(self) -> Any:
        return os.system, (f"touch {self.file}",)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    (tmp_path / "project").mkdir()
    monkeypatch.chdir(tmp_path / "project")
    for name in ("EGO_STORE", "EGO_DEBUG", "BUILT_FILE"):
        monkeypatch.delenv(name, raising=False)
    return Place(tmp_path / "project")


def change(statement: str, *values: Any) -> None:
    with sqlite3.connect("ego.sqlite3") as store:
        store.execute(statement, values)
    store.close()


def played(here: Place, name: str = "strange_game") -> str:
    here.write(f"{name}.py", GAME)
    assert main(["run", name]) == 0
    with sqlite3.connect("ego.sqlite3") as store:
        (uid,) = store.execute("select uid from otree_ego_run").fetchone()
    store.close()
    return str(uid)


def test_no_verb_runs_what_a_store_holds(here: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    uid, sprung = played(here), tmp_path / "sprung"
    (tmp_path / "project" / "evil_module.py").write_text(f"import os\nos.system('touch {sprung}')\n")
    state = pickle.dumps({"offer": 7, "choices": [1, Trap(sprung)], "more": Trap(sprung)}, protocol=4)
    change("update otree_ego_thread set state = ?, kind = 'evil_module:Thing'", state)
    capsys.readouterr()
    for verb in (["show", uid], ["runs"], ["cost"], ["report", uid], ["data", uid, "--wide"]):
        assert main(verb) == 0, verb
    assert f"system('touch {sprung}')" in capsys.readouterr().out, "what it held is shown"
    assert main(["data", "strange_game", uid]) == 0
    (row,) = csv.DictReader(io.StringIO(capsys.readouterr().out))
    assert row["offer"] == "7" and row["kind"] == "Thread" and "touch" in row["more"]
    assert not sprung.exists()


@pytest.mark.parametrize(
    "state",
    [
        "x",
        3 * 10**9,
        -1,
        1e308,
        b"",
        b"no pickle",
        pickle.dumps([1]),
        pickle.dumps({"metadata": 5, "choices": "x", 3: 4}),
    ],
)
def test_a_damaged_state_is_empty(state: object, here: Place, capsys: pytest.CaptureFixture[str]) -> None:
    uid = played(here)
    here.write("strange_game.py", GAME.replace("offer=thread.offer", "offer=getattr(thread, 'offer', None)"))
    change("update otree_ego_thread set state = ?", state)
    reports = [["report", uid]] if state in ("x", b"no pickle") else []  # its figures are drawn for a second
    for verb in (["show", uid], *reports, ["data", uid], ["data", "strange_game", uid]):
        assert main(verb) == 0, verb


def test_a_store_names_no_script_outside(here: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    uid, sprung = played(here), tmp_path / "sprung"
    evil = tmp_path / "elsewhere" / "evil.py"
    evil.parent.mkdir()
    evil.write_text(f"import os\nos.system('touch {sprung}')\n{GAME}")
    (evil.parent / "settings.py").write_text(f"import os\nos.system('touch {sprung}')\n")
    sources = [dict(verb="run", file=str(evil), times=1, params={}), dict(script=str(evil))]
    sources += [dict(verb="run", file="../elsewhere/evil.py", times=1, params={}), dict(script="../elsewhere/evil.py")]
    for source in sources:
        found = json.dumps({**source, "folder": str(evil.parent)})
        change("update otree_ego_run set source = ?, status = 'stopped', planned = 9", found)
        capsys.readouterr()
        assert main(["resume", uid]) == 1
        assert "neither in this folder nor in the store's" in capsys.readouterr().err
        assert main(["data", uid]) == 0
        assert not sprung.exists()
    assert main(["data", str(evil), uid]) == 0
    assert sprung.exists(), "the one who types its name runs it"


def test_rows_on_a_terminal_are_harmless_and_elsewhere_exact(here: Place, capsys: pytest.CaptureFixture[str]) -> None:
    uid = played(here)
    change("update otree_ego_thread set state = ?", pickle.dumps({"offer": HARM, "choices": [HARM]}))
    change("update otree_ego_message set text = ?", HARM)
    change("update otree_ego_run set name = ?, note = ?", HARM, HARM)
    capsys.readouterr()
    assert main(["data", "strange_game", uid]) == 0
    assert HARM in capsys.readouterr().out
    verbs = (
        ["data", "strange_game", uid],
        ["data", uid, "--format", "jsonl"],
        ["show", uid],
        ["runs"],
        ["report", uid],
    )
    for verb in verbs:
        code, seen = on_terminal(*verb, cwd=here.folder, NO_COLOR="1", PAGER="cat")
        assert code == 0, seen
        shown = {each for each in seen if not each.isprintable()}
        assert shown <= {"\r", "\n"}, (verb, shown)
        assert verb[0] in ("report", "runs") or "evil" in seen


def test_an_error_quotes_nothing_that_a_terminal_obeys(here: Place, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", f"no{HARM}such"]) == 1
    assert main(["data", HARM]) == 1
    out, err = capsys.readouterr()
    assert (out + err).replace("\n", "").isprintable()


WRONG = {
    "thread": {"owner": b"\xff", "kind": b"\xff\x00"},
    "message": {
        "text": b"\xff", "author": b"x", "model": b"x", "status": b"x", "error_text": b"x", "params": b"{}",
        "seed": "x", "tokens_in": "many", "cost": "much", "latency": b"\x00", "time": "noon", "attempts": "x",
    },
    "run": {"name": b"x", "kind": b"x", "status": b"x", "note": b"x", "planned": "x", "settings": b"x", "created": "x"},
    "replication": {"status": b"x", "treatment": b"x", "error": b"x", "levels": b"{}", "answers": b"1", "started": "x"},
    "seat": {"seat": b"x"},
}  # fmt: skip


def test_a_value_of_another_type_is_named(here: Place, capsys: pytest.CaptureFixture[str]) -> None:
    uid = played(here)
    for table, column in [(one, column) for one, columns in WRONG.items() for column in columns]:
        name = f"otree_ego_{table}"
        with sqlite3.connect("ego.sqlite3") as store:
            before = store.execute(f"select {column}, id from {name}").fetchall()
        store.close()
        change(f"update {name} set {column} = ?", WRONG[table][column])
        capsys.readouterr()
        codes = [main(verb) for verb in (["show", uid], ["data", uid], ["cost"])]
        said = capsys.readouterr().err
        assert set(codes) <= {0, 1} and 1 in codes and "nexpected" not in said, (table, column, said)
        names = (f"the column {column} of the table {name} holds", f"{column} of a {table} is")
        assert any(each in said for each in names), (table, column, said)
        for value, row in before:
            change(f"update {name} set {column} = ? where id = ?", value, row)
    assert main(["show", uid]) == 0 and main(["report", uid]) == 0


def test_times_and_costs_that_cannot_be(here: Place, capsys: pytest.CaptureFixture[str]) -> None:
    uid = played(here)
    change("update otree_ego_message set forgotten = 1e308, time = -1e300, cost = -5, latency = 9e999")
    change("update otree_ego_run set created = 1e18, ended = 9e999")
    capsys.readouterr()
    for verb in (["show", uid, "--full"], ["report", uid], ["data", uid], ["runs"], ["runs", "--json"], ["cost"]):
        assert main(verb) == 0, verb


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("message", "params"), ("message", "trouble"), ("run", "settings"), ("run", "source"),
        ("replication", "levels"), ("replication", "result"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":', "9" * 5000, "5"])
def test_json_that_cannot_be_read_is_named(
    table: str, column: str, text: str, here: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    uid = played(here)
    change(f"update otree_ego_{table} set {column} = ?", text)
    capsys.readouterr()
    said = ""
    for verb in (["show", uid], ["report", uid], ["data", uid], ["runs"], ["cost"], ["resume", uid]):
        assert main(verb) in (0, 1), verb
        err = capsys.readouterr().err
        assert "nexpected" not in err, verb
        said += err
    if (column, text) != ("result", "5"):
        assert f"{column} of a {table} is" in said
