"""What comes at the same moment in a chat, and what breaks while it waits: nothing is doubled, lost or left pending."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from harness import PostgreSQL, Server, Session, SQLite
from harness.chat import CHAT_PAGE, CONFIG, END_PAGE, KEY, TABLE, TALK_FILES, Chat, rows
from harness.database import attempts
from harness.lab import LAB_CONFIG, LAB_FILES, at, messages, run

from otree_ego.testing import FakeService

OK = FakeService.DEFAULT_REPLY
FREE = TABLE.replace('"table"', '"free"').replace("ai(group).from_config()", "pass")
# In an async live method: `tell` sends a payload to the group's chat as a member's browser does.
TELL = """\
import asyncio
from otree_ego.binding.chats.commands import respond
from otree_ego.binding.chats.open_rooms import known_room, mark_stale
from otree_ego.messages import Message
async def tell(who, **told):
    return [update[who.id_in_group]["ego"] async for update in chat(who, {"ego": told}, link=ai(who.group))]
"""
QUIET = "room = known_room(ai(player.group).owner)\nawait room.idle()\n"
RECORD = "return [[m.role, m.text, m.status] for m in room.messages]"
SQLITE_BREAKS = (
    "CREATE TRIGGER broken BEFORE UPDATE ON otree_ego_message BEGIN SELECT RAISE(ABORT, 'the disk is full'); END",
)
SQLITE_MENDS = ("DROP TRIGGER broken",)
POSTGRES_BREAKS = (
    "CREATE FUNCTION broken() RETURNS trigger AS 'BEGIN RAISE EXCEPTION ''the disk is full''; END' LANGUAGE plpgsql",
    "CREATE TRIGGER broken BEFORE UPDATE ON otree_ego_message FOR EACH ROW EXECUTE FUNCTION broken()",
)
POSTGRES_MENDS = ("DROP TRIGGER broken ON otree_ego_message",)


@pytest.fixture(scope="module")
def server(server_factory: Callable[..., Server], database: PostgreSQL | None, model: FakeService) -> Server:
    """The lab; `talk`, a chat of one's own; and `free`, a group's chat to which nobody attaches anything."""
    free = {"__init__.py": FREE, "Chat.html": CHAT_PAGE, "End.html": END_PAGE}
    configs = [{"name": app, "app_sequence": [app], **CONFIG} for app in ("talk", "free")]
    return server_factory(
        apps={"lab": LAB_FILES, "talk": TALK_FILES, "free": free},
        session_configs=[LAB_CONFIG, *configs],
        database=database,
        env={"OPENAI_BASE_URL": model.base_url, "OPENAI_API_KEY": KEY},
    )


def group(server: Server, **settings: object) -> tuple[Session, Callable[[str], object]]:
    """A session of two, and what runs code in the async live method of the first, with `tell` at hand."""
    session = server.create_session("lab", 2, **{"ego_model": "gpt-6-luna", "ego_retries": 0, **settings})
    ann = at(session, "Flow")
    at(session, "Flow", 1)
    return session, lambda code: run(ann, TELL + code)


def execute(server: Server, statements: tuple[str, ...]) -> None:
    """Runs statements in the server's own database connection."""
    code = f"await writer().run(lambda c: [c.execute(sql) for sql in {statements!r}] and None)"
    run(
        at(server.create_session("lab"), "Flow"), f"from otree_ego.binding.otree_internals.writer import writer\n{code}"
    )


# --- a group's chat ---------------------------------------------------------------------------------------------------


def test_members_of_a_group_share_one_thread_though_nobody_attached_it(server: Server) -> None:
    session = server.create_session("free", 2)
    ann, bob = (person.start() for person in session.participants())
    with Chat(ann) as hers, Chat(bob) as his:
        hers.ask("from ann")
        his.open()
        assert his.texts == [("user", "from ann"), ("assistant", OK)]
        his.ask("from bob")
    found = [row for row in rows(server, session.code, "free") if row["role"] != "system"]
    assert [row["text"] for row in found] == ["from ann", OK, "from bob", OK]
    assert len({row["thread"] for row in found}) == 1


