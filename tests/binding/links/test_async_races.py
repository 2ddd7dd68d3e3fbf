"""Threads that are attached, read, shared and nested in one request: what was said is sent and kept once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest
from harness import PostgreSQL, Server
from harness.lab import LAB_CONFIG, LAB_FILES, at, fails, messages, run

from otree_ego.testing import FakeService

pytestmark = pytest.mark.any_database

OK = FakeService.DEFAULT_REPLY
SAY = """\
from otree_ego.binding.chats.open_rooms import known_room
told = [update async for update in chat(player, {"ego": {"do": "say", "text": "hello", "id": "1"}})]
await known_room(ai(player).owner).idle()
"""
SUBMIT = "async with ai(player) as llm:\n    await llm.submit('hello')\n"
READ = "async with ai(player) as llm:\n    return [m.text for m in llm.messages]"
PAIR = "for p in subsession.get_players():\n"
PAIR += "    ai(p).set(Conversation(ann=ConstantThread('A'), bob=ConstantThread('B')))"


@pytest.fixture(scope="module")
def lab(server_factory: Callable[..., Server], database: PostgreSQL | None, model: FakeService) -> Server:
    env = {"OPENAI_BASE_URL": model.base_url, "OPENAI_API_KEY": "sk-fake"}
    return server_factory(apps={"lab": LAB_FILES}, session_configs=[LAB_CONFIG], database=database, env=env)


# --- async live methods -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("use", [SAY, SUBMIT], ids=["chat", "async with"])
@pytest.mark.parametrize("attach", ["set(ConstantThread('MINE'))", "from_config(model='constant/MINE')"])
def test_what_an_async_live_method_attached_answers_at_once(lab: Server, attach: str, use: str) -> None:
    session = lab.create_session("lab", ego_model="constant/CONFIGURED")
    ann = at(session, "Flow")
    run(ann, f"ai(player).{attach}\n{use}")
    assert run(ann, READ) == ["hello", "MINE"]
    assert messages(lab, session) == [("user", "hello", "complete"), ("assistant", "MINE", "complete")]


def test_the_history_is_sent_once_though_it_was_read_before(lab: Server, model: FakeService) -> None:
    ann = at(lab.create_session("lab", ego_model="gpt-6-luna"), "Flow")
    run(ann, SUBMIT)
    run(ann, "async with ai(player) as llm:\n    seen = len(llm.messages)\n    await llm.submit('again')")
    assert [m["content"] for m in model.requests[-1].body["messages"]] == ["hello", OK, "again"]
    assert run(ann, READ) == ["hello", OK, "again", OK]


def test_two_submits_at_once_read_the_record_once(lab: Server, model: FakeService) -> None:
    ann = at(lab.create_session("lab", ego_model="gpt-6-luna"), "Flow")
    run(ann, SUBMIT)
    code = "import asyncio\nasync with ai(player) as llm:\n"
    code += "    await asyncio.gather(llm.submit('one'), llm.submit('two'))"
    seen = run(ann, f"{code}\n    return [m.text for m in llm.messages]")
    assert Counter(seen) == {"hello": 1, "one": 1, "two": 1, OK: 3}
    sent = [[m["content"] for m in request.body["messages"]] for request in model.requests[-2:]]
    assert [texts.count("hello") for texts in sent] == [1, 1]
    assert Counter(run(ann, READ)) == Counter(seen)


def test_all_threads_of_a_conversation_are_told_in_async_code(lab: Server) -> None:
    session = lab.create_session("lab", creating=PAIR)
    ann = at(session, "Flow")
    told = run(ann, "async with ai(player) as convo:\n    return await convo.all.system('Be brief')")
    assert told == ["Be brief"] * 2
    assert messages(lab, session) == [("system", "Be brief", "complete")] * 2


@pytest.mark.parametrize(
    ("seats", "other"),
    [
        ("ann=ConstantThread('A'), bob=ConstantThread('B')", "other"),
        ("ann=ConstantThread('A'), eve=ConstantThread('E'), bob=ConstantThread('B')", "others[1]"),
    ],
)
def test_the_others_of_a_thread_are_awaited_and_recorded(lab: Server, seats: str, other: str) -> None:
    creating = f"for p in subsession.get_players(): ai(p).set(Conversation({seats}))"
    session = lab.create_session("lab", creating=creating)
    ann = at(session, "Flow")
    code = f"async with ai(player) as convo:\n    return await convo.ann.{other}.submit('Hi')"
    assert run(ann, code) == "B"
    assert messages(lab, session) == [("user", "Hi", "complete"), ("assistant", "B", "complete")]


def test_what_is_not_awaited_is_refused_and_not_lost(lab: Server) -> None:
    session = lab.create_session("lab", creating=PAIR)
    ann = at(session, "Flow")
    kind, text = fails(ann, "async with ai(player) as convo:\n    convo.ann.convo.all.system('Be brief')")
    assert (kind, "write  await" in text) == ("LinkError", True), text
    assert messages(lab, session) == []


@pytest.mark.parametrize("inner", ["ai(player)", "link"], ids=["another Link", "the same Link"])
def test_async_with_inside_itself_is_refused_and_nobody_waits_for_ever(lab: Server, inner: str) -> None:
    session = lab.create_session("lab", ego_model="constant/Fine")
    ann = at(session, "Flow")
    code = f"link = ai(player)\nasync with link as llm:\n    async with {inner} as again:\n        pass"
    kind, text = fails(ann, code)
    assert (kind, "is open here already" in text) == ("LinkError", True), text
    run(ann, SUBMIT)
    assert messages(lab, session) == [("user", "hello", "complete"), ("assistant", "Fine", "complete")]


def test_a_task_started_inside_async_with_is_refused_too(lab: Server) -> None:
    ann = at(lab.create_session("lab", ego_model="constant/Fine"), "Flow")
    code = """
