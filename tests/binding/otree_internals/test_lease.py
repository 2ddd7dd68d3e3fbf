"""Two web processes on one database: one serves, the other waits until it may, and nothing is done twice."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from typing import Any

import psycopg2
import pytest
from harness import PostgreSQL, Server, warm_python
from harness.chat import TALK_FILES, Chat, rows
from harness.database import Database, SQLite, attempts
from harness.waiting import waits
from websockets.exceptions import InvalidStatusCode

from otree_ego.binding.otree_internals.processes import TOOL, name_of_this
from otree_ego.testing import FakeService

QUICK = """\
from otree_ego.binding.otree_internals import lease

lease.BEAT, lease.LEASE, lease.TRUST = 0.3, 3.0, 2.5
"""
"""The lease's times, shorter: the tests wait for them."""
TIMED = waits("timed")
TIMED = {
    **TIMED,
    "__init__.py": TIMED["__init__.py"].replace("page_sequence = [Before, Partner, After]", "page_sequence = [Before]"),
}
TIMED["__init__.py"] = TIMED["__init__.py"].replace(
    "class Before(Page):", "class Before(Page):\n    timeout_seconds = 3600"
)
HOLDER = "SELECT holder FROM otree_ego_lease"
PENDING = "SELECT uid FROM otree_ego_message WHERE status = 'pending'"


def until(condition: Callable[[], Any], *servers: Server) -> None:
    for _ in attempts(60):
        if condition():
            return
    raise TimeoutError("It did not come to that:\n" + "\n---\n".join(server.log[-3000:] for server in servers))


@pytest.fixture(scope="module")
def one(chat_server: Callable[..., Server], database: PostgreSQL | None) -> Server:
    """A server whose lease runs out early."""
    talk = {**TALK_FILES, "__init__.py": QUICK + TALK_FILES["__init__.py"]}
    return chat_server(
        {"talk": talk, "partner": waits("partner"), "timed": TIMED}, database=database, page_timeouts=True
    )


@pytest.fixture
def first(one: Server) -> Iterator[Server]:
    """It, serving."""
    if not one.running:
        one.start()
    until(lambda: serves(one), one)
    yield one


@pytest.fixture
def second(first: Server) -> Iterator[Server]:
    """Another one on the same database, which is not started yet."""
    server = Server(first.project, env={name: first.env[name] for name in ("OPENAI_BASE_URL", "OPENAI_API_KEY")})
    server.database = first.database
    server.env |= first.database.env
    yield server
    server.stop()


def serves(server: Server) -> bool:
    return bool(server.http.get(f"{server.url}/demo", timeout=60).status_code == 200)


def settled(server: Server, session: str) -> Counter[tuple[str, str]]:
    return Counter((row["role"], row["status"]) for row in rows(server, session))


# --- a deployment that overlaps ---------------------------------------------------------------------------------------


@pytest.mark.any_database
def test_a_deployment_while_replies_stream(first: Server, second: Server, model: FakeService) -> None:
    session = first.create_session("talk", 4)
    people = [person.start() for person in session.participants()]
    model.hold()
    with ExitStack() as stack:
        for number, person in enumerate(people):
            chat = stack.enter_context(Chat(person))
            chat.say(f"message {number}")
            chat.until(lambda told: told["t"] == "text")
        second.start()
        assert not serves(second) and serves(first)
        assert len(first.database.query(PENDING)) == 4, "nobody has taken up what the first one works on"
        assert "Another web process" in second.log and f"process {first.pid}" in second.log
        assert first.stop() == 0
    until(lambda: serves(second), second)
    model.release()
    model.wait_until(lambda fake: fake.standing == 0)
    model.clear()
    assert second.database.query(PENDING) == []
    for number, person in enumerate(session.participants()):
        with Chat(second.participant(person.code).start()) as chat:
            assert [m["status"] for m in chat.quiet()] == ["complete", "failed", "complete"]
            assert chat.texts[0] == ("user", f"message {number}") and chat.texts[2][1] == FakeService.DEFAULT_REPLY
            assert [m["text"] for m in chat.shown] == [m["text"] for m in chat.open()["messages"]]
    assert settled(second, session.code) == {("user", "complete"): 4, ("assistant", "failed"): 4,
                                             ("assistant", "complete"): 4, ("system", "complete"): 4}  # fmt: skip
    assert sorted(r.body["messages"][-1]["content"] for r in model.requests) == [f"message {n}" for n in range(4)]
    assert "Traceback" not in first.log and "Traceback" not in second.log


