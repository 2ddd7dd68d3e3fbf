"""PostgreSQL drops all its connections: pages, live pages, chats, decisions and page timeouts go on."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import pytest
from harness import Participant, PostgreSQL, Project, Server, warm_python
from harness.chat import CONFIG, KEY, LIVE_PAGE, TALK_FILES, Chat, replies_begun, rows
from harness.database import attempts
from harness.project import REPO
from harness.waiting import BEFORE_PAGE, Tab, decisions, waits

from otree_ego.testing import FakeService

TIMED = """\
from otree.api import *

%s


class C(BaseConstants):
    NAME_IN_URL = "timed"
    PLAYERS_PER_GROUP = None
    NUM_ROUNDS = 1


class Subsession(BaseSubsession):
    pass


class Group(BaseGroup):
    pass


class Player(BasePlayer):
    heard = models.StringField()


class Timed(Page):
    timeout_seconds = 2


class Echo(Page):
    @staticmethod
    def live_method(player, data):
        player.heard = data
        return {player.id_in_group: data}


class Stream(Page):
    @staticmethod
    async def live_method(player, data):
        yield {player.id_in_group: data}
        yield {player.id_in_group: player.field_maybe_none("heard") or "nothing"}


page_sequence = [Timed, Echo, Stream]
"""
FILES = {
    "__init__.py": TIMED % "from otree_ego import ai",
    "Timed.html": BEFORE_PAGE,
    "Echo.html": LIVE_PAGE % "",
    "Stream.html": LIVE_PAGE % "",
}
SESSIONS = """\
import os, sys

sys.argv[1:] = ["shell"]
sys.path.insert(0, os.getcwd())
import otree.main

otree.main.setup()
import psycopg2
import sqlalchemy.exc
from otree.database import DBSession, engine

from otree_ego.binding.otree_internals import reconnecting

if "alone" in os.environ["CASE"]:
    sqlalchemy.event.remove(engine, "connect", reconnecting._on_connect)
old, new = DBSession(), DBSession()
old.execute("CREATE TABLE IF NOT EXISTS note (text text)")
old.commit()
old.execute("INSERT INTO note VALUES ('lost')")
with psycopg2.connect(os.environ["DATABASE_URL"]) as other, other.cursor() as cursor:
    cursor.execute("SELECT pg_terminate_backend(%s, 10000)", [old.connection().connection.get_backend_pid()])
new.execute("INSERT INTO note VALUES ('kept')")
try:
    old.commit() if "commit" in os.environ["CASE"] else old.execute("SELECT 1")
    print("THE OLD SESSION GOES ON")
except sqlalchemy.exc.SQLAlchemyError as error:
    old.rollback()
old.close()
try:
    new.commit()
except sqlalchemy.exc.SQLAlchemyError as error:
    new.rollback()
    print("THE NEW SESSION FAILS")
print([row.text for row in old.execute("SELECT text FROM note")])
"""
ALL = "SELECT pid FROM pg_stat_activity WHERE datname = '{0}' AND pid <> pg_backend_pid()"


@pytest.fixture(scope="module")
def server(server_factory: Callable[..., Server], pg: PostgreSQL, model: FakeService) -> Server:
    apps = {"timed": FILES, "talk": TALK_FILES, "partner": waits("partner")}
    configs = [{"name": app, "app_sequence": [app], **CONFIG} for app in apps]
    env = {"OPENAI_BASE_URL": model.base_url, "OPENAI_API_KEY": KEY}
    return server_factory(apps=apps, session_configs=configs, env=env, database=pg, page_timeouts=True)


def until(condition: Callable[[], object], server: Server) -> None:
    for _ in attempts(60):
        if condition():
            return
    raise TimeoutError(f"It did not come to that:\n{server.log[-3000:]}")


def name(server: Server) -> str:
    return server.database.env["DATABASE_URL"].rpartition("/")[2]


def drop_all(server: Server, pg: PostgreSQL) -> None:
    """Drops every connection to the server's database; waits until they are gone."""
    sql = ALL.format(name(server))
    dropped = pg.execute(sql.replace("pid", "pid, pg_terminate_backend(pid)", 1))
    assert dropped
    before = {row["pid"] for row in dropped}
    until(lambda: before.isdisjoint(row["pid"] for row in pg.execute(sql)), server)


def timed_out(server: Server, person: Participant) -> bool:
    rows = server.database.query(f"SELECT _index_in_pages AS page FROM otree_participant WHERE code = '{person.code}'")
    return bool(rows[0]["page"] == 2)


def test_pages(server: Server, pg: PostgreSQL) -> None:
    session = server.create_session("timed", 2)
    first, second = session.participants()
    drop_all(server, pg)
    first.start()
    drop_all(server, pg)
    assert first.submit().page == "Echo"
    drop_all(server, pg)
    assert second.start().page == "Timed"
    drop_all(server, pg)
    server.create_session("timed")
    drop_all(server, pg)
    assert len(server.app_export("timed", session.code)) == 2


def test_live_pages_of_many(server: Server, pg: PostgreSQL) -> None:
    people = [person.start().submit() for person in server.create_session("timed", 6).participants()]
    for person in people[3:]:
        person.submit()
    with ExitStack() as stack:
        tabs = [stack.enter_context(person.live()) for person in people]
        for word in ("before", "between", "after"):
            for tab in (*tabs, *reversed(tabs)):
                tab.send(word)
                assert tab.receive() == word
                if tab in tabs[3:]:
                    assert tab.receive() == "nothing"
            people[0].reload()  # oTree answers a live message before it commits it: this comes after that
            drop_all(server, pg)
            people[0].reload()
    assert [row["player.heard"] for row in server.app_export("timed")][-6:-3] == ["after"] * 3


