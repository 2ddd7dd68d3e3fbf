"""A row that the database refuses, perhaps for ever: nothing waits behind it, and it is neither lost nor nameless."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from harness import PostgreSQL, Server
from harness.chat import Chat, rows
from harness.database import attempts
from harness.outages import spooled
from harness.refusals import refusal

from otree_ego.testing import FakeService

REPLY = FakeService.DEFAULT_REPLY
WORD = "quokka"


@pytest.fixture(autouse=True)
def _running(chats: Server, model: FakeService) -> Iterator[None]:
    model.reply = reply
    yield
    if not chats.running:
        chats.start()


def reply(body: dict[str, Any]) -> str:
    return f"A {WORD}, you say." if WORD in body["messages"][-1]["content"] else REPLY


def until(condition: Callable[[], object]) -> None:
    assert any(condition() for _ in attempts(pause=0.1))


def replies(server: Server, code: str) -> list[tuple[str, str]]:
    return [(row["text"], row["status"]) for row in rows(server, code) if row["role"] == "assistant"]


@pytest.mark.any_database
@pytest.mark.parametrize("how", ["a trigger", pytest.param("a value", marks=pytest.mark.full)])
def test_others_get_through(chats: Server, model: FakeService, database: PostgreSQL | None, how: str) -> None:
    session = chats.create_session("talk", 4)
    people = [person.start() for person in session.participants()]
    with ExitStack() as stack:
        tabs = [stack.enter_context(Chat(person)) for person in people]
        model.hold()
        with refusal(chats, database, WORD, how):
            for number, tab in enumerate(tabs):
                tab.say("Hello" if number == 3 else f"I am a {WORD}")
                tab.until(lambda told: told["t"] == "text")
            model.release()
            for tab in tabs:  # three of them are in the spool, and so final
                assert tab.quiet()[-1]["status"] == "complete"
            until(lambda: len(spooled(chats)) == 3)
            assert chats.log.count("The database refuses a reply (") >= 3
            assert tabs[3].ask("And now?")["text"] == REPLY
            assert tabs[0].ask("And you?")["text"] == REPLY  # a refused reply is in the next request all the same
            assert f"A {WORD}, you say." in str(model.requests[-1].body["messages"])
            until(lambda: all(row["delivered_utc"] for row in delivered(chats, session.code)))
        until(lambda: not spooled(chats))
    assert sorted(replies(chats, session.code)) == sorted(
        [(f"A {WORD}, you say.", "complete")] * 3 + [(REPLY, "complete")] * 3
    )
    assert len(model.requests) == 6


def delivered(server: Server, code: str) -> list[dict[str, str]]:
    """The replies that the database takes."""
    return [row for row in rows(server, code) if row["role"] == "assistant" and WORD not in row["text"]]


@pytest.mark.any_database
def test_it_is_brought_in_later(chats: Server, model: FakeService, database: PostgreSQL | None) -> None:
    """By a later server: one that starts while the row is still refused serves, and says where it is."""
    session = chats.create_session("talk", 2)
    people = [person.start() for person in session.participants()]
    with refusal(chats, database, WORD):
        with Chat(people[0]) as chat, Chat(people[1]) as other:
            chat.ask(f"I am a {WORD}")
            other.ask("Hello")
            (file,) = spooled(chats)
            chats.kill()
        chats.start()
        assert f"The database refuses what {file} holds: " in chats.log
        with Chat(people[1].reload()) as other:
            assert other.ask("And now?")["status"] == "complete"
        assert spooled(chats) == [file]
        chats.stop()
    model.clear()
    chats.start()
    assert "Written now: 1 reply and 0 decisions." in chats.log and spooled(chats) == []
    assert (f"A {WORD}, you say.", "complete") in replies(chats, session.code)
    with Chat(people[0].reload()) as chat:
        assert ("assistant", f"A {WORD}, you say.") in chat.texts
