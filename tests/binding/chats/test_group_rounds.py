"""Group chats in rounds: nobody speaks out of turn, replies wait for everybody, and nobody blocks them for ever."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import pytest
from harness import PostgreSQL, Server
from harness.admin import Session
from harness.chat import CONFIG
from harness.database import attempts
from harness.group_rooms import ROOM_FILES, Seat, record, room_field, settled
from harness.participant import Participant

from otree_ego.testing import FakeService

pytestmark = pytest.mark.any_database

ADA = {"name": "Ada", "speaks": "addressed"}
NAMES = ["Kim", "Lou", "Max"]


@pytest.fixture(scope="module")
def server(chat_server: Callable[..., Server], database: PostgreSQL | None) -> Server:
    config = {"name": "salon", "app_sequence": ["room"], **CONFIG, "room": "", "ego_system_prompt": ""}
    return chat_server({"room": ROOM_FILES}, [config], database=database)


def meet(
    server: Server,
    stack: ExitStack,
    people: int,
    *personas: dict[str, Any],
    more: Any = None,
    come: int = 9,
    **told: Any,
) -> tuple[Session, list[Participant], list[Seat]]:
    session = server.create_session("salon", people, room=room_field(*personas, names=NAMES, more=more), **told)
    there = [person.start() for person in session.participants()][:come]
    seats = [stack.enter_context(Seat(person)) for person in there]
    for seat in seats:
        seat.open()  # with everybody in the room
    return session, there, seats


def note(seat: Seat) -> tuple[bool, str]:
    return seat.status["open"], seat.status["note"]


def until(seat: Seat, text: str) -> None:
    while seat.status["note"] != text:
        seat.next()


def test_nobody_speaks_out_of_turn(server: Server, model: FakeService) -> None:
    with ExitStack() as stack:
        session, _, (kim, lou) = meet(server, stack, 2, ADA, ego_turns="round")
        assert (note(kim), note(lou)) == ((True, "It is your turn."), (False, "It is Kim’s turn."))
        refused = lou.refused("Me first")
        assert (refused["why"], refused["text"]) == ("turn", "It is Kim’s turn.")
        kim.say("One")
        lou.said("One")
        assert (note(lou), kim.refused("And two")["text"]) == ((True, "It is your turn."), "It is Lou’s turn.")
        model.hold()
        lou.say("Two")
        kim.said("One", "Two")
        assert note(kim) == (False, "It is Ada’s turn.")
        for seat in (kim, lou):
            assert seat.refused("Not now")["text"] == "It is Ada’s turn."
        model.release()
        texts = ("One", "Two", FakeService.DEFAULT_REPLY)
        for seat in (kim, lou):
            seat.said(*texts)
        assert (note(kim)[0], note(lou)[0]) == (True, False)
        assert lou.open()["status"]["note"] == "It is Kim’s turn."
    assert [row["text"] for row in record(server, session)] == list(texts)


def test_two_tabs_have_one_turn(server: Server, model: FakeService) -> None:
    with ExitStack() as stack:
        session, (kim, _), (seat, _) = meet(server, stack, 2, ego_turns="round")
        tab = stack.enter_context(Seat(kim))
        said = [(each, each.say("Hello")) for each in (seat, tab)]
        told = [each.until(lambda told, own=own: told.get("client_id") == own)["t"] for each, own in said]
        assert sorted(told) == ["add", "no"]
    assert len(record(server, session)) == 1


def test_whoever_is_gone_is_passed_over_and_comes_again(server: Server, model: FakeService) -> None:
    with ExitStack() as stack:
        session, people, (kim, lou) = meet(server, stack, 3, come=2, ego_turns="round", ego_gone_seconds=1)
        kim.say("One")
        lou.said("One")
        lou.say("Two")
        kim.said("One", "Two")
        until(kim, "It is your turn.")  # Max has never come
        people[1].reload()
        lou.live.close()
        kim.say("Three")
        kim.said("One", "Two", "Three")
        until(kim, "It is your turn.")
        kim.say("Four")
        kim.said("One", "Two", "Three", "Four")
        until(kim, "It is your turn.")
        with Seat(people[1]) as back:
            kim.say("Five")
            back.said("One", "Two", "Three", "Four", "Five")
            assert note(back) == (True, "It is your turn.")
            back.say("Six")
            kim.said("One", "Two", "Three", "Four", "Five", "Six")
    rows = server.custom_export("otree_ego", "events", session=session.code)
    passed = [row for row in rows if row["event"] == "passed over"]
    assert {json.loads(row["details"])["gone"] for row in passed} == {True}
    assert {row["participant"] for row in passed} == {person.code for person in session.participants()[1:]}


def test_whoever_is_silent_is_passed_over_where_that_is_declared(server: Server, model: FakeService) -> None:
    model.reply = "I go on."
    with ExitStack() as stack:
        session, _, (kim, lou) = meet(server, stack, 2, ADA, ego_turns="round", ego_turn_seconds=1, ego_gone_seconds=60)
        kim.said("I go on.")  # both have said nothing
        for _ in attempts():  # on a slow machine a turn may be over before it is taken
            until(lou, "It is your turn.")
            own = lou.say("Here I am")
            if lou.until(lambda told, own=own: told.get("client_id") == own)["t"] == "add":
                break
        else:
            raise AssertionError("It never was Lou's turn for long enough.")
    rows = server.custom_export("otree_ego", "events", session=session.code)
    passed = [row["participant"] for row in rows if row["event"] == "passed over"]
    assert len(passed) <= 4  # however often it was; an AI has written once or twice in between


def test_whose_messages_are_used_up_has_no_turn(server: Server, model: FakeService) -> None:
    with ExitStack() as stack:
        _, _, (kim, lou) = meet(server, stack, 2, ego_turns="round", ego_max_messages=1)
        kim.say("One")
        kim.said("One")
        lou.said("One")
        assert kim.status["why"] == "limit_messages"
        lou.say("Two")
        lou.said("One", "Two")
        assert lou.status["why"] == "limit_messages"


def test_an_ai_that_fails_or_passes_has_had_its_turn(server: Server, model: FakeService) -> None:
    model.reply = "PASS"
    mo = {"name": "Mo", "speaks": "moderator"}
    with ExitStack() as stack:
        session, _, (kim,) = meet(server, stack, 1, ADA, mo, ego_turns="round")
        model.fail(400)
        kim.say("One")
        until(kim, "It is your turn.") if kim.status["note"] != "It is your turn." else None
        settled(server, session, 3)
        until(kim, "It is your turn.")
        kim.say("Two")
        kim.until(lambda told: told["t"] == "add" and told["message"]["text"] == "Two")


def test_where_ais_are_hidden_turns_do_not_tell_of_them(server: Server, model: FakeService) -> None:
    with ExitStack() as stack:
        more = {"reveal_ais": False}
        _, _, (kim, lou) = meet(server, stack, 2, {**ADA, "pace": 0}, more=more, ego_turns="round")
        kim.said(FakeService.DEFAULT_REPLY)  # Ada comes first by the alphabet
        until(kim, "It is your turn.")
        until(lou, "It is Kim’s turn.")
        assert {told["t"] for told in _frames(kim)} <= {"state", "add", "status"}


def _frames(seat: Seat) -> list[dict[str, Any]]:
    carried = [json.loads(frame.text) for frame in seat.live.frames if frame.way == "received"]
    return [each["live_method_payload"]["ego"] for each in carried]


def test_replies_wait_until_everybody_has_written(server: Server, model: FakeService) -> None:
    model.reply = lambda body: body["messages"][0]["content"].partition("You are ")[2][:3] + " answers"
    ais = [{"name": "Ada"}, {"name": "Ben"}]
    needed = "Please write a message. The conversation goes on when everyone has written."
    with ExitStack() as stack:
        session, _, (kim, lou) = meet(server, stack, 2, *ais, ego_wait_for_all=True)
        assert note(kim) == note(lou) == (True, needed)
        kim.say("One")
        lou.said("One")
        kim.said("One")
        assert (note(kim), note(lou)) == ((True, "Waiting for a message from Lou."), (True, needed))
        kim.say("One more")
        lou.said("One", "One more")
        assert len(model.requests) == 0
        lou.say("Two")
        texts = ("One", "One more", "Two", "Ada answers", "Ben answers")
        for seat in (kim, lou):
            seat.said(*texts)
            until(seat, needed)
        lou.say("Three")
        kim.said(*texts, "Three")
        settled(server, session, 6)
        assert len(model.requests) == 2
        kim.say("Four")
        kim.said(*texts, "Three", "Four", "Ada answers", "Ben answers")


def test_a_round_does_not_wait_for_those_who_are_gone(server: Server, model: FakeService) -> None:
    with ExitStack() as stack:
        told = dict(ego_wait_for_all=True, ego_gone_seconds=1)
        _, _, (kim,) = meet(server, stack, 2, {"name": "Ada"}, come=1, **told)
        kim.say("One")
        kim.said("One", FakeService.DEFAULT_REPLY)
        kim.say("Two")
        kim.said("One", FakeService.DEFAULT_REPLY, "Two", FakeService.DEFAULT_REPLY)


def test_a_page_can_say_so_itself(server: Server, model: FakeService) -> None:
    with ExitStack() as stack:
        _, _, (_, lou) = meet(server, stack, 2, more={"turns": "round"})
        assert note(lou) == (False, "It is Kim’s turn.")
        _, _, (kim,) = meet(server, stack, 1, {"name": "Ada"}, more={"turns": "ring"})
        assert kim.status["why"] == "closed"
    assert "group_chat(turns=…): ego_turns = 'ring': this setting takes one of free, round" in server.log


def test_the_turn_is_the_same_after_a_restart(server: Server, model: FakeService) -> None:
    with ExitStack() as stack:
        _, people, (kim, lou) = meet(server, stack, 2, ego_turns="round")
        kim.say("One")
        lou.said("One")
    server.stop()
    server.start()
    with Seat(people[0]) as kim, Seat(people[1]) as lou:
        assert kim.refused("Two")["text"] == "It is Lou’s turn."
        lou.say("Two")
        kim.said("One", "Two")