def test_a_chat_and_a_reply_under_way(server: Server, pg: PostgreSQL, model: FakeService) -> None:
    session = server.create_session("talk", 2)
    people = [person.start() for person in session.participants()]
    with replies_begun(people, model) as tabs:
        drop_all(server, pg)
        model.release()
        for tab in tabs:
            assert tab.quiet()[-1]["text"] == FakeService.DEFAULT_REPLY
        for tab in tabs:
            drop_all(server, pg)
            assert tab.ask("And now?")["status"] == "complete"
        drop_all(server, pg)
        with Chat(people[0].reload()) as again:
            assert len(again.messages) == 4
    assert [row["status"] for row in rows(server, session.code) if row["role"] == "assistant"] == ["complete"] * 4


def test_a_decision_under_way(server: Server, pg: PostgreSQL, model: FakeService) -> None:
    model.reply = "7"
    model.hold()
    session = server.create_session("partner")
    person = session.participant().start().submit()
    model.wait_until(lambda fake: fake.standing == 1)
    with Tab(person) as tab:
        drop_all(server, pg)
        model.release()
        assert tab.told().page == "After"
    assert [row["status"] for row in decisions(server, "partner", session.code)] == ["stored"]


def test_page_timeouts(server: Server, pg: PostgreSQL) -> None:
    until(lambda: "timeoutworker is listening" in server.log, server)
    for _ in range(2):  # it has a new connection, and that one is dropped, too
        person = server.create_session("timed").participant().start()
        drop_all(server, pg)
        server.time_is_over(person)
        until(partial(timed_out, server, person), server)
    assert any("timeoutsubprocess" in command for command in server.members().values())


@pytest.mark.parametrize(
    ("case", "said"),
    [
        ("execute", ["['kept']"]),
        ("commit", ["['kept']"]),
        # if this fails, SQLAlchemy keeps its sessions apart by itself
        ("execute, alone", ["THE NEW SESSION FAILS", "[]"]),
    ],
)
def test_a_session_on_the_old_connection_loses_what_it_had_and_harms_no_other(
    tmp_path: Path, pg: PostgreSQL, case: str, said: list[str]
) -> None:
    project = Project(tmp_path / "project", {"timed": FILES})
    (project.folder / "sessions.py").write_text(SESSIONS)
    env = {**os.environ, **pg.database().env, "PYTHONPATH": str(REPO), "CASE": case}
    done = warm_python.run([sys.executable, "sessions.py"], cwd=project.folder, env=env, text=True, timeout=120)
    assert done.stdout.splitlines() == said, done.stdout + done.stderr


def test_the_timeout_worker_waits_for_a_database_that_is_away(server: Server, pg: PostgreSQL) -> None:
    """A table that nobody may read for a while stands for it."""
    until(lambda: "timeoutworker is listening" in server.log, server)  # when it starts it makes tables that are missing
    seen = server.log.count("Page timeouts: the database failed")
    pg.execute("ALTER TABLE otree_taskqueuemessage RENAME TO away", name(server))
    try:
        until(lambda: server.log.count("Page timeouts: the database failed") > seen + 1, server)
    finally:
        pg.execute("ALTER TABLE away RENAME TO otree_taskqueuemessage", name(server))
    person = server.create_session("timed").participant().start()
    server.time_is_over(person)
    until(partial(timed_out, server, person), server)


def test_the_timeout_worker_begins_again_when_the_database_failed_as_it_began(tmp_path: Path, pg: PostgreSQL) -> None:
    project, database = Project(tmp_path / "project", {"timed": FILES}), pg.database()
    name, log = database.env["DATABASE_URL"].rpartition("/")[2], tmp_path / "log"
    env = {**os.environ, **database.env, "PYTHONPATH": str(REPO)}
    pg.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
    with log.open("w") as out:
        command = [Path(sys.executable).with_name("otree"), "timeoutsubprocess", "9"]
        worker = warm_python.popen(command, cwd=project.folder, env=env, stdout=out, stderr=out)
    try:
        assert any("as they began; again in" in log.read_text() for _ in attempts(60))
        pg.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
        assert any("timeoutworker is listening" in log.read_text() for _ in attempts(60))
        assert worker.poll() is None
    except AssertionError:
        raise AssertionError(log.read_text()) from None
    finally:
        worker.kill()
        worker.wait()


def test_the_timeout_worker_ends_with_its_server(server_factory: Callable[..., Server]) -> None:
    server = server_factory(apps={"timed": FILES}, page_timeouts=True)
    until(lambda: "timeoutworker is listening" in server.log, server)
    os.kill(server.pid, signal.SIGKILL)
    until(lambda: not server.members(), server)
    server.stop()  # while its number is not anybody else's


def test_without_us_a_page_fails_and_no_page_times_out_any_more(
    server_factory: Callable[..., Server], pg: PostgreSQL
) -> None:
    """If this fails, oTree lives through it by itself: reconnecting.py and part of timeout_worker.py can go."""
    server = server_factory(apps={"timed": {**FILES, "__init__.py": TIMED % ""}}, database=pg, page_timeouts=True)
    person = server.create_session("timed").participant().start()
    until(lambda: "timeoutworker is listening" in server.log, server)
    drop_all(server, pg)
    assert person.http.get(person.url).status_code == 500
    until(lambda: not any("timeoutsubprocess" in command for command in server.members().values()), server)
    assert not timed_out(server, person)
