"""Chats that outgrow their model's context: they go on, also after a restart, and the data say what was left out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from harness import Server
from harness.chat import CHAT_PAGE, END_PAGE, SECRET_PROMPT, TALK, Chat, rows

from otree_ego.testing import FakeService

QUESTION = "word " * 8
CHOOSES = TALK.replace('"talk"', '"chooses"').replace(
    "    live_method = chat\n",
    "    @staticmethod\n    async def live_method(player, data):\n"
    "        async for update in chat(player, data, context=last_question):\n            yield update\n",
).replace(
    "class C(BaseConstants)",
    "def last_question(messages, tokens):\n    return [messages[0], messages[-1]]\n\n\nclass C(BaseConstants)",
)  # fmt: skip
CROWD = (
    TALK.replace('"talk"', '"crowd"')
    .replace("import ai, chat, chat_error", "import Persona, ai, chat_error, custom_export_requests, group_chat")
    .replace(
        "    live_method = chat\n",
        "    @staticmethod\n    async def live_method(player, data):\n"
        "        personas = [Persona('Ada', 'You are Ada the brave.')]\n"
        "        async for update in group_chat(player, data, personas=personas):\n            yield update\n",
    )
    .replace("chat_error(player)", "chat_error(player, ai(player.group))")
    .replace("ai(player).from_config()", "ai(player.group).from_config()")
)
APPS = {
    "chooses": {"__init__.py": CHOOSES, "Chat.html": CHAT_PAGE, "End.html": END_PAGE},
    "crowd": {"__init__.py": CROWD, "Chat.html": CHAT_PAGE, "End.html": END_PAGE},
}


@pytest.fixture(scope="module")
def server(chat_server: Any) -> Server:
    return chat_server(apps=APPS)


@pytest.fixture(autouse=True)
def _small(server: Server, model: FakeService) -> Iterator[None]:
    model.reply = "reply " * 10
    yield
    model.context_tokens, model.context_error = None, ""
    if not server.running:
        server.start()


def talks(chat: Chat, first: int, last: int, says: str = "complete") -> None:
    for number in range(first, last):
        assert chat.ask(f"{number} {QUESTION}")["status"] == says


def sent(model: FakeService) -> list[list[dict[str, str]]]:
    return [each.body["messages"] for each in model.requests]


def replies(server: Server, code: str, app: str = "talk") -> list[dict[str, str]]:
    return [row for row in rows(server, code, app) if row["role"] == "assistant"]


def test_sixty_turns_and_a_restart(server: Server, model: FakeService) -> None:
    model.context_tokens = 200
    session = server.create_session("talk", 1, ego_max_tokens=20)
    person = session.participant().start()
    with Chat(person) as chat:
        talks(chat, 0, 40)
    first = len(model.requests)
    assert first in (40, 41)  # another chat may have learned it before
    server.stop()
    server.start()
    with Chat(person.reload()) as chat:
        assert len(chat.shown) == 80
        talks(chat, 40, 60)
    assert len(model.requests) == first + 20  # what was learned is kept: the service is not asked in vain again
    for request in sent(model):
        assert request[0] == {"role": "system", "content": SECRET_PROMPT} and request[1]["role"] == "user"
    found = replies(server, session.code)
    assert [row["status"] for row in found] == ["complete"] * 60
    params = json.loads(found[-1]["parameters"])["left_out"]
    assert params["messages"] + len(sent(model)[-1]) == 120
    assert params["message_numbers"] == f"2-{params['messages'] + 1}"
    assert person.submit().page == "End"


def test_a_chat_that_is_refused_goes_on(server: Server, model: FakeService) -> None:
    session = server.create_session(
        "talk", 1, ego_context="refuse", ego_context_tokens=250, ego_min_messages=30, ego_max_length=5000
    )
    person = session.participant().start()
    with Chat(person) as chat:
        talks(chat, 0, 2)
        told = chat.ask("word " * 400)
        assert (told["status"], told["why"], told["text"]) == ("failed", "context", "")
        assert chat.status["open"] and chat.status["next"] and not chat.status["again"]
        assert "too long for another reply" in chat.words["context"]
        assert len(model.requests) == 2
        assert chat.ask("Short.")["status"] == "complete"
        assert not chat.status["next"]
        assert "word " * 20 not in json.dumps(sent(model)[-1])
        chat.ask("word " * 400)
        assert [m["why"] for m in chat.open()["messages"]][-1] == "context"
    failed = [row for row in replies(server, session.code) if row["status"] == "failed"]
    assert {(row["error_type"], row["text"]) for row in failed} == {("ContextExceeded", "")}
    assert "250 tokens" in failed[0]["error"]
    assert person.submit().page == "End"


def test_in_german(server: Server, model: FakeService) -> None:
    session = server.create_session("talk", 1, ego_context="refuse", ego_context_tokens=100, ego_language="de")
    with Chat(session.participant().start()) as chat:
        assert chat.ask("Wort " * 300)["why"] == "context"
        assert chat.words["context"].startswith("Für eine weitere Antwort ist dieses Gespräch zu lang geworden.")
    assert not model.requests


def test_a_refused_chat_lets_its_participant_go_after_a_restart(server: Server, model: FakeService) -> None:
    session = server.create_session("talk", 1, ego_context="refuse", ego_context_tokens=100, ego_min_messages=5)
    person = session.participant().start()
    with Chat(person) as chat:
        chat.ask("word " * 300)
    server.stop()
    server.start()
    assert person.reload().submit().page == "End"


def test_a_function_of_the_apps(server: Server, model: FakeService) -> None:
    session = server.create_session("chooses", 1)
    person = session.participant().start()
    with Chat(person) as chat:
        talks(chat, 0, 3)
    server.stop()
    server.start()
    with Chat(person.reload()) as chat:
        talks(chat, 3, 5)
    assert [len(each) for each in sent(model)] == [2] * 5
    assert json.loads(replies(server, session.code, "chooses")[-1]["parameters"])["left_out"]["messages"] == 8


def test_an_ai_in_a_group(server: Server, model: FakeService) -> None:
    model.context_tokens = 200
    session = server.create_session("crowd", 1, ego_max_tokens=20)
    with Chat(session.participant().start()) as chat:
        for number in range(25):
            chat.say(f"{number} {QUESTION}")
            chat.until(lambda told: told["t"] == "add" and told["message"]["role"] == "assistant")
    assert len(model.requests) in (25, 26)  # another chat may have learned it before
    for request in sent(model):
        assert "You are Ada the brave." in request[0]["content"]
    last = sent(model)[-1]
    assert "24 word" in last[-1]["content"] and not any("10 word" in turn["content"] for turn in last)
    found = replies(server, session.code, "crowd")
    left_out = json.loads(found[-1]["parameters"])["left_out"]
    assert left_out["messages"] + len(last) == 50 and left_out["message_numbers"].startswith("2-")


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (dict(ego_context="forget"), "ego_context"),
        (dict(ego_context_tokens=5), "ego_context_tokens"),
        (dict(ego_context_tokens="many"), "ego_context_tokens"),
        (dict(ego_context_tokens=1000, ego_max_tokens=1000), "leaves nothing of ego_context_tokens = 1000"),
    ],
)
def test_wrong_settings_are_refused_with_the_session(server: Server, wrong: dict[str, Any], says: str) -> None:
    with pytest.raises(AssertionError, match=says):
        server.create_session("talk", 1, **wrong)
