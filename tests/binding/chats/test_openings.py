"""The AI's first message of a chat: a text or asked from the model, once, whatever happens in between."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from harness import Server
from harness.chat import CONFIG, SECRET_PROMPT, Chat, rows
from harness.group_rooms import ROOM_FILES, Seat, room_field

from otree_ego.testing import FakeService

TEXT = "Hello! What shall we *talk* about?"
PROMPT = "Greet the person and ask about ibis-4711."


@pytest.fixture(scope="module")
def chats(chat_server: Callable[..., Server]) -> Server:
    config = {"name": "salon", "app_sequence": ["room"], **CONFIG, "room": ""}
    return chat_server(apps={"room": ROOM_FILES}, configs=[config])


def opened(chat: Chat) -> Chat:
    """Waits until the opening is whole."""
    while not chat.shown or chat.shown[0]["status"] == "pending":
        chat.next()
    return chat


def test_a_text_opens_the_chat_once(chats: Server, model: FakeService) -> None:
    session = chats.create_session("talk", ego_opening=TEXT)
    person = session.participant().start()
    with Chat(person) as one, Chat(person) as two:
        assert opened(one).texts == opened(two).texts == [("assistant", TEXT)]
        model.reply = "Fine."
        one.ask("Birds")
    chats.kill()
    chats.start()
    with Chat(person) as chat:
        assert chat.texts == [("assistant", TEXT), ("user", "Birds"), ("assistant", "Fine.")]
        chat.ask("More")
    assert [turn["role"] for turn in model.requests[0].body["messages"]] == ["system", "assistant", "user"]
    (row,) = [row for row in rows(chats, session.code) if row["text"] == TEXT]
    assert (row["author"], row["model"], row["finish_reason"], row["requests"]) == ("", "", "opening", "0")
    assert '"opening": "text"' in row["parameters"]
    assert len(chats.custom_export("otree_ego", "requests", session=session.code)) == 2


def test_the_model_is_asked_for_the_opening(chats: Server, model: FakeService) -> None:
    model.reply = "one two three four five six"
    session = chats.create_session("talk", ego_opening_prompt=PROMPT, ego_reminder="Be brief.")
    person = session.participant().start()
    model.hold()
    with Chat(person) as one, Chat(person) as two:
        for chat in (one, two):
            while not chat.shown or not chat.shown[0]["text"]:
                chat.next()  # it comes in pieces
        model.release()
        opened(one)
        model.reply = "Fine."
        one.ask("Birds")
        assert "ibis" not in one.live.text + person.html
    first, second = (request.body["messages"] for request in model.requests)
    assert [turn["content"] for turn in first] == [SECRET_PROMPT, PROMPT, "Be brief."]
    assert [turn["content"] for turn in second] == [SECRET_PROMPT, "one two three four five six", "Birds", "Be brief."]
    assert [row["role"] for row in rows(chats, session.code)] == ["system", "assistant", "user", "assistant"]
    assert '"opening": "model"' in rows(chats, session.code)[1]["parameters"]


def test_an_opening_that_fails_can_be_tried_again(chats: Server, model: FakeService) -> None:
    person = chats.create_session("talk", ego_opening_prompt=PROMPT).participant().start()
    model.fail(500)
    with Chat(person) as chat:
        assert opened(chat).shown[0]["status"] == "failed"
        chat.open()
        chat.do(do="retry")
        chat.until(lambda told: told["t"] == "end")
        assert [m["status"] for m in chat.shown] == ["failed", "complete"]
        chat.ask("Hello")
    assert [turn["content"] for turn in model.requests[1].body["messages"]] == [SECRET_PROMPT, PROMPT]
    assert PROMPT not in str(model.requests[2].body)


def test_an_opening_that_the_server_broke_off_is_asked_for_again(chats: Server, model: FakeService) -> None:
    person = chats.create_session("talk", ego_opening_prompt=PROMPT).participant().start()
    model.hold()
    with Chat(person) as chat:
        while not chat.shown:
            chat.next()
        chats.kill()
    model.release()
    chats.start()
    with Chat(person) as chat:
        chat.until(lambda told: told["t"] == "end")
        assert [m["status"] for m in chat.shown if m["status"] == "complete"] == ["complete"]
    assert PROMPT in str(model.requests[-1].body)


def test_personas_greet(chats: Server, model: FakeService) -> None:
    told = room_field(
        {"name": "Ada", "opening": "I am Ada."},
        {"name": "Ben", "opening": "I am Ben.", "speaks": "moderator", "pace": 0.1},
        {"name": "Cy", "speaks": "addressed"},
    )
    session = chats.create_session("salon", 2, room=told)
    people = [person.start() for person in session.participants()]
    with Seat(people[0]) as one, Seat(people[1]) as two:
        for seat in (one, two):
            while len(seat.shown) < 2:
                seat.next()
            assert [(m["author"], m["text"]) for m in seat.shown] == [("Ada", "I am Ada."), ("Ben", "I am Ben.")]
    chats.stop()
    chats.start()
    with Seat(people[0].reload()) as seat:
        assert len(seat.shown) == 2
    assert not model.requests
    found = [row for row in rows(chats, session.code, "room") if row["role"] == "assistant"]
    assert ['"speaks": "opening"' in row["parameters"] for row in found] == [True, True]
    assert '"pace": 0.1' in found[1]["parameters"]


@pytest.mark.parametrize("setting", [{"ego_opening": TEXT}, {"ego_opening_prompt": PROMPT}])
def test_the_sessions_opening_is_the_first_personas(chats: Server, model: FakeService, setting: dict[str, str]) -> None:
    model.reply = TEXT
    told = room_field({"name": "Ada", "speaks": "addressed"}, {"name": "Ben"})
    session = chats.create_session("salon", 1, room=told, **setting)
    with Seat(session.participant().start()) as seat:
        while not seat.shown:
            seat.next()
        assert [(m["author"], m["text"]) for m in seat.shown] == [("Ada", TEXT)]
    assert (PROMPT in str([request.body for request in model.requests])) == ("ego_opening_prompt" in setting)


def test_both_ways_are_refused(chats: Server) -> None:
    with pytest.raises(AssertionError, match="ego_opening and ego_opening_prompt are both set"):
        chats.create_session("talk", ego_opening=TEXT, ego_opening_prompt=PROMPT)
