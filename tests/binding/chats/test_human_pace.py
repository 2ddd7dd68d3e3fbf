"""A pace in a chat with one AI: replies come whole, after a while, and the data say how long."""

from __future__ import annotations

import json

import pytest
from harness import Server
from harness.chat import Chat, rows

from otree_ego.testing import FakeService


@pytest.fixture(scope="module")
def chats(chat_server) -> Server:
    return chat_server()


def test_a_reply_comes_whole(chats: Server, model: FakeService) -> None:
    model.reply = "one two three four five six"
    session = chats.create_session("talk", ego_pace="0.05 + 0.001/character", ego_opening="Hello!")
    with Chat(session.participant().start()) as chat:
        assert chat.open()["stop"] is False
        while not chat.shown or chat.shown[0]["status"] == "pending":
            chat.next()
        assert chat.ask("Hi")["text"] == model.reply
        assert '"t": "text"' not in chat.live.text
    paces = [json.loads(row["parameters"])["pace"] for row in rows(chats, session.code) if row["role"] == "assistant"]
    assert paces == pytest.approx([0.056, 0.077])


def test_stop_does_nothing_and_a_long_pace_is_waited_for_on_the_server(chats: Server, model: FakeService) -> None:
    session = chats.create_session("talk", ego_pace="3600")
    person = session.participant().start()
    with Chat(person) as chat:
        chat.say("Hi")
        while not model.requests:
            chat.open()
        chat.do(do="stop")
        assert chat.open()["messages"][-1]["status"] == "pending"  # typing dots
        assert chat.busy


def test_a_wrong_pace_is_refused(chats: Server) -> None:
    with pytest.raises(AssertionError, match="ego_pace: A pace of 'slow' cannot be"):
        chats.create_session("talk", ego_pace="slow")


def test_without_a_pace_replies_are_streamed(chats: Server, model: FakeService) -> None:
    model.reply = "one two three"
    session = chats.create_session("talk")
    with Chat(session.participant().start()) as chat:
        assert chat.open()["stop"] is True
        model.hold()
        chat.say("Hi")
        chat.until(lambda told: told["t"] == "text")
        model.release()
        chat.quiet()
    assert "pace" not in rows(chats, session.code)[-1]["parameters"]
