"""A Thread that two share, and a database that goes while one of them waits for the other's reply: it is heard."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from harness import PostgreSQL, Server
from harness.chat import CHAT_PAGE, CONFIG, END_PAGE, Chat, rows
from harness.database import attempts
from harness.outages import POSTGRESQL, SQLITE, outage, spooled
from harness.waiting import HEAD, Tab, decisions

from otree_ego.testing import FakeService

SHARED = """\
from otree_ego import chat


def creating_session(subsession):
    for group in subsession.get_groups():
        ai(group).from_config()


class Talk(Page):
    @staticmethod
    async def live_method(player, data):
        async for update in chat(player, data, link=ai(player.group), names={}):
            yield update


class Partner(AIWaitPage):
    @staticmethod
    async def ask_ai(player):
        async with ai(player.group) as llm:
            return dict(answer=await llm.decide(player, "answer", "How much?"))


class After(Page):
    pass


page_sequence = [Talk, Partner, After]
"""
APP = {
    "__init__.py": HEAD.format(name="shared", size=2, rounds=1) + SHARED,
    "Talk.html": CHAT_PAGE,
    "After.html": END_PAGE,
}
REPLY = "Hello there, my friend."


@pytest.fixture(scope="module")
def server(chat_server: Callable[..., Server], database: PostgreSQL | None) -> Server:
    config = {**CONFIG, "ego_system_prompt": "", "name": "shared_set", "app_sequence": ["shared"]}
    return chat_server(apps={"shared": APP}, configs=[config], database=database)


@pytest.fixture(autouse=True)
def _released(model: FakeService) -> Iterator[None]:
    model.reply = talk_then_number
    yield
    model.release()


@pytest.fixture(params=[pytest.param(0, marks=pytest.mark.full), 1])
def kind(request: pytest.FixtureRequest, database: PostgreSQL | None) -> str:
    return list(SQLITE if database is None else POSTGRESQL)[request.param]


def talk_then_number(body: dict[str, Any]) -> str:
    return "42" if "How much?" in body["messages"][-1]["content"] else REPLY


def sent(model: FakeService, number: int) -> list[str]:
    return [m["content"].partition("\n")[0] for m in model.requests[number].body["messages"]]


def until(condition: Callable[[], object]) -> None:
    assert any(condition() for _ in attempts(pause=0.1))


def test_a_decision_hears_a_chats_reply(
    server: Server, model: FakeService, database: PostgreSQL | None, kind: str
) -> None:
    session = server.create_session("shared_set", 2)
    ann, bob = (person.start() for person in session.participants())
    with ExitStack() as stack:
        chat = stack.enter_context(Chat(ann))
        model.hold()
        chat.say("Hello")
        chat.until(lambda told: told["t"] == "text")
        tab = stack.enter_context(Tab(bob.submit()))
        with outage(server, database, kind):
            model.release()
            assert chat.quiet()[-1]["text"] == REPLY
            until(lambda: len(spooled(server)) == 1)
            assert len(model.requests) == 1
        assert tab.told().page == "After"
    assert sent(model, 1)[-2:] == [REPLY, "How much?"] and len(model.requests) == 2
    found = [row for row in rows(server, session.code, "shared") if row["role"] == "assistant"]
    assert [(row["text"], row["status"], row["requests"]) for row in found] == [
        (REPLY, "complete", "1"), ("42", "complete", "1")
    ]  # fmt: skip
    assert "unheard" not in found[-1]["parameters"]
    until(lambda: not spooled(server))


def test_a_chat_hears_a_decision(server: Server, model: FakeService, database: PostgreSQL | None, kind: str) -> None:
    """The message was recorded before; its reply waits, without another word, until the answer can be read."""
    session = server.create_session("shared_set", 2)
    ann, bob = (person.start() for person in session.participants())
    with ExitStack() as stack:
        chat = stack.enter_context(Chat(ann))
        model.hold()
        tab = stack.enter_context(Tab(bob.submit()))
        model.wait_until(lambda fake: fake.standing == 1)
        chat.say("And me?")
        chat.until(lambda told: told["t"] == "add")
        with outage(server, database, kind):
            model.release()
            until(lambda: spooled(server))
            assert len(model.requests) == 1
        assert tab.told().page == "After"
        assert chat.quiet()[-1]["text"] == REPLY
    assert sent(model, 1)[-3:] == ["How much?", "42", "And me?"] or sent(model, 1)[-2:][0] == "42"
    found = [row for row in rows(server, session.code, "shared") if row["role"] == "assistant"]
    assert sorted((row["text"], row["status"]) for row in found) == [("42", "complete"), (REPLY, "complete")]
    assert not any("unheard" in row["parameters"] for row in found)
    assert [row["status"] for row in decisions(server, "shared", session.code)] == ["stored"]
    assert len(model.requests) == 2
