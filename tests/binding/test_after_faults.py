"""After each fault of a service: the page is usable, with the next good answer, and the record says what happened."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from harness import PostgreSQL, Server
from harness.chat import Chat, rows
from harness.database import attempts
from harness.faults import FAULTS, MARK, deadline
from harness.group_rooms import ROOM_FILES, Seat, settled
from harness.waiting import decisions, waits

from otree_ego.testing import FakeService

pytestmark = pytest.mark.any_database

OK = FakeService.DEFAULT_REPLY
IN_A_GROUP = ("garbage", "429", "gzip bomb", "thoughts never closed")
"""Of each way in which a reply can fail one: a group's replies fail as those of a chat of one's own."""


@pytest.fixture(scope="module")
def server(chat_server: Callable[..., Server], database: PostgreSQL | None) -> Server:
    return chat_server({"room": ROOM_FILES, "page": waits("page")}, database=database)


def told_truly(row: dict[str, str], name: str) -> None:
    """Whether the row of a reply that failed says what happened."""
    fault = FAULTS[name]
    assert (row["status"], row["error_type"]) == ("failed", fault.error), row
    # On a busy machine a server's first request, which loads the SDK, may have come to no text in its time.
    assert row["text"] == fault.kept or (name == "stall" and not row["text"])
    assert fault.says in row["error"], row["error"]
    assert [one["error"] for one in json.loads(row["failed_requests"])] == [fault.error]
    assert (MARK in row["parameters"]) is (name == "thoughts never closed")


def sent(model: FakeService) -> str:
    """What the service was sent last."""
    return json.dumps(model.requests[-1].body)


@pytest.mark.parametrize("name", FAULTS)
def test_a_chat(server: Server, model: FakeService, name: str) -> None:
    session = server.create_session("talk", ego_deadline=deadline(name))
    with Chat(session.participant().start()) as chat:
        FAULTS[name].plan(model)
        reply = chat.ask("Hello?")
        assert (reply["status"], reply["text"], chat.status["open"], chat.busy) == ("failed", "", True, False)
        model.heal()
        chat.do(do="retry")
        assert chat.until(lambda told: told["t"] == "end")["message"]["text"] == OK
        assert chat.ask("And now?")["text"] == OK
        assert [m["status"] for m in chat.open()["messages"]] == ["complete", "failed"] + ["complete"] * 3
        # Text that was streamed is taken back by the reply's end; nothing else of the service's is shown.
        shown = [frame for frame in chat.live.text.splitlines() if '"t": "text"' not in frame]
        assert MARK not in str(shown) and MARK not in sent(model)
    first, again, last = (row for row in rows(server, session.code) if row["role"] == "assistant")
    told_truly(first, name)
    assert [(row["status"], row["text"], row["error_type"]) for row in (again, last)] == [("complete", OK, "")] * 2


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name in IN_A_GROUP else pytest.mark.full) for name in FAULTS]
)
def test_a_group_chat(server: Server, model: FakeService, name: str) -> None:
    session = server.create_session("room", 1, ego_deadline=deadline(name))
    with Seat(session.participant().start()) as seat:
        FAULTS[name].plan(model)
        seat.say("Hello?")
        seat.until(lambda told: told["t"] == "add" and told["message"]["status"] == "failed")
        assert seat.status["open"] and not seat.typing
        model.heal()
        seat.do(do="retry")
        seat.until(lambda told: told["t"] == "add" and told["message"]["text"] == OK)
        seat.say("And now?")
        assert [text for _, text in seat.said("Hello?", "", OK, "And now?", OK)]
        assert MARK not in seat.live.text and MARK not in sent(model)
    replies = [row for row in settled(server, session, 5) if row["role"] == "assistant"]
    told_truly(replies[0], name)
    assert [(row["status"], row["text"], row["error_type"]) for row in replies[1:]] == [("complete", OK, "")] * 2


@pytest.mark.parametrize("name", FAULTS)
def test_a_waiting_page(server: Server, model: FakeService, name: str) -> None:
    session = server.create_session("page", 1, ego_deadline=deadline(name))
    FAULTS[name].plan(model)
    person = session.participant().start().submit()
    row = ended(server, session)
    assert (row["status"], row["error_type"]) == ("failed", FAULTS[name].error)
    assert FAULTS[name].says in row["error"], row["error"]
    assert "No decision came" in person.reload().html and MARK not in person.html
    model.heal()
    model.reply = "42"
    person.url += "?again=1"
    person.reload().until("After")
    assert MARK not in sent(model)
    row = ended(server, session)
    assert (row["status"], json.loads(row["answer"]), row["times_started"], row["error_type"]) == (
        "stored",
        {"answer": 42},
        "2",
        "",
    )
    replies = [row for row in rows(server, session.code, "page") if row["role"] == "assistant"]
    told_truly(replies[0], name)
    assert [(row["status"], row["text"]) for row in replies[1:]] == [("complete", "42")]


def ended(server: Server, session: Any) -> dict[str, str]:
    """A session's one decision, when it is no longer under way."""
    for _ in attempts(pause=0.1):
        found = decisions(server, "page", session.code)
        if [row["status"] for row in found if row["status"] != "pending"]:
            return found[0]
    raise AssertionError(found)