@pytest.mark.parametrize("order", ["page(), talk()", "talk(), page()"])
def test_two_who_attach_at_once_get_one_thread(server: Server, order: str) -> None:
    session, inside = group(server)
    code = "async def page():\n    async with ai(player.group) as llm: await llm.user('from the page')\n"
    code += "async def talk():\n    await tell(player, do='say', text='from the chat', id='1')\n"
    code += f"await asyncio.gather({order})\n{QUIET}"
    shown = inside(code + "return [m['text'] for m in (await tell(player, do='open'))[0]['messages']]")
    assert isinstance(shown, list)
    assert sorted(shown) == sorted(["from the page", "from the chat", OK])
    found = server.custom_export("lab", session=session.code)
    assert sorted(row["text"] for row in found) == sorted(shown)
    assert len({row["thread"] for row in found}) == 1


def test_a_message_is_there_once_when_another_members_command_reads_the_record_anew(server: Server) -> None:
    session, inside = group(server)
    code = f"await tell(player, do='open')\n{QUIET}"
    code += "ann, bob = [p.participant.code for p in player.group.get_players()]\n"
    code += "mark_stale(room.owner)  # as a page does that has written\n"
    code += "hers = room.say(Message('user', 'hello', author=ann), '1')  # it looked before the page wrote\n"
    code += "await asyncio.gather(respond(room, bob, {'ego': {'do': 'open'}}), hers)\n"
    wanted = [("user", "hello", "complete"), ("assistant", OK, "complete")]
    assert inside(code + QUIET + RECORD) == [list(one) for one in wanted]
    assert messages(server, session) == wanted


def test_two_members_who_press_try_again_get_one_reply(server: Server, model: FakeService) -> None:
    session, inside = group(server)
    model.fail(500)
    code = f"await tell(player, do='say', text='hello', id='1')\n{QUIET}"
    code += f"await asyncio.gather(*(tell(member, do='retry') for member in player.group.get_players()))\n{QUIET}"
    wanted = [("user", "hello", "complete"), ("assistant", "", "failed"), ("assistant", OK, "complete")]
    assert inside(code + RECORD) == [list(one) for one in wanted]
    assert messages(server, session) == wanted
    assert len(model.requests) == 2


# --- bots -------------------------------------------------------------------------------------------------------------


@pytest.mark.any_database
def test_a_bots_page_does_not_wait_for_a_humans_reply(server: Server, model: FakeService) -> None:
    human = server.create_session("talk").participant().start()
    before = "from otree_ego.testing.live import live\n"
    before += "live(chat(player, {'ego': {'do': 'say', 'text': 'I am a bot', 'id': '1'}}))"
    session = server.create_session("lab", ego_model="constant/Fine", before=before)
    bot = at(session)
    model.hold()
    with Chat(human) as chat:
        uid = chat.say("I am human")
        model.wait_until(lambda fake: fake.standing == 1)
        assert bot.submit().page == "Flow"
        assert messages(server, session) == [("user", "I am a bot", "complete"), ("assistant", "Fine", "complete")]
        assert chat.until(lambda told: told.get("client_id") == uid)["busy"]
        model.release()
        assert chat.quiet()[-1]["text"] == OK


# --- what breaks ------------------------------------------------------------------------------------------------------


def test_a_reply_that_the_database_did_not_take_is_written_when_it_does(server: Server) -> None:
    on_sqlite = isinstance(server.database, SQLite)
    session = server.create_session("talk")
    before = len(server.log)
    with Chat(session.participant().start()) as chat:
        execute(server, SQLITE_BREAKS if on_sqlite else POSTGRES_BREAKS)
        try:
            chat.say("Hello")
            assert any("the disk is full" in server.log[before:] for _ in attempts())
        finally:
            for sql in SQLITE_MENDS if on_sqlite else POSTGRES_MENDS:
                server.database.execute(sql)  # the server itself takes the database for away
        assert chat.until(lambda told: told["t"] == "end")["message"]["status"] == "complete"
    found = [(row["text"], row["status"]) for row in rows(server, session.code)]
    assert found[-2:] == [("Hello", "complete"), (OK, "complete")]


