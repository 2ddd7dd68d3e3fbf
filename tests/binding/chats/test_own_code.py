"""A page's on_message and on_reply: what they may do, and that nothing is lost when they fail."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from harness import Refused, Server
from harness.chat import CHAT_PAGE, END_PAGE, TALK, Chat
from harness.database import attempts
from harness.group_rooms import ROOM, Seat

from otree_ego.testing import FakeService

FIELDS = """    replies = models.IntegerField(initial=0)
    mood = models.StringField()
    last = models.IntegerField()
"""
GROUP_FIELDS = """    total = models.IntegerField(initial=0)
"""
CODE = """
    @staticmethod
    async def on_message(player, message):
        if "noticed" in message.text:
            async with ai(player) as llm:
                await llm.system("The participant was noticed.")
        if "bad hook" in message.text:
            raise ValueError("on_message is broken")

    @staticmethod
    async def on_reply(player, message):
        assert message.role == "assistant" and message.status == "complete" and message.seq
        text = player.field_maybe_none("mood") or ""
        if "fail" in message.text:
            raise ValueError("on_reply is broken")
        if "set" in message.text:
            player.replies = 99
        if "unknown" in message.text:
            return dict(nothing=1)
        async with ai(player) as llm:
            if "end" in message.text:
                await llm.notice("Thank you, that was all.", author="System", ends=True)
            elif "quiet" in message.text:
                await llm.notice("", ends=True)
            else:
                await llm.notice("Rate it, please.", heard=False)
                await llm.system("Ask about the weather.", once=True)
        return dict(replies=player.replies + 1, mood=text + "+", last=message.seq, total=7)
"""
PLAIN = """
    @staticmethod
    def on_reply(player, message):
        player.replies += 1
        player.participant.vars["heard"] = message.text
        with ai(player) as llm:
            llm.notice(f"Reply {player.replies}.")
        if "fail" in message.text:
            raise ValueError("on_reply is broken")
        return dict(mood="calm")
