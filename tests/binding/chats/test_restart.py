"""The server stops in the middle of replies and comes back: nothing is lost, nothing doubled, nothing left pending."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from harness import Server
from harness.chat import Chat, requests_of_broken_replies, rows
from harness.database import attempts

from otree_ego.testing import FakeService

PENDING = "SELECT uid, text, characters_delivered AS read FROM otree_ego_message WHERE status = 'pending'"


@pytest.fixture(autouse=True)
def _running(chats: Server) -> Iterator[None]:
    yield
    if not chats.running:
        chats.start()


def until(condition: Callable[[], object]) -> None:
    assert any(condition() for _ in attempts())


def texts(server: Server, code: str, role: str) -> list[tuple[str, str]]:
    return [(row["text"], row["status"]) for row in rows(server, code) if row["role"] == role]


@pytest.mark.any_database
def test_killed_while_ten_replies_stream(chats: Server, model: FakeService) -> None:
    session = chats.create_session("talk", 10)
    people = [person.start() for person in session.participants()]
    known = requests_of_broken_replies(chats)
    model.hold()
    with ExitStack() as stack:
        for number, person in enumerate(people):
            tab = stack.enter_context(Chat(person))
            tab.say(f"message {number}")
            told = tab.until(lambda told: told["t"] == "text")
        read = told["text"]
        until(lambda: {(row["text"], row["read"]) for row in chats.database.query(PENDING)} == {(read, len(read))})
        assert len(chats.database.query(PENDING)) == 10
        assert chats.kill() == -9
    sent = sorted([*known, *(each.content for each in model.requests)])
    assert sorted(requests_of_broken_replies(chats)) == sent and len(model.requests) == 10
    model.release()
    model.wait_until(lambda fake: fake.standing == 0)
    model.clear()
    chats.start()
    assert sorted(requests_of_broken_replies(chats)) == sent
    assert chats.database.query(PENDING) == []
    broken = [row for row in rows(chats, session.code) if row["role"] == "assistant"]
    assert read and [(row["text"], row["status"]) for row in broken] == [(read, "failed")] * 10
    assert {(row["characters_delivered"], row["requests"]) for row in broken} == {(str(len(read)), "1")}
    assert {row["finish_reason"] for row in broken} == {"server ended"}
    for number, person in enumerate(people):
        with Chat(person.reload()) as chat:
            assert chat.busy
            assert chat.texts[0] == ("user", f"message {number}")
            assert [m["status"] for m in chat.quiet()] == ["complete", "failed", "complete"]
            assert chat.shown[1]["why"] == "interrupted"
            assert chat.texts[2] == ("assistant", FakeService.DEFAULT_REPLY)
            assert not chat.open()["busy"]
    assert sorted(texts(chats, session.code, "user")) == [(f"message {n}", "complete") for n in range(10)]
    assert [row["error_type"] for row in rows(chats, session.code) if row["status"] == "failed"] == ["Interrupted"] * 10
    assert sorted(r.body["messages"][-1]["content"] for r in model.requests) == [f"message {n}" for n in range(10)]


@pytest.mark.any_database
def test_killed_as_soon_as_the_requests_are_out(chats: Server, model: FakeService) -> None:
    """Before anything has come of a reply, the write that made its place has what was sent."""
    session = chats.create_session("talk", 2)
    people = [person.start() for person in session.participants()]
    with ExitStack() as stack:
        tabs = [stack.enter_context(Chat(person)) for person in people]
        tabs[1].ask("It's “so”: äöü \U0001f600")
        known = requests_of_broken_replies(chats)
        model.clear()
        model.hold()
        for tab in tabs:
            tab.say("And this one?")
        model.wait_until(lambda fake: fake.standing == 2)
        assert chats.kill() == -9
    sent = [each.content for each in model.requests]
    assert sorted(requests_of_broken_replies(chats)) == sorted([*known, *sent])
    model.release()
    model.wait_until(lambda fake: fake.standing == 0)


@pytest.mark.any_database
def test_killed_while_another_model_is_asked(chats: Server, model: FakeService) -> None:
    """What was sent differs from what was about to be: it is written with what has come."""
    session = chats.create_session("talk", ego_fallback_model="gpt-6-terra", ego_temperature=0.25)
    known = requests_of_broken_replies(chats)
    model.fail(400, times=1)
    model.hold()
    with Chat(session.participant().start()) as chat:
        chat.say("Hello?")
        until(lambda: len(requests_of_broken_replies(chats)) == len(known) + 2)
        assert chats.kill() == -9
    sent = [each.content for each in model.requests]
    assert sorted(requests_of_broken_replies(chats)) == sorted([*known, *sent]) and b"terra" in sent[1]
    model.release()
    model.wait_until(lambda fake: fake.standing == 0)


@pytest.mark.any_database
def test_killed_with_messages_waiting(chats: Server, model: FakeService) -> None:
    session = chats.create_session("talk")
    person = session.participant().start()
    model.hold()
    with Chat(person) as chat:
        for number in range(3):
            chat.say(f"fast {number}")
            chat.until(lambda told: told["t"] == "add")
        chats.kill()
    model.release()
    chats.start()
    assert chats.database.query(PENDING) == []
    with Chat(person.reload()) as chat:
        chat.quiet()
        assert [text for role, text in chat.texts if role == "user"] == ["fast 0", "fast 1", "fast 2"]
        assert chat.shown[-1]["text"] == FakeService.DEFAULT_REPLY
        assert chat.ask("Go on")["status"] == "complete"
    asked = [m["content"] for m in model.requests[-1].body["messages"] if m["role"] == "user"]
    assert asked[0].split("\n\n")[:1] == ["fast 0"] and "\n\n".join(asked).split("\n\n") == [
        "fast 0", "fast 1", "fast 2", "Go on"
    ]  # fmt: skip


@pytest.mark.any_database
def test_a_deployment_while_a_reply_streams(chats: Server, model: FakeService) -> None:
    session = chats.create_session("talk")
    person = session.participant().start()
    model.hold()
    with Chat(person) as chat:
        chat.say("Do not lose this")
        chat.until(lambda told: told["t"] == "text")
        assert chats.stop() is not None
    model.release()
    chats.start()
    assert chats.database.query(PENDING) == []
    with Chat(person.reload()) as chat:
        assert chat.quiet()[-1]["text"] == FakeService.DEFAULT_REPLY
        assert [text for role, text in chat.texts if role == "user"] == ["Do not lose this"]


@pytest.mark.any_database
def test_a_failure_of_the_service_is_not_taken_up_by_itself(chats: Server, model: FakeService) -> None:
    session = chats.create_session("talk")
    person = session.participant().start()
    model.fail(500)
    with Chat(person) as chat:
        chat.ask("Hello?")
    chats.stop()
    model.clear()
    chats.start()
    with Chat(person.reload()) as chat:
        assert [m["status"] for m in chat.shown] == ["complete", "failed"]
        assert (chat.busy, model.requests) == (False, [])
        chat.do(do="retry")
        assert chat.until(lambda told: told["t"] == "end")["message"]["status"] == "complete"


@pytest.mark.any_database
def test_limits_of_the_session_count_on(chats: Server, model: FakeService) -> None:
    session = chats.create_session("talk", 2, ego_max_messages_session=2, ego_max_characters=8)
    ann, bob = (person.start() for person in session.participants())
    with Chat(ann) as chat:
        chat.ask("12345678")
    chats.stop()
    chats.start()
    with Chat(ann) as chat:
        assert chat.refused("9")["why"] == "limit_characters"
    with Chat(bob) as chat:
        chat.ask("mine")
        assert chat.refused("more")["why"] == "limit_messages_session"


@pytest.mark.any_database
def test_a_message_sent_again_after_the_restart_is_the_same(chats: Server, model: FakeService) -> None:
    person = chats.create_session("talk").participant().start()
    with Chat(person) as chat:
        chat.say("Did it arrive?", "browsers-own-id")
        chat.until(lambda told: told["t"] == "end")
    chats.kill()
    chats.start()
    with Chat(person.reload()) as chat:
        chat.say("Did it arrive?", "browsers-own-id")
        assert chat.until(lambda told: told["t"] == "add")["client_id"] == "browsers-own-id"
        assert len(chat.open()["messages"]) == 2
    assert len(model.requests) == 1