@pytest.mark.any_database
def test_stop_ends_the_pause_before_the_next_attempt(server: Server, model: FakeService) -> None:
    session = server.create_session("talk", ego_retries=1, ego_deadline=600)
    model.fail(429, retry_after=60)
    with Chat(session.participant().start()) as chat:
        chat.say("Hello")
        model.wait_until(lambda fake: len(fake.requests) == 1)
        code = "import asyncio\nfrom otree_ego.binding.chats.open_rooms import rooms\n"
        code += f"(room,) = [room for room in rooms() if room.session_code == {session.code!r}]\n"
        code += "while room.asking: await asyncio.sleep(0.01)"
        run(at(server.create_session("lab"), "Flow"), code)
        chat.do(do="stop")
        message = chat.until(lambda told: told["t"] == "end")["message"]
        assert (message["status"], message["why"], chat.busy) == ("failed", "stopped", False)
        assert len(model.requests) == 1
        assert chat.ask("And now?")["text"] == OK


@pytest.mark.any_database
def test_a_reply_that_a_broken_provider_interrupted_is_not_taken_up_by_itself(server: Server) -> None:
    creating = "import json\nfor p in subsession.get_players(): ai(p).set(ScriptedThread(json.loads))"
    session = server.create_session("lab", creating=creating)
    person = at(session, "Talk")
    with Chat(person) as chat:
        assert chat.ask("Hello")["why"] == "interrupted"
        assert not chat.open()["busy"]
    with Chat(person.reload()) as chat:
        assert not chat.busy
        assert [m["status"] for m in chat.shown] == ["complete", "failed"]
    assert [row["error_type"] for row in server.custom_export("lab", session=session.code)] == ["", "Interrupted"]


@pytest.mark.full
def test_devserver_starts_without_replies_that_nobody_works_on(
    chat_server: Callable[..., Server], model: FakeService
) -> None:
    server = chat_server(command="devserver_inner")
    session = server.create_session("talk")
    person = session.participant().start()
    model.hold()
    with Chat(person) as chat:
        chat.say("Do not lose this")
        chat.until(lambda told: told["t"] == "text")
        server.stop()
    model.release()
    pending = "SELECT uid FROM otree_ego_message WHERE status = 'pending'"
    assert len(server.database.query(pending)) == 1
    server.start().stop()  # its database is in memory; the file has it at the end
    found = server.database.query("SELECT role, status, error FROM otree_ego_message ORDER BY seq")[-2:]
    assert [tuple(row.values()) for row in found] == [("user", "complete", ""), ("assistant", "failed", "Interrupted")]
    server.start()
    with Chat(person.reload()) as chat:
        assert chat.quiet()[-1]["text"] == OK


# --- money ------------------------------------------------------------------------------------------------------------


@pytest.mark.any_database
@pytest.mark.parametrize("setting", ["ego_max_cost", "ego_max_cost_session"])
def test_messages_sent_fast_spend_no_more_than_the_limit_and_one_reply(
    server: Server, model: FakeService, setting: str
) -> None:
    session = server.create_session("talk", **{setting: 0.000001})
    model.hold()
    with Chat(session.participant().start()) as chat:
        for number in range(20):
            chat.say(f"fast {number}")
            chat.until(lambda told: told["t"] == "add")
        model.release()
        replies = [m["status"] for m in chat.quiet() if m["role"] == "assistant"]
    assert replies == ["complete"] + ["failed"] * 19
    assert len(model.requests) == 1
    errors = [row["error_type"] for row in rows(server, session.code) if row["role"] == "assistant"]
    assert errors == [""] + ["LimitReached"] * 19


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("setting", "why", "says"),
    [
        ("ego_max_cost", "limit_cost", "Your part of this chat has reached its end"),
        ("ego_max_cost_session", "limit_cost_session", "reached its end for everyone"),
    ],
)
def test_try_again_is_refused_with_the_text_of_the_limit_of_money(
    server: Server, model: FakeService, setting: str, why: str, says: str
) -> None:
    session = server.create_session("talk", **{setting: 0.000001})
    model.hold()
    with Chat(session.participant().start()) as chat:
        for text in ("spends it all", "waits"):
            chat.say(text)
            chat.until(lambda told: told["t"] == "add")
        model.release()
        chat.quiet()
        chat.do(do="retry")
        told = chat.until(lambda told: told["t"] in ("no", "add"))
        assert (told["t"], told.get("why"), says in told.get("text", "")) == ("no", why, True), told
        assert not chat.open()["busy"]
    assert len(model.requests) == 1
