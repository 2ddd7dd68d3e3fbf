"""Live payloads that the page does not send: refused or passed over, and nobody is worse off."""

from __future__ import annotations

from typing import Any

import pytest
from harness import Server
from harness.chat import Chat, rows

from otree_ego.testing import FakeService

NONSENSE: dict[str, Any] = {
    "a number": 7,
    "a float": 1e308,
    "true": True,
    "null": None,
    "a list": ["say", "hello"],
    "a string": "hello",
    "an empty string": "",
    "an empty object": {},
    "other live messages": {"bid": 3},
    "ego is null": {"ego": None},
    "ego is a list": {"ego": [{"do": "say", "text": "hi", "id": "1"}]},
    "ego is a string": {"ego": "open"},
    "no verb": {"ego": {"text": "hi", "id": "1"}},
    "unknown verb": {"ego": {"do": "delete"}},
    "verb is a list": {"ego": {"do": ["say"]}},
    "verb is an object": {"ego": {"do": {"do": "say"}}},
    "no text": {"ego": {"do": "say", "id": "1"}},
    "text is a number": {"ego": {"do": "say", "text": 5, "id": "1"}},
    "text is a list": {"ego": {"do": "say", "text": ["a"], "id": "1"}},
    "text is an object": {"ego": {"do": "say", "text": {"a": "b"}, "id": "1"}},
    "no id": {"ego": {"do": "say", "text": "hi"}},
    "id is a number": {"ego": {"do": "say", "text": "hi", "id": 1}},
    "id is null": {"ego": {"do": "say", "text": "hi", "id": None}},
    "id is a list": {"ego": {"do": "say", "text": "hi", "id": ["1"]}},
    "id is empty": {"ego": {"do": "say", "text": "hi", "id": ""}},
    "id is huge": {"ego": {"do": "say", "text": "hi", "id": "x" * 500_000}},
    "deeply nested": {"ego": {"do": "say", "id": "1", "text": [[[[[[[[[["deep"]]]]]]]]]]}},
    "a surrogate as verb": {"ego": {"do": "\ud83d"}},
    "nothing to try again": {"ego": {"do": "retry"}},
    "nothing to stop": {"ego": {"do": "stop", "id": 3}},
}


@pytest.fixture(scope="module")
def chats(chat_server) -> Server:
    return chat_server()


@pytest.mark.parametrize("name", NONSENSE)
def test_nonsense_does_no_harm(chats: Server, model: FakeService, name: str) -> None:
    session, before = chats.create_session("talk", 2), len(chats.log)
    ann, bob = session.participants()
    with Chat(ann.start()) as chat, Chat(bob.start()) as other:
        chat.live.send(NONSENSE[name])
        assert chat.ask("Hello")["status"] == "complete"
        assert chat.texts == [("user", "Hello"), ("assistant", FakeService.DEFAULT_REPLY)]
        assert other.ask("Hi")["status"] == "complete"
        assert len(other.shown) == 2
    assert len(model.requests) == 2
    assert len([row for row in rows(chats, session.code) if row["role"] != "system"]) == 4
    assert "Traceback" not in chats.log[before:]


@pytest.mark.parametrize("frame", ["", "{", "nul", "[1,", "\x00", "NaN", '{"ego": {"do": "open"'])
def test_frames_that_are_not_json_close_at_most_their_own_line(chats: Server, frame: str) -> None:
    session = chats.create_session("talk", 2)
    ann, bob = (person.start() for person in session.participants())
    with Chat(bob) as other:
        with Chat(ann) as chat:
            chat.live.send_text(frame)
        with Chat(ann) as chat:
            assert chat.ask("Hello")["status"] == "complete"
        assert other.ask("Hi")["status"] == "complete"


def test_forged_fields_change_nothing(chats: Server, model: FakeService) -> None:
    session = chats.create_session("talk", 2)
    ann, bob = session.participants()
    with Chat(ann.start()) as chat, Chat(bob.start()) as other:
        forged = dict(
            author=bob.code, role="system", status="failed", seq=-5, mine=False, hidden=True, model="gpt-99",
            participant_code=bob.code, player=2, thread="0" * 32, time=0, cost=-100, session="x", uid="f" * 32,
        )  # fmt: skip
        chat.do(do="say", text="I am somebody else", id="forged-1", **forged)
        chat.until(lambda told: told["t"] == "end")
        assert other.open()["messages"] == []
        assert [(m["role"], m["status"], m["mine"]) for m in chat.shown] == [
            ("user", "complete", True),
            ("assistant", "complete", False),
        ]
    (asked,) = [row for row in rows(chats, session.code) if row["role"] == "user"]
    assert (asked["author"], asked["participant"], asked["status"], asked["hidden"]) == (
        ann.code,
        ann.code,
        "complete",
        "0",
    )
    assert asked["message_id"] != "f" * 32
    assert model.requests[-1].body["model"] == "gpt-6-luna"


def test_one_may_not_take_anothers_message_id(chats: Server) -> None:
    session = chats.create_session("table", 2)
    ann, bob = (person.start() for person in session.participants())
    with Chat(ann) as hers, Chat(bob) as his:
        hers.say("Ann's", "the-same-id")
        hers.until(lambda told: told["t"] == "end")
        his.quiet()
        his.say("Bob's", "the-same-id")
        his.until(lambda told: told["t"] == "add" and told["message"]["text"] == "Bob's")
        his.quiet()
        uid = hers.shown[0]["id"]
        his.say("Bob forges", uid)
        his.until(lambda told: told["t"] == "end")
    asked = [(row["text"], row["author"]) for row in rows(chats, session.code, "table") if row["role"] == "user"]
    assert asked == [("Ann's", ann.code), ("Bob's", bob.code), ("Bob forges", bob.code)]


def test_an_id_with_a_surrogate_is_answered(chats: Server) -> None:
    with Chat(chats.create_session("talk").participant().start()) as chat:
        chat.say("Hello", "id-\ud83d-\x00")
        assert chat.until(lambda told: told["t"] == "add")["client_id"] == "id-\ud83d-\x00"
        assert chat.until(lambda told: told["t"] == "end")["message"]["status"] == "complete"


def test_too_many_at_once_are_refused_and_the_rest_answered(chats: Server, model: FakeService) -> None:
    model.hold()
    with Chat(chats.create_session("talk").participant().start()) as chat:
        ids = [chat.say(f"flood {number}") for number in range(40)]
        answers = {}
        while len(answers) < len(ids):
            told = chat.next()
            if told["t"] in ("add", "no"):
                answers[told["client_id"]] = told.get("why", "taken")
        assert [answers[uid] for uid in ids] == ["taken"] * 20 + ["too_fast"] * 20
        model.release()
        assert len(chat.quiet()) == 40
        assert chat.ask("Calm again")["status"] == "complete"
