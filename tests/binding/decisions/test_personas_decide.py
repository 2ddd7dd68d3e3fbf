"""Chat, then decide as one of the AIs: it knows what was said, as it reads it, and alone remembers what it decided."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest
from harness import Participant, PostgreSQL, Server
from harness.chat import CHAT_PAGE, CONFIG, END_PAGE, Chat, rows
from harness.waiting import HEAD

from otree_ego.testing import FakeService

pytestmark = pytest.mark.any_database

GROUP = """\
import asyncio

from otree_ego import Persona, chat, group_chat

ADA = Persona("Ada", "You are stingy.", temperature=0.25)
BEN = Persona("Ben", "You are kind.", speaks="moderator")


def room(group):
    names = {player.participant.code: "Kim" for player in group.get_players()}
    return dict(personas=[ADA, BEN], names=names)


class Talk(Page):
    @staticmethod
    async def live_method(player, data):
        async for update in group_chat(player, data, **room(player.group)):
            yield update


class Partner(AIWaitPage):
    form_model = "group"

    @staticmethod
    async def ask_ai(group):
        there = room(group)

        async def give(name):
            async with ai(group).as_persona(name, **there) as llm:
                llm.given = name
                setattr(llm, name, True)
                return await llm.decide(group, "answer", "How much do you give?")

        ada, ben = await asyncio.gather(give("Ada"), give("Ben"))
        return dict(answer=ada, note=str(ben))


class Again(Talk):
    pass


class After(Page):
    @staticmethod
    def vars_for_template(player):
        with ai(player.group) as llm:
            player.note = f"{llm.Ada} {llm.Ben}"
            return {}


page_sequence = [Talk, Partner, Again, After]
"""
ALONE = """\
from otree_ego import Persona, chat


class Talk(Page):
    live_method = chat


class Partner(AIWaitPage):
    @staticmethod
    async def ask_ai(player):
        async with ai(player).as_persona(Persona("Ada", "You are stingy.")) as ada:
            return dict(answer=await ada.decide(player, "answer", "How much do you give?"))


class Again(Talk):
    pass


class After(Page):
    @staticmethod
    def vars_for_template(player):
        with ai(player).as_persona(Persona("Ada", "You are stingy.")) as ada:
            player.note = str(ada.ask_number("And now?", low=0, high=9))
            return {}


