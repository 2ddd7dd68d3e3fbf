"""What an app's own code writes into a chat: open pages show it at once, whoever wrote it and from where."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from harness import Server
from harness.chat import CHAT_PAGE, END_PAGE, TALK, Chat, rows
from harness.group_rooms import ROOM, Seat

from otree_ego.testing import FakeService

CODED = TALK.replace('"talk"', '"coded"').replace(
    "    live_method = chat\n",
    """    @staticmethod
    async def live_method(player, data):
        if "ego" not in data:
            await write(player, **data)
            return
        async for update in chat(player, data):
            yield update

    @staticmethod
    def before_next_page(player, timeout_happened):
        for each in player.get_others_in_group():
            with ai(each) as llm:
                llm.assistant("Somebody has left.")
""",
)
WRITE = """
import asyncio


async def write(player, do, text="", of=None, later=False, **more):
    link = ai(player if of is None else player.group.get_player_by_id(of))
    work = write_to(link, do, text, more)
    if later:
        asyncio.get_running_loop().call_later(0.01, asyncio.ensure_future, work)
    else:
        await work


async def write_to(link, do, text, more):
    async with link as llm:
        if do == "attribute":
            llm.round = 7
        else:
            await getattr(llm, do)(text, **more)


class C("""
GROUP = ROOM.replace('"room"', '"party"').replace(
    "        told = json.loads(",
    """        if "ego" not in data:
            async with ai(player.group) as llm:
                await getattr(llm, data.pop("do"))(data.pop("text"), **data)
            return
        told = json.loads(""",
)


@pytest.fixture(scope="module")
def server(chat_server: Callable[..., Server], model: FakeService) -> Server:
    pages = {"Chat.html": CHAT_PAGE, "End.html": END_PAGE}
    apps = {
        "coded": {"__init__.py": CODED.replace("class C(", WRITE[1:], 1), **pages},
        "party": {"__init__.py": GROUP, **pages},
    }
    return chat_server(apps=apps)


def tell(chat: Chat, **data: Any) -> None:
    chat.live.send(data)


def shown(chat: Chat, *texts: str) -> list[tuple[str, str, str]]:
    """Waits until just these texts are shown; role and author of each."""
    while [m["text"] for m in chat.shown] != list(texts):
        assert len(chat.shown) <= len(texts), chat.shown
        chat.next()
    return [(m["role"], m["author"], m["status"]) for m in chat.shown]


def test_what_code_says_is_on_every_open_page_at_once(server: Server, model: FakeService) -> None:
    session = server.create_session("coded")
    person = session.participant().start()
    with Chat(person) as chat, Chat(person) as tab:
        tell(chat, do="assistant", text="Half of the time is over.")
        for each in (chat, tab):
            assert shown(each, "Half of the time is over.") == [("assistant", "", "complete")]
        tab.ask("And now?")
        shown(tab, "Half of the time is over.", "And now?", FakeService.DEFAULT_REPLY)
    sent = model.requests[-1].body["messages"][1:]
    assert [(m["role"], m["content"]) for m in sent] == [
        ("assistant", "Half of the time is over."),
        ("user", "And now?"),
    ]


def test_a_notice_is_shown_and_heard_as_it_says(server: Server, model: FakeService) -> None:
    session = server.create_session("coded")
    with Chat(session.participant().start()) as chat:
        tell(chat, do="notice", text="Only people read this.", author="System", heard=False)
        tell(chat, do="notice", text="All read this.")
        told = shown(chat, "Only people read this.", "All read this.")
        assert told == [("notice", "System", "complete"), ("notice", "", "complete")]
        chat.ask("Hello")
        assert [m["text"] for m in chat.open()["messages"]][:2] == ["Only people read this.", "All read this."]
    sent = model.requests[-1].body["messages"]
    assert sent[0]["content"].endswith("All read this.") and "Only people" not in str(sent)
    table = [row for row in rows(server, session.code, "coded") if row["author"] == "System"]
    assert [(row["role"], row["text"]) for row in table] == [("system", "Only people read this.")]


def test_what_is_hidden_stays_hidden(server: Server, model: FakeService) -> None:
    with Chat(server.create_session("coded").participant().start()) as chat:
        tell(chat, do="system", text="Be brief.")
        tell(chat, do="submit", text="A secret question", hidden=True)
        tell(chat, do="attribute")
        tell(chat, do="assistant", text="Now.")
        first = chat.next()
        assert (first["t"], first["message"]["text"]) == ("add", "Now.")


def test_a_question_of_code_comes_with_its_reply(server: Server, model: FakeService) -> None:
    model.hold()
    with Chat(server.create_session("coded").participant().start()) as chat:
        tell(chat, do="submit", text="Good morning!", later=True)
        assert shown(chat, "Good morning!", "") == [("user", "", "complete"), ("assistant", "", "pending")]
        model.release()
        chat.until(lambda told: told["t"] == "end")
        assert shown(chat, "Good morning!", FakeService.DEFAULT_REPLY)[1] == ("assistant", "", "complete")


def test_a_page_function_and_another_page_reach_it_too(server: Server, model: FakeService) -> None:
    one, two = server.create_session("coded", participants=2).participants()
    one.start(), two.start()
    with Chat(one) as first, Chat(two) as second:
        tell(first, do="assistant", text="From the other page.", of=2)
        shown(second, "From the other page.")
        one.submit()
        shown(second, "From the other page.", "Somebody has left.")


def test_it_comes_while_a_reply_is_under_way(server: Server, model: FakeService) -> None:
    model.reply = "one two three"
    model.hold()
    with Chat(server.create_session("coded").participant().start()) as chat:
        chat.say("Go")
        chat.until(lambda told: told["t"] == "text")
        tell(chat, do="notice", text="Time is short.", later=True)
        told = chat.until(lambda told: told["t"] == "add")
        assert (told["message"]["text"], told["busy"]) == ("Time is short.", True)
        model.release()
        chat.quiet()
        assert [m["text"] for m in chat.shown] == ["Go", "one two three", "Time is short."]
        chat.do(do="retry")  # nothing to try again: the state is as it was
        assert chat.until(lambda told: told["t"] == "state")["messages"] == chat.shown


def test_a_notice_does_not_take_try_again_away(server: Server, model: FakeService) -> None:
    model.fail(500)
    with Chat(server.create_session("coded").participant().start()) as chat:
        assert chat.ask("Go")["status"] == "failed"
        tell(chat, do="notice", text="We are sorry.")
        chat.until(lambda told: told["t"] == "add")
        chat.do(do="retry")
        chat.until(lambda told: told["t"] == "end")
        assert [m["text"] for m in chat.shown] == ["Go", "", "We are sorry.", FakeService.DEFAULT_REPLY]


def test_a_group_reads_it_in_one_order(server: Server, model: FakeService) -> None:
    one, two = server.create_session("party", participants=2).participants()
    with Seat(one.start()) as first, Seat(two.start()) as second:
        tell(first, do="notice", text="You have five minutes.", author="System")
        for seat in (first, second):
            assert seat.said("You have five minutes.") == [("System", "You have five minutes.")]
        assert not model.requests  # nobody answers a notice
        first.say("Hello")
        for seat in (first, second):
            seat.said("You have five minutes.", "Hello", FakeService.DEFAULT_REPLY)
    sent = model.requests[-1].body["messages"]
    assert "five minutes" not in sent[0]["content"]
    assert [m["content"] for m in sent[1:]] == ["You have five minutes.", "Participant 1: Hello"]


def test_a_typed_question_shows_its_own_text_and_the_answer_alone(server: Server, model: FakeService) -> None:
    said = ["Not JSON at all.", '{"answer": "no"}', '{"text": "Fine, thanks.", "mood": 4}']
    model.reply = lambda body: said.pop(0) if said else FakeService.DEFAULT_REPLY
    schema = {
        "type": "object", "properties": {"mood": {"type": "integer"}, "text": {"type": "string"}},
        "required": ["text", "mood"], "additionalProperties": False,
    }  # fmt: skip
    session = server.create_session("coded")
    with Chat(session.participant().start()) as chat:
        tell(chat, do="ask_json", text="How are you?", schema=schema, hidden=False, author="abc")
        while not (chat.shown and chat.shown[-1]["text"] == "Fine, thanks."):
            chat.next()
        assert shown(chat, "How are you?", "Fine, thanks.")[1] == ("assistant", "", "complete")
        chat.ask("And now?")
        leaks = re.findall("JSON|mood|could not be used|no\\W+}", chat.live.text.replace("needs JavaScript", ""))
        assert not leaks
    sent = [m["content"] for m in model.requests[-1].body["messages"]]
    assert sent[1] == "How are you?" and "Schema" not in str(sent)
    asked = [m["content"] for m in model.requests[0].body["messages"]]
    assert asked[-1].startswith("How are you?\n\n") and "JSON Schema" in asked[-1]
    table = [row for row in rows(server, session.code, "coded") if row["role"] == "user" and not int(row["hidden"])]
    assert [row["author"] for row in table] == ["abc", table[1]["author"]]


def test_other_typed_questions_show_their_values(server: Server, model: FakeService) -> None:
    model.reply = '{"answer": 7}'
    with Chat(server.create_session("coded").participant().start()) as chat:
        tell(chat, do="ask_number", text="How much?", low=0, high=10, hidden=False)
        while [m["text"] for m in chat.shown] != ["How much?", "7"]:
            chat.next()
