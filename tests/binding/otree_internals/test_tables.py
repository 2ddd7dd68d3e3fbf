"""Our tables in oTree's database have a version: old databases are brought up to date, newer ones refused."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from harness import PostgreSQL, Project, Server, ServerDied, warm_python
from harness.chat import CHAT_PAGE, CONFIG, END_PAGE, TABLE, TALK_FILES, Chat
from harness.next_version import next_version
from harness.old_databases import load, unpack
from harness.project import REPO

from otree_ego.stores.migrations import OTREE

NOW = len(OTREE)
NEXT = NOW + 1
APPS: dict[str, Any] = {
    "talk": TALK_FILES,
    "table": {"__init__.py": TABLE, "Chat.html": CHAT_PAGE, "End.html": END_PAGE},
}


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A copy of the package with one more column, for PYTHONPATH."""
    return str(next_version(tmp_path_factory.mktemp("next")))


@pytest.fixture
def server(tmp_path: Path, database: PostgreSQL | None) -> Iterator[Server]:
    """A server that has not been started, on a database of its own."""
    configs = [{"name": app, "app_sequence": [app], **CONFIG, "ego_model": "constant/Fine."} for app in APPS]
    server = Server(Project(tmp_path / "project", apps=APPS, session_configs=configs), database, page_timeouts=False)
    yield server
    server.stop()


@pytest.fixture
def old(server: Server) -> Server:
    """The same, on a database that the code of before there were versions has made."""
    if server.database.env:
        load("otree", server.database)  # type: ignore[arg-type]
    else:
        unpack("otree", server.project.folder / "db.sqlite3")
    assert "otree_ego_schema" not in server.database.tables()
    return server


def version(server: Server) -> list[Any]:
    return [row["version"] for row in server.database.query("select version from otree_ego_schema")]


def colours(server: Server) -> list[Any]:
    return [row["colour"] for row in server.database.query("select colour from otree_ego_thread order by id")]


def people(server: Server, app: str) -> list[str]:
    """The codes of the participants who are in a session of this app."""
    query = f"select p.code from otree_participant p join {app}_player q on q.participant_id = p.id order by p.id"
    return [row["code"] for row in server.database.query(query)]


def otree(server: Server, *command: str, **env: str) -> subprocess.CompletedProcess[str]:
    """One of oTree's commands in the project's folder."""
    program = str(Path(sys.executable).with_name("otree"))
    return warm_python.run(
        [program, *command], cwd=server.project.folder, env={**server.env, **env}, text=True,
        timeout=120,
    )  # fmt: skip


def chats(server: Server, text: str = "Hello?") -> None:
    """A new session, a message, a reply."""
    with Chat(server.create_session("talk").participant().start()) as chat:
        assert chat.ask(text)["text"] == "Fine."


# --- a column with its migration --------------------------------------------------------------------------------------


def test_a_new_column_in_a_new_database(server: Server, changed: str) -> None:
    server.env["PYTHONPATH"] = changed
    chats(server.start())
    assert (version(server), colours(server)) == ([NEXT], ["none"])


@pytest.mark.any_database
def test_a_new_column_in_an_old_database_whose_chats_go_on(old: Server, changed: str) -> None:
    old.start()
    assert version(old) == [NOW], "without a version it counts as the first"
    for app, said in (("talk", "Hello?"), ("table", "Hello, table?")):
        (code,) = people(old, app)
        with Chat(old.participant(code).start()) as chat:
            assert chat.texts == [("user", said), ("assistant", "Fine.")]
            assert chat.ask("Still there?")["text"] == "Fine."
    old.stop()
    old.env["PYTHONPATH"] = changed
    old.start()
    assert (version(old), colours(old)) == ([NEXT], ["none"] * 2)
    with Chat(old.participant(code).start()) as chat:
        assert chat.ask("And now?")["text"] == "Fine."
    chats(old)
    assert colours(old) == ["none"] * 3


@pytest.mark.any_database
def test_a_new_column_in_a_database_of_today_which_is_then_too_new(server: Server, changed: str) -> None:
    chats(server.start())
    server.stop()
    assert version(server) == [NOW]
    today, server.env["PYTHONPATH"] = server.env["PYTHONPATH"], changed
    chats(server.start())
    server.stop()
    assert (version(server), colours(server)) == ([NEXT], ["none"] * 2)
    server.env["PYTHONPATH"] = today
    with pytest.raises(ServerDied):
        server.start()
    assert server.log.rstrip().endswith(
        f"was made by a newer otree_ego (version {NEXT} of its tables; this one knows {NOW}): upgrade otree_ego."
    )
    assert "oTree's database" in server.log.splitlines()[-1]
    server.stop()
    assert (version(server), colours(server)) == ([NEXT], ["none"] * 2)
    # who does not want to upgrade can begin anew
    done = otree(server, "resetdb", "--noinput")
    assert done.returncode == 0, done.stderr
    assert version(server) == [NOW]
    chats(server.start())


SETUP = "import sys; sys.argv[1:] = ['shell']; sys.path.insert(0, ''); import otree.main; otree.main.setup()"


