"""Threads that an app asks without attaching them: recorded with the session, once, with who asked them where."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from harness import PostgreSQL, Server
from harness.admin import Admin, Session
from harness.lab import LAB_CONFIG, LAB_FILES, at, run

from otree_ego.testing import FakeService

pytestmark = pytest.mark.any_database

ASKED = LAB_FILES["__init__.py"].replace(
    "page_sequence = [Plain,",
    """
class Decide(otree_ego.AIWaitPage):
    form_fields = ["note"]
    fallback = dict(note="fallback")

    @staticmethod
    async def ask_ai(player):
        space = {**globals(), "player": player}
        exec("async def body():\\n" + textwrap.indent(player.session.config["decide"], "    "), space)
        return dict(note=await space["body"]())


page_sequence = [Plain, Decide,""",
)
FILES = {**LAB_FILES, "__init__.py": ASKED}
CONFIG = {**LAB_CONFIG, "decide": "return ''", "ego_model": "constant/Fine"}


@pytest.fixture(scope="module")
def lab(server_factory: Callable[..., Server], database: PostgreSQL | None, model: FakeService) -> Server:
    env = {"OPENAI_BASE_URL": model.base_url, "OPENAI_API_KEY": "sk-fake"}
    return server_factory(apps={"lab": FILES}, session_configs=[CONFIG], database=database, env=env)


def exported(lab: Admin, session: Session) -> list[tuple[str, str, str, str]]:
    """Whose, where asked, text and status of all messages of a session."""
    return [
        (row["attached_to"], row["asked_in"], row["text"], row["status"])
        for row in lab.custom_export("lab", session=session.code)
    ]


def records(lab: Admin, session: Session) -> list[str]:
    return [text for _, _, text, _ in exported(lab, session)]


def passed(lab: Server, session: Session, to: str = "Meet") -> None:
    """Bring the participant past the waiting page."""
    person = session.participant(0).start()
    person.submit()
    person.until(to) if to == "Flow" else person.until("Flow")


# --- in ask_ai --------------------------------------------------------------------------------------------------------


def test_asked_in_ask_ai(lab: Server) -> None:
    code = "llm = otree_ego.thread_from_config(player.group)\nllm.system('S')\nreturn await llm.aio.ask_text('Why?')"
    session = lab.create_session("lab", decide=code)
    passed(lab, session)
    found = exported(lab, session)
    assert {(of, where) for of, where, _, _ in found} == {("group", "lab.Decide.ask_ai")}
    assert found[0][2] == "S"
    assert found[-1][2:] == ("Fine", "complete")
    assert len(found) == 3


def test_also_if_ask_ai_fails_afterwards_in_tasks_and_in_threads(lab: Server) -> None:
    code = """
import asyncio
async def one(n):
    await Thread(f"constant/{n}").aio.submit(f"task {n}")
await asyncio.gather(one(1), one(2))
await asyncio.to_thread(lambda: Thread("constant/3").submit("thread 3"))
Thread("constant/4").submit("plain 4")
raise ValueError("mine")
"""
    session = lab.create_session("lab", decide=code)
    passed(lab, session)
    found = exported(lab, session)
    assert sorted(text for _, _, text, _ in found if " " in text) == ["plain 4", "task 1", "task 2", "thread 3"]
    assert {row[:2] for row in found} == {("player", "lab.Decide.ask_ai")}
    assert {status for *_, status in found} == {"complete"} and len(found) == 8


def test_a_question_that_is_cancelled_is_recorded(lab: Server, model: FakeService) -> None:
    ask = "GPTThread('gpt-6-luna', deadline=None).aio.submit('too late')"
    code = f"import asyncio\nreturn await asyncio.wait_for({ask}, 0.5)"
    session = lab.create_session("lab", decide=code)
    model.hold()
    try:
        passed(lab, session)
    finally:
        model.release()
    (_, _, *asked), (_, _, text, status) = exported(lab, session)
    assert (asked, status) == (["too late", "complete"], "failed")
    assert FakeService.DEFAULT_REPLY.startswith(text)  # what had come until then


# --- on pages ---------------------------------------------------------------------------------------------------------

PAGES = {
    "creating": "lab.creating_session",
    "before": "lab.Plain.before_next_page",
    "arrive": "lab.Meet.after_all_players_arrive",
    "shown": "lab.Flow.vars_for_template",
}


@pytest.mark.parametrize("where", PAGES)
def test_asked_in_a_page_function(lab: Server, where: str) -> None:
    code = "llm = Thread('constant/Yes')\nllm.system('S')\nresult = llm.submit('Here?')"
    session = lab.create_session("lab", **{where: code})
    at(session, "Flow")
    found = exported(lab, session)
    of = {"creating": "subsession", "arrive": "group"}.get(where, "player")
    assert found[:3] == [(of, PAGES[where], text, "complete") for text in ("S", "Here?", "Yes")]


def test_asked_in_live_methods(lab: Server) -> None:
    session = lab.create_session("lab")
    plain = at(session)
    assert run(plain, "result = Thread('constant/a').submit('plain')") == "a"
    assert run(plain, "result = otree_ego.thread_from_config(session).submit('by config')") == "Fine"
    flow = at(session, "Flow")
    assert run(flow, "return await Thread('constant/b').aio.submit('async')") == "b"
    assert run(flow, "return Thread('constant/c').submit('plain in async')") == "c"
    code = "import asyncio\nreturn await asyncio.gather(*(Thread('constant/d').aio.submit('task') for _ in range(2)))"
    assert run(flow, code) == ["d", "d"]
    code = "import asyncio\nreturn await asyncio.to_thread(lambda: Thread('constant/e').submit('thread'))"
    assert run(flow, code) == "e"
    assert run(flow, "return 'and all is written'")
    found = [(of, where, text) for of, where, text, _ in exported(lab, session)]
    assert sorted(text for *_, text in found) == sorted(
        ["plain", "a", "by config", "Fine", "async", "b", "plain in async", "c", *["task", "d"] * 2, "thread", "e"]
    )
    assert {(of, where) for of, where, text in found if text in ("plain", "a")} == {("player", "lab.Plain.live_method")}
    assert {(of, where) for of, where, text in found if text == "by config"} == {("session", "lab.Plain.live_method")}
    assert {(of, where) for of, where, text in found if text in ("async", "task", "thread", "plain in async")} == {
        ("player", "lab.Flow.live_method")
    }


def test_what_was_answered_outlives_a_page_function_that_fails(lab: Server) -> None:
    code = "llm = Thread('constant/Yes')\nllm.system('S')\nllm.submit('Here?')\nraise ValueError('mine')"
    session = lab.create_session("lab", before=code)
    with pytest.raises(Exception):  # noqa: B017  (oTree's page of an error)
        session.participant(0).start().submit()
    assert records(lab, session) == ["S", "Here?", "Yes"]


def test_async_code_that_a_page_function_runs_by_itself(lab: Server) -> None:
    code = "import asyncio\nasyncio.run(Thread('constant/Yes').aio.submit('Here?'))"
    session = lab.create_session("lab", before=code)
    at(session, "Flow")
    assert records(lab, session) == ["Here?", "Yes"]


# --- once, and forgotten ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["Plain", "Flow"])
def test_attached_later_it_is_recorded_once(lab: Server, page: str) -> None:
    session = lab.create_session("lab")
    person = at(session, page)
    ask = "await llm.aio.submit('1')" if page == "Flow" else "llm.submit('1')"
    end = "return ''" if page == "Flow" else "result = ''"
    run(person, f"llm = Thread('constant/a')\n{ask}\nai(player).set(llm)\n{end}")
    again = (
        "async with ai(player) as llm:\n    return await llm.submit('2')"
        if page == "Flow"
        else "with ai(player) as llm: result = llm.submit('2')"
    )
    assert run(person, again) == "a"
    found = exported(lab, session)
    assert [(where, text) for _, where, text, _ in found] == [("", "1"), ("", "a"), ("", "2"), ("", "a")]


def test_a_conversation_attached_later_is_recorded_once(lab: Server) -> None:
    session = lab.create_session("lab")
    person = at(session)
    run(
        person,
        "a, b = Thread('constant/a'), Thread('constant/b')\na.submit('1')\n"
        "ai(group).set(Conversation(a, b))\nresult = ''",
    )
    run(person, "with ai(group) as convo: result = [t.submit('2') for t in convo]")
    assert sorted(records(lab, session)) == ["1", "2", "2", "a", "a", "b"]


def test_save_and_attributes(lab: Server) -> None:
    session = lab.create_session("lab")
    person = at(session)
    run(person, "llm = Thread('constant/a')\nllm.submit('1')\nllm.save()\nllm.save()\nresult = ''")
    run(person, "llm = Thread('constant/b')\nllm.user('noted')\nllm.save()\nresult = ''")
    assert run(person, "import os; result = os.path.exists('ego.sqlite3')") is False
    assert records(lab, session) == ["1", "a", "noted"]


def test_forgotten_and_gone_with_the_session(lab: Server) -> None:
    session = lab.create_session("lab")
    person = at(session)
    code = "global kept\nkept = Thread('constant/a')\nkept.submit('1')\nresult = ''"
    run(person, code.replace("global kept\nkept", "import builtins\nbuiltins.kept"))
    run(person, "ai(player).forget()\nresult = ''")
    assert [(text, status) for _, _, text, status in exported(lab, session)] == [("", "complete"), ("", "complete")]
    assert run(person, "import builtins\nresult = builtins.kept.submit('2')") == "a", "the app goes on"
    assert all(text == "" for text in records(lab, session)), "what was forgotten does not come back"


def test_it_counts_for_the_sessions_limits(lab: Server, model: FakeService) -> None:
    model.reply = "Fine"
    session = lab.create_session("lab", ego_model="gpt-6-luna", ego_max_cost_session=0.000001)
    person = at(session, "Flow")
    run(person, "return await otree_ego.thread_from_config(player).aio.submit('costs')")
    talk = at(session, "Talk")
    with talk.live() as live:
        live.send({"ego": {"do": "open"}})
        status: Any = live.until(lambda told: "ego" in told and "status" in str(told))
    assert "limit_cost_session" in str(status)
