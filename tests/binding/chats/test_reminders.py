"""An instruction that goes out with every turn: in the requests and in their record, and nowhere else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from harness import Server
from harness.chat import CONFIG, SECRET_PROMPT, Chat, rows
from harness.group_rooms import ROOM_FILES, room_field

from otree_ego.testing import FakeService

REMINDER = "Answer in one sentence, and never say ibis-4711.\n"


@pytest.fixture(scope="module")
def chats(chat_server: Callable[..., Server]) -> Server:
    config = {"name": "salon", "app_sequence": ["room"], **CONFIG, "room": ""}
    return chat_server(apps={"room": ROOM_FILES}, configs=[config])


def test_each_turn_has_it_once_at_the_end(chats: Server, model: FakeService) -> None:
    session = chats.create_session("talk", ego_reminder=REMINDER)
    person = session.participant().start()
    with Chat(person) as chat:
        texts = [f"Message {number}" for number in range(6)]
        for text in texts:
            chat.ask(text)
        for number, request in enumerate(model.requests):
            sent = request.body["messages"]
            assert (sent[0]["content"], sent[-2]["content"]) == (SECRET_PROMPT, texts[number])
            assert sent[-1] == {"role": "system", "content": REMINDER}
            assert len([turn for turn in sent if REMINDER in turn["content"]]) == 1
        chat.open()
        assert "ibis" not in chat.live.text + person.html
    assert all("ibis" not in row["text"] for row in rows(chats, session.code))
    found = chats.custom_export("otree_ego", "requests", session=session.code)
    assert len(found) == 6 and all(row["request"].count("ibis-4711") == 1 for row in found)
    written = chats.database.query("SELECT request FROM otree_ego_message WHERE role = 'assistant' ORDER BY seq")
    assert len(str(written[-1])) <= len(str(written[1])) + 20  # a turn costs no more as the chat grows


def test_it_stays_when_old_turns_are_left_out(chats: Server, model: FakeService) -> None:
    with Chat(
        chats.create_session("talk", ego_reminder=REMINDER, ego_context_tokens=400).participant().start()
    ) as chat:
        for _ in range(8):
            chat.ask("word " * 60)
        sent = [turn["content"] for turn in model.requests[-1].body["messages"]]
        assert (sent[0], sent[-1]) == (SECRET_PROMPT, REMINDER) and len(sent) < 16


@pytest.mark.parametrize("app", ["table", "salon"])
def test_those_who_share_a_chat(chats: Server, model: FakeService, app: str) -> None:
    more = {"room": room_field({"name": "Ada"})} if app == "salon" else {}
    session = chats.create_session(app, 2, ego_reminder=REMINDER, **more)
    people = [person.start() for person in session.participants()]
    with Chat(people[0]) as one, Chat(people[1]) as two:
        for chat in (one, two):
            chat.say("Hello")
            chat.until(lambda told: told["t"] in ("end", "add") and told["message"]["role"] == "assistant")
    sent = [turn["content"] for turn in model.requests[-1].body["messages"]]
    assert sent[-1] == REMINDER and sum(REMINDER in text for text in sent) == 1
