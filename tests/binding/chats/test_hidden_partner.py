"""A chat with one AI that is not told to be one (`ego_disclose`): what its pages are sent."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from harness import Server
from harness.chat import CHAT_PAGE, CONFIG, END_PAGE, KEY, TABLE, TALK_FILES, Chat, rows
from harness.database import attempts

from otree_ego.testing import FakeService

TELLS = ("assistant", "gpt-", "pending", '"status": "failed"', '"t": "text"', "Replies come", "Try again")


@pytest.fixture(scope="module")
def model() -> Any:
    with FakeService() as fake:
        yield fake


@pytest.fixture(scope="module")
def server(server_factory: Callable[..., Server], model: FakeService) -> Server:
    assigned = TALK_FILES["__init__.py"].replace("import ai,", "import ai, assign,").replace('"talk"', '"drawn"')
    assigned = assigned.replace(
        "def creating_session(subsession):\n",
        "def creating_session(subsession):\n    assign(subsession, ego_disclose=['after'])\n",
    )
    wrong = assigned.replace("['after']", "['sometimes']").replace("drawn", "wrong")
    apps = {
        "talk": TALK_FILES,
        "drawn": {**TALK_FILES, "__init__.py": assigned},
        "wrong": {**TALK_FILES, "__init__.py": wrong},
        "table": {"__init__.py": TABLE, "Chat.html": CHAT_PAGE, "End.html": END_PAGE},
    }
    env = {"OPENAI_BASE_URL": model.base_url, "OPENAI_API_KEY": KEY}
    configs = [{"name": name, "app_sequence": [name], **CONFIG, "ego_disclose": ""} for name in apps]
    return server_factory(apps=apps, session_configs=configs, env=env)


def heard(tab: Chat, text: str) -> dict[str, Any]:
    """The message of this text, once it is there."""
    while True:
        found = [one for one in tab.messages.values() if one["text"] == text]
        if found:
            return found[0]
        tab.until(lambda told: told["t"] in ("add", "state"))


@pytest.mark.parametrize("config", ["talk", "drawn"])
def test_a_reply_is_a_message_as_any(server: Server, model: FakeService, config: str) -> None:
    model.reply = "Good **morning**!"
    fields = {"ego_disclose": "after"} if config == "talk" else {}
    session = server.create_session(config, **fields)
    with Chat(session.participant().start()) as tab:
        tab.say("Hello!")
        told = heard(tab, "Good **morning**!")
        assert (told["role"], told["author"], told["status"], told["mine"]) == (
            "user",
            "The other side",
            "complete",
            False,
        )
        assert not tab.busy and tab.model == ""
        assert [one for one in TELLS if one in tab.live.text] == []
        state = tab.open()
        assert [one["text"] for one in state["messages"]] == ["Hello!", "Good **morning**!"]
    assert [row["status"] for row in rows(server, session.code, config)][-1] == "complete"


def test_a_reply_that_fails_is_not_seen_and_the_talk_goes_on(server: Server, model: FakeService) -> None:
    session = server.create_session("talk", ego_disclose="never")
    model.fail(400, times=1)
    with Chat(session.participant().start()) as tab:
        tab.say("Hello!")
        model.wait_until(lambda fake: len(fake.requests) >= 1)
        model.heal()
        model.reply = "I am here."
        tab.say("Are you there?")
        heard(tab, "I am here.")
        assert [one["text"] for one in tab.open()["messages"]] == ["Hello!", "Are you there?", "I am here."]
        assert not tab.status["again"] and [one for one in TELLS if one in tab.live.text] == []


def test_told_and_untold_at_one_table(server: Server, model: FakeService) -> None:
    model.reply = "Good morning, both of you!"
    session = server.create_session("table", 2, ego_disclose="before, after")
    given = {row["participant"]: row["ego_disclose"] for row in server.custom_export(
        "otree_ego", "assignments", session=session.code)}  # fmt: skip
    people = {given[person.code]: person.start() for person in session.participants()}
    assert "An AI takes part in this chat" in people["before"].html
    assert "An AI takes part" not in people["after"].html
    with Chat(people["before"]) as told, Chat(people["after"]) as untold:
        told.say("Hello!")
        heard(untold, "Good morning, both of you!")
        assert [one for one in TELLS if one in untold.live.text] == []
        roles = {one["text"]: one["role"] for one in told.open()["messages"]}
        assert roles == {"Hello!": "user", "Good morning, both of you!": "assistant"}


def test_another_value_cannot_be_assigned(server: Server) -> None:
    with pytest.raises(AssertionError):
        server.create_session("wrong")
    said = "'sometimes' is none of before, after, never."
    assert any(said in server.log_file.read_text("utf-8") for _ in attempts())


def test_nothing_of_it_is_in_the_words(server: Server) -> None:
    with Chat(server.create_session("talk", ego_disclose="after", ego_language="de").participant().start()) as tab:
        words = json.dumps(tab.words)
    assert "KI" not in words and 'model_label": ""' in words and "Die andere Seite" in words
