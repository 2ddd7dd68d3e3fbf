"""A database that cannot be written for a while: nothing is lost, doubled or paid twice, and nobody has to reload.

The same for longer, and for decisions: tests/binding/decisions/test_outages_of_decisions.py.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from harness import LiveMethodFailed, PostgreSQL, Server
from harness.chat import Chat, replies_begun, rows
from harness.database import attempts
from harness.outages import POSTGRESQL, SQLITE, disk_full, mode, outage, spooled

from otree_ego.testing import FakeService

REPLY = FakeService.DEFAULT_REPLY
PENDING = "SELECT text FROM otree_ego_message WHERE status = 'pending'"


@pytest.fixture(autouse=True)
def _running(chats: Server, model: FakeService) -> Iterator[None]:
    yield
    model.release()
    if not chats.running:
        chats.start()


def kinds(database: PostgreSQL | None) -> list[str]:
    return list(SQLITE if database is None else POSTGRESQL)


def until(condition: Callable[[], object]) -> None:
    assert any(condition() for _ in attempts(pause=0.1))


def refused(chat: Chat, text: str, client_id: str) -> None:
    """Says something that the server cannot record now: the page is told so, and keeps it."""
    chat.say(text, client_id)
    with pytest.raises(LiveMethodFailed):
        while True:
            chat.next()


@pytest.mark.parametrize("number", [pytest.param(0, marks=pytest.mark.full), 1])
def test_replies_that_come_meanwhile(
    chats: Server, model: FakeService, database: PostgreSQL | None, number: int
) -> None:
    session = chats.create_session("talk", 3)
    people = [person.start() for person in session.participants()]
    with replies_begun(people, model) as tabs:
        with outage(chats, database, kinds(database)[number]):
            model.release()
            for tab in tabs:  # it is final on the screen, because it is in the spool
                assert tab.quiet()[-1]["text"] == REPLY
            assert len(spooled(chats)) == 3
            assert {mode(file) for file in spooled(chats)} == {0o600}
            refused(tabs[0], "And now?", "mine")
            tabs[1].do(do="ping")
        tabs[0].say("And now?", "mine")
        tabs[0].until(lambda told: told.get("client_id") == "mine")
        assert tabs[0].quiet()[-1]["text"] == REPLY
        screens = [tab.texts for tab in tabs]
    until(lambda: not spooled(chats))
    found = rows(chats, session.code)
    said = [(row["participant"], row["role"], row["text"]) for row in found if row["role"] != "system"]
    assert said == [(p.code, *each) for p, screen in zip(people, screens, strict=True) for each in screen]
    replies = [row for row in found if row["role"] == "assistant"]
    assert [(row["status"], row["requests"], row["error_type"]) for row in replies] == [("complete", "1", "")] * 4
    until(lambda: all(row["delivered_utc"] for row in rows(chats, session.code) if row["role"] == "assistant"))
    assert len(model.requests) == 4
    sent = [m["content"] for m in model.requests[-1].body["messages"][1:]]
    assert sent == ["Are you there?", REPLY, "And now?"]


@pytest.mark.any_database
@pytest.mark.parametrize("number", [0, pytest.param(1, marks=pytest.mark.full)])
def test_a_server_that_is_killed_meanwhile(
    chats: Server, model: FakeService, database: PostgreSQL | None, number: int
) -> None:
    session = chats.create_session("talk", 2)
    done, reading = [person.start() for person in session.participants()]
    with replies_begun((done, reading), model) as (first, second), outage(chats, database, kinds(database)[number]):
        read = second.shown[-1]["text"]
        until(lambda: len([file for file in spooled(chats) if json.loads(file.read_text())["text"] == read]) == 2)
        second.live.close()
        model.release()
        until(lambda: first.quiet()[-1]["text"] == REPLY)
        until(lambda: {json.loads(file.read_text())["kind"] for file in spooled(chats)} == {"reply"})
        chats.kill()
    model.clear()
    chats.start()
    assert spooled(chats) == []
    replies = [row for row in rows(chats, session.code) if row["role"] == "assistant"]
    assert [(row["text"], row["status"], row["requests"]) for row in replies] == [(REPLY, "complete", "1")] * 2
    with Chat(done.reload()) as first, Chat(reading.reload()) as second:
        assert (first.texts[-1], second.texts[-1]) == (("assistant", REPLY), ("assistant", REPLY))
        assert not (first.busy or second.busy)
    assert model.requests == []
    assert "Written now: 2 replies" in chats.log


@pytest.mark.any_database
def test_what_no_disk_takes_is_not_called_final(chats: Server, model: FakeService, database: PostgreSQL | None) -> None:
    """The disk is full for the database and for the spool; with PostgreSQL the spool's disks alone."""
    session = chats.create_session("talk", 2)
    people = [person.start() for person in session.participants()]
    with replies_begun(people, model) as (first, second), ExitStack() as stack:
        shown = first.shown[-1]["text"]
        until(lambda: {row["text"] for row in chats.database.query(PENDING)} == {shown})
        stack.enter_context(disk_full(chats))
        if database is not None:
            stack.enter_context(outage(chats, database, "read-only"))
        model.release()
        for tab in (first, second):
            tab.until(lambda told: told["t"] == "text" and told["text"].endswith(REPLY[-5:]))
        model.wait_until(lambda fake: fake.standing == 0)
        for tab in (first, second):
            tab.do(do="ping")
            assert tab.live.receive()["ego"] == {"t": "pong"}, "nothing else has come"
        assert spooled(chats) == []
        stack.close()
        for tab in (first, second):
            assert tab.quiet()[-1]["text"] == REPLY
    replies = [row for row in rows(chats, session.code) if row["role"] == "assistant"]
    assert [(row["text"], row["status"], row["requests"]) for row in replies] == [(REPLY, "complete", "1")] * 2
    assert [row["characters_delivered"] for row in replies] == [str(len(REPLY))] * 2
    assert len(model.requests) == 2


