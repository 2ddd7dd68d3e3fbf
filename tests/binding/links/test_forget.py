"""Forgetting one participant, or a session: what was said goes, what it took and cost stays."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from harness import PostgreSQL, Server
from harness.lab import LAB_CONFIG, LAB_FILES, at, run

from otree_ego.testing import FakeService

SECRET = "My name is Zebulon Quux"
TALK = f"""
ai(player).set(GPTThread(model='gpt-6-luna', note='{SECRET}'))
with ai(player) as llm:
    llm.system('You talk to Zebulon Quux')
    llm.submit('{SECRET}')
"""


@pytest.fixture(scope="module")
def lab(server_factory: Callable[..., Server], database: PostgreSQL | None, model: FakeService) -> Server:
    env = {"OPENAI_BASE_URL": model.base_url, "OPENAI_API_KEY": "sk-fake"}
    return server_factory(apps={"lab": LAB_FILES}, session_configs=[LAB_CONFIG], database=database, env=env)


def test_a_participants_words_go_and_what_they_cost_stays(lab: Server, model: FakeService) -> None:
    model.reply = f"I hear: {SECRET}"
    session = lab.create_session("lab", 2)
    ann, bob = (at(session, index=index) for index in (0, 1))
    for person in (ann, bob):
        run(person, TALK)
    run(bob, "with ai(player) as llm: llm.submit('Bob stays')")
    before = lab.custom_export("lab", session=session.code)
    done = run(ann, "done = ai(player.participant).forget(); result = [done.threads, done.messages, done.shared]")
    assert done == [1, 3, 0]
    after = lab.custom_export("lab", session=session.code)
    assert len(after) == len(before)
    for was, now in zip(before, after, strict=True):
        if was["participant"] == ann.code:
            assert SECRET not in str(now)
            assert (now["text"], bool(now["forgotten_utc"]), bool(now["thread_closed_utc"])) == ("", True, True)
            for kept in (
                "tokens_in",
                "tokens_out",
                "cost_usd",
                "latency_seconds",
                "time_utc",
                "model",
                "status",
                "message_id",
            ):
                assert now[kept] == was[kept], kept
        else:
            assert now == was
    sent = lab.custom_export("lab", "custom_export_requests", session.code)
    assert [row["participant"] for row in sent] == [bob.code, bob.code]
    assert run(ann, "result = bool(ai(player))") is False
    assert run(bob, "with ai(player) as llm: result = llm.messages[-2].text") == "Bob stays"


@pytest.mark.any_database
def test_threads_that_were_replaced_are_forgotten_too(lab: Server) -> None:
    session = lab.create_session("lab")
    ann = at(session)
    for name in ("player", "player.participant"):
        run(ann, f"ai({name}).set(ConstantThread('{SECRET}'))\nwith ai({name}) as llm: llm.submit('old')")
        run(ann, f"ai({name}).set(ConstantThread('new'))\nwith ai({name}) as llm: llm.submit('{SECRET}')")
    assert run(ann, "result = ai(player.participant).forget().threads") == 4
    assert {row["text"] for row in lab.custom_export("lab", session=session.code)} == {""}


@pytest.mark.any_database
def test_what_is_attached_to_one_object_is_forgotten_alone(lab: Server) -> None:
    session = lab.create_session("lab", 2)
    ann = at(session)
    run(ann, "ai(player).set(ConstantThread('a')); ai(player, 'x').set(ConstantThread('b'))")
    run(ann, "with ai(player) as one, ai(player, 'x') as two: one.submit('1'); two.submit('2')")
    run(ann, "ai(player.group).set(Conversation(one=ConstantThread('c'), two=ConstantThread('d')))")
    run(ann, "with ai(player.group) as convo: convo.one.submit('3'); convo.two.submit('4')")
    assert run(ann, "result = ai(player, 'x').forget().owners")[0].endswith("#x")
    texts = [row["text"] for row in lab.custom_export("lab", session=session.code)]
    assert texts == ["1", "a", "", "", "3", "c", "4", "d"]
    run(ann, "ai(player.group).forget()")
    assert [row["text"] for row in lab.custom_export("lab", session=session.code)] == ["1", "a", *[""] * 6]
    run(ann, "ai(session).forget()")
    assert {row["text"] for row in lab.custom_export("lab", session=session.code)} == {""}


@pytest.mark.any_database
def test_in_a_shared_thread_ones_own_words_go(lab: Server, model: FakeService) -> None:
    model.reply = "Well, Zebulon Quux, <think>"
    session = lab.create_session("lab", 2)
    ann, bob = (at(session, index=index) for index in (0, 1))
    run(ann, "player.participant.label = 'Zebulon Quux'")
    run(ann, "ai(player.group).set(GPTThread(model='gpt-6-luna'))")
    say = "with ai(player.group) as llm: llm.submit({!r}, author=player.participant.code)"
    run(ann, say.format(SECRET))
    run(bob, say.format("I am Bob, not zebulon quux; zebulonquux is a word"))
    done = run(ann, "done = ai(player.participant).forget(); result = [done.messages, done.shared]")
    assert done == [1, 3]
    texts = [row["text"] for row in lab.custom_export("lab", session=session.code)]
    assert texts[0] == ""
    assert texts[2] == "I am Bob, not [forgotten]; zebulonquux is a word"
    assert all("Zebulon Quux" not in text for text in texts)
    assert run(ann, "result = player.participant.label") is None
    assert run(bob, "with ai(player.group) as llm: result = llm.submit('Go on')") == model.reply
    asked = str(model.requests[-1].body["messages"])
    assert "Bob" in asked
    assert "My name is" not in asked
    sent = lab.custom_export("lab", "custom_export_requests", session.code)
    assert "My name is" not in str(sent) and "zebulon quux" not in str(sent).lower()
    told = [turn["content"] for turn in json.loads(sent[1]["request"])["body"]["messages"]]
    assert told[::2] == ["[forgotten]", "I am Bob, not [forgotten]; zebulonquux is a word"]
