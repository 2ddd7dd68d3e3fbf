"""Reactions beside messages: at once on all pages, refused where they cannot be, told, exported, forgotten."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import pytest
from harness import PostgreSQL, Server
from harness.admin import Session
from harness.chat import CHAT_PAGE, CONFIG, END_PAGE, TABLE, Chat
from harness.group_rooms import ROOM_FILES, Seat, room_field

from otree_ego.testing import FakeService

SET = dict(ego_reactions="👍 👎 so-so")

LEAVE = TABLE.replace('"table"', '"leave"').replace(
    "class End(Page)",
    """    @staticmethod
    def before_next_page(player, timeout_happened):
        ai(player.participant).forget()


class End(Page)""",
)
"""People share a chat, and who goes on is forgotten."""


@pytest.fixture(scope="module")
def server(chat_server: Callable[..., Server], database: PostgreSQL | None) -> Server:
    config = {"name": "salon", "app_sequence": ["room"], **CONFIG, "room": "", "ego_system_prompt": ""}
    leave = {"name": "leave", "app_sequence": ["leave"], **CONFIG}
    apps = {"room": ROOM_FILES, "leave": {"__init__.py": LEAVE, "Chat.html": CHAT_PAGE, "End.html": END_PAGE}}
    return chat_server(apps, [config, {**leave, "name": "leaving"}], database=database)


def react(chat: Chat, uid: str, reaction: Any) -> dict[str, Any]:
    """Reacts; what the page is told of it."""

    def heard(told: dict[str, Any]) -> bool:
        mine = [one["reaction"] for one in told.get("reactions", ()) if one["mine"]] if told["t"] == "reactions" else []
        return told["t"] == "no" or (told["t"] == "reactions" and mine == ([reaction] if reaction else []))

    chat.do(do="react", message=uid, reaction=reaction)
    return chat.until(heard)


def events(server: Server, session: Session) -> list[tuple[str, str]]:
    rows = server.custom_export("otree_ego", "events", session=session.code)
    return [(row["participant"], json.loads(row["details"])["reaction"]) for row in rows if row["event"] == "reaction"]


def standing(chat: Chat, uid: str) -> list[tuple[str, int, bool]]:
    shown = next(m for m in chat.open()["messages"] if m["id"] == uid)
    return [(one["reaction"], one["n"], one["mine"]) for one in shown["reactions"]]


@pytest.mark.any_database
def test_a_reaction_is_on_all_pages_at_once_and_in_the_data(server: Server, model: FakeService) -> None:
    session = server.create_session("salon", 2, room=room_field({"name": "Ada"}, names=["Kim", "Lou"]), **SET)
    people = [person.start() for person in session.participants()]
    with Seat(people[0]) as kim, Seat(people[1]) as lou:
        assert kim.state["reactions"] == ["👍", "👎", "so-so"]
        kim.say("Hello")
        kim.said("Hello", FakeService.DEFAULT_REPLY)
        lou.said("Hello", FakeService.DEFAULT_REPLY)
        uid = kim.shown[1]["id"]
        assert react(kim, uid, "👎")["reactions"] == [{"reaction": "👎", "n": 1, "mine": True, "names": "Kim"}]
        assert lou.next() == {
            "t": "reactions", "id": uid, "reactions": [{"reaction": "👎", "n": 1, "mine": False, "names": "Kim"}],
        }  # fmt: skip
        react(lou, uid, "👎")
        react(kim, uid, "👍")
        assert standing(lou, uid) == [("👍", 1, False), ("👎", 1, True)]
        react(lou, uid, "")
        assert standing(lou, uid) == [("👍", 1, False)]
        assert people[0].code not in lou.live.text
    kim_, lou_ = (person.code for person in people)
    assert events(server, session) == [(kim_, "👎"), (lou_, "👎"), (kim_, "👍"), (lou_, "")]
    server.stop()
    server.start()
    with Seat(people[1]) as lou:
        assert standing(lou, uid) == [("👍", 1, False)]


@pytest.mark.any_database
def test_what_is_no_reaction_is_refused_and_nothing_is_written(server: Server, model: FakeService) -> None:
    session = server.create_session("talk", 2, **SET)
    ann, bob = (person.start() for person in session.participants())
    with Chat(ann) as mine, Chat(bob) as other:
        uid, theirs = mine.ask("Hello")["id"], other.ask("Hello")["id"]
        wrong = [
            (uid, "🎉"),
            (theirs, "👍"),
            ("0" * 32, "👍"),
            ("", "👍"),
            (uid, "👍 "),
            (uid, 5),
            (None, "👍"),
            (uid, None),
        ]
        for message, reaction in wrong:
            assert react(mine, message, reaction)["t"] == "no", (message, reaction)
        mine.do(do="react")
        assert mine.until(lambda told: told["t"] == "no")["why"] == "bad_message"
        model.fail(400)
        assert react(mine, mine.ask("And now?")["id"], "👍")["why"] == "bad_reaction"
        assert standing(mine, uid) == []
        assert react(mine, uid, "👍")["t"] == "reactions"
    assert events(server, session) == [(ann.code, "👍")]
    plain = server.create_session("talk", 1).participant().start()
    with Chat(plain) as chat:
        assert react(chat, chat.ask("Hello")["id"], "👍")["why"] == "bad_reaction"


@pytest.mark.any_database
def test_a_thousand_a_second_are_refused(server: Server, model: FakeService) -> None:
    session = server.create_session("talk", 1, **SET)
    with Chat(session.participant().start()) as chat:
        uid = chat.ask("Hello")["id"]
        for number in range(1000):
            chat.do(do="react", message=uid, reaction=("👍", "👎")[number % 2])
        answers = [chat.until(lambda told: told["t"] in ("reactions", "no")) for _ in range(1000)]
        refused = [told["why"] for told in answers if told["t"] == "no"]
        assert set(refused) == {"too_fast"} and len(refused) > 500
        assert chat.ask("Still there?")["status"] == "complete"
    assert 0 < len(events(server, session)) <= 1000 - len(refused)  # the same again is no change


@pytest.mark.any_database
def test_the_model_is_told_where_that_is_wanted(server: Server, model: FakeService) -> None:
    line = "(The participant reacted to this message with 👎)"
    for told in (True, False):
        with Chat(server.create_session("talk", 1, ego_tell_reactions=told, **SET).participant().start()) as chat:
            react(chat, chat.ask("Hello")["id"], "👎")
            chat.ask("Why?")
        sent = [(m["role"], m["content"]) for m in model.requests[-1].body["messages"]][1:]
        asked = f"{line}\n\nWhy?" if told else "Why?"
        assert sent == [("user", "Hello"), ("assistant", FakeService.DEFAULT_REPLY), ("user", asked)]
    room = room_field({"name": "Ada"}, names=["Kim", "Lou"])
    session = server.create_session("salon", 2, room=room, ego_tell_reactions=True, **SET)
    with ExitStack() as stack:
        kim, lou = (stack.enter_context(Seat(person.start())) for person in session.participants())
        kim.say("Hello")
        lou.said("Hello", FakeService.DEFAULT_REPLY)
        react(lou, lou.shown[0]["id"], "so-so")
        lou.say("Ada?")
        lou.said("Hello", FakeService.DEFAULT_REPLY, "Ada?", FakeService.DEFAULT_REPLY)
    sent = [m["content"] for m in model.requests[-1].body["messages"]][1:]
    assert sent == [
        "Kim: Hello", "(Lou reacted to this message with so-so)", FakeService.DEFAULT_REPLY, "Lou: Ada?"
    ]  # fmt: skip


def test_a_page_can_name_its_own(server: Server, model: FakeService) -> None:
    room = room_field({"name": "Ada"}, more={"reactions": ["yes", "no"]})
    with Seat(server.create_session("salon", 1, room=room, **SET).participant().start()) as seat:
        assert seat.state["reactions"] == ["yes", "no"]
    room = room_field({"name": "Ada"}, more={"reactions": ["a b"]})
    with Seat(server.create_session("salon", 1, room=room).participant().start()) as seat:
        assert seat.status["why"] == "closed"
    assert "group_chat(…, reactions=…) = ['a b']: this takes up to 12" in server.log


@pytest.mark.any_database
def test_forgetting_somebody_forgets_their_reactions(server: Server, model: FakeService) -> None:
    session = server.create_session("leaving", 2, **SET)
    ann, bob = (person.start() for person in session.participants())
    with Chat(ann) as mine, Chat(bob) as other:
        uid = mine.ask("Hello")["id"]
        react(mine, uid, "👍")
        react(other, uid, "👎")
        assert standing(other, uid) == [("👍", 1, False), ("👎", 1, True)]
        assert ann.submit().page == "End"
        assert standing(other, uid) == [("👎", 1, True)]
        assert events(server, session) == [(bob.code, "👎")]
    assert bob.submit().page == "End"
    assert events(server, session) == []
