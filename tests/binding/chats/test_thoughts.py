"""A model's thoughts and the chat: kept in the record, never on a participant's screen."""

from __future__ import annotations

import json

import pytest
from harness import Server
from harness.chat import Chat, rows

from otree_ego.testing import FakeService

pytestmark = pytest.mark.any_database

ANSWER = "I reject it."
SAID = {
    "think": f"<think>\nIf I say yes I get 10 doubloons.\n</think>\n\n{ANSWER}",
    "channel": f"<|channel|>analysis<|message|>10 doubloons.<|end|>"
    f"<|start|>assistant<|channel|>final<|message|>{ANSWER}",
}


@pytest.mark.parametrize("said", SAID.values(), ids=list(SAID))
def test_no_frame_has_a_thought(said: str, chats: Server, model: FakeService) -> None:
    model.reply = said
    session = chats.create_session("talk")
    with Chat(session.participant().start()) as chat:
        assert chat.ask("Do you accept?")["text"] == ANSWER
        chat.ask("Why?")
        frames = [frame.text for frame in chat.live.frames]
    assert not any("doubloons" in frame or "think>" in frame or "channel" in frame for frame in frames)
    assert "doubloons" not in json.dumps(model.requests[-1].body)
    replies = [row for row in rows(chats, session.code) if row["role"] == "assistant"]
    assert [row["text"] for row in replies] == [ANSWER, ANSWER]
    assert all("10 doubloons." in json.loads(row["parameters"])["thoughts"] for row in replies)


def test_what_was_shown_before_it_turned_out_to_be_a_thought_is_taken_back(chats: Server, model: FakeService) -> None:
    model.reply = f"10 doubloons for me.\n</think>\n\n{ANSWER}"
    session = chats.create_session("talk")
    model.hold()
    with Chat(session.participant().start()) as chat:
        chat.say("Do you accept?")
        chat.until(lambda told: told["t"] == "text")  # the model is not known to do this
        model.release()
        assert chat.quiet()[-1]["text"] == ANSWER
        before = len(chat.live.frames)
        assert chat.ask("Why?")["text"] == ANSWER
        later = [frame.text for frame in chat.live.frames[before:]]
    assert not any("doubloons" in frame for frame in later)


def test_a_session_that_wants_them_in_the_text(chats: Server, model: FakeService) -> None:
    model.reply = SAID["think"]
    session = chats.create_session("talk", ego_thoughts_in_text=True)
    with Chat(session.participant().start()) as chat:
        assert chat.ask("Do you accept?")["text"] == SAID["think"]
        chat.ask("Why?")
    assert "doubloons" in json.dumps(model.requests[-1].body["messages"])
