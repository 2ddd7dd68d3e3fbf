"""The least and the most time of a chat's page: held on the server, over reloads and restarts, and in the data."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import pytest
from harness import Refused, Server
from harness.chat import CONFIG, Chat, rows
from harness.group_rooms import ROOM_FILES, Seat, room_field

from otree_ego.testing import FakeService


@pytest.fixture(scope="module")
def chats(chat_server: Callable[..., Server]) -> Server:
    config = {"name": "salon", "app_sequence": ["room"], **CONFIG, "room": ""}
    return chat_server(apps={"room": ROOM_FILES}, configs=[config])


def events(server: Server, code: str) -> list[dict[str, Any]]:
    found = server.custom_export("otree_ego", "events", session=code)
    return [{**row, **json.loads(row["details"])} for row in found if row["event"].startswith("chat ")]


def over(chat: Chat) -> dict[str, Any]:
    """Waits until the chat has ended; its status."""
    while chat.status["open"]:
        chat.next()
    return chat.status


def may_leave(chat: Chat) -> None:
    while not chat.status["next"]:
        chat.next()


def test_the_least_time_holds_next_back(chats: Server) -> None:
    session = chats.create_session("talk", 2, ego_min_seconds=1)
    one, two = (person.start() for person in session.participants())
    with pytest.raises(Refused, match=r"You can go on in a little while\."):
        one.submit()  # the chat was never opened
    with Chat(one) as chat:
        assert (chat.status["next"], chat.status["open"], chat.status["why"]) == (False, True, "")
        assert chat.status["hint"] == "You can go on in a little while." and chat.status["seconds_to_next"] is None
        chat.ask("Hello")
        with pytest.raises(Refused):
            two.submit()  # the other one has a time of their own
        may_leave(chat)
        assert chat.status["hint"] == ""
    assert one.submit().page == "End"
    with pytest.raises(Refused):
        two.submit()
    (opened,) = events(chats, session.code)
    assert (opened["event"], opened["participant"], opened["page"]) == ("chat opened", one.code, "Chat")


def test_the_least_time_with_a_countdown_and_messages(chats: Server) -> None:
    limits = dict(ego_min_seconds=125, ego_min_messages=1, ego_show_countdown=True)
    person = chats.create_session("talk", **limits, ego_language="de").participant().start()
    with pytest.raises(Refused, match=r"mindestens 1 Nachricht"):
        person.submit()
    with Chat(person) as chat:
        assert (chat.status["missing"], chat.status["seconds_left"]) == (1, None)
        chat.ask("Hallo")
        assert chat.status["hint"] == "In {time} können Sie weitergehen." and 0 < chat.status["seconds_to_next"] <= 125
        with pytest.raises(Refused, match=r"In [12]:\d\d können Sie weitergehen\."):
            person.submit()


def test_the_most_time_closes_the_chat_and_lets_a_reply_end(chats: Server, model: FakeService) -> None:
    model.reply = "one two three four five six"
    limits = dict(ego_max_seconds=1, ego_min_messages=5, ego_show_countdown=True)
    session = chats.create_session("talk", **limits)
    person = session.participant().start()
    with Chat(person) as chat, Chat(person) as tab:
        assert chat.status["seconds_left"] == 1
        model.hold()
        chat.say("Hello")
        for each in (chat, tab):
            told = over(each)
            assert (told["why"], told["next"]) == ("time_over", True)
            assert told["note"] == "The time for this chat is up. Thank you!"
        refused = chat.refused("More")
        assert (refused["why"], refused["text"]) == ("time_over", told["note"])
        model.release()
        chat.quiet()
        assert chat.texts == [("user", "Hello"), ("assistant", model.reply)]
        assert chat.open()["status"]["why"] == "time_over"
    opened, ended = events(chats, session.code)
    assert (opened["message_number"], ended["why"], ended["participant"]) == (1, "time", person.code)
    assert ended["seconds"] >= 1 and "text" not in ended
    chats.stop()
    chats.start()
    with Chat(person.reload()) as chat:
        assert (chat.status["open"], chat.status["note"]) == (False, told["note"])
        assert chat.texts == [("user", "Hello"), ("assistant", model.reply)]
    assert len(events(chats, session.code)) == 2
    assert person.submit().page == "End"


def test_the_time_goes_on_while_the_server_is_away(chats: Server) -> None:
    session = chats.create_session("talk", ego_max_seconds=1, ego_min_seconds=1, ego_word_time_over="Zeit ist um.")
    person = session.participant().start()
    with Chat(person) as chat:
        assert chat.status["open"] and not chat.status["next"]
        chats.kill()
    chats.start()
    with Chat(person) as chat:
        assert over(chat)["note"] == "Zeit ist um."
        while len(events(chats, session.code)) < 2:
            chat.open()
    assert person.submit().page == "End"


def test_a_failed_reply_is_not_tried_again_when_the_time_is_up(chats: Server, model: FakeService) -> None:
    person = chats.create_session("talk", ego_max_seconds=1).participant().start()
    with Chat(person) as chat:
        model.fail(500)
        assert chat.ask("Hello")["status"] == "failed"
        assert not over(chat)["again"]
        chat.do(do="retry")
        assert chat.until(lambda told: told["t"] == "no")["why"] == "time_over"


def test_a_group_has_one_time(chats: Server, model: FakeService) -> None:
    told = room_field({"name": "Ada", "speaks": "always"})
    session = chats.create_session("salon", 2, room=told, ego_max_seconds=1)
    with ExitStack() as stack:
        people = [person.start() for person in session.participants()]
        seats = [stack.enter_context(Seat(person)) for person in people]
        for seat in seats:
            assert over(seat)["why"] == "time_over"
        assert seats[1].refused("Hello?")["why"] == "time_over"
    found = events(chats, session.code)
    assert sorted((row["event"], row["participant"]) for row in found) == sorted(
        (kind, person.code) for kind in ("chat opened", "chat ended") for person in people
    )
    assert [row["text"] for row in rows(chats, session.code, "room") if row["role"] != "system"] == []
    for person in people:
        assert person.submit().page == "End"
