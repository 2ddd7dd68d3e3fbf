"""Every app of this repository with one person and seats for the rest; and oTree's own chat, live pages and groups."""

from __future__ import annotations

import json
from typing import Any

import pytest
from harness import Server
from harness.scripted_players import play, player, simple, with_answers
from harness.seats import seats_of, until_end, visits_of
from harness.walks import ANSWERS, APPS

from otree_ego.testing import FakeService

pytestmark = pytest.mark.any_database

SIZES = {"group_chat": {"group_chat_size": 3}}
OTHERS = ("recruit", "fields")


QUICK = ("group_chat",)
"""The others in `make test-all`."""


@pytest.mark.parametrize(
    "app", [app if app in QUICK else pytest.param(app, marks=pytest.mark.full) for app in (*APPS, *OTHERS)]
)
def test_each_app_is_played_beside_a_person(server: Server, app: str) -> None:
    session = server.create_session(app, 3, ego_ai_seats=2, **SIZES.get(app, {}))
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
    assert "Meet" not in visits, "it has come when the person needed it, and found the group"
    assert visits["Bid"]["outcome"] == "sent"
    rows = {row["participant.code"]: row for row in server.wide_export(session.code)}
    assert [rows[code]["talk_live.1.player.bid"] for code in session.codes] == ["7", "7"]


def test_seats_are_grouped_with_people_who_arrive(server: Server) -> None:
    session = server.create_session("talk_live", 4, ego_ai_seats="1 of 2", ego_seat_choice="first")
    seats = [session.codes[0], session.codes[2]]
    assert [each["participant"] for each in seats_of(server, session)] == seats
    for place in (1, 3):  # one after the other: who comes in the same moment may be grouped with a person
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
