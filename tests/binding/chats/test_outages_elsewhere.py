"""A database that cannot be written while a group talks or a page's function asks; and what forgetting finds."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from harness import LiveMethodFailed, PostgreSQL, Server, warm_python
from harness.chat import CHAT_PAGE, END_PAGE, TALK, TALK_FILES, Chat, replies_begun, rows
from harness.database import attempts
from harness.outages import POSTGRESQL, SQLITE, outage, spooled
from harness.project import REPO
from harness.waiting import BEFORE_PAGE

from otree_ego.testing import FakeService

REPLY = FakeService.DEFAULT_REPLY
STANDS = f"SELECT count(*) AS n FROM otree_ego_message WHERE text = '{REPLY}' AND status = 'complete'"
ROOM = (
    TALK.replace('"talk"', '"room"')
    .replace("PLAYERS_PER_GROUP = None", "PLAYERS_PER_GROUP = 2")
    .replace("import ai, chat, chat_error, custom_export", "import Persona, custom_export, group_chat")
    .partition("def creating_session")[0]
    + """
class Chat(Page):
    @staticmethod
    async def live_method(player, data):
        names = {p.participant.code: "AB"[p.id_in_group - 1] for p in player.group.get_players()}
        async for update in group_chat(player, data, personas=[Persona(name="Ada")], names=names):
            yield update


class End(Page):
    pass


page_sequence = [Chat, End]
"""
)
ASKS = (
    TALK.replace('"talk"', '"asks"').partition("class Chat(Page)")[0]
    + """
class Chat(Page):
    @staticmethod
    def before_next_page(player, timeout_happened):
        with ai(player) as llm:
            llm.submit("What now?")


class End(Page):
    pass


page_sequence = [Chat, End]
"""
)


@pytest.fixture(scope="module")
def server(chat_server: Callable[..., Server], database: PostgreSQL | None) -> Server:
    room = {"__init__.py": ROOM, "Chat.html": CHAT_PAGE, "End.html": END_PAGE}
    plain = {"__init__.py": ASKS, "Chat.html": BEFORE_PAGE, "End.html": END_PAGE}
    return chat_server(apps={"room": room, "asks": plain, "talk": TALK_FILES}, database=database)


@pytest.fixture(autouse=True)
def _running(server: Server, model: FakeService) -> Iterator[None]:
    yield
    model.release()
    if not server.running:
        server.start()


def until(condition: Callable[[], object]) -> None:
    assert any(condition() for _ in attempts(pause=0.1))


def usual(database: PostgreSQL | None) -> str:
    return list(SQLITE if database is None else POSTGRESQL)[1]


def entries(server: Server) -> list[Any]:
    return [json.loads(file.read_text()) for file in spooled(server)]


def test_a_group_goes_on_by_itself(server: Server, model: FakeService, database: PostgreSQL | None) -> None:
    session = server.create_session("room", 2)
    people = [person.start() for person in session.participants()]
    with ExitStack() as stack:
        ann, bob = (stack.enter_context(Chat(person)) for person in people)
        model.hold()
        ann.say("Hello, Ada")
        model.wait_until(lambda fake: fake.standing == 1)
        bob.say("I was faster")  # so the reply is moved to the end
        bob.until(lambda told: told["t"] == "add" and told["message"]["text"] == "I was faster")
        with outage(server, database, usual(database)):
            model.release()
            for tab in (ann, bob):
                tab.until(lambda told: told["t"] == "add" and told["message"]["text"] == REPLY)
            assert len(model.requests) == 1
        until(lambda: server.database.query(STANDS)[0]["n"] == 2)
        _, *found = rows(server, session.code, "room")
        stand = [(int(row["message_number"]), row["text"]) for row in found]
        for tab in (ann, bob):  # states of before may be on their way
            until(lambda tab=tab: [(m["seq"], m["text"]) for m in tab.open()["messages"]] == stand)
    assert sorted(row["text"] for row in found) == sorted(["Hello, Ada", "I was faster", REPLY, REPLY])  # to Bob, too
    assert [row["hidden"] for row in found] == ["0"] * 4 and len(model.requests) == 2


def test_a_page_hears_that_the_database_is_back(
    server: Server, model: FakeService, database: PostgreSQL | None
) -> None:
    session = server.create_session("talk")
    with Chat(session.participant().start()) as chat:
        chat.ask("Before")
        with outage(server, database, usual(database)):
            chat.say("Lost?", "mine")
            with pytest.raises(LiveMethodFailed):
                chat.until(lambda told: False)
        assert chat.until(lambda told: told["t"] == "state")["messages"][-1]["text"] == REPLY
        chat.say("Lost?", "mine")
        chat.until(lambda told: told.get("client_id") == "mine")
        chat.quiet()
    assert [row["text"] for row in rows(server, session.code) if row["role"] == "user"] == ["Before", "Lost?"]


def test_a_reply_to_a_page_function_outlives_its_page(
    server: Server, model: FakeService, database: PostgreSQL | None
) -> None:
    if database is None:
        pytest.skip("SQLite has the journal of this page's transaction already")
    session = server.create_session("asks")
    person = session.participant().start()
    model.hold()
    with ExitStack() as stack:
        sending = stack.enter_context(subprocess.Popen([
            sys.executable, "-c", f"import requests; print(requests.post({person.url!r}).status_code)"
        ], stdout=subprocess.PIPE))  # fmt: skip
        model.wait_until(lambda fake: fake.standing == 1)
        with outage(server, database, "stopped", answers=False):
            model.release()
            assert sending.stdout and sending.stdout.read().strip() == b"500"
            until(lambda: [each["kind"] for each in entries(server)] == ["record"])
        until(lambda: not spooled(server))
    found = [(row["role"], row["text"], row["status"]) for row in rows(server, session.code, "asks")]
    assert found[-2:] == [("user", "What now?", "complete"), ("assistant", REPLY, "complete")]
    assert len(model.requests) == 1


def test_forgetting_finds_what_is_in_the_spool(server: Server, model: FakeService, database: PostgreSQL | None) -> None:
    session = server.create_session("talk", 2)
    model.reply = "You said quokka"
    people = [person.start() for person in session.participants()]
    with replies_begun(people, model, "I am a quokka") as tabs, outage(server, database, usual(database)):
        model.release()
        for tab in tabs:
            tab.quiet()
        server.kill()
    assert len(spooled(server)) == 2
    command = [sys.executable, "-m", "otree_ego.cli", "forget", "--session", session.code, "--yes"]
    done = warm_python.run(
        [*command, "--participant", session.codes[0]], cwd=server.project.folder, text=True,
        env={**server.env, "PYTHONPATH": str(REPO)},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert spooled(server) == []
    server.start()
    found = [row for row in rows(server, session.code) if row["role"] == "assistant"]
    assert [(row["text"], row["status"], bool(row["forgotten_utc"])) for row in found] == [
        ("", "complete", True), ("You said quokka", "complete", False)
    ]  # fmt: skip
