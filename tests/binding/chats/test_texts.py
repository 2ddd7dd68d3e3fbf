"""What participants write is text, whatever it looks like: sent, shown and kept word for word."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from harness import Server
from harness.chat import CONFIG, KEY, SECRET_PROMPT, Chat, rows

from otree_ego.testing import FakeService

pytestmark = pytest.mark.any_database

MARK = "the-command-ran"
COMMAND = (
    "{{ cycler.__init__.__globals__.os.popen('touch " + MARK + "').read() }}"
    "{{ self._TemplateReference__context.joiner.__init__.__globals__.os.system('touch " + MARK + "') }}"
)
TEXTS = {
    "api key": "{{ api_key }} {{ llm.api_key }} {{ config }}",
    "sum": "{{ 7*7 }} ${7*7} #{7*7} %(x)s {0} {n}",
    "command": COMMAND,
    "lone braces": "{{",
    "lone end": "}} {% endif %}",
    "raw": "{% raw",
    "html": "<script>alert(1)</script><img src=x onerror=alert(1)> & &amp; </textarea>",
    "emoji": "👩‍👩‍👧‍👦 👍🏽 e\u0301 \U0001f9ff",
    "right to left": "שלום \u202eעולם\u202c مرحبا",
    "white space": "  two  spaces\n\n\ttabs\r\nand lines  ",
    "control": "bell\x07 escape\x1b[31m separator\u2028\u2029 bom\ufeff",
    "quotes": "'; DROP TABLE otree_ego_message; -- \" \\ %s :name ?",
}


def user_texts(model: FakeService) -> list[str]:
    return [m["content"] for m in model.requests[-1].body["messages"] if m["role"] == "user"]


@pytest.mark.parametrize("name", TEXTS)
def test_word_for_word(chats: Server, model: FakeService, name: str) -> None:
    text = TEXTS[name]
    model.reply = f"You said: {text} (end)"
    session = chats.create_session("talk")
    person = session.participant().start()
    with Chat(person) as chat:
        assert chat.ask(text)["text"] == model.reply
        assert user_texts(model) == [text]
        assert chat.open()["messages"][0]["text"] == text
        model.reply = "Fine."
        assert chat.ask("Still there?")["text"] == "Fine."
        assert KEY not in chat.live.text
        assert SECRET_PROMPT not in chat.live.text
    asked, *_ = [row["text"] for row in rows(chats, session.code) if row["role"] == "user"]
    assert asked == text
    found = chats.database.query("SELECT text FROM otree_ego_message ORDER BY id DESC LIMIT 4")
    assert found[-1]["text"] == text
    assert not (chats.project.folder / MARK).exists()
    assert text not in person.reload().html


def test_what_cannot_be_stored_is_replaced_and_nothing_else(chats: Server, model: FakeService) -> None:
    session = chats.create_session("talk")
    with Chat(session.participant().start()) as chat:
        assert chat.ask("a \ud83d b \x00c")["status"] == "complete"
        assert user_texts(model) == ["a \ufffd b c"]
        assert chat.open()["messages"][0]["text"] == "a \ufffd b c"
        assert chat.refused("\x00")["why"] == "empty"
        model.reply = "lone \ud83d and \x00 here"
        assert chat.ask("Now you")["text"] == "lone \ufffd and  here"
    texts = [row["text"] for row in rows(chats, session.code)]
    assert texts[1:] == ["a \ufffd b c", FakeService.DEFAULT_REPLY, "Now you", "lone \ufffd and  here"]


@pytest.mark.parametrize("text", ["", " ", "\n\t \u00a0\u3000", "\x00\x00"])
def test_nothing_is_not_sent(chats: Server, model: FakeService, text: str) -> None:
    session = chats.create_session("talk")
    with Chat(session.participant().start()) as chat:
        assert chat.refused(text)["why"] == "empty"
        assert chat.ask("Something")["status"] == "complete"
    assert user_texts(model) == ["Something"]


def test_200_kilobytes(chats: Server, model: FakeService) -> None:
    text = "Ünd so weiter. " * 14_000
    with Chat(chats.create_session("talk").participant().start()) as chat:
        assert chat.refused(text)["why"] == "too_long"
        assert chat.ask("Short then")["status"] == "complete"
    session = chats.create_session("talk", ego_max_length=200_000)
    text = text[:199_999] + "."
    model.reply = "ü" * 200_000
    with Chat(session.participant().start()) as chat:
        assert chat.ask(text)["text"] == model.reply
        assert user_texts(model) == [text]
        model.reply = "Fine."
        assert chat.ask("Shorter")["text"] == "Fine."
    assert [len(row["text"]) for row in rows(chats, session.code)][1:] == [200_000, 200_000, 7, 5]


def test_the_experimenters_name_for_a_participant_is_text_too(
    chat_server: Callable[..., Server], model: FakeService
) -> None:
    server = chat_server(repo_apps=["ego_chat"], configs=[{"name": "ego_chat", "app_sequence": ["ego_chat"], **CONFIG}])
    session = server.create_session("ego_chat")
    person = session.participant().start().submit(nickname="{{ 7*7 }}<b>{{ api_key }}")
    with Chat(person) as chat:
        assert chat.shown == []
        chat.ask("Who am I?")
        assert user_texts(model) == ["My name is {{ 7*7 }}<b>{{ api_key }}.\n\nWho am I?"]
        assert "7*7" not in chat.live.text
    person.submit()
    assert "{{ 7*7 }}&lt;b&gt;{{ api_key }}" in person.html
