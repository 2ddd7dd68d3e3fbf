"""Replies of a form inside a chat: one part is shown, as it comes; the others are in the data and in hooks."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from harness import Server
from harness.chat import CHAT_PAGE, CONFIG, END_PAGE, TALK, Chat, rows
from harness.database import attempts
from harness.group_rooms import ROOM, Seat

from otree_ego.testing import FakeService

KINDS = ("pydantic", "dataclass", "schema")
FORM = """
from dataclasses import dataclass

from pydantic import BaseModel


class Reply(BaseModel):
    text: str
    mood: int


@dataclass
class Plain:
    mood: int
    text: str


FORMS = dict(pydantic=Reply, dataclass=Plain, schema={
    "type": "object", "properties": {"text": {"type": "string"}, "mood": {"type": "integer"}},
    "required": ["text", "mood"], "additionalProperties": False,
})


class C("""
LIVE = """    @staticmethod
    async def live_method(player, data):
        config = player.session.config
        form = FORMS[config.get("form", "pydantic")]
        show, remember = config.get("show", "text"), config.get("remember", False)
        async for update in chat(player, data, reply=form, show=show, remember=remember):
            yield update

    @staticmethod
    async def on_reply(player, message):
        return dict(mood=message.answer["mood"] if message.answer else -1)
"""
PARTY = ROOM.replace('"room"', '"party"').replace("class C(", FORM[1:], 1).replace("**more):", "reply=Reply, **more):")


@pytest.fixture(scope="module")
def server(chat_server: Callable[..., Server], model: FakeService) -> Server:
    source = (
        TALK.replace('"talk"', '"formed"').replace("class C(", FORM[1:], 1).replace("    live_method = chat\n", LIVE)
    )
    source = source.replace(
        "class Player(BasePlayer):\n    pass", "class Player(BasePlayer):\n    mood = models.IntegerField()"
    )
    pages = {"Chat.html": CHAT_PAGE, "End.html": END_PAGE}
    apps = {"formed": {"__init__.py": source, **pages}, "party": {"__init__.py": PARTY, **pages}}
    own = {"app_sequence": ["formed"], **CONFIG, "show": "text", "remember": False}
    return chat_server(apps=apps, configs=[{"name": f"formed_{kind}", "form": kind, **own} for kind in KINDS])


def form(text: str, mood: Any = 3) -> str:
    return json.dumps({"text": text, "mood": mood})


def answers(server: Server, session: Any, app: str = "formed") -> list[dict[str, str]]:
    return [row for row in rows(server, session.code, app) if row["role"] == "assistant"]


@pytest.mark.parametrize("kind", KINDS)
def test_one_part_is_shown_and_all_of_it_recorded(server: Server, model: FakeService, kind: str) -> None:
    model.reply = form("Good morning!", 5)
    session = server.create_session(f"formed_{kind}")
    with Chat(session.participant().start()) as chat:
        assert chat.ask("Hello")["text"] == "Good morning!"
        assert chat.ask("And now?")["text"] == "Good morning!"
        assert "mood" not in chat.live.text
    body = model.requests[-1].body
    assert [m["content"] for m in body["messages"][1:]] == ["Hello", "Good morning!", "And now?"]
    assert body["messages"][0]["content"].count("JSON Schema") == 1
    assert body["response_format"]["type"] == "json_schema"
    first, _ = answers(server, session)
    assert first["text"] == "Good morning!" and json.loads(first["answer"]) == {"text": "Good morning!", "mood": 5}
    for _ in attempts(pause=0.05):
        (row,) = server.app_export("formed", session.code)
        if row["player.mood"] == "5":
            break


def test_it_is_shown_as_it_comes(server: Server, model: FakeService) -> None:
    model.reply = form("one two three four five six seven eight")
    model.hold()
    person = server.create_session("formed_pydantic").participant().start()
    with Chat(person) as chat, Chat(person) as tab:
        chat.say("Count")
        piece = chat.until(lambda told: told["t"] == "text")
        assert piece["at"] == 0 and "one two three four five six".startswith(piece["text"].strip()) and piece["text"]
        assert tab.open()["messages"][-1]["text"].startswith("one")
        model.release()
        assert chat.quiet()[-1]["text"] == "one two three four five six seven eight"
        assert '{"' not in chat.messages[piece["id"]]["text"] and "mood" not in chat.live.text


def test_a_stopped_reply_keeps_the_part(server: Server, model: FakeService) -> None:
    model.reply = form("one two three four five six seven eight")
    model.hold()
    session = server.create_session("formed_pydantic")
    with Chat(session.participant().start()) as chat:
        chat.say("Count")
        shown = chat.until(lambda told: told["t"] == "text")["text"]
        chat.do(do="stop")
        reply = chat.quiet()[-1]
        assert reply["status"] == "partial" and reply["text"].startswith(shown) and "{" not in reply["text"]
    model.release()
    assert answers(server, session)[0]["text"] == reply["text"]


def test_what_does_not_fit_is_asked_again_and_never_shown(server: Server, model: FakeService) -> None:
    replies = ["Hello, I am no JSON.", form("Nearly.", "high"), form("Now.")]
    model.reply = lambda body: replies[min(len(body["messages"]) // 2 - 1, 2)]
    session = server.create_session("formed_pydantic")
    with Chat(session.participant().start()) as chat:
        assert chat.ask("Hello")["text"] == "Now."
        assert "no JSON" not in chat.live.text and "Schema" not in chat.live.text
        assert [m["text"] for m in chat.open()["messages"]] == ["Hello", "Now."]
    assert len(model.requests) == 3
    again = model.requests[1].body["messages"]
    assert again[-2]["content"] == "Hello, I am no JSON." and "could not be used" in again[-1]["content"]
    (row,) = answers(server, session)
    assert row["requests"] == "3" and "Not in the form" in row["failed_requests"]


def test_three_answers_that_do_not_fit_are_a_failure_with_try_again(server: Server, model: FakeService) -> None:
    model.reply = "I do not speak JSON."
    with Chat(server.create_session("formed_pydantic").participant().start()) as chat:
        reply = chat.ask("Hello")
        assert (reply["status"], reply["text"], chat.status["again"]) == ("failed", "", True)
        assert len(model.requests) == 3
        assert "speak JSON" not in chat.live.text
        model.reply = form("Now I do.")
        chat.do(do="retry")
        chat.until(lambda told: told["t"] == "end")
        assert chat.shown[-1]["text"] == "Now I do."


def test_a_service_that_fails_is_asked_as_often_as_without_a_form(server: Server, model: FakeService) -> None:
    model.fail(500, times=2)
    with Chat(server.create_session("formed_pydantic").participant().start()) as chat:
        assert chat.ask("Hello")["status"] == "failed"
    assert len(model.requests) == 1  # ego_retries is 0


def test_the_model_remembers_all_of_it_if_it_is_to(server: Server, model: FakeService) -> None:
    model.reply = form("Hi!")
    session = server.create_session("formed_pydantic", remember=True)
    with Chat(session.participant().start()) as chat:
        chat.ask("Hello")
        chat.ask("And now?")
        assert "mood" not in chat.live.text
    assert [m["content"] for m in model.requests[-1].body["messages"][1:]] == ["Hello", form("Hi!"), "And now?"]


def test_a_part_that_is_no_text_is_refused(server: Server, model: FakeService) -> None:
    with Chat(server.create_session("formed_pydantic", show="mood").participant().start()) as chat:
        assert chat.status["why"] == "closed"
    assert "show='mood' is no text of the form; it has text." in server.log


def test_personas_answer_in_a_form_too(server: Server, model: FakeService) -> None:
    model.reply = form("I am Ada.")
    session = server.create_session("party")
    with Seat(session.participant().start()) as seat:
        seat.say("Hello")
        seat.said("Hello", "I am Ada.")
    assert model.requests[-1].body["messages"][0]["content"].count("JSON Schema") == 1
    (row,) = answers(server, session, "party")
    assert json.loads(row["answer"])["mood"] == 3