@pytest.mark.full
def test_a_decision_goes_on_in_the_next_process(first: Server, second: Server, model: FakeService) -> None:
    person = first.create_session("partner").participant().start().until("Before")
    model.reply = "7"
    model.hold()
    person.submit()
    model.wait_until(lambda fake: fake.standing == 1)
    second.start()
    first.stop()
    model.release()
    there = second.participant(person.code)
    until(lambda: serves(second), second)
    assert "Answer: 7" in there.start().until("After").html
    (decision,) = second.database.query("SELECT status, attempts FROM otree_ego_decision")
    assert decision == {"status": "stored", "attempts": 2}
    assert len(model.requests) == 2, "once by each"


# --- what the second one answers --------------------------------------------------------------------------------------


@pytest.mark.any_database
def test_what_a_process_answers_that_does_not_serve(first: Server, second: Server) -> None:
    english = first.create_session("talk").participant()
    german = first.create_session("talk", ego_language="de").participant()
    second.start()
    before = first.database.query("SELECT count(*) AS n FROM otree_session")
    get = second.http.get
    page = get(f"{second.url}/InitializeParticipant/{english.code}", timeout=60)
    assert (page.status_code, page.headers["Retry-After"]) == (503, "2")
    assert "One moment, please" in page.text and 'http-equiv="refresh"' in page.text and 'lang="en"' in page.text
    page = get(f"{second.url}/p/{german.code}/talk/Chat/1", timeout=60)
    assert page.status_code == 503 and "Einen Moment, bitte" in page.text and 'lang="de"' in page.text
    api = second.http.post(f"{second.url}/api/sessions", json={"session_config_name": "talk"}, timeout=60)
    assert api.status_code == 503 and "does not serve" in api.json()["detail"]
    assert api.headers["Retry-After"] == "2"
    assert get(f"{second.url}/static/otree_ego/chat.js", timeout=60).status_code == 200
    assert get(f"{second.url}/static/none.js", timeout=60).status_code == 404
    person = english.start()
    person.server, here = second, person.server
    with pytest.raises(InvalidStatusCode, match="403"):
        person.live()
    person.server = here
    page = second.http.post(
        person.url.replace(first.url, second.url), data={"note": 'a "quoted" <b>', "empty": ""}, timeout=60
    )
    assert page.status_code == 503, "a form is sent again by itself, with all it holds"
    assert '<form method="post" action="">' in page.text and 'http-equiv="refresh"' not in page.text
    assert '<input type="hidden" name="note" value="a &quot;quoted&quot; &lt;b&gt;">' in page.text
    assert '<input type="hidden" name="empty" value="">' in page.text
    assert person.reload().page == "Chat"
    assert first.database.query("SELECT count(*) AS n FROM otree_session") == before
    assert "Traceback" not in second.log


@pytest.mark.any_database
def test_pages_whose_time_is_over_are_left_to_the_one_that_serves(first: Server, second: Server) -> None:
    person = first.create_session("timed").participant().start()
    second.start()
    first.time_is_over(person)
    query = f"SELECT _index_in_pages AS i FROM otree_participant WHERE code = '{person.code}'"
    until(lambda: first.database.query(query)[0]["i"] == 2, first, second)
    assert "Auto-submitting" in first.log and "Auto-submitting" not in second.log


