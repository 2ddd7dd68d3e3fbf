"""The analyst's table: a row a message, with everything that is known of it, and nothing of other sessions."""

from __future__ import annotations

import datetime
import json

import pytest
from harness import Server
from harness.chat import SECRET_PROMPT, Chat, rows

from otree_ego.binding.export import COLUMNS
from otree_ego.testing import FakeService

TWO_ROUNDS = """\
from otree.api import *

from otree_ego import ConstantThread, Conversation, ai, custom_export


class C(BaseConstants):
    NAME_IN_URL = "twice"
    PLAYERS_PER_GROUP = 2
    NUM_ROUNDS = 2


class Subsession(BaseSubsession):
    pass


class Group(BaseGroup):
    pass


class Player(BasePlayer):
    pass


def creating_session(subsession):
    for player in subsession.get_players():
        ai(player, "own").set(ConstantThread("p"))
        with ai(player, "own") as llm:
            llm.submit(f"round {player.round_number}")
    for group in subsession.get_groups():
        ai(group).set(Conversation(buyer=ConstantThread("b"), seller=ConstantThread("s")))
        with ai(group) as convo:
            convo.seller.submit("to the seller")
    ai(subsession).set(ConstantThread("sub"))
    with ai(subsession) as llm:
        llm.submit("to the subsession")
    if subsession.round_number == 1:
        for thing in (subsession.session, subsession.session.get_participants()[0]):
            ai(thing).set(ConstantThread("x"))
            with ai(thing) as llm:
                llm.submit("to all")


class Page1(Page):
    pass


page_sequence = [Page1]
"""


@pytest.fixture(scope="module")
def server(chat_server, database) -> Server:
    page = "{{ block content }}{{ next_button }}{{ endblock }}"
    both = {"name": "both", "app_sequence": ["twice", "talk"], "num_demo_participants": 4, "ego_model": "gpt-6-luna"}
    twice = {"twice": {"__init__.py": TWO_ROUNDS, "Page1.html": page}}
    return chat_server(apps=twice, configs=[both], database=database)


def test_a_row_for_each_message(server: Server, model: FakeService) -> None:
    model.reply, model.answers_as, model.delay = "one two three\nfour", "gpt-5.4-mini-2026-03-17", 0.02
    session = server.create_session("talk", 2, ego_seed=5)
    with Chat(session.participant(1).start()) as chat:
        chat.ask('line one\nline two, "quoted"; and ü\r\n\ttab')
    found = rows(server, session.code)
    assert tuple(found[0]) == COLUMNS
    mine = [row for row in found if row["participant"] == session.codes[1]]
    assert [(row["message_number"], row["role"]) for row in mine] == [
        ("1", "system"),
        ("2", "user"),
        ("3", "assistant"),
    ]
    assert len(found) == 4  # the other participant has a system prompt and nothing else
    system, user, reply = mine
    for row in mine:
        assert (row["session"], row["id_in_session"], row["app"], row["round"]) == (session.code, "2", "talk", "1")
        assert (row["group"], row["id_in_group"], row["attached_to"], row["thread_type"]) == (
            "1",
            "2",
            "player",
            "Thread",
        )
        assert (row["thread_name"], row["seat"], row["hidden"]) == ("", "", "0")
        made = datetime.datetime.strptime(row["time_utc"] + " +0000", "%Y-%m-%d %H:%M:%S %z")
        assert 0 <= int(row["time_ms"]) < 1000
        assert abs((datetime.datetime.now(datetime.timezone.utc) - made).total_seconds()) < 600
    assert system["text"] == SECRET_PROMPT
    assert (user["text"], user["author"]) == ('line one\nline two, "quoted"; and ü\r\n\ttab', session.codes[1])
    assert (reply["text"], reply["author"], reply["status"]) == (model.reply, "gpt-6-luna", "complete")
    assert (reply["model"], reply["model_answered"]) == ("gpt-6-luna", "gpt-5.4-mini-2026-03-17")
    assert (reply["tokens_out"], reply["tokens_reasoning"], reply["finish_reason"]) == ("4", "0", "stop")
    assert int(reply["tokens_in"]) == len(SECRET_PROMPT.split()) + len(user["text"].split())
    assert (reply["temperature"], reply["seed"], reply["requests"]) == ("0.5", "5", "1")
    assert json.loads(reply["parameters"])["temperature"] == 0.5
    assert 0 < float(reply["first_token_seconds"]) <= float(reply["latency_seconds"]) < 30
    assert 0 < float(reply["cost_usd"]) < 0.01
    assert [user[name] for name in ("tokens_in", "cost_usd", "latency_seconds", "model", "error")] == [""] * 5
    assert len({row["message_id"] for row in found}) == 4


