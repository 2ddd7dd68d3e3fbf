"""`ego runs`: what was run, how far it is; and what every verb says of a store that it cannot read."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import time
from contextlib import closing
from pathlib import Path

import pytest
from harness import recorded, warm_python
from harness.verbs import EGO, ego, environment, fill, on_terminal

from otree_ego.cli import main
from otree_ego.stores import Run, RunStore

READERS = [["runs"], ["show", "fac7"], ["cost"]]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("EGO_STORE", "EGO_DEBUG", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    return tmp_path


@pytest.fixture
def full(here: Path) -> Path:
    fill(here / "ego.sqlite3")
    return here


def test_runs_are_listed_with_what_they_came_to(full: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["runs"]) == 0
    head, first, second, note = capsys.readouterr().out.splitlines()
    assert head.split() == ["started", "id", "name", "kind", "status", "done", "tainted", "failed", "cost"]
    assert first.startswith("2025-10-09 08:53  ")
    assert " ago  fac70000  approval  factorial  done " in first
    assert first.split()[-4:] == ["11/12", "1", "1", "$0.0055+?"]
    assert " b1110000  dictator  built " in second
    assert second.split()[-5:] == ["stopped", "4/6", "1", "-", "$0.0108"]
    assert note == "    the budget of 0.01 US dollars is reached"


def test_machines_get_json(full: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["runs", "--json"]) == 0
    first, second = json.loads(capsys.readouterr().out)
    assert first["id"] == "fac7" + "0" * 28
    assert (first["started"], first["planned"], first["replications"]) == ("2025-10-09T08:53:20+00:00", 12, 12)
    assert (first["tainted"], first["failed"], first["unpriced"]) == (1, 1, 1)
    assert second["note"] == "the budget of 0.01 US dollars is reached"


def test_a_run_whose_process_is_gone_is_not_called_running(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = RunStore("ego.sqlite3")
    gone = store.begin(Run("gone", "factorial", "d1", planned=4))
    store.begin(Run("alive", "factorial", "d2", planned=4))
    store.update(gone.uid, beat=time.time() - 3600)
    store.close()
    assert main(["runs"]) == 0
    _, first, note, second = capsys.readouterr().out.splitlines()
    assert "stopped" in first
    assert note.strip() == "its process was last seen 1 hour ago; run it again to go on"
    assert " running " in second
    assert " 0/4 " in second


def test_no_store_and_an_empty_one_are_told_kindly(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for verb in ("runs", "cost"):
        assert main([verb]) == 0
        assert capsys.readouterr().out == "There is no store here yet: the first experiment makes ego.sqlite3.\n"
    assert main(["runs", "--json"]) == 0
    assert capsys.readouterr().out == "[]\n"
    assert list(here.iterdir()) == []
    RunStore("ego.sqlite3").close()
    for verb in ("runs", "cost"):
        assert main([verb]) == 0
        assert capsys.readouterr().out == "ego.sqlite3 has no experiments yet.\n"


def test_the_store_is_named_by_the_line_or_the_environment(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(here / "other.sqlite3")
    assert main(["runs", "--store", "other.sqlite3"]) == 0
    listed = capsys.readouterr().out
    assert "fac70000" in listed
    monkeypatch.setenv("EGO_STORE", f"sqlite:///{here}/other.sqlite3")
    assert main(["runs"]) == 0
    assert capsys.readouterr().out == listed


@pytest.mark.parametrize("line", READERS, ids=lambda line: line[0])
def test_a_store_that_cannot_be_read_is_one_sentence(
    line: list[str], here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def said(store: str) -> str:
        assert main([*line, "--store", store]) == 1
        out, err = capsys.readouterr()
        assert out == ""
        assert err.startswith("ego: ")
        assert err.count("\n") == 1
        return err

    assert "There is no store at" in said("nowhere.sqlite3")
    (here / "notes.txt").write_text("my notes " * 200)
    assert "the file is no SQLite database: name another store" in said("notes.txt")
    assert "is a folder: name the file in it" in said(".")
    with closing(sqlite3.connect("db.sqlite3")) as other:
        other.execute("create table otree_participant (id integer)")
    before = (here / "db.sqlite3").read_bytes()
    assert "The database db.sqlite3 is no store of experiments (it is an oTree project's)" in said("db.sqlite3")
    assert (here / "db.sqlite3").read_bytes() == before
    RunStore("newer.sqlite3").close()
    with closing(sqlite3.connect("newer.sqlite3")) as newer, newer:
        newer.execute("update otree_ego_schema set version = 99")
    assert "was made by a newer otree_ego" in said("newer.sqlite3")
    assert not (here / "nowhere.sqlite3").exists()


@pytest.mark.parametrize("verb", ["show", "cost"])
def test_an_id_must_mean_one_run(verb: str, full: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([verb, "12345678"]) == 1
    assert capsys.readouterr().err == (
        "ego: There is no run '12345678' in ego.sqlite3. "
        "The latest are fac70000 (approval), b1110000 (dictator).\n"
    )  # fmt: skip
    store = RunStore("ego.sqlite3")
    recorded.factorial(store, times=1, uid="fac8" + "0" * 28)
    store.close()
    assert main([verb, "fac"]) == 1
    assert "Several runs in ego.sqlite3 have an id that begins with 'fac'" in capsys.readouterr().err
    assert main([verb, "fac8"]) == 0


@pytest.mark.parametrize("wide", [100, 70, 40])
def test_the_table_fits_the_terminal(wide: int, here: Path) -> None:
    store = RunStore("ego.sqlite3")
    recorded.factorial(store)
    store.update("fac7" + "0" * 28, name="a name that goes on and on " * 4 + "日本語" * 10)
    store.close()
    code, out = on_terminal("runs", cwd=here, COLUMNS=str(wide), NO_COLOR="1")
    assert code == 0
    head, row = out.splitlines()
    assert len(row) <= wide or wide == 40
    assert "fac70000" in row
    assert "…" in row
    assert row.rstrip().endswith("$0.0055+?")
    assert "\x1b" not in out
    assert ("started" in head) == (wide == 100)


def test_colours_only_on_a_terminal(full: Path) -> None:
    code, out = on_terminal("runs", cwd=full)
    assert code == 0
    assert "\x1b[32mdone\x1b[0m" in out
    assert "\x1b[33mstopped\x1b[0m" in out
    assert b"\x1b" not in ego("runs", cwd=full).stdout


def test_names_are_no_commands_to_the_terminal(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = RunStore("ego.sqlite3")
    run = store.begin(Run("\x1b]0;owned\x07\nname", "built", "d", planned=1))
    store.end(run.uid, "failed", "\x1b[2Jgone")
    store.close()
    for line in (["runs"], ["show", run.uid], ["cost"]):
        assert main(line) == 0
        out = capsys.readouterr().out
        assert "\x1b" not in out
        assert "\x07" not in out
        assert "␛]0;owned␇ name" in out


@pytest.mark.parametrize("line", [*READERS, ["models"]], ids=lambda line: line[0])
def test_any_encoding_and_a_closed_pipe_are_fine(line: list[str], full: Path) -> None:
    done = ego(*line, cwd=full, PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.isascii()
    process = warm_python.popen(
        [*EGO, *line], cwd=full, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None and process.stderr is not None
    process.stdout.close()
    assert process.stderr.read() == b""
    assert process.wait(60) in (0, 1)
    process.stderr.close()