@pytest.mark.any_database
def test_tools_take_nothing_up(first: Server, model: FakeService) -> None:
    person = first.create_session("talk", ego_deadline=300.0).participant().start()
    model.hold()
    with Chat(person) as chat:
        chat.say("Do not end this")
        chat.until(lambda told: told["t"] == "text")
        otree = str(first.python.with_name("otree"))
        done = warm_python.run(
            [otree, "create_session", "talk", "1"], cwd=first.project.folder, env=first.env,
            timeout=120,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert len(first.database.query(PENDING)) == 1
        model.release()
        assert chat.quiet()[-1]["status"] == "complete"
    workers = first.database.query("SELECT DISTINCT worker FROM otree_ego_message WHERE role = 'assistant'")
    assert all(row["worker"].startswith("server:") for row in workers)


@pytest.mark.full
def test_a_reply_that_another_process_waits_for_is_no_orphan(first: Server) -> None:
    """A shell or a script asks for itself: a server that starts leaves it alone while that process is there."""
    session = first.create_session("talk", 2)
    for person in session.participants():
        with Chat(person.start()) as chat:
            chat.ask("Hello?")
    first.stop()
    ended = subprocess.Popen([sys.executable, "-c", "print()"], stdout=subprocess.DEVNULL)
    gone = name_of_this(TOOL).replace(f":{os.getpid()}.", f":{ended.pid}.")
    ended.wait(60)
    ids = [row["id"] for row in first.database.query("SELECT id FROM otree_ego_message WHERE role = 'assistant'")][-2:]
    for number, name in zip(ids, (name_of_this(TOOL), gone), strict=True):
        first.database.execute(
            f"UPDATE otree_ego_message SET status = 'pending', worker = '{name}' WHERE id = {number}"
        )
    first.start()
    found = [first.database.query(f"SELECT status FROM otree_ego_message WHERE id = {number}")[0] for number in ids]
    assert [row["status"] for row in found] == ["pending", "failed"]
    first.database.execute("UPDATE otree_ego_message SET status = 'complete' WHERE status = 'pending'")


# --- a holder that ends, or stands still ------------------------------------------------------------------------------


@pytest.mark.full
def test_a_holder_that_was_killed(first: Server, second: Server, model: FakeService) -> None:
    session = first.create_session("talk")
    person = session.participant().start()
    second.start()
    model.hold()
    with Chat(person) as chat:
        chat.say("Do not lose this")
        chat.until(lambda told: told["t"] == "text")
        # on another machine, where nobody sees that the process has ended
        first.database.execute("UPDATE otree_ego_lease SET holder = 'server:1.1.elsewhere', beat = beat + 1")
        first.kill()
    model.release()
    until(lambda: serves(second), second)
    with Chat(second.participant(person.code).start()) as chat:
        assert [m["status"] for m in chat.quiet()] == ["complete", "failed", "complete"]
        assert chat.ask("And now?")["status"] == "complete"


@pytest.mark.any_database
def test_a_holder_that_stood_still(first: Server, second: Server, model: FakeService) -> None:
    session = first.create_session("talk", 2)
    person, other = (each.start() for each in session.participants())
    second.start()
    model.hold()
    with Chat(person) as chat, Chat(other) as idle:
        chat.say("Do not answer this twice")
        chat.until(lambda told: told["t"] == "text")
        chat.say("And then this")
        chat.until(lambda told: told["t"] == "add")
        os.kill(first.pid, signal.SIGSTOP)
        try:
            until(lambda: serves(second), second)
            with Chat(second.participant(person.code).start()) as there:
                model.release()
                there.quiet()
        finally:
            idle.say("Is anybody there?")
            os.kill(first.pid, signal.SIGCONT)
        until(lambda: not first.running, first)
        assert first.returncode == 1
    assert "serves on this database now" in first.log
    model.wait_until(lambda fake: fake.standing == 0)
    asked = Counter(request.body["messages"][-1]["content"] for request in model.requests)
    found = settled(second, session.code)
    assert found["assistant", "pending"] == 0
    assert found["user", "complete"] == 2, "what the first one was told afterwards is not taken"
    assert asked["Is anybody there?"] == 0
    with Chat(second.participant(other.code).start()) as chat:
        assert chat.texts == []
        assert chat.ask("Hello?")["status"] == "complete"
    (holder,) = second.database.query(HOLDER)
    assert holder["holder"].startswith(f"server:{second.pid}.")
    assert serves(second)


@pytest.mark.full
def test_a_holder_that_is_late_goes_on_if_nobody_has_taken_its_place(first: Server, model: FakeService) -> None:
    person = first.create_session("talk").participant().start()
    beat = first.database.query("SELECT beat FROM otree_ego_lease")
    with Chat(person) as chat:
        os.kill(first.pid, signal.SIGSTOP)
        threading.Event().wait(4)  # it must be late: this is what is tested
        os.kill(first.pid, signal.SIGCONT)
        assert chat.ask("Still there?")["status"] == "complete"
    assert serves(first) and first.database.query("SELECT beat FROM otree_ego_lease") != beat


@pytest.mark.full
def test_an_outage_of_the_database_changes_no_holder(first: Server, second: Server) -> None:
    second.start()
    (before,) = first.database.query(HOLDER)
    with locked(first.database):
        threading.Event().wait(5)  # longer than the lease: nobody can write, and nobody is taken for dead
    until(lambda: serves(first), first, second)
    assert first.database.query(HOLDER) == [before]
    assert not serves(second)


@contextmanager
def locked(database: Database) -> Iterator[None]:
    """Nobody else reads or writes the lease."""
    if isinstance(database, SQLite):
        with closing(sqlite3.connect(database.file, timeout=60, isolation_level=None)) as connection:
            connection.execute("BEGIN EXCLUSIVE")
            yield
            connection.execute("ROLLBACK")
        return
    with closing(psycopg2.connect(database.env["DATABASE_URL"])) as connection:
        connection.cursor().execute("LOCK TABLE otree_ego_lease IN ACCESS EXCLUSIVE MODE")
        yield


@pytest.mark.full
def test_a_database_that_was_reset_beneath_it(first: Server) -> None:
    otree = str(first.python.with_name("otree"))
    command = [otree, "resetdb", "--noinput"]
    warm_python.run(command, cwd=first.project.folder, env=first.env, timeout=120, check=True)
    until(lambda: first.database.query(HOLDER), first)
    with Chat(first.create_session("talk").participant().start()) as chat:
        assert chat.ask("Hello?")["status"] == "complete"


@pytest.mark.full
def test_beats_do_not_lock_the_database(first: Server, model: FakeService) -> None:
    """A hundred times as many as there are."""
    first.stop()
    app = first.project.folder / "talk" / "__init__.py"
    quick = app.read_text("utf-8")
    app.write_text(quick.replace("lease.BEAT, ", "lease.BEAT = 0.02\nlease.LATE, "), "utf-8")
    before = len(first.log)
    first.start()
    try:
        with ExitStack() as stack:
            people = [person.start() for person in first.create_session("talk", 20).participants()]
            chats = [stack.enter_context(Chat(person)) for person in people]
            for number in range(3):
                for chat in chats:
                    chat.say(f"message {number}")
                for chat in chats:
                    chat.until(lambda told: told["t"] == "end")
        assert "locked" not in first.log[before:]
    finally:
        first.stop()
        app.write_text(quick, "utf-8")


@pytest.mark.full
def test_two_that_start_at_once_on_an_empty_database(first: Server, second: Server) -> None:
    first.stop()
    otree = str(first.python.with_name("otree"))
    command = [otree, "resetdb", "--noinput"]
    warm_python.run(command, cwd=first.project.folder, env=first.env, timeout=120, check=True)
    first.database.execute("DROP TABLE otree_ego_lease")
    with ThreadPoolExecutor() as pool:
        list(pool.map(Server.start, (first, second)))
    assert sorted([serves(first), serves(second)]) == [False, True]
    for one, other in ((first, second), (second, first)):
        if serves(one):
            one.stop()
            until(lambda: serves(other), other)  # noqa: B023
            break
