"""The spool: one file for each reply, decision or record; who may read it; what becomes of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, strategies as st
from sqlalchemy.engine import Connection

from otree_ego import Message
from otree_ego.stores import RunStore, rows, spool as spooling
from otree_ego.stores.reply_rows import Progress, settle_late
from otree_ego.stores.rows import ThreadRow
from otree_ego.stores.spool import Spool, progress_entry, remove_files, reply_entry

TEXT = "I said caf\u00e9 \u2028 <b>\n\ud83d"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(spooling.tempfile, "gettempdir", lambda: str(tmp_path / "tmp"))
    (tmp_path / "tmp").mkdir()
    (tmp_path / "project").mkdir()
    return tmp_path / "project"


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    store = RunStore(tmp_path / "ego.sqlite3")
    with store.transaction() as found:
        rows.insert(found, [ThreadRow("t1", "demo", "Thread", b"state")])
        yield found
    store.close()


def pending(connection: Connection) -> Message:
    ((placed,),) = rows.append(connection, [("t1", [Message("assistant", "", status="pending")])])  # type: ignore[misc]
    assert isinstance(placed, Message)
    return placed


def names(spool: Spool) -> list[str]:
    return [file.name for file, _ in spool.entries()]


def test_a_file_is_for_this_user_alone_and_for_no_repository(project: Path) -> None:
    spool = Spool("sqlite:///db.sqlite3", project)
    assert list(project.iterdir()) == [] and names(spool) == []
    assert spool.put("reply-1", {"kind": "reply"})
    (folder,) = (project / "__temp_otree_ego").glob("*/")
    assert (folder / "reply-1.json").stat().st_mode & 0o777 == 0o600
    assert {each.stat().st_mode & 0o777 for each in (folder, folder.parent)} == {0o700}
    subprocess.run(["git", "init", "-q"], cwd=project, check=True)
    shown = subprocess.run(["git", "status", "--porcelain", "-uall"], cwd=project, capture_output=True, text=True)
    assert shown.stdout == ""
    spool.put("reply-1", {"kind": "coming"})
    assert [entry for _, entry in spool.entries()] == [{"kind": "coming"}]
    spool.remove("reply-1"), spool.remove("never there")
    assert names(spool) == [] and list(folder.glob("*.part")) == []


def test_the_next_folder_takes_what_the_first_one_does_not(project: Path) -> None:
    spool = Spool("postgresql://ada:secret@localhost:5432/study", project)
    (project / "__temp_otree_ego").write_text("no folder")
    assert spool.put("reply-1", {"kind": "reply"})
    (file,) = [file for file, _ in spool.entries()]
    assert file.is_relative_to(project.parent / "tmp") and "secret" not in str(file)
    (project / "__temp_otree_ego").unlink()
    spool.put("reply-1", {"kind": "reply", "more": 1})
    assert [entry["more"] for _, entry in spool.entries()] == [1]


def test_nothing_is_put_where_others_may_read(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spool = Spool("sqlite:///db.sqlite3", project)
    spool.put("reply-1", {"kind": "reply"})
    for folder in spool.folders:
        if folder.is_dir():
            os.chmod(folder, 0o755)
    monkeypatch.setattr(spool, "folders", spool.folders[:1])
    assert not spool.put("reply-2", {"kind": "reply"}) and names(spool) == []


def test_a_database_has_its_own_by_whatever_name_it_is_called(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project)
    here = Spool("sqlite:///db.sqlite3", project)
    assert Spool(str(project / "db.sqlite3"), Path("/nowhere")).folders[0] == here.folders[0]
    server, tool = (Spool(url, project) for url in ("postgres://u:p@db/study", "postgresql://other@localhost/study"))
    assert server.folders == tool.folders != here.folders
    assert Spool("postgresql://db/other", project).folders != server.folders


def test_what_is_absorbed_is_in_the_rows_and_not_again(project: Path, connection: Connection) -> None:
    spool = Spool("sqlite:///db.sqlite3", project)
    done, coming, gone = pending(connection), pending(connection), Message("assistant", "", status="pending")
    reply = replace(done, text=TEXT, status="complete", cost=0.5, attempts=2, characters_delivered=4, tokens_out=9)
    spool.put("reply-1", reply_entry(reply))
    spool.put("reply-2", progress_entry(Progress(coming.id, 3, "Goo", 1)))
    spool.put("reply-3", reply_entry(replace(gone, text="deleted session", status="complete")))
    for name, entry in {
        "a": [],
        "b": {"kind": "other"},
        "c": {"kind": "reply"},
        "d": {"kind": "coming"},
    }.items():
        spool.put(name, entry)  # type: ignore[arg-type]
    (spool.folders[0] / "e.json").write_bytes(b"\xff{")
    taken = spool.absorb(lambda: nullcontext(connection))
    assert (taken.replies, taken.decisions, taken.gone) == (2, 0, 1)
    found = {m.id: m for m in rows.messages(connection, "t1")}
    assert found[done.id] == replace(reply, text=TEXT.replace("\ud83d", "\ufffd"))
    assert (found[coming.id].text, found[coming.id].status) == ("Goo", "pending")
    remove_files(taken.files)
    assert names(spool) == ["a.json", "b.json", "c.json", "d.json"]
    assert not any(TEXT[:6].encode() in file.read_bytes() for file in project.rglob("*") if file.is_file())


def test_an_entry_of_an_older_version_lacks_columns(project: Path, connection: Connection) -> None:
    spool, done = Spool("sqlite:///db.sqlite3", project), pending(connection)
    entry = reply_entry(replace(done, text="Yes", status="complete"))
    del entry["row"]["characters_delivered"], entry["row"]["pseudonymised"]
    spool.put("reply-1", {**entry, "row": {**entry["row"], "unheard_of": 1}})
    assert spool.absorb(lambda: nullcontext(connection)).replies == 1
    assert rows.messages(connection, "t1")[0].text == "Yes"


def test_late_is_never_over_what_is_there(connection: Connection) -> None:
    one, two, three = pending(connection), pending(connection), pending(connection)
    rows.settle(connection, [replace(one, text="first", status="complete")])
    connection.execute(rows.MESSAGES.update().where(rows.MESSAGES.c.uid == two.id).values(forgotten=1.0))
    rows.interrupt(connection, [two.id])
    late = [replace(each, text="late", status="complete", seq=each.seq + 10) for each in (one, two, three)]
    settle_late(connection, late)
    found = [(m.text, m.status, m.seq) for m in rows.messages(connection, "t1")]
    assert found == [("first", "complete", 1), ("", "complete", 12), ("late", "complete", 13)]


@given(text=st.text(), cost=st.none() | st.floats(), seed=st.none() | st.integers())
def test_a_message_comes_back_as_its_row_would(text: str, cost: float | None, seed: int | None) -> None:
    message = Message(
        "assistant", text, status="complete", cost=cost, seed=seed, params={"x": [text]}, trouble=({"a": text},)
    )
    entry = json.loads(json.dumps(reply_entry(message)))
    assert spooling._message(entry["row"]) == rows.from_row(rows.to_row(message))


def test_otree_zip_leaves_it_out(project: Path) -> None:
    (project / "settings.py").write_text("SESSION_CONFIGS = []\n")
    (project / "requirements.txt").write_text("# oTree-may-not-overwrite-this-file\notree\npsycopg2\n")
    Spool("sqlite:///db.sqlite3", project).put("reply-1", {"text": "secret words"})
    otree = Path(sys.executable).with_name("otree")
    done = subprocess.run([str(otree), "zip"], cwd=project, capture_output=True, text=True)
    (archive,) = project.glob("*.otreezip")
    listed = subprocess.run(["tar", "-tzf", str(archive)], capture_output=True, text=True, check=True).stdout
    assert "settings.py" in listed and "temp" not in listed, done.stdout + done.stderr
