"""Pages that no answer leaves, a model that is down, money that is spent, a session that is deleted under its seats."""

from __future__ import annotations

import pytest
from harness import Server
from harness.database import PATIENCE, attempts
from harness.scripted_players import play, player, simple
from harness.seats import chatty, seats_of, until_end, until_status, visits_of, where

from otree_ego.testing import FakeService

pytestmark = pytest.mark.any_database


def test_a_page_that_accepts_nothing_is_submitted_as_if_its_time_were_up(server: Server) -> None:
    session = server.create_session("talk_live", 2, ego_ai_seats=2, endless=True)
    until_end(server, session)
    visits = [each for each in visits_of(server, session.codes[0]) if each["page"] == "Endless"]
    assert [each["outcome"] for each in visits] == ["stopped"] and "answers were refused" in visits[0]["note"]


def test_a_seat_that_stays_goes_on_when_it_is_moved_on(server: Server) -> None:
    session = server.create_session("talk_live", 2, ego_ai_seats=2, endless=True, ego_seat_gives_up="stay")
    found = until_status(server, session, "stopped", 2)
    assert all("answers were refused" in each["note"] for each in found)
    server.advance_slowest(session.code)
    until_end(server, session)


@pytest.fixture(scope="module")
def cost_of_one_and_a_half(server: Server, model: FakeService) -> float:
    """What a seat's model has cost in the middle of its second page: after that page a limit of so much is reached."""
    model.reply = chatty
    session = server.create_session("three", 2, ego_ai_seats="1 of 2")
    query = f"SELECT cost FROM otree_ego_visit WHERE player = '{session.codes[1]}' ORDER BY number"
    model.wait_until(lambda _: len(server.database.query(query)) >= 3, PATIENCE)
    first, second, *_ = (float(row["cost"]) for row in server.database.query(query))
    server.delete_session(session.code)
    return first + second / 2


@pytest.mark.parametrize(
    "policy, limit",
    [("advance", "ego_max_cost_session"), ("stay", "ego_seat_max_cost"), ("end", "ego_seat_max_cost"),
     pytest.param("advance", "ego_seat_max_cost", marks=pytest.mark.full),
     pytest.param("end", "ego_max_cost_session", marks=pytest.mark.full)],
)  # fmt: skip
def test_a_person_waits_for_a_seat_whose_money_is_spent(
    server: Server, model: FakeService, cost_of_one_and_a_half: float, policy: str, limit: str
) -> None:
    """The limit is reached after two pages, while the person is on the wait page already."""
    model.hold()
    before = len(model.requests)
    own = {"ego_seat_gives_up": policy, limit: cost_of_one_and_a_half}
    session = server.create_session("three", 2, ego_ai_seats="1 of 2", **own)
    seat = session.codes[1]
    person = session.participant(0).start().submit(first="a").submit(second="b").submit(third="c")
    assert (person.page, person.waiting) == ("Meet", True)
    model.release()
    if policy == "stay":
        (stopped,) = until_status(server, session, "stopped", 1)
        assert limit in stopped["note"] and where(server, seat) == 3
        assert person.reload().waiting, "the others wait until somebody moves the seat on"
        server.advance_slowest(session.code)
    assert person.until("Play").page == "Play"
    (here,) = seats_of(server, session) if policy == "stay" else until_end(server, session)
    assert here["participant"] == seat
    visits = visits_of(server, seat)
    assert [each["outcome"] for each in visits[:3]] == ["sent", "sent", "stopped"], visits
    assert limit in visits[2]["note"] and len(model.requests) - before == 2
    rows = {row["participant.code"]: row for row in server.wide_export(session.code)}
    names = [f"three.1.player.{name}" for name in ("first", "second", "third")]
    assert [rows[session.codes[0]][name] for name in names] == ["a", "b", "c"]
    given = [rows[seat][name] for name in names]
    assert all(given[:2]) and not given[2]


@pytest.mark.full
def test_a_button_that_only_scripts_can_press(server: Server) -> None:
    session = server.create_session("talk_live", 2, ego_ai_seats=2, scripted=True)
    until_end(server, session)
    (visit,) = (each for each in visits_of(server, session.codes[0]) if each["page"] == "Scripted")
    assert "only works in a browser" in visit["note"]


def test_a_model_that_is_down_keeps_no_person_waiting(server: Server, model: FakeService) -> None:
    model.key = "another key"
    session = server.create_session("talk_live", 2, ego_ai_seats=1)

    def script(page: object) -> dict[str, object]:
        return {**simple(page), "bid": 1, "chat": []}  # type: ignore[arg-type]

    assert play(player(session, 0, script)) == [None]
    until_end(server, session)
    assert any("key" in each["note"] for each in visits_of(server, session.codes[1]))


@pytest.mark.full
@pytest.mark.parametrize("limit", ["ego_seat_max_cost", "ego_max_cost_session"])
def test_money_that_is_spent(server: Server, model: FakeService, limit: str) -> None:
    session = server.create_session("fields", 2, ego_ai_seats=1, **{limit: 1e-9})
    before = len(model.requests)
    until_end(server, session)
    assert len(model.requests) - before <= 1
    stopped = [each for each in visits_of(server, session.codes[1]) if each["outcome"] == "stopped"]
    assert stopped and all(limit in each["note"] for each in stopped)


def test_a_session_is_deleted_under_its_seats(server: Server, model: FakeService) -> None:
    model.hold()
    session = server.create_session("fields", 3, ego_ai_seats=2)
    model.wait_until(lambda service: service.standing == 2, PATIENCE)
    log = len(server.log)
    server.delete_session(session.code)
    model.release()
    again = server.create_session("recruit", 1, ego_ai_seats=1)
    until_end(server, again)
    for _ in attempts():
        if not server.database.query("SELECT 1 AS n FROM otree_ego_ai_seat WHERE status = 'playing'"):
            break
    assert seats_of(server, session) == []
    assert "Traceback" not in server.log[log:]


@pytest.mark.full
def test_other_seats_go_on_when_one_stops(server: Server, model: FakeService) -> None:
    session = server.create_session("talk_live", 4, ego_ai_seats=4, endless=True, ego_seat_gives_up="stay")
    until_status(server, session, "stopped", 4)
    assert len({where(server, code) for code in session.codes}) == 1