@pytest.mark.any_database
def test_an_unknown_price_is_empty(server: Server, model: FakeService) -> None:
    session = server.create_session("talk", 1, ego_model="openai/our-own-finetune")
    with Chat(session.participant().start()) as chat:
        chat.ask("Hello")
    assert [row["cost_usd"] for row in rows(server, session.code)] == ["", "", ""]


@pytest.mark.any_database
def test_labels_and_other_sessions(server: Server) -> None:
    first, second = server.create_session("talk"), server.create_session("talk")
    for session, label in ((first, "seat-1"), (second, "seat-2")):
        person = session.participant()
        person.url = f"{server.url}/InitializeParticipant/{person.code}"
        person.http.get(person.url, params={"participant_label": label})
        with Chat(person.start()) as chat:
            chat.ask(f"I am {label}")
    assert {row["session"] for row in rows(server, first.code)} == {first.code}
    assert [row["text"] for row in rows(server, first.code) if row["role"] == "user"] == ["I am seat-1"]
    assert {row["participant_label"] for row in rows(server, first.code)} == {"seat-1"}
    everything = server.custom_export("talk")
    assert {first.code, second.code} <= {row["session"] for row in everything}


def test_all_owners_rounds_seats_and_suffixes(server: Server) -> None:
    session = server.create_session("both", 4)
    found = [row for row in rows(server, session.code, "twice") if row["role"] == "user"]
    told = sorted(
        (r["attached_to"], r["round"], r["group"], r["id_in_group"], r["thread_name"], r["seat"], r["text"])
        for r in found
    )
    people = [(str(number), str(group), str(place)) for number in (1, 2) for group in (1, 2) for place in (1, 2)]
    assert told == sorted(
        [("player", number, group, place, "own", "", f"round {number}") for number, group, place in people]
        + [("group", number, group, "", "", "seller", "to the seller") for number in "12" for group in "12"]
        + [("subsession", number, "", "", "", "", "to the subsession") for number in "12"]
        + [("session", "", "", "", "", "", "to all"), ("participant", "", "", "", "", "", "to all")]
    )
    assert {row["participant"] for row in found if row["attached_to"] == "participant"} == {session.codes[0]}
    others = {row["attached_to"] for row in rows(server, session.code, "talk")}
    assert others == {"player", "session", "participant"} - ({"player"} if "player" not in others else set())


@pytest.mark.any_database
def test_an_empty_export_has_its_head(server: Server) -> None:
    text = server.get("/api/export_app_custom", app="table", function_name="custom_export").text
    assert text.splitlines()[0].lstrip("\ufeff") == ",".join(COLUMNS)


@pytest.mark.any_database
def test_a_reply_under_way_is_pending_in_the_table(server: Server, model: FakeService) -> None:
    session = server.create_session("talk")
    model.hold()
    with Chat(session.participant().start()) as chat:
        chat.say("Wait")
        chat.until(lambda told: told["t"] == "text")
        assert rows(server, session.code)[-1]["status"] == "pending"
        model.release()
        chat.quiet()
    assert rows(server, session.code)[-1]["status"] == "complete"
