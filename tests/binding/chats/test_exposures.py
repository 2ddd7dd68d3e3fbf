"""Next waits until replies were shown: on the page, on the server, for each participant, and in the data."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import ExitStack

import pytest
from harness import PostgreSQL, Refused, Server
from harness.admin import Session
from harness.chat import CONFIG, Chat
from harness.database import attempts
from harness.group_rooms import ROOM_FILES, Seat, room_field

from otree_ego.testing import FakeService

pytestmark = pytest.mark.any_database

COMING = "Please wait for the reply before you go on."


@pytest.fixture(scope="module")
def server(chat_server: Callable[..., Server], database: PostgreSQL | None) -> Server:
    config = {"name": "salon", "app_sequence": ["room"], **CONFIG, "room": "", "ego_system_prompt": ""}
    return chat_server({"room": ROOM_FILES}, [config], database=database)


def events(server: Server, session: Session) -> list[dict[str, str]]:
    """Who was shown what, as the analyst gets it."""
    rows = server.custom_export("otree_ego", "events", session=session.code)
    return [{**row, **json.loads(row["details"])} for row in rows if row["event"] == "reply shown"]


def test_messages_sent_fast_and_a_click_on_next_are_refused(server: Server, model: FakeService) -> None:
    session = server.create_session("talk", ego_min_messages=3, ego_min_replies=3, ego_read_last=True)
    person = session.participant().start()
    model.hold()
    with Chat(person) as chat:
        for number in range(3):
            chat.say(f"Message {number}")
        chat.until(lambda told: told["t"] == "text")
        assert (chat.status["missing"], chat.status["next"]) == (0, False)
        assert chat.status["hint"] == "Please read 3 more replies before you go on."
        with pytest.raises(Refused, match="read 3 more replies"):
            person.submit()
        model.release()
        chat.quiet()
        assert (chat.status["next"], chat.status["hint"], chat.status["wait"]) == (True, "", 0)
    assert person.submit().page == "End"
    found = events(server, session)
    assert [(row["participant"], row["page"], row["whole"]) for row in found] == [(person.code, "Chat", True)] * 3
    assert {row["characters"] for row in found} == {len(FakeService.DEFAULT_REPLY)}
    assert len({row["message"] for row in found}) == 3


def test_a_reply_that_came_when_nobody_was_there_was_not_shown(server: Server, model: FakeService) -> None:
    session = server.create_session("talk", ego_min_replies=1)
    person = session.participant().start()
    model.hold()
    with Chat(person) as chat:
        chat.say("Hello?")
        chat.until(lambda told: told["t"] == "text")
    person.reload()
    model.release()
    for _ in attempts(pause=0.05):
        if [r["status"] for r in server.custom_export("talk", session=session.code)][-1] == "complete":
            break
    with pytest.raises(Refused, match="read 1 more reply"):
        person.submit()
    with Chat(person) as chat:
        assert chat.status["next"]
    assert person.submit().page == "End"


def test_what_was_shown_is_known_after_a_restart(server: Server, model: FakeService) -> None:
    session = server.create_session("talk", 2, ego_min_replies=1, ego_read_last=True)
    ann, bob = (person.start() for person in session.participants())
    with Chat(ann) as chat:
        chat.ask("Hello?")
    for _ in attempts(pause=0.05):
        if events(server, session):
            break
    server.stop()
    server.start()
    with pytest.raises(Refused, match="read 1 more reply"):
        bob.submit()
    assert ann.submit().page == "End"
    assert len(events(server, session)) == 1


def test_time_to_read_is_held_on_the_server(server: Server, model: FakeService) -> None:
    session = server.create_session("talk", ego_read_last=True, ego_reading_speed=1, ego_language="de")
    person = session.participant().start()
    with Chat(person) as chat:
        chat.ask("Hallo?")
        assert not chat.status["next"]
        assert 0 < chat.status["wait"] <= 1000 * len(FakeService.DEFAULT_REPLY)
        assert chat.status["hint"] == "Bitte lesen Sie die letzte Antwort, bevor Sie weitergehen."
        with pytest.raises(Refused, match="Bitte lesen Sie die letzte Antwort"):
            person.submit()


def test_a_stopped_reply_and_a_failed_one_do_what_is_declared(server: Server, model: FakeService) -> None:
    told = dict(ego_min_replies=1, ego_read_last=True, ego_failed_reply="try again", ego_max_try_again=1)
    person = server.create_session("talk", **told).participant().start()
    with Chat(person) as chat:
        model.hold()
        chat.say("One")
        chat.until(lambda frame: frame["t"] == "text")
        chat.do(do="stop")
        chat.until(lambda frame: frame["t"] == "end")
        model.release()
        assert not chat.status["next"]
        model.fail(400)
        assert chat.ask("Two")["status"] == "failed"
        with pytest.raises(Refused):
            person.submit()
        model.fail(400)
        chat.do(do="retry")
        chat.until(lambda frame: frame["t"] == "end")
        assert (chat.status["next"], chat.status["again"]) == (True, False)
    assert person.submit().page == "End"
    person = server.create_session("talk", ego_read_last=True, ego_stopped_reply="go on").participant().start()
    with Chat(person) as chat:
        model.hold()
        chat.say("One")
        chat.until(lambda frame: frame["t"] == "text")
        with pytest.raises(Refused, match=COMING):
            person.submit()
        chat.do(do="stop")
        chat.until(lambda frame: frame["t"] == "end")
        model.release()
    assert person.submit().page == "End"


def test_the_last_message_of_all_still_waits_for_its_reply(server: Server, model: FakeService) -> None:
    told = dict(ego_max_messages=1, ego_min_replies=5, ego_read_last=True)
    person = server.create_session("talk", **told).participant().start()
    model.hold()
    with Chat(person) as chat:
        chat.say("All I may say")
        chat.until(lambda frame: frame["t"] == "text")
        assert (chat.status["open"], chat.status["next"]) == (False, False)
        with pytest.raises(Refused):
            person.submit()
        model.release()
        chat.quiet()
    assert person.submit().page == "End"


def test_in_a_group_each_has_to_be_shown_it(server: Server, model: FakeService) -> None:
    told = dict(ego_min_replies=1, ego_read_last=True)
    session = server.create_session("salon", 2, room=room_field({"name": "Ada"}), **told)
    ann, bob = (person.start() for person in session.participants())
    with ExitStack() as stack:
        seat = stack.enter_context(Seat(ann))
        model.hold()
        seat.say("Ada?")
        seat.until(lambda frame: frame["t"] == "add")
        with pytest.raises(Refused, match="read 1 more reply"):
            ann.submit()
        model.release()
        seat.said("Ada?", FakeService.DEFAULT_REPLY)
        with pytest.raises(Refused, match="read 1 more reply"):
            bob.submit()
        assert ann.submit().page == "End"
        assert [row["participant"] for row in events(server, session)] == [ann.code]
        stack.enter_context(Seat(bob))
        assert bob.submit().page == "End"
    assert {row["participant"] for row in events(server, session)} == {ann.code, bob.code}


def test_where_ais_are_hidden_next_does_not_tell_who_is_one(server: Server, model: FakeService) -> None:
    room = room_field(
        {"name": "Ada", "speaks": "addressed", "pace": 1}, names=["Kim", "Lou"], more=dict(reveal_ais=False)
    )
    session = server.create_session("salon", 2, room=room, ego_min_replies=1, ego_read_last=True)
    ann, bob = (person.start() for person in session.participants())
    with Seat(ann) as kim, Seat(bob) as lou:
        kim.say("Hello Lou")
        lou.said("Hello Lou")
        assert (kim.status["next"], lou.status["next"]) == (False, True)
        model.hold()
        lou.say("Ada?")
        lou.said("Hello Lou", "Ada?")
        assert lou.status["next"]
        model.release()
    assert bob.submit().page == "End"


def test_a_group_whose_ais_say_nothing_more_holds_nobody(server: Server, model: FakeService) -> None:
    room = room_field({"name": "Ada", "at_most": 1})
    session = server.create_session("salon", 1, room=room, ego_min_replies=3, ego_read_last=True)
    person = session.participant().start()
    with Seat(person) as seat:
        assert not seat.status["next"]
        seat.say("Ada?")
        seat.said("Ada?", FakeService.DEFAULT_REPLY)
        assert seat.status["next"]
    assert person.submit().page == "End"
