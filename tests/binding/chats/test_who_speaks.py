"""Who speaks in a group chat, where a function of one's own says so."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import pytest
from harness import PostgreSQL, Server
from harness.admin import Session
from harness.chat import CONFIG, rows
from harness.database import attempts
from harness.group_rooms import ROOM, ROOM_FILES, Seat, room_field

from otree_ego.testing import FakeService

OWN = ROOM.replace('"room"', '"own"', 1).replace(
    'personas = [Persona(**one) for one in told["personas"]]',
    """near = player.session.config["near"]
        functions = dict(
            sixth=lambda said: len(said) % 6 == 0,
            nearest_Ada=lambda said: said[-1].role == "user" and near == "Ada",
            nearest_Ben=lambda said: said[-1].role == "user" and near == "Ben",
            broken=lambda said: 1 / 0,
            nothing=lambda said: None,
            always=lambda said: True,
        )
        personas = [Persona(**{**one, "speaks": functions[one["speaks"]]}) for one in told["personas"]]""",
)


@pytest.fixture(scope="module")
def server(chat_server: Callable[..., Server], database: PostgreSQL | None) -> Server:
    config = {**CONFIG, "room": "", "ego_system_prompt": "", "near": ""}
    configs = [
        {"name": "salon", "app_sequence": ["room"], **config},
        {"name": "mine", "app_sequence": ["own"], **config},
    ]
    return chat_server({"room": ROOM_FILES, "own": {**ROOM_FILES, "__init__.py": OWN}}, configs, database=database)


def meet(
    server: Server, stack: ExitStack, config: str, people: int, *ais: dict[str, Any], **told: Any
) -> tuple[Session, list[Seat]]:
    session = server.create_session(config, people, room=room_field(*ais), **told)
    return session, [stack.enter_context(Seat(person.start())) for person in session.participants()]


def said_in(server: Server, session: Session, count: int) -> list[dict[str, str]]:
    """The record of a room of the app's own, when it has so many messages and none is under way."""
    for _ in attempts(pause=0.05):
        found = rows(server, session.code, "own")
        if len(found) >= count and all(row["status"] != "pending" for row in found):
            return found
    raise AssertionError(f"Not {count} messages: {found}")


@pytest.mark.any_database
def test_a_function_of_all_messages_sees_each_of_them(server: Server, model: FakeService) -> None:
    with ExitStack() as stack:
        session, (kim, lou) = meet(server, stack, "mine", 2, {"name": "Ada", "speaks": "sixth"})
        for number in range(5):
            (kim, lou)[number % 2].say(str(number))
            kim.said(*map(str, range(number + 1)))
        assert len(model.requests) == 0
        model.hold()
        lou.say("5")
        model.wait_until(lambda fake: fake.standing == 1)
        for number in range(6, 13):  # the twelfth comes while Ada writes, and so does another
            kim.say(str(number))
        kim.until(lambda told: told["t"] == "add" and told["message"]["text"] == "12")
        model.release()
        found = said_in(server, session, 15)
    replies = [row for row in found if row["role"] == "assistant"]
    assert {json.loads(row["parameters"])["speaks"] for row in replies} == {"function"}
    assert len(replies) == 2


@pytest.mark.any_database
def test_the_nearest_answers(server: Server, model: FakeService) -> None:
    model.reply = lambda body: body["messages"][0]["content"].partition("You are ")[2][:3]
    ais = [{"name": name, "speaks": f"nearest_{name}"} for name in ("Ada", "Ben")]
    with ExitStack() as stack:
        _, (kim,) = meet(server, stack, "mine", 1, *ais, near="Ben")
        kim.say("Who is near?")
        assert kim.said("Who is near?", "Ben")[-1] == ("Ben", "Ben")


@pytest.mark.any_database
def test_a_function_that_fails_is_named_and_locks_nothing(server: Server, model: FakeService) -> None:
    with ExitStack() as stack:
        rules = {"Ada": "broken", "Ben": "nothing", "Cem": "always"}
        ais = [{"name": name, "speaks": rule} for name, rule in rules.items()]
        session, (kim,) = meet(server, stack, "mine", 1, *ais)
        kim.say("Hello")
        kim.said("Hello", FakeService.DEFAULT_REPLY)
        kim.say("Again")
        kim.said("Hello", FakeService.DEFAULT_REPLY, "Again", FakeService.DEFAULT_REPLY)
    assert [row["author"] for row in said_in(server, session, 4) if row["role"] == "assistant"] == ["Cem", "Cem"]
    assert "Persona 'Ada': the function for speaks (" in server.log
    assert "stopped with ZeroDivisionError: division by zero. Ada says nothing to message 1." in server.log
