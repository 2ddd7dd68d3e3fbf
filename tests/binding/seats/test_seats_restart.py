"""The server ends and starts again under its seats: they play on, with what they remember, and answer nothing twice."""

from __future__ import annotations

from typing import Any

import pytest
from harness import Server
from harness.database import PATIENCE
from harness.scripted_players import play, player, with_answers
from harness.seats import chatty, seats_of, until_end, visits_of, where

from otree_ego.testing import FakeService

pytestmark = pytest.mark.any_database

ENDS = {
    "SIGTERM": lambda server: server.stop(),
    "SIGKILL": lambda server: server.kill(),
}


async def bids(view: Any, messages: Any) -> dict[str, Any]:
    await view.send({"bid": 7})
    async for _ in messages:
        return {"bid": 7}
    return {}


@pytest.mark.full  # in make test: tests/binding/takeover, with people and takeovers in the middle
@pytest.mark.parametrize("end", ["SIGTERM", "SIGKILL"])
def test_seats_play_on_with_what_they_remember(server: Server, model: FakeService, end: str) -> None:
    session = server.create_session("fields", 3, ego_ai_seats=2)
    model.wait_until(lambda service: len(service.requests) >= 3, PATIENCE)
    model.hold()
    model.wait_until(lambda service: service.standing >= 1, PATIENCE)
    ENDS[end](server)
    model.release()
    before = {code: where(server, code) for code in session.codes[1:]}
    server.start()
    until_end(server, session)
    for code in session.codes[1:]:
        visits = visits_of(server, code)
        sent = [each["page_index"] for each in visits if each["outcome"] in ("sent", "timed out")]
        assert sent == sorted(set(sent)), "a page was answered twice"
        assert where(server, code) > before[code] or before[code] == where(server, code)
    rows = server.custom_export("otree_ego", "messages", session.code)
    assert len({row["thread"] for row in rows}) == 2, "each seat has one memory"


@pytest.mark.full
def test_three_kills_in_a_row_with_a_person_in_the_middle(server: Server, model: FakeService) -> None:
    session = server.create_session("talk_live", 4, ego_ai_seats="1 of 2")
    for place in (0, 2):
        session.participant(place).start()
    for _ in range(3):
        server.kill()
        server.start()
    people = [player(session, place, live=bids) for place in (0, 2)]
    assert play(*people) == [None, None]
    until_end(server, session)
    for seat in seats_of(server, session):
        sent = [
            v["page_index"] for v in visits_of(server, seat["participant"]) if v["outcome"] in ("sent", "timed out")
        ]
        assert sent == sorted(set(sent))


def test_an_answer_that_was_not_sent_is_not_asked_for_again(server: Server, model: FakeService) -> None:
    """The model has answered; the server ends while the seat takes its time to send the page."""
    session = server.create_session("recruit", 1, ego_ai_seats=1, ego_seat_pace="600")
    asked = {"count": 0}

    def counted(body: Any) -> Any:
        asked["count"] += 1
        return chatty(body)

    model.reply = counted
    code = session.codes[0]
    written = f"SELECT m.text FROM otree_ego_message m JOIN otree_ego_thread t ON t.uid = m.thread WHERE t.owner = " \
              f"'participant:{code}#ego_seat' AND m.role = 'assistant' AND m.status = 'complete'"  # fmt: skip
    model.wait_until(lambda _: bool(server.database.query(written)), PATIENCE)
    server.kill()
    first = asked["count"]
    server.start()
    until_taken = "SELECT status FROM otree_ego_ai_seat WHERE participant = '{code}'"
    assert server.database.query(until_taken.format(code=code))
    other = server.create_session("recruit", 1, ego_ai_seats=1)
    until_end(server, other)
    assert len(server.database.query(written)) == first == 1
    server.delete_session(session.code)


@pytest.mark.full
def test_people_go_on_beside_seats_after_a_restart(server: Server) -> None:
    session = server.create_session("fields", 2, ego_ai_seats=1)
    server.stop()
    server.start()
    assert play(player(session, script=with_answers({"answer": "42", "age": 30}))) == [None]
    until_end(server, session)
