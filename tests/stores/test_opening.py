"""Opening stores: new ones, old ones, newer ones, and files that are none."""

import os
import shutil
import sqlite3
import subprocess
import sys
import threading

import pytest
from sqlalchemy import create_engine, inspect

from otree_ego.errors import StoreError
from otree_ego.stores import Run, RunStore
from otree_ego.stores.addresses import shown, url_of
from otree_ego.stores.migrations import STORE
from otree_ego.stores.opening import open_engine
from otree_ego.stores.schema import MESSAGE, REPLICATION, RUN, SEAT, THREAD


@pytest.fixture(params=["file", "postgres"])
def url(request, tmp_path):
    if request.param == "postgres":
        return request.getfixturevalue("pg_url")
    return f"sqlite:///{tmp_path}/ego.sqlite3"


def tables(url):
    engine = create_engine(url)
    found = set(inspect(engine).get_table_names())
    engine.dispose()
    return found


def set_version(url, version):
    engine = create_engine(url)
    with engine.begin() as c:
        c.execute(f"update otree_ego_schema set version = {version}")
    engine.dispose()


def test_a_new_store_has_all_tables_and_opening_it_again_changes_nothing(url):
    store = RunStore(url)
    run = store.begin(Run("first", "factorial", "d"))
    store.close()
    assert {THREAD, MESSAGE, RUN, REPLICATION, SEAT} <= tables(url)
    again = RunStore(url)
    assert [each.uid for each in again.runs()] == [run.uid]
    again.close()


def test_a_store_of_a_newer_version_is_refused_and_left_as_it_is(url):
    RunStore(url).close()
    set_version(url, len(STORE) + 1)
    before = tables(url)
    with pytest.raises(StoreError, match=rf"newer otree_ego \(version {len(STORE) + 1}.*upgrade otree_ego"):
        RunStore(url)
    assert tables(url) == before
    set_version(url, len(STORE))
    RunStore(url).close()


def test_two_processes_may_open_a_new_store_at_once(url):
    errors, barrier = [], threading.Barrier(6)

    def work():
        barrier.wait()
        try:
            RunStore(url).close()
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=work) for _ in range(6)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert errors == []
    assert RUN in tables(url)


NO_STORES = [b"this is a text, not a database\n" * 100, os.urandom(5000), b"SQLite format 3\x00" + b"\xff" * 5000]


@pytest.mark.parametrize("content", NO_STORES, ids=["text", "noise", "broken"])
def test_a_file_that_is_no_store_is_refused_and_left_as_it_is(tmp_path, content):
    file = tmp_path / "ego.sqlite3"
    file.write_bytes(content)
    with pytest.raises(StoreError, match=r"ego\.sqlite3"):
        RunStore(file)
    assert file.read_bytes() == content


def test_what_is_a_database_of_something_else_keeps_its_tables(tmp_path):
    file = tmp_path / "db.sqlite3"
    with sqlite3.connect(file) as other:
        other.execute("create table mine (a)")
        other.execute("insert into mine values (1)")
    RunStore(file).close()
    with sqlite3.connect(file) as other:
        assert list(other.execute("select a from mine")) == [(1,)]


def test_a_folder_is_no_store(tmp_path):
    with pytest.raises(StoreError, match="cannot be opened"):
        RunStore(tmp_path)


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(StoreError, match=r"There is no folder .*nowhere"):
        RunStore(tmp_path / "nowhere" / "ego.sqlite3")


def test_a_store_that_must_be_there_is_not_made(tmp_path):
    with pytest.raises(StoreError, match="There is no store at"):
        RunStore(tmp_path / "ego.sqlite3", create=False)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "url", ["nonsense://x/y", "sqlite:/x", "postgresql://127.0.0.1:1/x", "://", "postgresql://u:secret@127.0.0.1:1/x"]
)
def test_an_address_that_leads_nowhere_is_told_without_its_password(url):
    with pytest.raises(StoreError) as caught:
        RunStore(url)
    assert "secret" not in str(caught.value)


def test_a_store_that_may_not_be_written_is_told(tmp_path):
    """By somebody who may not: root may write everywhere."""
    file = tmp_path / "ego.sqlite3"
    RunStore(file).close()
    file.chmod(0o444)
    tmp_path.chmod(0o555)
    for path in tmp_path.parents:
        if (mode := path.stat().st_mode) & 0o555 != 0o555:
            path.chmod(mode | 0o555)
    code = (
        "import os, sys\n"
        "from otree_ego.stores import Run, RunStore\n"
        "from otree_ego.errors import StoreError\n"
        "if os.geteuid() == 0: os.setgroups([]); os.setgid(65534); os.setuid(65534)\n"
        "try:\n"
        "    RunStore(sys.argv[1]).begin(Run('x', 'factorial', 'd'))\n"
        "except StoreError as error:\n"
        "    print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(file)], capture_output=True, text=True, check=False)
    tmp_path.chmod(0o755)
    assert "read-only" in done.stdout or "cannot be opened" in done.stdout, done.stderr
    assert "Traceback" not in done.stderr


def test_a_path_becomes_an_address_and_herokus_spelling_works(tmp_path):
    assert url_of(tmp_path / "a.sqlite3") == f"sqlite:///{tmp_path}/a.sqlite3"
    assert url_of("postgres://u@h/d") == "postgresql://u@h/d"


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("sqlite:///ego.sqlite3", "ego.sqlite3"),
        ("sqlite:////home/me@lab/ego.sqlite3", "/home/me@lab/ego.sqlite3"),
        ("postgresql://me:secret@host:5432/db", "postgresql://me@host:5432/db"),
        ("postgresql://me:se@cr:et@host/db", "postgresql://me@host/db"),
        ("postgresql://host/db?user=me&password=secret", "postgresql://host/db?user=me"),
        ("postgresql://host/db", "postgresql://host/db"),
    ],
)
def test_an_address_is_shown_without_its_password(url, said):
    assert shown(url) == said


def test_names_with_odd_signs_are_files_of_these_names(tmp_path):
    for name in ("a b.sqlite3", "ä@b.sqlite3", "100%.sqlite3", "a#b.sqlite3"):
        RunStore(tmp_path / name).close()
        assert (tmp_path / name).exists(), name
    with pytest.raises(StoreError, match="what"):
        RunStore(tmp_path / "what?.sqlite3")


def test_a_killed_writers_log_is_read_by_the_next(tmp_path):
    file = tmp_path / "ego.sqlite3"
    store = RunStore(file)
    store.begin(Run("first", "factorial", "d"))
    # the files as they are when a process is killed: what was committed is in the log beside the file
    (tmp_path / "left").mkdir()
    for each in tmp_path.glob("ego.sqlite3*"):
        shutil.copy(each, tmp_path / "left" / each.name)
    store.close()
    left = RunStore(tmp_path / "left" / "ego.sqlite3")
    assert [run.name for run in left.runs()] == ["first"]
    left.close()


def test_memory_is_a_store_too():
    engine = open_engine("sqlite://")
    assert RUN in inspect(engine).get_table_names()
    engine.dispose()