import asyncio
async def again():
    async with ai(player) as llm:
        await llm.submit("hello")
async with ai(player):
    await asyncio.gather(again())
"""
    kind, text = fails(ann, code)
    assert (kind, "is open here already" in text) == ("LinkError", True), text
    run(ann, SUBMIT)


# --- page functions ---------------------------------------------------------------------------------------------------


def test_the_same_link_inside_itself_keeps_attributes(lab: Server) -> None:
    ann = at(lab.create_session("lab", ego_model="constant/Fine"))
    code = "link = ai(player)\nwith link as llm:\n    with link as again:\n        again.inner = 1\n    llm.outer = 2"
    run(ann, code)
    code = "with ai(player) as llm: result = [getattr(llm, name, None) for name in ('inner', 'outer')]"
    assert run(ann, code) == [1, 2]


def test_a_page_that_failed_and_is_sent_again_does_not_double_what_it_memorized(lab: Server) -> None:
    before = "with ai(player) as llm:\n    llm.memorize('user', 'My name is Ada.', hidden=True)\n"
    before += "    if getattr(echo, 'failed_in', '') != player.session.code:\n"
    before += "        echo.failed_in = player.session.code\n        1 / 0"
    creating = "for p in subsession.get_players(): ai(p).set(ConstantThread('Fine'))"
    session = lab.create_session("lab", creating=creating, before=before)
    ann = at(session)
    with pytest.raises(AssertionError, match="HTTP 500"):
        ann.submit()
    assert messages(lab, session) == []
    assert ann.reload().submit().page == "Flow"
    assert messages(lab, session) == [("user", "My name is Ada.", "complete")]


def test_a_page_that_failed_keeps_what_a_model_has_seen_and_nothing_else(lab: Server, model: FakeService) -> None:
    before = "with ai(player) as llm:\n    llm.user('seen')\n    llm.submit('asked')\n    llm.user('unseen')\n    1 / 0"
    creating = "for p in subsession.get_players(): ai(p).set(GPTThread('gpt-6-luna'))"
    session = lab.create_session("lab", creating=creating, before=before)
    with pytest.raises(AssertionError, match="HTTP 500"):
        at(session).submit()
    assert [text for _, text, _ in messages(lab, session)] == ["seen", "asked", OK]
    assert len(model.requests) == 1


# --- a page that is left ----------------------------------------------------------------------------------------------


def test_a_page_that_was_left_meanwhile_keeps_no_short_way_to_its_live_method(lab: Server) -> None:
    person = at(lab.create_session("lab"), "Flow")
    code = """
from otree_ego.binding.otree_internals import live_channel as i
code, index, session_code = i.page_of(player)
method = i.get_page_lookup(session_code, index).page_class.live_method
kept = []
i.keep_shortcut(player, method, print)
kept.append(code in i._shortcuts)
i._moved(code)
kept.append(code in i._shortcuts)
i.keep_shortcut(player, method, print)
kept.append(code in i._shortcuts)
return kept
"""
    assert run(person, code) == [True, False, False]
