"""Notices: in the record for people, in requests only where models are to hear them."""

from __future__ import annotations

import asyncio

import pytest

from otree_ego import Persona, Prompt, ScriptedThread, Thread
from otree_ego.chat_rules.members import Members
from otree_ego.chat_rules.turn_taking import messages_for
from otree_ego.threads.notices import is_notice


@pytest.mark.parametrize(("heard", "sent"), [(True, ["Half.", "Hi"]), (False, ["Hi"])])
def test_a_notice_is_sent_only_where_it_is_heard(heard: bool, sent: list[str]) -> None:
    llm = ScriptedThread(["Hello"])
    assert llm.notice("Half.", author="System", heard=heard) == "Half."
    llm.submit("Hi")
    assert [m["content"] for m in llm.history] == [*sent, "Hello"]
    assert [m["content"] for m in llm.last_reply.sent.messages] == sent
    assert [is_notice(m) for m in llm.messages] == [True, False, False]


def test_a_notice_can_be_a_prompt_and_awaited() -> None:
    llm = Thread("constant/Hello", minutes=5)
    assert asyncio.run(llm.aio.notice(Prompt("{{ minutes }} minutes are left."))) == "5 minutes are left."
    assert llm.system("5 minutes are left.", once=True)  # an instruction is another thing
    assert [is_notice(m) for m in llm.messages] == [True, False]


def test_personas_read_a_notice_at_its_place_and_without_a_name() -> None:
    llm = Thread("constant/Hello")
    llm.memorize("user", "Good morning.", author="abc")
    llm.notice("Kim: five minutes.", author="System")
    llm.notice("For people alone.", heard=False)
    members = Members((Persona("Ada"),), {"abc": "Kim"})
    sent = messages_for(Persona("Ada"), llm.messages, members)
    assert sent[1:] == (("user", "Kim: Good morning."), ("user", "Kim: five minutes."))
