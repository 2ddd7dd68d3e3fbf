"""Limits of money that hold: what replies cost that were stopped or failed, bounded tries, prices that are known."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import pytest
from harness import Server, Session
from harness.chat import CHAT_PAGE, END_PAGE, TALK, Chat, rows

from otree_ego.testing import FakeService

TOKEN = 0.001  # US dollars
PRICES = {"llama3": {"input": TOKEN * 1e6, "output": TOKEN * 1e6}}
MODEL: dict[str, Any] = {"ego_model": "uni/llama3", "ego_system_prompt": "", "ego_retries": 0}
ROOM = (
    TALK.replace('"talk"', '"room"')
    .replace("ai, chat, chat_error, custom_export", "Persona, ai, chat_error, custom_export, group_chat")
    .replace("class C(", 'PERSONAS = {"calm": [Persona("Ada", model=%r)]}\n\n\nclass C(')
    .replace("chat_error(player)", "chat_error(player, ai(player.group))")
    .replace(
        "    live_method = chat\n",
        "    @staticmethod\n    async def live_method(player, data):\n"
        '        model = player.session.config.get("late") or "uni/llama3"\n'
        '        personas = [*PERSONAS["calm"], Persona("Ben", model=model)]\n'
        "        async for update in group_chat(player, data, personas=personas):\n            yield update\n",
    )
    .replace("for player in subsession.get_players():", "for group in subsession.get_groups():")
    .replace("ai(player).from_config()", "ai(group).from_config()")
)
CODE = TALK.replace('"talk"', '"code"').replace(
    "ai(player).from_config()",
    'from otree_ego import Thread\n\n        ai(player).set(Thread(subsession.session.config["mine"]))',
)

OWN = TALK.replace('"talk"', '"own"').replace(
    "    live_method = chat\n",
    """    @staticmethod
    async def live_method(player, data):
        if "ask" in data:
            async with ai(player, "own") as llm:
                yield {player.id_in_group: {"told": await llm.submit(data["ask"])}}
        else:
            async for update in chat(player, data):
                yield update
