"""Stores that one may only read: an archive, a co-author's folder, a disk that takes no more."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from harness import recorded
from harness.old_files import File, restore

from otree_ego.cli import main
from otree_ego.errors import StoreError
from otree_ego.stores import RunStore, reading

VERBS = [["runs"], ["show", "fac7"], ["data", "fac7"], ["report", "fac7", "-o", "-"], ["cost"]]


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store in a folder of its own; the working directory is another."""
    home = tmp_path / "archive"
    home.mkdir()
    store = RunStore(home / "ego.sqlite3")
    recorded.factorial(store)
    store.close()
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.delenv("EGO_STORE", raising=False)
    return home / "ego.sqlite3"


def closed_to(monkeypatch: pytest.MonkeyPatch, *paths: Path) -> None:
    """Nobody may write these: also root, who may do it all, is told so."""
    for path in paths:
        path.chmod(0o555 if path.is_dir() else 0o444)
    usual = os.access
    monkeypatch.setattr(
        reading.os, "access", lambda path, mode: usual(path, mode) and not (mode == os.W_OK and Path(path) in paths)
    )


def outcome(line: list[str], capsysbinary: pytest.CaptureFixture[bytes]) -> bytes:
    code = main(line)
    out, err = capsysbinary.readouterr()
    assert (code, b"read" in err) == (0, False), err
    return out.partition(b"Made by")[0]


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb[0])
@pytest.mark.parametrize("closed", ["file", "folder", "address"])
def test_it_is_read_as_it_is(archive, verb, closed, undrawn, monkeypatch, capsysbinary):
    usual = outcome([*verb, "--store", str(archive)], capsysbinary)
    for left in archive.parent.glob("*-wal"):
        left.unlink()
    before = archive.read_bytes()
    where = str(archive)
    if closed == "address":
        where = f"sqlite:///file:{archive}?mode=ro&immutable=1&uri=true"
    else:
        closed_to(monkeypatch, archive, *([archive.parent] if closed == "folder" else []))
    assert outcome([*verb, "--store", where], capsysbinary).replace(where.encode(), b"") == usual.replace(
        str(archive).encode(), b""
    )
    assert archive.read_bytes() == before
    assert [file.name for file in archive.parent.iterdir()] == ["ego.sqlite3"]


def test_what_was_written_last_is_read_from_the_log_beside_it(archive, tmp_path, monkeypatch, capsysbinary):
    with closing(sqlite3.connect(archive)) as writer:
        writer.execute("pragma wal_autocheckpoint=0")
        writer.execute("update otree_ego_run set name = 'renamed'")
        writer.commit()
        copied = tmp_path / "copied"
        copied.mkdir()
        for name in ("ego.sqlite3", "ego.sqlite3-wal"):
            shutil.copy(archive.with_name(name), copied / name)
    closed_to(monkeypatch, copied, copied / "ego.sqlite3")
    assert b"renamed" in outcome(["runs", "--store", str(copied / "ego.sqlite3")], capsysbinary)
    assert sorted(file.name for file in copied.iterdir()) == ["ego.sqlite3", "ego.sqlite3-wal"]


def test_an_old_store_is_read_without_being_brought_up_to_date(tmp_path, monkeypatch, capsysbinary):
    old = tmp_path / "old.sqlite3"
    restore(File(old), "stores/sqlite")
    before = old.read_bytes()
    closed_to(monkeypatch, old)
    monkeypatch.chdir(tmp_path)
    assert b"approval" in outcome(["runs", "--store", str(old)], capsysbinary)
    assert old.read_bytes() == before


def test_a_disk_that_refuses_is_read_all_the_same(archive, monkeypatch, capsysbinary):
    """Its permissions allow it, and it is mounted to be read."""

    def refuse(url, create=True):
        raise StoreError("The store x failed: attempt to write a readonly database.")

    monkeypatch.setattr(reading, "open_engine", refuse)
    assert b"approval" in outcome(["runs", "--store", str(archive)], capsysbinary)


def test_what_is_no_store_is_still_none(tmp_path, monkeypatch, capsys):
    file = tmp_path / "x.sqlite3"
    file.write_text("no database")
    closed_to(monkeypatch, file)
    monkeypatch.chdir(tmp_path)
    assert main(["runs", "--store", str(file)]) == 1
    assert "x.sqlite3" in capsys.readouterr().err