page_sequence = [Talk, Partner, Again, After]
"""
APPS = {
    name: {
        "__init__.py": HEAD.format(name=name, size=None, rounds=1) + body,
        "Talk.html": CHAT_PAGE,
        "Again.html": CHAT_PAGE,
        "After.html": END_PAGE,
    }
    for name, body in {"council": GROUP, "tete": ALONE}.items()
}


@pytest.fixture(scope="module")
def server(chat_server: Callable[..., Server], database: PostgreSQL | None) -> Server:
    configs = [
        {
            **CONFIG,
            "name": f"{name}_plain",
            "app_sequence": [name],
            "ego_system_prompt": "A game.",
            "ego_temperature": 1,
        }
        for name in APPS
    ]
    return chat_server(apps=APPS, configs=configs, database=database)


def talk(person: Participant, text: str, reply: str) -> list[str]:
    """Say something in the room and wait for a reply; what the page showed before."""
    with closing(person.live()) as live:
        live.send({"ego": {"do": "open"}})
        before = next(told["messages"] for told in frames(live) if told["t"] == "state")
        live.send({"ego": {"do": "say", "text": text, "id": text}})
        next(told for told in frames(live) if told["t"] == "add" and told["message"]["text"] == reply)
    return [message["text"] for message in before]


def frames(live: Any) -> Iterator[dict[str, Any]]:
    while True:
        yield live.receive()["ego"]


def said(body: dict[str, Any]) -> list[tuple[str, str]]:
    return [(m["role"], m["content"].partition("\n\nAnswer only")[0]) for m in body["messages"]]


def reply(body: dict[str, Any]) -> str:
    ada = "stingy" in body["messages"][0]["content"]
    if "do you give" in body["messages"][-1]["content"]:
        return "1" if ada else "9"
    return "Little." if ada else "PASS"


def test_in_a_group_each_decides_with_its_part_and_alone_remembers_it(server: Server, model: FakeService) -> None:
    model.reply = reply
    session = server.create_session("council_plain", 1)
    person = session.participant().start()
    assert talk(person, "Shall we give?", "Little.") == []
    model.wait_until(lambda fake: len(fake.requests) >= 2)
    person.submit().until("Again")
    asked = {("Ada" if "stingy" in body["messages"][0]["content"] else "Ben"): body for body in deciding(model)}
    for name, part, other in (("Ada", "You are stingy.", "Ben"), ("Ben", "You are kind.", "Ada")):
        system = said(asked[name])[0][1]
        assert system.startswith(f"A game.\n\n{part}\n\nYou are {name} in a group chat. Also in it: Kim, {other}.")
        assert "PASS" not in system
    assert said(asked["Ada"])[1:] == [
        ("user", "Kim: Shall we give?"),
        ("assistant", "Little."),
        ("user", "How much do you give?"),
    ]
    assert said(asked["Ben"])[1:][-1][1].endswith("How much do you give?")
    assert "Ada: Little." in json.dumps(said(asked["Ben"]))
    assert (asked["Ada"]["temperature"], asked["Ben"]["temperature"]) == (0.25, 1)
    model.clear()
    assert talk(person, "And?", "Little.") == ["Shall we give?", "Little."]
    model.wait_until(lambda fake: len(fake.requests) >= 2)
    later = {("Ada" if "stingy" in r.body["messages"][0]["content"] else "Ben"): r.body for r in model.requests}
    assert said(later["Ada"])[3:5] == [("user", "How much do you give?"), ("assistant", "1")]
    assert ("assistant", "9") not in said(later["Ada"]) and ("assistant", "9") in said(later["Ben"])
    assert ("assistant", "1") not in said(later["Ben"]) and "1" not in [text for _, text in said(later["Ben"])]
    person.submit()
    found = rows(server, session.code, "council")
    private = [(row["author"], row["text"]) for row in found if row["role"] == "assistant" and row["answer"]]
    assert sorted(private) == [("Ada", "1"), ("Ben", "9")]
    assert [row["group.answer"] for row in server.app_export("council", session.code)] == ["1"]
    assert [row["group.note"] for row in server.app_export("council", session.code)] == ["9"]
    assert [row["player.note"] for row in server.app_export("council", session.code)] == ["True True"]


def deciding(model: FakeService) -> list[dict[str, Any]]:
    return [r.body for r in model.requests if "do you give" in r.body["messages"][-1]["content"]]


def test_in_a_chat_of_two_too(server: Server, model: FakeService) -> None:
    model.reply = lambda body: "1" if "Answer only" in body["messages"][-1]["content"] else "Little."
    session = server.create_session("tete_plain", 1)
    person = session.participant().start()
    with Chat(person) as chat:
        chat.open()
        chat.ask("Shall we give?")
    person.submit().until("Again")
    (asked,) = deciding(model)
    assert said(asked) == [
        ("system", "A game.\n\nYou are stingy.\n\nYou are Ada in a chat. Write only what Ada says next, without a name "
         "before it."),
        ("user", "Shall we give?"), ("assistant", "Little."), ("user", "How much do you give?"),
    ]  # fmt: skip
    with Chat(person) as chat:
        assert [m["text"] for m in chat.open()["messages"]] == ["Shall we give?", "Little."]
        chat.ask("And?")
    assert said(model.requests[-1].body)[1:] == [
        ("user", "Shall we give?"), ("assistant", "Little."), ("user", "How much do you give?"), ("assistant", "1"),
        ("user", "And?"),
    ]  # fmt: skip
    person.submit()
    assert person.page == "After"  # plain code can decide as a persona, too
    assert said(model.requests[-1].body)[-1] == ("user", "And now?")
