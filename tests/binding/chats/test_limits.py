"""How much may be said and spent, and in which words the chat says so."""

from __future__ import annotations

from contextlib import ExitStack

import pytest
from harness import Refused, Server
from harness.chat import Chat, rows

from otree_ego.testing import FakeService


@pytest.fixture(scope="module")
def chats(chat_server) -> Server:
    return chat_server()


@pytest.mark.parametrize(
    ("setting", "first", "second", "why", "says"),
    [
        (dict(ego_max_messages=1), "one", "two", "limit_messages", "used all your messages"),
        (dict(ego_max_messages_session=1), "one", "two", "limit_messages_session", "takes no more messages"),
        (dict(ego_max_characters=10), "0123456789", "x", "limit_characters", "used all the text"),
        (dict(ego_max_characters=10), "012345", "012345", "too_long_left", "4 more characters"),
        (dict(ego_max_characters_session=10), "012345", "012345", "too_long_left", "4 more characters"),
        (dict(ego_max_cost=0.000001), "one", "two", "limit_cost", "Your part of this chat has reached its end"),
        (dict(ego_max_cost_session=0.000001), "one", "two", "limit_cost_session", "reached its end for everyone"),
        (dict(ego_max_length=3), "one", "four", "too_long", "up to 3 characters"),
    ],
)
def test_a_limit_refuses_with_its_text(
    chats: Server, model: FakeService, setting: dict[str, float], first: str, second: str, why: str, says: str
) -> None:
    session = chats.create_session("talk", 1, ego_min_messages=1, **setting)
    person = session.participant().start()
    with Chat(person) as chat:
        assert chat.ask(first)["status"] == "complete"
        told = chat.refused(second)
        assert (told["why"], says in told["text"]) == (why, True), told
        assert [m["text"] for m in chat.open()["messages"] if m["role"] == "user"] == [first]
    assert len(model.requests) == 1
    assert [row["text"] for row in rows(chats, session.code) if row["role"] == "user"] == [first]
    assert person.submit().page == "End"


def test_status_tells_how_many_are_left(chats: Server) -> None:
    with Chat(chats.create_session("talk", ego_max_messages=2).participant().start()) as chat:
        assert (chat.status["left"], chat.status["open"]) == (2, True)
        chat.ask("one")
        assert (chat.status["left"], chat.status["open"]) == (1, True)
        chat.ask("two")
        assert (chat.status["left"], chat.status["open"], chat.status["why"]) == (0, False, "limit_messages")
        assert "used all your messages" in chat.status["note"]


def test_one_participants_limit_leaves_the_others_alone(chats: Server) -> None:
    session = chats.create_session("talk", 2, ego_max_messages=1)
    for person in session.participants():
        with Chat(person.start()) as chat:
            chat.ask("mine")
            chat.refused("one more")
    assert [row["text"] for row in rows(chats, session.code) if row["role"] == "user"] == ["mine", "mine"]


def test_the_sessions_limit_counts_all_participants(chats: Server) -> None:
    session = chats.create_session("talk", 3, ego_max_messages_session=2, ego_min_messages=1)
    ann, bob, cy = (person.start() for person in session.participants())
    with Chat(ann) as first, Chat(bob) as second, Chat(cy) as third:
        first.ask("one")
        second.ask("two")
        assert third.refused("three")["why"] == "limit_messages_session"
    assert cy.submit().page == "End"


@pytest.mark.parametrize("app", ["talk", "table"])
def test_the_sessions_limit_holds_when_all_write_at_once(chats: Server, model: FakeService, app: str) -> None:
    session = chats.create_session(app, 8, ego_max_messages_session=3)
    with ExitStack() as stack:
        tabs = [stack.enter_context(Chat(person.start())) for person in session.participants()]
        ids = [tab.say(f"from {number}") for number, tab in enumerate(tabs)]
        answers = [
            tab.until(lambda told, uid=uid: told["t"] in ("add", "no") and told["client_id"] == uid)["t"]
            for tab, uid in zip(tabs, ids, strict=True)
        ]
        for tab in tabs:
            tab.quiet()
    assert sorted(answers) == ["add"] * 3 + ["no"] * 5
    assert len([row for row in rows(chats, session.code, app) if row["role"] == "user"]) == 3


def test_a_cost_limit_does_not_stop_models_without_a_price(chats: Server) -> None:
    with Chat(chats.create_session("talk", ego_model="constant/Fine", ego_max_cost=0.01).participant().start()) as chat:
        assert [chat.ask(text)["text"] for text in "abc"] == ["Fine"] * 3


def test_least_messages_hold_on_the_server(chats: Server) -> None:
    session = chats.create_session("talk", ego_min_messages=1, ego_word_next_hint="Please write {n} {more} first.")
    person = session.participant().start()
    with pytest.raises(Refused, match=r"Please write 1 \{more\} first\."):
        person.submit()
    with Chat(person) as chat:
        chat.ask("Hello")
    assert person.submit().page == "End"


def test_the_model_can_be_hidden(chats: Server, model: FakeService) -> None:
    person = chats.create_session("talk", ego_show_model=False).participant().start()
    with Chat(person) as chat:
        chat.ask("Who are you?")
        model.fail(500)
        assert chat.ask("And now?")["status"] == "failed"
        assert chat.open()["model"] == ""
        assert "gpt-6-luna" not in chat.live.text + person.html


def test_words_can_be_replaced_and_are_german(chats: Server) -> None:
    own = {"ego_word_send": "Los {geht} es", "ego_word_too_long": "Höchstens {n}, nicht {mehr}!"}
    session = chats.create_session("talk", ego_language="de", ego_max_length=5, **own)
    with Chat(session.participant().start()) as chat:
        assert (chat.words["send"], chat.words["stop"], chat.words["lang"]) == ("Los {geht} es", "Anhalten", "de")
        assert chat.refused("123456")["text"] == "Höchstens 5, nicht {mehr}!"
        assert chat.refused("  ")["text"] == "Bitte schreiben Sie zuerst etwas."