"""


def app(name: str, code: str) -> dict[str, str]:
    source = TALK.replace('"talk"', f'"{name}"')
    source = source.replace("class Player(BasePlayer):\n    pass\n", f"class Player(BasePlayer):\n{FIELDS}")
    source = source.replace("class Group(BaseGroup):\n    pass\n", f"class Group(BaseGroup):\n{GROUP_FIELDS}")
    return {
        "__init__.py": source.replace("    live_method = chat\n", f"    live_method = chat\n{code}"),
        "Chat.html": CHAT_PAGE,
        "End.html": END_PAGE,
    }


PARTY = ROOM.replace('"room"', '"party"').replace(
    "    @staticmethod\n    def error_message",
    """    @staticmethod
    async def on_reply(player, message):
        async with ai(player.group) as llm:
            if "bye" in message.text:
                await llm.notice("We stop here.", ends=True)
            else:
                await llm.notice(f"{player.id_in_group} was answered.")

    @staticmethod
    def error_message""",
    1,
)


@pytest.fixture(scope="module")
def server(chat_server: Callable[..., Server], model: FakeService) -> Server:
    party = {"__init__.py": PARTY, "Chat.html": CHAT_PAGE, "End.html": END_PAGE}
    return chat_server(apps={"hooked": app("hooked", CODE), "plain": app("plain", PLAIN), "party": party})


def told(server: Server, *places: str) -> None:
    """Waits until the log has told of these functions."""
    for _ in attempts(pause=0.05):
        if all(f"{place} failed; the chat goes on." in server.log for place in places):
            return
    raise AssertionError(server.log[-3000:])


def field(server: Server, session: Any, name: str, wanted: str, app: str = "hooked") -> None:
    for _ in attempts(pause=0.05):
        (row,) = server.app_export(app, session.code)
        if row[name] == wanted:
            return
    raise AssertionError(row)


def test_on_reply_writes_fields_a_notice_and_the_next_prompt(server: Server, model: FakeService) -> None:
    session = server.create_session("hooked")
    with Chat(session.participant().start()) as chat:
        chat.ask("Hello")
        chat.until(lambda told: told["t"] == "add" and told["message"]["role"] == "notice")
        field(server, session, "player.replies", "1")
        field(server, session, "group.total", "7")
        chat.ask("And now?")  # waits for the function, whatever it does
        sent = model.requests[-1].body["messages"]
        assert [m["content"] for m in sent[1:]] == [
            "Hello", FakeService.DEFAULT_REPLY, "Ask about the weather.", "And now?",
        ]  # fmt: skip
        field(server, session, "player.mood", "++")
        assert [m["role"] for m in chat.open()["messages"]] == ["user", "assistant", "notice"] * 2


def test_what_is_written_at_once_after_a_reply_waits_for_on_reply(server: Server, model: FakeService) -> None:
    with Chat(server.create_session("hooked").participant().start()) as chat:
        chat.ask("Hello")
        chat.ask("Noticed?")
    assert "Ask about the weather." in str(model.requests[-1].body)


def test_on_message_changes_the_prompt_of_its_own_reply(server: Server, model: FakeService) -> None:
    with Chat(server.create_session("hooked").participant().start()) as chat:
        chat.ask("I want to be noticed")
    sent = model.requests[-1].body["messages"]
    assert "The participant was noticed." in sent[0]["content"] and sent[-1]["content"] == "I want to be noticed"


@pytest.mark.parametrize("word", ["end", "quiet"])
def test_on_reply_ends_the_chat(server: Server, model: FakeService, word: str) -> None:
    model.reply = f"This is the {word}."
    person = server.create_session("hooked", ego_min_messages=5).participant().start()
    with Chat(person) as chat:
        with pytest.raises(Refused):
            person.submit()
        chat.ask("Hello")
        chat.until(lambda told: not told.get("status", {"open": True})["open"])
        assert (chat.status["why"], chat.status["next"]) == ("closed", True)
        assert chat.refused("More?")["why"] == "closed"
        notices = [m["text"] for m in chat.open()["messages"] if m["role"] == "notice"]
        assert notices == (["Thank you, that was all."] if word == "end" else [])
    assert person.submit().page == "End"


@pytest.mark.parametrize("why", ["fail", "set", "unknown"])
def test_a_function_that_fails_loses_nothing(server: Server, model: FakeService, why: str) -> None:
    model.reply = f"To {why} is human."
    session = server.create_session("hooked")
    with Chat(session.participant().start()) as chat:
        assert chat.ask("Hello")["status"] == "complete"
        model.reply = "Well."
        assert chat.ask("Again")["text"] == "Well."
        assert chat.status["open"]
        field(server, session, "player.replies", "1")
    told(server, "hooked.Chat.on_reply")


def test_on_message_that_fails_loses_no_message(server: Server, model: FakeService) -> None:
    with Chat(server.create_session("hooked").participant().start()) as chat:
        assert chat.ask("a bad hook")["text"] == FakeService.DEFAULT_REPLY
    told(server, "hooked.Chat.on_message")


def test_a_plain_function_sets_fields_itself(server: Server, model: FakeService) -> None:
    session = server.create_session("plain")
    with Chat(session.participant().start()) as chat:
        chat.ask("Hello")
        chat.until(lambda told: told["t"] == "add" and told["message"]["text"] == "Reply 1.")
        field(server, session, "player.mood", "calm", "plain")
        model.reply = "I fail."
        chat.ask("And now?")
        model.reply = "Fine."
        chat.ask("Well?")
        chat.until(lambda told: told["t"] == "add" and told["message"]["text"] == "Reply 2.")
    told(server, "plain.Chat.on_reply")
    with Chat(session.participant().start()) as chat:
        assert [m["text"] for m in chat.shown if m["role"] == "notice"] == ["Reply 1.", "Reply 2."]
    field(server, session, "player.replies", "2", "plain")


def test_in_a_group_it_runs_once_for_who_wrote_last(server: Server, model: FakeService) -> None:
    one, two = server.create_session("party", participants=2).participants()
    with Seat(one.start()) as first, Seat(two.start()) as second:
        second.say("Hello")
        for seat in (first, second):
            seat.said("Hello", FakeService.DEFAULT_REPLY, "2 was answered.")
        model.reply = "Good bye."
        first.say("Bye")
        for seat in (first, second):
            seat.said("Hello", FakeService.DEFAULT_REPLY, "2 was answered.", "Bye", "Good bye.", "We stop here.")
            assert not seat.status["open"]
    assert len(model.requests) == 2