""",
)


@pytest.fixture(scope="module")
def server(chat_server: Callable[..., Server], model: FakeService) -> Server:
    services = {
        "uni": {"base_url": model.base_url, "prices": PRICES, "thoughts_apart": True},
        "lab": {"base_url": model.base_url},
        "free": {"base_url": model.base_url, "free": True},
        "academiccloud": {"free": True},
    }
    pages = {"Chat.html": CHAT_PAGE, "End.html": END_PAGE}
    apps = {
        "priced": {"__init__.py": ROOM.replace('"room"', '"priced"') % "uni/llama3", **pages},
        "unpriced": {"__init__.py": ROOM.replace('"room"', '"unpriced"') % "lab/llama3", **pages},
        "code": {"__init__.py": CODE, **pages},
        "own": {"__init__.py": OWN, **pages},
    }
    return chat_server(apps=apps, settings_extra=f"EGO_SERVICES = {services!r}")


def replies(server: Server, session: Session) -> list[dict[str, str]]:
    return [row for row in rows(server, session.code) if row["role"] == "assistant"]


def stopped(chat: Chat, model: FakeService, text: str) -> dict[str, Any]:
    """Says something and stops the reply when half of it is there."""
    model.hold()
    chat.say(text)
    told = chat.until(lambda told: told["t"] in ("text", "no"))
    if told["t"] == "text":
        chat.do(do="stop")
        chat.until(lambda told: told["t"] == "end")
    model.release()
    return told


def test_a_stopped_reply_is_booked_by_estimate_and_says_so(server: Server, model: FakeService) -> None:
    session = server.create_session("talk", **MODEL)
    with Chat(session.participant().start()) as chat:
        stopped(chat, model, "Please tell me all that you know.")
        chat.ask("Well?")
    cut, whole = replies(server, session)
    told = json.loads(cut["parameters"])["estimated"]
    assert told["tokens_in"] > 10
    assert 0 < told["tokens_out"] < 10
    assert float(cut["cost_usd"]) == pytest.approx((told["tokens_in"] + told["tokens_out"]) * TOKEN)
    assert float(cut["cost_usd"]) == pytest.approx(told["cost"])
    assert "estimated" not in whole["parameters"]
    assert float(whole["cost_usd"]) == pytest.approx((int(whole["tokens_in"]) + int(whole["tokens_out"])) * TOKEN)


@pytest.mark.parametrize("setting", ["ego_max_cost", "ego_max_cost_session"])
def test_stopped_replies_come_to_the_limit(server: Server, model: FakeService, setting: str) -> None:
    session = server.create_session("talk", **MODEL, **{setting: 0.03})
    with Chat(session.participant().start()) as chat:
        told = [stopped(chat, model, f"Please tell me all, number {number}.")["t"] for number in range(8)]
        assert chat.status["why"] == setting.replace("ego_max", "limit")
    assert told == ["text"] * told.count("text") + ["no"] * told.count("no")
    assert 1 <= told.count("text") <= 2
    assert sum(float(row["cost_usd"]) for row in replies(server, session)[:-1]) < 0.03


FAULTS: dict[str, Callable[[FakeService], None]] = {
    "drop_mid": lambda model: model.fault("drop_mid", -1),
    "drop_before": lambda model: model.fault("drop_before", -1),
    "malformed": lambda model: model.fault("malformed", -1),
    "empty": lambda model: model.fault("empty", -1),
    "content_filter": lambda model: model.fault("content_filter", -1),
    "stall": lambda model: model.fault("stall", -1),
    "HTTP 500": lambda model: model.fail(500, -1),
    "thoughts only": lambda model: model.send(
        'data: {"choices": [{"delta": {"reasoning_content": "%s"}}]}\n\n' % ("Hm. " * 30), times=-1, hang_up=True
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_failed_replies_come_to_the_limit(server: Server, model: FakeService, fault: str) -> None:
    session = server.create_session("talk", **MODEL, ego_deadline=3.0 if fault == "stall" else 20.0, ego_max_cost=0.03)
    FAULTS[fault](model)
    with Chat(session.participant().start()) as chat:
        for number in range(8):
            chat.say(f"Please tell me all, number {number}.")
            if chat.until(lambda told: told["t"] in ("end", "no"))["t"] == "no":
                break
        assert chat.status["why"] == "limit_cost"
    assert 1 <= len(model.requests) <= 4
    found = replies(server, session)
    assert all(float(row["cost_usd"]) > 0 for row in found)
    told = [json.loads(row["parameters"]).get("estimated") for row in found]
    if fault in ("empty", "content_filter"):  # the service told the tokens
        assert told == [None] * len(found)
    else:
        assert [each["cost"] for each in told] == [pytest.approx(float(row["cost_usd"])) for row in found]
    if fault == "thoughts only":
        assert told[0]["tokens_out"] >= 40


@pytest.mark.parametrize("status", [400, 401, 404, 429, 503])
def test_what_a_service_turns_away_costs_nothing(server: Server, model: FakeService, status: int) -> None:
    session = server.create_session("talk", **MODEL, ego_max_cost=0.03)
    model.fail(status, -1)
    with Chat(session.participant().start()) as chat:
        assert [chat.ask(f"Please, number {number}.")["status"] for number in range(3)] == ["failed"] * 3
        assert chat.status["open"]
    assert [(row["cost_usd"], "estimated" in row["parameters"]) for row in replies(server, session)] == [
        ("", False)
    ] * 3


def test_failed_attempts_are_in_the_cost_of_the_reply_that_came(server: Server, model: FakeService) -> None:
    session = server.create_session("talk", **{**MODEL, "ego_retries": 2})
    model.fault("drop_mid")
    with Chat(session.participant().start()) as chat:
        chat.ask("Please tell me all.")
    (reply,) = replies(server, session)
    told = json.loads(reply["parameters"])["estimated"]
    assert told["cost"] > 0
    tokens = int(reply["tokens_in"]) + int(reply["tokens_out"])
    assert float(reply["cost_usd"]) == pytest.approx(tokens * TOKEN + told["cost"])


def test_attempts_at_one_reply_end_at_the_limit(server: Server, model: FakeService) -> None:
    session = server.create_session("talk", **{**MODEL, "ego_retries": 5}, ego_max_cost=0.005)
    model.fault("drop_mid", -1)
    with Chat(session.participant().start()) as chat:
        assert chat.ask("Please tell me all.")["status"] == "failed"
    assert len(model.requests) == 1
    assert [row["error_type"] for row in replies(server, session)] == ["LimitReached"]


def test_a_whole_reply_without_usage_is_estimated(server: Server, model: FakeService) -> None:
    session = server.create_session("talk", **MODEL, ego_max_cost=0.02)
    model.send(
        'data: {"choices": [{"delta": {"content": "Well, hello there."}, "finish_reason": "stop"}]}\n\n',
        "data: [DONE]\n\n",
        times=-1,
    )
    with Chat(session.participant().start()) as chat:
        assert chat.ask("Please tell me all that you know.")["status"] == "complete"
        assert chat.status["why"] == "limit_cost"
    assert json.loads(replies(server, session)[0]["parameters"])["estimated"]["tokens_out"] == 6


@pytest.mark.parametrize("most", [0, 1, 3])
def test_try_again_is_bounded(server: Server, model: FakeService, most: int) -> None:
    session = server.create_session("talk", **MODEL, ego_max_messages=1, ego_min_messages=1, ego_max_try_again=most)
    model.fail(500, -1)
    person = session.participant().start()
    with Chat(person) as chat:
        chat.ask("Hello")
        for _ in range(most):
            assert chat.status["again"]
            chat.do(do="retry")
            chat.until(lambda told: told["t"] == "end")
        assert not chat.status["again"]
        chat.do(do="retry")
        told = chat.until(lambda told: told["t"] in ("no", "add"))
        assert (told["t"], told["why"]) == ("no", "limit_try_again")
    assert len(model.requests) == most + 1
    assert person.submit().page == "End"


def test_another_message_may_be_tried_again(server: Server, model: FakeService) -> None:
    session = server.create_session("talk", **MODEL, ego_max_try_again=1)
    model.fail(500, -1)
    with Chat(session.participant().start()) as chat:
        for text in ("one", "two"):
            chat.ask(text)
            chat.do(do="retry")
            chat.until(lambda told: told["t"] == "end")
            assert not chat.status["again"]
        model.heal()
        assert chat.ask("three")["status"] == "complete"


def test_a_reply_that_is_stopped_again_and_again_is_bounded_too(server: Server, model: FakeService) -> None:
    session = server.create_session("talk", **MODEL, ego_max_messages=1, ego_max_try_again=2)
    model.fault("stall", -1)
    model.send(..., times=-1)
    with Chat(session.participant().start()) as chat:
        chat.say("Hello")
        for number in range(3):
            model.wait_until(lambda fake, number=number: len(fake.requests) == number + 1)
            chat.do(do="stop")
            chat.until(lambda told: told["t"] == "end")
            chat.do(do="retry")
            told = chat.until(lambda told: told["t"] in ("no", "add", "state"))
            if told["t"] != "add":
                break
    assert len(model.requests) <= 3


def test_parallel_replies_wait_for_what_is_left(server: Server, model: FakeService) -> None:
    session = server.create_session("talk", 4, **MODEL, ego_max_cost_session=0.015)
    model.hold()
    with ExitStack() as stack:
        tabs = [stack.enter_context(Chat(person.start())) for person in session.participants()]
        for tab in tabs:
            tab.say("Please tell me all that you know.")
            tab.until(lambda told: told["t"] == "add")
        tabs[0].until(lambda told: told["t"] == "text")
        assert len(model.requests) == 1
        model.release()
        for tab in tabs:
            tab.quiet()
    found = replies(server, session)
    assert sorted(row["error_type"] for row in found)[-1] == "LimitReached"
    assert sum(float(row["cost_usd"] or 0) for row in found) < 0.015 * 2
    assert len(model.requests) == sum(row["status"] == "complete" for row in found) < 4


def test_money_that_is_held_is_free_again(server: Server, model: FakeService) -> None:
    session = server.create_session("talk", 4, **MODEL, ego_max_cost_session=0.9, ego_max_tokens=800)
    with ExitStack() as stack:
        tabs = [stack.enter_context(Chat(person.start())) for person in session.participants()]
        for number in range(3):
            for tab in tabs:
                tab.say(f"Number {number}")
            for tab in tabs:
                tab.until(lambda told: told["t"] == "end")
    assert {row["status"] for row in replies(server, session)} == {"complete"}
    assert len(model.requests) == 12


# --- prices that must be known ----------------------------------------------------------------------------------------

UNKNOWN: list[tuple[str, dict[str, Any], str]] = [
    ("talk", {"ego_model": "lab/llama3"}, "ego_model = 'lab/llama3'"),
    ("talk", {"ego_model": "uni/other"}, "EGO_SERVICES['uni'] = {…, 'prices': {'other': {'input': …, 'output': …}}}"),
    ("talk", {"ego_fallback_model": "lab/llama3"}, "ego_fallback_model = 'lab/llama3'"),
    ("talk", {"ego_model": "gpt-0-unheard-of"}, "EGO_SERVICES['openai']"),
    ("unpriced", {}, "Persona 'Ada': model = 'lab/llama3'"),
    ("code", {"mine": "lab/llama3"}, "the price of 'lab/llama3' is not known"),
]


@pytest.mark.parametrize("setting", ["ego_max_cost", "ego_max_cost_session"])
@pytest.mark.parametrize(("app", "config", "says"), UNKNOWN, ids=[f"{app}{config}" for app, config, _ in UNKNOWN])
def test_a_session_whose_prices_are_unknown_is_refused(
    server: Server, model: FakeService, app: str, config: dict[str, Any], says: str, setting: str
) -> None:
    with pytest.raises(AssertionError) as caught:
        server.create_session(app, 1, **{**MODEL, **config, setting: 1})
    assert says in str(caught.value), caught.value
    assert f"{setting} = 1 needs the prices of all models" in str(caught.value)
    server.create_session(app, 1, **{**MODEL, **config})  # without a limit nobody asks


@pytest.mark.parametrize("name", ["free/llama3", "uni/llama3", "gpt-6-luna", "constant/Hi", "local/smollm2"])
def test_a_session_whose_prices_are_known_is_made(server: Server, model: FakeService, name: str) -> None:
    server.create_session("talk", 1, **{**MODEL, "ego_model": name}, ego_max_cost=1, ego_max_cost_session=2)
    server.create_session("code", 1, **MODEL, mine=name, ego_max_cost=1)


def test_an_ai_that_is_named_later_is_refused_when_its_chat_is_opened(server: Server, model: FakeService) -> None:
    session = server.create_session("priced", 1, **MODEL, ego_max_cost=1, late="lab/llama3")
    with Chat(session.participant().start()) as chat:
        assert chat.status["why"] == "closed"
    assert "Persona 'Ben': model = 'lab/llama3'" in server.log
    session = server.create_session("priced", 1, **MODEL, ego_max_cost=1)
    with Chat(session.participant().start()) as chat:
        assert chat.status["open"]


def test_a_service_that_is_free_costs_nothing(server: Server, model: FakeService) -> None:
    session = server.create_session("talk", 1, **{**MODEL, "ego_model": "free/llama3"}, ego_max_cost=0.000001)
    with Chat(session.participant().start()) as chat:
        for number in range(3):
            assert chat.ask(f"Number {number}")["status"] == "complete"
    assert [float(row["cost_usd"]) for row in replies(server, session)] == [0.0] * 3


def test_replies_to_an_apps_own_code_count_for_the_session(server: Server, model: FakeService) -> None:
    session = server.create_session("own", 2, **MODEL, ego_max_cost_session=0.005)
    ann, bob = (person.start() for person in session.participants())
    with Chat(ann) as hers, Chat(bob) as his:
        assert hers.status["open"] and his.status["open"]
        hers.live.send({"ask": "Please tell me all that you know, and then some more."})
        assert hers.live.receive() == {"told": FakeService.DEFAULT_REPLY}
        assert his.refused("Hello")["why"] == "limit_cost_session"


def test_what_was_under_way_when_the_server_was_killed_is_booked(server: Server, model: FakeService) -> None:
    session = server.create_session("talk", **MODEL)
    model.hold()
    with Chat(session.participant().start()) as chat:
        chat.say("Please tell me all that you know.")
        chat.until(lambda told: told["t"] == "text")
        chat.say("And this waits.")
        chat.until(lambda told: told["t"] == "add")
        server.kill()
    model.release()
    server.start()
    first, second = replies(server, session)
    assert (first["error_type"], second["error_type"]) == ("Interrupted", "Interrupted")
    assert float(first["cost_usd"]) == pytest.approx(json.loads(first["parameters"])["estimated"]["cost"])
    assert second["cost_usd"] == ""
