"""How much of a reply has reached a browser is in the data, whoever leaves and comes back."""

from __future__ import annotations

import pytest
from harness import Server, Session
from harness.chat import Chat, rows
from harness.database import attempts

from otree_ego.testing import FakeService

LENGTH = len(FakeService.DEFAULT_REPLY)


def replies(server: Server, session: Session, wanted: tuple[str, ...]) -> list[tuple[str, str]]:
    """Status and characters delivered of each reply, as soon as the first column is as wanted."""
    for _ in attempts(pause=0.05):
        found = [row for row in rows(server, session.code) if row["role"] == "assistant"]
        if tuple(row["status"] for row in found) == wanted:
            break
    return [(row["status"], row["characters_delivered"]) for row in found]


def until(server: Server, session: Session, delivered: str) -> None:
    assert any(replies(server, session, ("complete",)) == [("complete", delivered)] for _ in attempts(pause=0.05))


@pytest.mark.any_database
def test_a_participant_who_stays_has_it_all(chats: Server, model: FakeService) -> None:
    session = chats.create_session("talk", 2)
    for person in session.participants():
        with Chat(person.start()) as chat:
            chat.ask("Hello?")
    assert replies(chats, session, ("complete", "complete")) == [("complete", str(LENGTH))] * 2
    user = rows(chats, session.code)[1]
    assert (user["role"], user["characters_delivered"]) == ("user", "")


def test_one_who_leaves_has_what_had_come_and_all_when_they_come_back(chats: Server, model: FakeService) -> None:
    session = chats.create_session("talk")
    person = session.participant().start()
    model.hold()
    with Chat(person) as chat:
        chat.say("Hello?")
        some = len(chat.until(lambda told: told["t"] == "text")["text"])
    person.reload()
    model.release()
    assert 0 < some < LENGTH
    assert replies(chats, session, ("complete",)) == [("complete", str(some))]
    with Chat(person):
        until(chats, session, str(LENGTH))


@pytest.mark.any_database
def test_what_another_attempt_has_taken_back_is_not_delivered(chats: Server, model: FakeService) -> None:
    session = chats.create_session("talk", ego_retries=1, ego_fallback_text="Sorry.")
    person = session.participant().start()
    model.fault("drop_mid")
    with Chat(person) as chat:
        chat.ask("Hello?")
    assert replies(chats, session, ("complete",)) == [("complete", str(LENGTH))]
    session = chats.create_session("talk", ego_retries=0)
    model.fault("drop_mid", -1)
    with Chat(session.participant().start()) as chat:
        chat.ask("Hello?")
    ((_, delivered),) = replies(chats, session, ("failed",))
    assert int(delivered) <= len("Hello from ")
