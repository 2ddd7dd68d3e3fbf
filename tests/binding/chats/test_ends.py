"""A chat that ends by a rule of the app's, or by the model's own word."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from harness import Server
from harness.chat import CHAT_PAGE, END_PAGE, TALK, Chat, rows
from harness.project import REPO
from hypothesis import given, strategies as st

from otree_ego.chat_rules.end_word import shown_so_far, without_end_word
from otree_ego.testing import FakeService

from .test_times import events, over

DEAL = (
    TALK.replace('"talk"', '"deal"')
    .replace(
        "    live_method = chat\n",
        """\
    @staticmethod
    async def live_method(player, data):
        if "write" in data:
            async with ai(player) as llm:
                await llm.assistant(data["write"])
            return
        async for update in chat(player, data, ends=deal):
            yield update
""",
    )
    .replace(
        "def creating_session",
        """\
def deal(messages):
    last = messages[-1]
    if "crash" in last.text:
        raise ValueError("a slip")
    if "wrong" in last.text:
        return 5
    if last.role == "user":
        return "deal" in last.text and len(messages) > 2
    return f"You agreed on {len(messages)} messages." if "agreed" in last.text else None


def creating_session""",
    )
)
TABLE_DEAL = (
    DEAL.replace('"deal"', '"room_deal"', 1)
    .replace("import ai,", "import Persona, group_chat, ai,")
    .replace("in chat(player, data, ends=deal)", 'in group_chat(player, data, personas=[Persona("Ada")], ends=deal)')
    .replace("chat_error(player)", "chat_error(player, ai(player.group))")
)


@pytest.fixture(scope="module")
def chats(chat_server: Callable[..., Server]) -> Server:
    page = {"Chat.html": CHAT_PAGE, "End.html": END_PAGE}
    (bargain,) = re.findall(
        r"<!-- otree app: Bargain -->\n```python\n(.*?)```", (REPO / "docs" / "chats.md").read_text("utf-8"), re.DOTALL
    )
    apps: dict[str, Any] = {"bargain": {"__init__.py": bargain, "Bargain.html": CHAT_PAGE}}
    apps |= {"deal": {"__init__.py": DEAL, **page}, "room_deal": {"__init__.py": TABLE_DEAL, **page}}
    return chat_server(apps=apps)


def test_a_function_ends_the_chat(chats: Server, model: FakeService) -> None:
    model.reply = "Hm."
    session = chats.create_session("deal", ego_min_messages=9)
    person = session.participant().start()
    with Chat(person) as chat, Chat(person) as tab:
        chat.ask("a deal?")
        assert chat.status["open"]
        for slip in ("crash", "wrong"):
            chat.ask(slip)
            assert chat.status["open"]
        model.reply = "We have agreed."
        chat.ask("So?")
        for each in (chat, tab):
            told = over(each)
            assert (told["why"], told["note"], told["next"]) == ("ended", "You agreed on 8 messages.", True)
        assert chat.refused("More")["text"] == "You agreed on 8 messages."
    assert "ends=deal) failed" in chats.log and "returned 5" in chats.log
    chats.stop()
    chats.start()
    with Chat(person.reload()) as chat:
        assert not chat.status["open"] and chat.status["note"] == "You agreed on 8 messages."
    opened, ended = events(chats, session.code)
    assert (ended["why"], ended["text"], ended["message_number"]) == ("rule", "You agreed on 8 messages.", 9)
    assert opened["message_number"] == 1
    assert person.submit().page == "End"


def test_the_app_on_the_page(chats: Server, model: FakeService) -> None:
    with Chat(chats.create_session("bargain").participant().start()) as chat:
        chat.ask("Five?")
        assert chat.status["open"]
        chat.ask("Deal.")
        assert over(chat)["note"] == "You have agreed after 3 messages."


def test_what_code_writes_ends_it_too(chats: Server, model: FakeService) -> None:
    with Chat(chats.create_session("deal").participant().start()) as chat:
        chat.ask("Hello")
        chat.live.send({"write": "Then it is agreed."})
        assert over(chat)["note"] == "You agreed on 3 messages."


def test_a_participants_message_ends_it_and_the_reply_still_comes(chats: Server, model: FakeService) -> None:
    model.reply = "Hm."
    with Chat(chats.create_session("deal", ego_word_ended="Fertig.").participant().start()) as chat:
        chat.ask("Hello")
        assert chat.ask("a deal!")["text"] == "Hm."
        assert (chat.status["open"], chat.status["note"]) == (False, "Fertig.")


@pytest.mark.parametrize("reply", ["Good[bye]! [END]", "[END]", "[END] It was nice."])
def test_the_model_ends_the_chat_with_a_word(chats: Server, model: FakeService, reply: str) -> None:
    session = chats.create_session("talk", ego_end_word="[END]", ego_min_messages=9)
    person = session.participant().start()
    with Chat(person) as chat:
        model.reply = "Is [END it, or [END ]?"
        chat.ask("How do you end, with [END]?")
        assert chat.status["open"] and chat.texts[-1] == ("assistant", model.reply)
        model.reply = reply
        chat.say("End it")
        assert over(chat)["note"] == "This chat is complete. Thank you!"
        chat.quiet()
        shown = reply.replace("[END]", "").rstrip()
        assert [text for role, text in chat.texts[3:] if role == "assistant"] == ([shown] if shown else [])
        assert chat.open()["messages"][-1]["text"] == (shown or "End it")
        for text in chat.live.text.splitlines():
            assert "[END]" not in text.replace("with [END]?", "")
    assert rows(chats, session.code)[-1]["text"] == reply  # the record has it
    assert events(chats, session.code)[-1]["why"] == "model"
    assert person.submit().page == "End"


def test_the_app_checks_the_models_word(chats: Server, model: FakeService) -> None:
    with Chat(chats.create_session("deal", ego_end_word="DONE").participant().start()) as chat:
        model.reply = "We have agreed, without the word."
        chat.ask("Hello")
        assert chat.status["open"]
        model.reply = "Nothing yet. DONE"
        assert chat.ask("And?")["text"] == "Nothing yet."
        assert chat.status["open"]
        model.reply = "Then it is agreed. DONE"
        chat.ask("Fine.")
        assert over(chat)["note"] == "You agreed on 6 messages."


def test_a_group_chat_ends_for_all(chats: Server, model: FakeService) -> None:
    model.reply = "We have agreed."
    people = [person.start() for person in chats.create_session("room_deal", 2).participants()]
    with Chat(people[0]) as one, Chat(people[1]) as two:
        one.say("Hello")
        for each in (one, two):
            assert over(each)["note"] == "You agreed on 2 messages."
        assert two.refused("Wait")["why"] == "ended"
    assert two.live  # both may go on
    assert [person.submit().page for person in people] == ["End", "End"]


def test_the_end_survives_a_server_that_was_killed_before_it_was_written(chats: Server, model: FakeService) -> None:
    model.reply = "We have agreed."
    session = chats.create_session("deal")
    person = session.participant().start()
    with Chat(person) as chat:
        chat.ask("Hello")
        over(chat)
    chats.kill()
    chats.database.execute("DELETE FROM otree_ego_event WHERE kind = 'chat ended'")
    chats.start()
    with Chat(person) as chat:
        assert over(chat)["note"] == "You agreed on 2 messages."


@given(st.text("[END] ab", max_size=30), st.data())
def test_what_is_shown_of_a_reply_only_grows(text: str, data: Any) -> None:
    cut = data.draw(st.integers(0, len(text)))
    early, late = shown_so_far(text[:cut], "[END]"), shown_so_far(text, "[END]")
    assert late.startswith(early)
    assert (without_end_word(text, "[END]")).startswith(shown_so_far(text, "[END]").rstrip())
