"""A database that cannot be written while models decide: each decision is paid for once, stored once, and told."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from harness import PostgreSQL, Server
from harness.database import attempts
from harness.outages import POSTGRESQL, SQLITE, outage, spooled
from harness.waiting import Tab, decisions, number_42, waits

from otree_ego.testing import FakeService

HOOK = """
    @staticmethod
    def after_decision(player):
        player.payoff = player.answer * 2
        player.note = f"{player.session.code} {len(player.group.get_players())}"
"""
TWICE = """\
            said = await llm.submit("Which number? " + who.subsession.session.code)
            llm.seen = 1
            return dict(answer=int(await llm.submit("And now? " + who.subsession.session.code)))
"""
APPS = {
    "solo": waits("solo", options=HOOK.strip()),
    "pair": waits("pair", model="group", size=2),
    "paced": waits("paced", options="delay = 4"),
    "twice": waits("twice"),
}
LATE = """\
        import asyncio, pathlib
        while not (pathlib.Path(__file__).parents[1] / "go").exists():
            await asyncio.sleep(0.05)
        code = who._sa_instance_state.session.query(type(who)).filter_by(id=1).first() and "read"
"""
APPS["late"] = waits("late")
APPS["late"]["__init__.py"] = APPS["late"]["__init__.py"].replace(
    "        async with ai(who) as llm:\n", LATE + "        async with ai(who) as llm:\n"
)
APPS["twice"]["__init__.py"] = (
    APPS["twice"]["__init__.py"].partition("            said =")[0]
    + TWICE
    + "\n\nclass After" + APPS["twice"]["__init__.py"].partition("class After")[2]
)  # fmt: skip


PACED = [pytest.param(*case, marks=pytest.mark.full) for case in [("solo", 1), ("paced", 0), ("paced", 1)]]
FULL = [pytest.param(*case, marks=pytest.mark.full) for case in [("solo", 0), ("pair", 0), ("pair", 1)]]


@pytest.fixture(scope="module")
def server(chat_server: Callable[..., Server], database: PostgreSQL | None) -> Server:
    return chat_server(apps=APPS, database=database)


@pytest.fixture(autouse=True)
def _number(request: pytest.FixtureRequest, _healthy: None) -> Iterator[None]:
    yield from number_42(request)


def until(condition: Callable[[], object]) -> None:
    assert any(condition() for _ in attempts(pause=0.1))


def kind(database: PostgreSQL | None, number: int) -> str:
    return list(SQLITE if database is None else POSTGRESQL)[number]


def entries(server: Server) -> list[Any]:
    return [json.loads(file.read_text()) for file in spooled(server)]


def replies(server: Server, code: str) -> list[dict[str, Any]]:
    found = server.database.query(
        "SELECT m.status, m.attempts, m.text FROM otree_ego_message m JOIN otree_ego_thread t ON m.thread = t.uid "
        f"JOIN otree_session s ON s.id = t.session_id WHERE s.code = '{code}' AND m.role = 'assistant' ORDER BY m.id"
    )
    return [dict(row) for row in found]


@pytest.mark.any_database
@pytest.mark.parametrize(("app", "number"), [("solo", 1), *FULL])
def test_answers_that_come_meanwhile(
    server: Server, model: FakeService, database: PostgreSQL | None, app: str, number: int
) -> None:
    session = server.create_session(app, 4)
    people = [person.start() for person in session.participants()]
    made = 4 if app == "solo" else 2
    model.hold()
    with ExitStack() as stack:
        tabs = [stack.enter_context(Tab(person.submit())) for person in people]
        model.wait_until(lambda fake: fake.standing == made)
        with outage(server, database, kind(database, number)):
            model.release()
            until(lambda: [each["kind"] for each in entries(server)].count("decision") == made)
        for tab in tabs:  # and nobody has loaded the page before
            assert tab.told().page == "After"
    found = decisions(server, app, session.code)
    assert [(row["status"], json.loads(row["answer"]), row["times_started"], row["error_type"]) for row in found] == [
        ("stored", {"answer": 42}, "1", "")
    ] * made
    assert len(model.requests) == made
    assert replies(server, session.code) == [{"status": "complete", "attempts": 1, "text": "42"}] * made
    until(lambda: not spooled(server))
    if app == "solo":
        table = server.app_export("solo", session.code)
        assert [(float(row["player.payoff"]), row["player.note"]) for row in table] == [(84.0, f"{session.code} 4")] * 4


@pytest.mark.parametrize("number", [pytest.param(0, marks=pytest.mark.full), 1])
def test_what_is_asked_after_it_waits(
    server: Server, model: FakeService, database: PostgreSQL | None, number: int
) -> None:
    session = server.create_session("twice", 1)
    model.hold()
    with Tab(session.participant().start().submit()) as tab:
        model.wait_until(lambda fake: fake.standing == 1)
        with outage(server, database, kind(database, number)):
            model.release()
            until(lambda: entries(server))
            assert len(model.requests) == 1
        assert tab.told().page == "After"
    (row,) = decisions(server, "twice", session.code)
    assert (row["status"], row["times_started"], row["error_type"]) == ("stored", "1", "")
    assert len(model.requests) == 2
    assert [each["status"] for each in replies(server, session.code)] == ["complete"] * 2


@pytest.mark.parametrize(("app", "number"), [("solo", 0), *PACED])
def test_a_server_that_is_killed_meanwhile_has_paid_once(
    server: Server, model: FakeService, database: PostgreSQL | None, app: str, number: int
) -> None:
    session = server.create_session(app, 2)
    people = [person.start() for person in session.participants()]
    model.hold()
    for person in people:
        person.submit()
    model.wait_until(lambda fake: fake.standing == 2)
    with outage(server, database, kind(database, number)):
        model.release()
        until(lambda: [each["kind"] for each in entries(server)].count("decision") == 2)
        server.kill()
    model.clear()
    server.start()
    for person in people:
        person.reload().until("After")
    found = decisions(server, app, session.code)
    assert [(row["status"], json.loads(row["answer"]), row["times_started"]) for row in found] == [
        ("stored", {"answer": 42}, "1")
    ] * 2
    assert replies(server, session.code) == [{"status": "complete", "attempts": 1, "text": "42"}] * 2
    assert model.requests == [] and spooled(server) == []


@pytest.mark.full
@pytest.mark.parametrize("seconds", [5, 20, 120])
@pytest.mark.parametrize("number", [0, 1])
def test_for_long(server: Server, model: FakeService, database: PostgreSQL | None, number: int, seconds: int) -> None:
    session = server.create_session("solo", 10)
    people = [person.start() for person in session.participants()]
    model.hold()
    with ExitStack() as stack:
        tabs = [stack.enter_context(Tab(person.submit())) for person in people]
        model.wait_until(lambda fake: fake.standing == 10)
        with outage(server, database, kind(database, number)):
            model.release()
            time.sleep(seconds)  # what is tested is the time itself
        for tab in tabs:
            assert tab.told().page == "After"
    found = decisions(server, "solo", session.code)
    assert [(row["status"], json.loads(row["answer"]), row["times_started"], row["error_type"]) for row in found] == [
        ("stored", {"answer": 42}, "1", "")
    ] * 10
    assert len(model.requests) == 10
    assert replies(server, session.code) == [{"status": "complete", "attempts": 1, "text": "42"}] * 10
    until(lambda: not spooled(server))


@pytest.mark.any_database
def test_a_decision_that_begins_meanwhile(server: Server, model: FakeService, database: PostgreSQL | None) -> None:
    """A server that starts goes on with its decisions; the database goes before it has read whose they are."""
    session = server.create_session("late", 1)
    model.hold()
    with Tab(session.participant().start().submit()) as tab:
        until(lambda: decisions(server, "late", session.code))
        with outage(server, database, kind(database, 0 if database is None else 1)):
            (server.project.folder / "go").write_text("")
            until(lambda: "asked again when the database is back" in server.log)
            model.release()
        assert tab.told().page == "After"
    (row,) = decisions(server, "late", session.code)
    assert (row["status"], row["times_started"], row["error_type"]) == ("stored", "1", "")
    assert len(model.requests) == 1
    (server.project.folder / "go").unlink()
