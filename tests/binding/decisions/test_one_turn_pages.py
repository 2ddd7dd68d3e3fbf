"""A question on a Thread whose chat reply still streams, and what a Thread remembers of a page's fallback."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from harness import PostgreSQL, Server
from harness.chat import CHAT_PAGE, CONFIG, END_PAGE, Chat, rows
from harness.database import attempts
from harness.waiting import AFTER_PAGE, BEFORE_PAGE, HEAD, decisions

from otree_ego.testing import FakeService

pytestmark = pytest.mark.any_database

ONWARD = """\
from otree_ego import chat


class Talk(Page):
    live_method = chat

    @staticmethod
    def before_next_page(player, timeout_happened):
        if player.session.config["plain"]:
            with ai(player) as llm:
                print("It asks plainly.", flush=True)
                player.answer = llm.ask_number("How much?", low=0, high=100, integer=True)


class Partner(AIWaitPage):
    @staticmethod
    def is_displayed(player):
        return not player.session.config["plain"]

    @staticmethod
    async def ask_ai(player):
        async with ai(player) as llm:
            return dict(answer=await llm.decide(player, "answer", "How much?"))


class After(Page):
    pass


page_sequence = [Talk, Partner, After]
"""
ROUNDS = """\
class Before(Page):
    pass


class Partner(AIWaitPage):
    fallback = dict(answer=7, agreed=False)

    @staticmethod
    async def ask_ai(player):
        async with ai(player.participant) as llm:
            how = player.session.config["how"]
            number = player.round_number
            if how == "decide":
                answer = await llm.decide(player, "answer", f"Round {number}: how much?")
                return dict(answer=answer, agreed=await llm.decide(player, "agreed", f"Round {number}: agreed?"))
            return dict(answer=await llm.ask_number(f"Round {number}: how much?", low=0, high=100))


class Single(AIWaitPage):
    fallback = dict(answer=7)

    @staticmethod
    def is_displayed(player):
        return player.session.config["how"] == "number"

    ask_ai = Partner.ask_ai


class After(Page):
    @staticmethod
    def vars_for_template(player):
        return dict(answer=player.answer)


Partner.is_displayed = staticmethod(lambda player: player.session.config["how"] == "decide")
page_sequence = [Before, Partner, Single, After]
"""
APPS = {
    "onward": {
        "__init__.py": HEAD.format(name="onward", size=None, rounds=1) + ONWARD,
        "Talk.html": CHAT_PAGE,
        "After.html": END_PAGE,
    },
    "again": {
        "__init__.py": HEAD.format(name="again", size=None, rounds=2) + ROUNDS,
        "Before.html": BEFORE_PAGE,
        "After.html": AFTER_PAGE,
    },
}


@pytest.fixture(scope="module")
def server(chat_server: Callable[..., Server], database: PostgreSQL | None) -> Server:
    more = {**CONFIG, "ego_system_prompt": "", "plain": False, "how": "decide"}
    configs = [{**more, "name": f"{name}_set", "app_sequence": [name]} for name in APPS]
    return chat_server(apps=APPS, configs=configs, database=database)


def talk_then_number(body: dict[str, Any]) -> str:
    last = body["messages"][-1]["content"]
    return "42" if "How much?" in last else "Hello there, my friend."


def sent(model: FakeService, number: int) -> list[str]:
    return [m["content"].partition("\n")[0] for m in model.requests[number].body["messages"]]


def test_a_waiting_page_hears_the_reply_that_still_streams(server: Server, model: FakeService) -> None:
    model.reply = talk_then_number
    session = server.create_session("onward_set", 1)
    person = session.participant().start()
    model.hold()
    with Chat(person) as chat:
        chat.open()
        chat.say("Hello")
        model.wait_until(lambda fake: fake.standing == 1)
        person.submit()
        assert person.page == "Partner"
    model.release()
    person.until("After")
    assert sent(model, 1) == ["Hello", "Hello there, my friend.", "How much?"]
    found = rows(server, session.code, "onward")
    assert [(row["role"], row["status"], row["text"].partition("\n")[0]) for row in found] == [
        ("user", "complete", "Hello"),
        ("assistant", "complete", "Hello there, my friend."),
        ("user", "complete", "How much?"),
        ("assistant", "complete", "42"),
    ]
    assert "unheard" not in json.loads(found[-1]["parameters"])


def test_a_page_function_hears_it_too_and_nothing_is_stuck(server: Server, model: FakeService) -> None:
    model.reply = talk_then_number
    session = server.create_session("onward_set", 1, plain=True)
    person = session.participant().start()
    model.hold()
    with Chat(person) as chat:
        chat.open()
        chat.say("Hello")
        model.wait_until(lambda fake: fake.standing == 1)
        before = server.log.count("It asks plainly.")
        going_on = threading.Thread(target=person.submit)
        going_on.start()
        while server.log.count("It asks plainly.") == before:
            time.sleep(0.01)
        model.release()
        going_on.join(60)
    assert person.page == "After"
    assert sent(model, 1) == ["Hello", "Hello there, my friend.", "How much?"]
    found = rows(server, session.code, "onward")
    assert [row["status"] for row in found] == ["complete"] * 4
    assert [row["player.answer"] for row in server.app_export("onward", session.code)] == ["42"]


def test_a_page_function_says_what_it_did_not_hear(server: Server, model: FakeService) -> None:
    """The second message waits behind the first: its reply needs oTree's lock, which the page function holds."""
    model.reply = talk_then_number
    session = server.create_session("onward_set", 1, plain=True)
    person = session.participant().start()
    model.hold()
    with Chat(person) as chat:
        chat.open()
        chat.say("Hello")
        chat.say("Are you there?")
        chat.until(lambda frame: frame["t"] == "add" and frame["message"]["text"] == "Are you there?")
        before = server.log.count("It asks plainly.")
        going_on = threading.Thread(target=person.submit)
        going_on.start()
        while server.log.count("It asks plainly.") == before:
            time.sleep(0.01)
        model.release()
        going_on.join(60)
    assert person.page == "After"
    assert sent(model, 1) == ["Hello", "Hello there, my friend.", "Are you there?"]  # and, merged with it, the question
    found = rows(server, session.code, "onward")
    (asked,) = [row for row in found if row["text"] == "42"]
    assert json.loads(asked["parameters"])["unheard"] == [found[3]["message_id"]]