def set_up_at_once(server: Server, processes: int, **env: str) -> None:
    running = [
        warm_python.popen(
            [sys.executable, "-c", SETUP], cwd=server.project.folder, env={**server.env, **env},
            stderr=subprocess.PIPE, text=True,
        )
        for _ in range(processes)
    ]  # fmt: skip
    assert [(process.communicate(timeout=120)[1], process.returncode) for process in running] == [("", 0)] * processes


@pytest.mark.any_database
def test_several_processes_on_an_old_database_at_once(old: Server, changed: str) -> None:
    set_up_at_once(old, 3, PYTHONPATH=changed)
    assert (version(old), colours(old)) == ([NEXT], ["none"] * 2)


@pytest.mark.parametrize(
    "database", [pytest.param("sqlite", marks=pytest.mark.full), "postgres"], indirect=True, scope="module"
)
def test_several_processes_on_an_empty_database_at_once(server: Server) -> None:
    """As a server and its timeout worker are, when nobody has run resetdb."""
    set_up_at_once(server, 3)
    assert version(server) == [NOW]
    chats(server.start())


DROPPED = """\
import os, sys
sys.argv[1:] = ["shell"]
sys.path.insert(0, "")
import psycopg2, sqlalchemy
from otree.database import engine

dropped = []


@sqlalchemy.event.listens_for(engine, "before_cursor_execute")
def drop(connection, cursor, statement, *_):
    if "pg_class" in statement and len(dropped) < 2:
        dropped.append(statement)
        with psycopg2.connect(os.environ["DATABASE_URL"]) as other, other.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 10000)", [connection.connection.get_backend_pid()])


import otree.main

otree.main.setup()
print(len(dropped))
"""


def test_a_connection_that_is_dropped_while_tables_are_looked_for(server: Server) -> None:
    """A timeout worker that starts while PostgreSQL restarts would end for good."""
    if not server.database.env:
        pytest.skip("SQLite has no connections to drop")
    done = warm_python.run(
        [sys.executable, "-c", DROPPED], cwd=server.project.folder, env=server.env, text=True,
        timeout=120,
    )  # fmt: skip
    assert (done.stdout, done.stderr) == ("2\n", "")
    assert version(server) == [NOW]


@pytest.mark.any_database
def test_resetdb_leaves_a_version(old: Server, changed: str) -> None:
    for path, wanted in ((str(REPO), NOW), (changed, NEXT), (changed, NEXT)):
        done = otree(old, "resetdb", "--noinput", PYTHONPATH=path)
        assert done.returncode == 0, done.stderr
        assert version(old) == [wanted]
        assert old.database.query("select * from otree_ego_thread") == []


# --- a devserver, whose database is in memory -------------------------------------------------------------------------


@pytest.fixture
def devserver(tmp_path: Path) -> Iterator[Server]:
    configs = [{"name": "talk", "app_sequence": ["talk"], **CONFIG, "ego_model": "constant/Fine."}]
    server = Server(Project(tmp_path / "project", apps=APPS, session_configs=configs))
    server.command = "devserver_inner"
    yield server
    server.stop()


def old_file(server: Server) -> None:
    """The file of an old devserver; oTree itself takes only files of its own version."""
    file = unpack("otree", server.project.folder / "db.sqlite3")
    with closing(sqlite3.connect(file)) as connection:
        connection.execute(f"pragma user_version = {''.join(filter(str.isdigit, metadata.version('otree')))}")


def restarted(server: Server, path: str = "") -> Server:
    """As after each change of a file: what is in memory is written to the disk, and read again."""
    server.stop()
    if path:
        server.env["PYTHONPATH"] = path
    return server.start()


def test_a_devserver_brings_an_old_file_up_to_date(devserver: Server, changed: str) -> None:
    old_file(devserver)
    restarted(devserver)
    (code,) = people(devserver, "talk")
    with Chat(devserver.participant(code).start()) as chat:
        assert chat.ask("Still there?")["text"] == "Fine."
    restarted(devserver)
    assert version(devserver) == [NOW]
    restarted(devserver, changed)
    with Chat(devserver.participant(code).start()) as chat:
        assert [text for _, text in chat.texts] == ["Hello?", "Fine.", "Still there?", "Fine."]
        assert chat.ask("Still?")["text"] == "Fine."
    restarted(devserver)
    assert (version(devserver), colours(devserver)) == ([NEXT], ["none"] * 2)
    with pytest.raises(ServerDied):
        restarted(devserver, str(REPO))
    last = devserver.log.splitlines()[-1]
    assert last.startswith(f"oTree's database db.sqlite3 was made by a newer otree_ego (version {NEXT} of its tables")
    devserver.stop()
    assert (version(devserver), colours(devserver)) == ([NEXT], ["none"] * 2)


def test_a_devserver_makes_a_new_file(devserver: Server) -> None:
    chats(devserver.start())
    restarted(devserver)
    assert version(devserver) == [NOW]
    chats(devserver)


def test_bots_run_on_any_file(devserver: Server, changed: str) -> None:
    tests = "from otree.api import Bot\nfrom . import Chat\n\n\n"
    tests += "class PlayerBot(Bot):\n    def play_round(self):\n        yield Chat\n"
    devserver.project.write("talk/tests.py", tests)
    for path in (str(REPO), changed):
        old_file(devserver)
        done = otree(devserver, "test", "talk", PYTHONPATH=path)
        assert done.returncode == 0, done.stdout + done.stderr