@pytest.mark.full
def test_what_neither_memory_nor_disk_could_keep_is_counted(
    chats: Server, model: FakeService, database: PostgreSQL | None
) -> None:
    session = chats.create_session("talk")
    person = session.participant().start()
    with replies_begun([person], model), ExitStack() as stack:
        stack.enter_context(disk_full(chats))
        if database is not None:
            stack.enter_context(outage(chats, database, "read-only"))
        chats.kill()
        stack.close()
    model.release()
    model.clear()
    chats.start()
    assert "1 reply had not come to an end when the server did: marked as interrupted. Of " in chats.log
    with Chat(person.reload()) as chat:
        assert chat.quiet()[-1]["text"] == REPLY
    assert len(model.requests) == 1


@pytest.mark.full
@pytest.mark.parametrize("seconds", [5, 20, 120])
@pytest.mark.parametrize("number", [0, 1])
def test_for_long(chats: Server, model: FakeService, database: PostgreSQL | None, number: int, seconds: int) -> None:
    """Ten participants: a reply comes to each when the database goes; half of them write while it is away."""
    session = chats.create_session("talk", 10)
    people = [person.start() for person in session.participants()]
    with replies_begun(people, model) as tabs:
        with outage(chats, database, kinds(database)[number]):
            ends = time.monotonic() + seconds
            model.release()
            for tab in tabs:
                assert tab.quiet()[-1]["text"] == REPLY
            for tab in tabs[:5]:
                refused(tab, "And now?", "mine")
            time.sleep(max(0.0, ends - time.monotonic()))  # what is tested is the time itself
        for tab in tabs[:5]:
            tab.until(lambda told: told["t"] == "state")
            tab.say("And now?", "mine")
            tab.until(lambda told: told.get("client_id") == "mine")
        for tab in tabs:
            tab.quiet()
        screens = [tab.texts for tab in tabs]
    until(lambda: not spooled(chats))
    found = [row for row in rows(chats, session.code) if row["role"] != "system"]
    said = [(row["participant"], row["role"], row["text"]) for row in found]
    assert said == [(p.code, *each) for p, screen in zip(people, screens, strict=True) for each in screen]
    assert {(row["status"], row["error_type"]) for row in found} == {("complete", "")}
    assert {row["requests"] for row in found if row["role"] == "assistant"} == {"1"}
    assert len(model.requests) == 15 and len(found) == 30