def test_after_a_pages_fallback_the_model_knows_the_values(server: Server, model: FakeService) -> None:
    model.reply = "nonsense"
    session = server.create_session("again_set", 1)
    person = session.participant().start().submit().until("After")
    model.reply = lambda body: "yes" if "agreed" in body["messages"][-1]["content"] else "42"
    person.submit().submit().until("After")
    assert [row["status"] for row in decisions(server, "again", session.code)] == ["fallback", "stored"]
    assert sent(model, -1)[:2] == ["Round 1: how much?", "7"]
    assert sent(model, -1)[2:] == ["Round 2: how much?", "42", "Round 2: agreed?"]
    assert [row["text"] for row in rows(server, session.code, "again")].count("nonsense") == 3


def test_a_question_that_was_answered_before_the_fallback_is_told_otherwise(server: Server, model: FakeService) -> None:
    model.reply = lambda body: "nonsense" if "agreed" in json.dumps(body["messages"]) else "42"
    session = server.create_session("again_set", 1)
    person = session.participant().start().submit().until("After")
    model.reply = lambda body: "yes" if "agreed" in body["messages"][-1]["content"] else "42"
    person.submit().submit().until("After")
    assert sent(model, -1)[:4] == ["Round 1: how much?", "7", "Round 1: agreed?", "No"]


def test_a_question_without_a_field_gets_the_one_value(server: Server, model: FakeService) -> None:
    model.reply = "nonsense"
    session = server.create_session("again_set", 1, how="number")
    person = session.participant().start().submit().until("After")
    model.reply = "42"
    person.submit().submit().until("After")
    assert sent(model, -1) == ["Round 1: how much?", "7", "Round 2: how much?"]


def test_a_reply_has_its_own_times(server: Server, model: FakeService) -> None:
    session = server.create_session("onward_set", 1)
    person = session.participant().start()
    with Chat(person) as chat:
        chat.open()
        chat.ask("Hello")
        for _ in attempts():
            question, reply = rows(server, session.code, "onward")
            if reply["delivered_utc"]:
                break
    times = [reply[f"{name}_utc"] for name in ("asked", "first_piece", "completed", "delivered")]
    assert times == sorted(times) and reply["time_utc"] <= times[0]
    assert [question[f"{name}_utc"] for name in ("asked", "first_piece", "completed", "delivered")] == [""] * 4
