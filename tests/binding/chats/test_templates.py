"""Models whose chat templates refuse messages: each thing is learned once, and a server that restarts knows it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from harness import Server
from harness.chat import Chat, rows

from otree_ego.testing import FakeService
from otree_ego.testing.templates import refusal

pytestmark = pytest.mark.any_database

LEARNED = "SELECT l.service, l.model, l.words FROM otree_ego_learned l JOIN otree_session s ON s.id = l.session_id"


@pytest.fixture(autouse=True)
def _gemma(model: FakeService, chats: Server) -> Iterator[None]:
    model.template = "gemma"
    yield
    model.template = ""
    if not chats.running:
        chats.start()


def refused(model: FakeService) -> int:
    bodies = [one.body for one in model.requests]
    return sum(bool(refusal("gemma", [message["role"] for message in body["messages"]])) for body in bodies)


def learned(server: Server, code: str) -> list[Any]:
    found = server.database.query(f"{LEARNED} WHERE s.code = '{code}' ORDER BY l.id")
    return [(row["service"], row["model"], json.loads(row["words"])) for row in found]


def replies(server: Server, code: str) -> list[Any]:
    return [row for row in rows(server, code) if row["role"] == "assistant"]


def test_a_chat_learns_once_and_a_restarted_server_knows_it(chats: Server, model: FakeService) -> None:
    session = chats.create_session("talk", 2)
    first, second = (person.start() for person in session.participants())
    with Chat(first) as chat:
        assert chat.ask("Hi")["status"] == "complete"
    assert refused(model) == len(model.requests) - 1 <= 1
    assert learned(chats, session.code) == [("openai", "gpt-6-luna", ["~no_system"])]
    chats.kill()
    chats.start()
    model.clear()
    with Chat(first.reload()) as chat, Chat(second) as other:
        assert chat.ask("Again")["status"] == "complete"
        assert other.ask("Hello")["status"] == "complete"
    assert refused(model) == 0 and len(model.requests) == 2
    shapes = [json.loads(reply["parameters"])["message_shape"] for reply in replies(chats, session.code)]
    assert shapes == [["no_system", "merged"]] * 3
    assert len(learned(chats, session.code)) == 1
    users = [row["text"] for row in rows(chats, session.code) if row["role"] == "user"]
    assert sorted(users) == ["Again", "Hello", "Hi"]


def test_turns_in_a_row_after_failed_replies_are_sent_as_one(chats: Server, model: FakeService) -> None:
    session = chats.create_session("talk")
    with Chat(session.participant().start()) as chat:
        model.fail(400)
        assert chat.ask("One")["status"] == "failed"
        model.clear()
        assert chat.ask("Two")["status"] == "complete"
    sent = model.requests[-1].body["messages"]
    assert [message["role"] for message in sent] == ["user"] and sent[0]["content"].endswith("One\n\nTwo")


def test_people_of_a_group_are_told_apart(chats: Server, model: FakeService) -> None:
    session = chats.create_session("table", 2)
    people = [person.start() for person in session.participants()]
    with ExitStack() as stack:
        one, other = (stack.enter_context(Chat(person)) for person in people)
        model.fail(400)
        assert one.ask("I like it.")["status"] == "failed"
        assert other.ask("I do not.")["status"] == "complete"
    sent = model.requests[-1].body["messages"]
    assert len(sent) == 1
    assert sent[0]["content"].endswith("Participant 1: I like it.\n\nParticipant 2: I do not.")
    codes = [row["author"] for row in rows(chats, session.code) if row["role"] == "user"]
    assert not any(code in str(sent) for code in codes)
