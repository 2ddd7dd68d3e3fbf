"""Every app of this repository with one person and seats for the rest; and oTree's own chat, live pages and groups."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest
from harness import Participant, Server
from harness.admin import Session
from harness.database import PATIENCE, attempts
from harness.scripted_players import play, player, simple, with_answers
from harness.seats import seats_of, until_end, until_status, visits_of, where
from harness.waiting import Tab
from harness.walks import ANSWERS, APPS

from otree_ego.testing import FakeService

pytestmark = pytest.mark.any_database

SIZES = {"group_chat": {"group_chat_size": 3}}
OTHERS = ("recruit", "fields")
EVERY = [
    *(pytest.param(app, SIZES.get(app, {}).get("group_chat_size", 2), id=app) for app in (*APPS, *OTHERS)),
    *(
        pytest.param(app, 3, id=f"{app}-two seats", marks=pytest.mark.full)
        for app in (*APPS, *OTHERS)
        if app not in SIZES
    ),
]
"""Each app with one seat; in `make test-all` with two."""


@pytest.mark.parametrize("app, participants", EVERY)
def test_each_app_is_played_beside_a_person(server: Server, app: str, participants: int) -> None:
    session = server.create_session(app, participants, ego_ai_seats=participants - 1, **SIZES.get(app, {}))
    person = player(session, script=with_answers({**ANSWERS.get(app, {}), "answer": "42", "age": 30}))
    assert play(person) == [None]
    seats = until_end(server, session)
    assert [each["participant"] for each in seats] == list(session.codes[1:])
    for code in session.codes[1:]:
        visits = visits_of(server, code)
        assert [each["number"] for each in visits] == list(range(1, len(visits) + 1))
        assert visits[-1]["outcome"] == "end"
        assert {each["outcome"] for each in visits} <= {"sent", "waited", "end", "stopped", "timed out"}, visits


def test_a_seat_meets_a_person_talks_and_bids(server: Server) -> None:
    session = server.create_session("talk_live", 2, ego_ai_seats="1 of 2")

    async def live(view: Any, messages: Any) -> dict[str, Any]:
        await view.send({"bid": 7})
        async for message in messages:
            if message["bid"] == 7:
                return {"bid": 7}
        return {}

    def script(page: Any) -> dict[str, Any]:
        return {**simple(page), "chat": ["Hello!"]}

    person = player(session, 0, script, live=live)
    assert play(person) == [None]
    (seat,) = until_end(server, session)
    assert (seat["participant"], seat["why"], seat["status"]) == (session.codes[1], "seat", "ended")
    visits = {each["page"]: each for each in visits_of(server, session.codes[1])}
    assert json.loads(visits["Talk"]["said"]) == ["Hello from a seat."]
    assert visits.get("Meet", {"outcome": "waited"})["outcome"] == "waited"  # or it came when the group was there
    assert visits["Bid"]["outcome"] == "sent"
    rows = {row["participant.code"]: row for row in server.wide_export(session.code)}
    assert [rows[code]["talk_live.1.player.bid"] for code in session.codes] == ["7", "7"]


def test_seats_are_grouped_with_people_who_arrive(server: Server) -> None:
    session = server.create_session("talk_live", 4, ego_ai_seats="1 of 2", ego_seat_choice="first")
    seats = [session.codes[0], session.codes[2]]
    assert [each["participant"] for each in seats_of(server, session)] == seats
    for place in (1, 3):
        session.participant(place).start().until("Talk")
    groups: dict[str, list[str]] = {}
    for row in server.wide_export(session.code):
        groups.setdefault(row["talk_live.1.group.id_in_subsession"], []).append(row["participant.code"])
    assert sorted(sum(code in seats for code in group) for group in groups.values()) == [1, 1]


@pytest.mark.full
def test_nobody_but_seats(server: Server, model: FakeService) -> None:
    session = server.create_session("talk_live", 2, ego_ai_seats=2)
    seats = until_end(server, session)
    assert [each["model"] for each in seats] == ["gpt-6-luna"] * 2


# --- groups by arrival with a number of seats each: people in the same moment, people who leave ---

LONG_AGO = 100
"""Seconds: more than people wait for seats, and than oTree takes somebody for present who says nothing."""


def arrive(session: Session, place: int) -> Participant:
    """Somebody who has come to the page that makes groups."""
    return session.participant(place).start().submit(town="Mainz")


def begin(server: Server, model: FakeService, app: str, people: int, seats: str) -> Session:
    """A session whose seats still think about the first page."""
    model.hold()
    session = server.create_session(app, people, ego_ai_seats=seats)
    number = len(seats_of(server, session))
    model.wait_until(lambda service: service.standing >= number, PATIENCE)
    return session


def shares(server: Server, session: Session, people: list[int]) -> list[tuple[int, int]]:
    """Of the group of each of some people, once they are all past the page: how many people and seats it has."""
    for _ in attempts():
        if all(where(server, session.codes[place]) > 2 for place in people):
            break
    else:
        raise TimeoutError(f"They still wait.\n{server.log[-3000:]}")
    seats = {each["participant"] for each in seats_of(server, session)}
    groups: dict[str, list[str]] = {}
    for row in server.wide_export(session.code):
        column = next(name for name in row if name.endswith(".1.group.id_in_subsession") and "town" not in name)
        groups.setdefault(row[column], []).append(row["participant.code"])
    mine = [next(group for group in groups.values() if session.codes[place] in group) for place in people]
    return [(sum(code not in seats for code in group), sum(code in seats for code in group)) for group in mine]


def change(server: Server, code: str, column: str) -> None:
    """Let something that happened to a participant have happened long ago."""
    server.database.execute(f"UPDATE otree_participant SET {column} = {column} - {LONG_AGO} WHERE code = '{code}'")


@pytest.mark.parametrize("order", [(0, 2), pytest.param((2, 0), marks=pytest.mark.full)])
def test_people_who_come_in_the_same_moment_get_their_seats(
    server: Server, model: FakeService, order: tuple[int, int]
) -> None:
    """Both are there before any seat is."""
    session = begin(server, model, "twos", 4, "1 of 2")
    people = [arrive(session, place) for place in order]
    assert all(each.waiting and each.reload().waiting for each in people)
    model.release()
    for each in people:
        each.until("Play")
    assert shares(server, session, list(order)) == [(1, 1), (1, 1)]


@pytest.mark.full
def test_two_seats_of_three_for_each_person(server: Server, model: FakeService) -> None:
    session = begin(server, model, "threes", 9, "2 of 3")
    people = [arrive(session, place) for place in (0, 3, 6)]
    assert all(each.reload().waiting for each in people), "three people make no group of three"
    model.release()
    for each in people:
        each.until("Play")
    assert Counter(shares(server, session, [0, 3, 6])) == {(1, 2): 3}


def test_who_leaves_and_comes_back_still_gets_a_group(server: Server, model: FakeService) -> None:
    """The others have gone on, and seats are kept."""
    session = begin(server, model, "twos", 4, "1 of 2")
    gone, other = arrive(session, 0), arrive(session, 2)
    with Tab(gone):
        pass
    for _ in attempts():
        query = f"SELECT _waitpage_is_connected AS is_there FROM otree_participant WHERE code = '{gone.code}'"
        if not server.database.query(query)[0]["is_there"]:
            break
    change(server, gone.code, "_last_request_timestamp")
    model.release()
    other.until("Play")
    assert shares(server, session, [2]) == [(1, 1)]
    assert gone.reload().until("Play").page == "Play"
    assert shares(server, session, [0]) == [(1, 1)]


@pytest.mark.full
def test_numbers_that_do_not_divide(server: Server, model: FakeService) -> None:
    """Of four people with two seats, one comes late: the third waits for them, and nobody is left."""
    session = begin(server, model, "threes", 6, "1 of 3")
    people = [arrive(session, place) for place in (0, 1, 3)]
    model.release()
    for each in people[:2]:
        each.until("Play")
    assert people[2].reload().waiting
    late = arrive(session, 4)
    for each in (late, people[2]):
        each.until("Play")
    assert shares(server, session, [0, 1, 3, 4]) == [(2, 1)] * 4


@pytest.mark.full
def test_people_are_grouped_when_no_seat_is_left(server: Server, model: FakeService) -> None:
    model.key = "another key"
    session = server.create_session("twos", 4, ego_ai_seats="1 of 2", ego_seat_gives_up="stay")
    until_status(server, session, "stopped", 2)
    people = [arrive(session, place) for place in (0, 2)]
    for each in people:
        each.until("Play")
    assert shares(server, session, [0, 2]) == [(2, 0), (2, 0)]


def test_people_do_not_wait_for_a_seat_for_ever(server: Server, model: FakeService) -> None:
    session = begin(server, model, "twos", 4, "1 of 2")
    people = [arrive(session, place) for place in (0, 2)]
    change(server, people[0].code, "_last_page_timestamp")
    assert people[0].reload().waiting, "the other one has just come"
    change(server, people[1].code, "_last_page_timestamp")
    for each in people:
        each.reload().until("Play")
    assert shares(server, session, [0, 2]) == [(2, 0), (2, 0)]


def test_a_method_of_the_apps_own_keeps_the_say(server: Server, model: FakeService) -> None:
    session = begin(server, model, "own_twos", 4, "1 of 2")
    people = [arrive(session, place) for place in (0, 2)]
    for each in people:
        each.reload().until("Play")
    assert shares(server, session, [0, 2]) == [(2, 0), (2, 0)]
