"""Pages that wait for a model, met by careless code, forged requests, odd places in a session, and bad luck."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from harness import PostgreSQL, Project, Server, Session, SocketClosed, SQLite
from harness.bots import otree_test
from harness.chat import KEY
from harness.database import PATIENCE, attempts
from harness.sockets import Socket
from harness.waiting import AFTER_PAGE, BEFORE_PAGE, HEAD, Tab, decisions, number_42, waits

from otree_ego.testing import FakeService

RETURNS = "return dict(answer=int(said))"
LINES = {
    "cancels": "import asyncio\n            return await _cancelled(asyncio)",
    "exits": "raise SystemExit('enough')",
    "stubborn": "return await _stubborn(who)",
    "vars": "who.participant.vars['x'] = who.participant.vars.get('y', 1)\n            return dict(answer=1)",
    "locked": "import asyncio, os\n            while not os.path.exists('locked.now'):\n"
    "                await asyncio.sleep(0.02)\n            return dict(answer=42)",
    "reads": "return dict(answer=who.participant.vars.get('y', 8), note=str(who.session.vars))",
    "amount": "return dict(offer=cu(7), note='for you')",
}
OPTIONS = {
    "cancels": "fallback = dict(answer=7)",
    "stubborn": "deadline = 0.5",
    "amount": 'form_model = "group"\n    delay = 4',
}
HELPERS = """\
async def _cancelled(asyncio):
    task = asyncio.ensure_future(asyncio.sleep(60))
    task.cancel()
    await task


async def _stubborn(who):
    import asyncio

    for _ in range(40):
        try:
            await asyncio.sleep(1)
        except:  # noqa: E722
            continue


"""
TIMES_OUT = "raise TimeoutError('mine')"
FALLBACKS = {
    "late": "deadline = 0.5\n    fallback = staticmethod(_late)",
    "setting": "fallback = staticmethod(_setting)",
    "broken": "fallback = staticmethod(lambda who, error: 1 / 0)",
    "patient": "fallback = dict(answer=7)\n    delay = 2",
    "own": "deadline = None\n    fallback = dict(answer=7)",
}
FALLBACK_HELPERS = """\
async def _late(who, error):
    import asyncio

    await asyncio.sleep(60)


def _setting(who, error):
    who.note = "lost"
    return dict(answer=7)


"""
READS_RECORD = """
    @staticmethod
    def after_decision(player):
        with ai(player) as llm:
            player.note = str(len(llm.messages))
"""
JUMPS = """
    @staticmethod
    def app_after_this_page(player, upcoming_apps):
        return upcoming_apps[-1]
"""
EARLY = "before_next_page = staticmethod(lambda player, timeout_happened: Partner.ahead(player))"
HIDDEN = """form_model = "group"
    wait_for_all_players = True

    @staticmethod
    def is_displayed(player):
        return player.id_in_group == 1
"""
SHAPES = """
class First(AIWaitPage):
    @staticmethod
    async def ask_ai(player):
        async with ai(player) as llm:
            return dict(answer=int(await llm.submit(f"Round {player.round_number} first {player.session.code}")))


class Middle(Page):
    pass


class Last(AIWaitPage):
    form_model = "group"

    @staticmethod
    async def ask_ai(group):
        async with ai(group) as llm:
            return dict(answer=int(await llm.submit(f"Round {group.round_number} last {group.session.code}")))


page_sequence = [First, Last]
"""
OWN_TEMPLATE = "{{ extends 'otree/WaitPage.html' }}{{ block content }}<p>Our own words.</p>{{ endblock }}"


def changed(name: str, old: str, new: str, before: str = "", **more: Any) -> dict[str, str]:
    files = waits(name, **more)
    source = files["__init__.py"].replace(old, new).replace("class Before(Page)", before + "class Before(Page)")
    return {**files, "__init__.py": source}


def fails_after(name: str, line: str, options: str) -> dict[str, str]:
    return changed(name, RETURNS, line, FALLBACK_HELPERS, options=options)


def shapes(name: str, rounds: int) -> dict[str, str]:
    return {"__init__.py": HEAD.format(name=name, size=2, rounds=rounds) + SHAPES}


def broken_after(name: str) -> dict[str, str]:
    files = waits(name, model="group", size=2)
    broken = "return dict(answer=1 / (player.id_in_group - 1))"
    source = files["__init__.py"].replace('return dict(answer=player.group.field_maybe_none("answer"))', broken)
    return {**files, "__init__.py": source}


def first_page(name: str) -> dict[str, str]:
    files = waits(name, size=2, options=HIDDEN)
    source = files["__init__.py"].replace('    form_model = "player"\n', "").replace("Before, Partner", "Partner")
    return {**files, "__init__.py": source.replace("who.subsession.session", "who.session")}


pytestmark = pytest.mark.any_database  # on both databases: test_wait_page.py

APPS = {
    **{name: changed(name, RETURNS, line, HELPERS, options=OPTIONS.get(name, "pass")) for name, line in LINES.items()},
    **{name: fails_after(name, "raise KeyError('no')", options) for name, options in FALLBACKS.items()},
    "own": fails_after("own", TIMES_OUT, FALLBACKS["own"]),
    "again": waits("again"),
    "gone": waits("gone"),
    "plain": waits("plain"),
    "tried": waits("tried", options="deadline = 2"),
    "pair": waits("pair", model="group", size=2),
    "hooked": waits("hooked", options=READS_RECORD.strip()),
    "jumps": waits("jumps", options=JUMPS.strip()),
    "jumping": waits("jumping", options=JUMPS.strip(), before=EARLY),
    "shapes": shapes("shapes", 2),
    "broken_after": broken_after("broken_after"),
    "hidden": first_page("hidden"),
    "dressed": {**waits("dressed", options='template_name = "dressed/Own.html"'), "Own.html": OWN_TEMPLATE},
}
APPS["amount"]["__init__.py"] = APPS["amount"]["__init__.py"].replace("who.subsession.session", "who.session")
APPS["locked"]["__init__.py"] = (  # it writes nothing until it has decided
    APPS["locked"]["__init__.py"].replace("async with ai(who) as llm:", "if who:").replace("await llm.submit", "str")
)


@pytest.fixture(scope="module")
def server(chat_server: Callable[..., Server], database: PostgreSQL | None) -> Server:
    more = dict(num_demo_participants=2, ego_model="gpt-6-luna", ego_retries=0)
    configs = [
        dict(name="jump", app_sequence=["jumps", "pair", "plain"], **more),
        dict(name="jump_early", app_sequence=["jumping", "pair", "plain"], **more),
        dict(name="second", app_sequence=["plain", "shapes"], **more),
        dict(name="retried", app_sequence=["tried"], **{**more, "ego_retries": 5}),
    ]
    return chat_server(apps=APPS, configs=configs, database=database, page_timeouts=True)


@pytest.fixture(autouse=True)
def _number(request: pytest.FixtureRequest, _healthy: None) -> Iterator[None]:
    yield from number_42(request)


def settled(server: Server, app: str, session: Session, count: int = 1) -> list[dict[str, str]]:
    for _ in attempts(pause=0.1):
        found = decisions(server, app, session.code)
        if len(found) == count and not any(row["status"] in ("pending", "answered") for row in found):
            return found
    raise TimeoutError(f"Not settled: {found}")


# --- the experimenter's code ---------------------------------------------------------------------------------------


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("app", "status", "error", "said"),
    [
        ("cancels", "fallback", "Interrupted", "was cancelled in ask_ai"),
        ("exits", "failed", "LinkError", "SystemExit"),
        ("stubborn", "failed", "TimedOut", "no decision within 0.5 s"),
        ("vars", "failed", "LinkError", "has set participant.vars, which is not kept"),
        ("reads", "stored", "", ""),
        (
            "late",
            "failed",
            "KeyError",
            "The fallback failed: TimedOut: late.Partner: the fallback gave nothing within 0.5 s",
        ),
        (
            "setting",
            "failed",
            "KeyError",
            "The fallback failed: LinkError: setting.Partner.fallback has set player.note,",
        ),
        ("broken", "failed", "KeyError", "The fallback failed: ZeroDivisionError: division by zero First: 'no'"),
        ("own", "fallback", "TimeoutError", "mine"),
    ],
)
def test_careless_code_leaves_nobody_waiting(server: Server, app: str, status: str, error: str, said: str) -> None:
    session = server.create_session(app, 1)
    session.participant().start().submit()
    (row,) = settled(server, app, session)
    assert (row["status"], row["error_type"]) == (status, error), row
    assert said in row["error"]
    assert server.running


@pytest.mark.any_database
def test_a_fallback_comes_no_sooner_than_a_decision_would(server: Server) -> None:
    session = server.create_session("patient", 1)
    session.participant().start().submit()
    (row,) = settled(server, "patient", session)
    assert (row["status"], row["delay_seconds"]) == ("fallback", "2.0")
    assert float(row["total_seconds"]) >= 2


def test_what_follows_a_decision_may_read_the_record_whoever_writes_at_the_same_time(server: Server) -> None:
    session = server.create_session("hooked", 30)
    people = [person.start() for person in session.participants()]
    together([person.submit for person in people])
    rows = settled(server, "hooked", session, 30)
    assert {(row["status"], row["error_type"]) for row in rows} == {("stored", "")}
    assert {row["player.note"] for row in server.app_export("hooked", session.code)} == {"3"}


# --- where a page stands -------------------------------------------------------------------------------------------


@pytest.mark.any_database
def test_the_next_app_is_chosen_whether_the_page_was_seen_or_not(server: Server, model: FakeService) -> None:
    session = server.create_session("jump", 2)
    person = session.participant().start()
    model.hold()
    person.submit()
    with Tab(person) as tab:
        model.release()
        tab.told()
    assert "/plain/Before/" in person.url
    session = server.create_session("jump_early", 2)
    slow, quick = (person.start() for person in session.participants())
    slow.submit()
    settled(server, "jumping", session)
    slow.reload()
    assert "/plain/Before/" in slow.url  # the decision was there, or came while they looked
    model.hold()
    quick.submit()
    assert quick.page == "Partner"
    with Tab(quick) as tab:
        model.release()
        tab.told()
    assert "/plain/Before/" in quick.url


@pytest.mark.any_database
def test_two_in_a_row_first_and_last_in_the_second_app_and_round(server: Server, model: FakeService) -> None:
    session = server.create_session("second", 2)
    one, two = (person.start() for person in session.participants())
    for person in (one, two):
        person.until("After")
    one.submit()
    for _ in attempts(pause=0.1):  # to the end of the session, alone: nothing here waits for the other
        if not one.page:
            break
        one.reload()
    assert one.page == ""
    two.submit()
    for _ in attempts(pause=0.1):
        if not two.page:
            break
        two.reload()
    rows = settled(server, "shapes", session, 6)
    assert {row["status"] for row in rows} == {"stored"}
    found = {(row["page"], row["round"]): [r["page"] for r in rows].count(row["page"]) for row in rows}
    assert found == {("First", "1"): 4, ("First", "2"): 4, ("Last", "1"): 2, ("Last", "2"): 2}


@pytest.mark.any_database
def test_who_does_not_see_the_first_page_lets_the_others_go_on(server: Server) -> None:
    session = server.create_session("hidden", 2)
    one, two = session.participants()
    one.start()
    assert one.page == "Partner" and decisions(server, "hidden", session.code) == []
    with Tab(one) as tab:
        two.start()
        tab.told()
    assert (one.page, two.page) == ("After", "After")


@pytest.mark.any_database
def test_a_template_of_ones_own(server: Server, model: FakeService) -> None:
    model.reply = "nonsense"
    session = server.create_session("dressed", 1)
    model.hold()
    person = session.participant().start().submit()
    assert "Our own words." in person.html
    with Tab(person) as tab:
        model.release()
        tab.told()
    assert "No decision came" in person.html and "?again=1" in person.html


@pytest.mark.full
@pytest.mark.any_database
def test_one_broken_page_does_not_keep_the_others_who_left(server: Server, model: FakeService) -> None:
    session = server.create_session("broken_after", 2)
    model.hold()
    people = session.participants()
    for person in people:
        assert person.start().submit().page == "Partner"  # and closes the browser
    model.release()
    settled(server, "broken_after", session)
    for _ in attempts(pause=0.5):
        server.time_is_over(*people)
        now = sorted(row["_current_page_name"] for row in server.monitor(session.code))
        if "After" in now:
            break
    assert now == ["After", "Partner"]


# --- participants and the experimenter ------------------------------------------------------------------------------


def together(calls: list[Callable[[], Any]]) -> None:
    threads = [threading.Thread(target=call) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_again_in_two_tabs_at_once_asks_once(server: Server, model: FakeService) -> None:
    model.reply = "nonsense"
    session = server.create_session("again", 1)
    person = session.participant().start().submit()
    settled(server, "again", session)
    person.reload()
    tabs = [session.participant() for _ in range(4)]
    for tab in tabs:
        tab.url = person.url + "?again=1"
    model.hold()
    together([tab.reload for tab in tabs])
    assert [row["times_started"] for row in decisions(server, "again", session.code)] == ["2"]
    assert {tab.url for tab in tabs} == {person.url}  # a page that loads itself anew does not ask by itself
    with Tab(tabs[3]) as socket:
        model.release()
        assert "No decision came" in socket.told().html
    assert [row["times_started"] for row in decisions(server, "again", session.code)] == ["2"]


@pytest.mark.any_database
def test_the_deadline_ends_a_model_that_is_asked_again_and_again(server: Server, model: FakeService) -> None:
    session = server.create_session("retried", 1)
    model.fail(503, times=1000)
    person = session.participant().start().submit()
    (row,) = settled(server, "tried", session)
    assert (row["status"], row["error_type"]) == ("failed", "TimedOut")
    assert len(model.requests) < 1 + 5  # it had retries left
    (reply,) = [row for row in server.custom_export("tried", session=session.code) if row["role"] == "assistant"]
    assert reply["status"] == "failed"
    model.heal()
    person.url += "?again=1"
    person.reload().until("After")


@pytest.mark.any_database
def test_the_slowest_are_moved_on_in_every_state(server: Server, model: FakeService) -> None:
    session = server.create_session("pair", 2)
    one, two = (person.start() for person in session.participants())
    model.hold()
    one.submit()
    model.wait_until(lambda fake: fake.standing == 1)
    server.advance_slowest(session.code)  # the second comes to the page, where a decision is pending
    server.advance_slowest(session.code)  # both are there: nothing to be moved on from
    for person in (one, two):
        assert person.start().page == "Partner"
    with Tab(one) as first, Tab(two) as second:
        model.release()
        first.told()
        second.told()
    assert (one.page, two.page) == ("After", "After")
    assert [row["times_started"] for row in decisions(server, "pair", session.code)] == ["1"]
    session = server.create_session("amount", 2)
    for person in session.participants():
        person.start().submit()
    for _ in attempts(pause=0.1):
        if [row["status"] for row in decisions(server, "amount", session.code)] == ["answered"] * len(
            decisions(server, "amount", session.code)
        ):
            break
    server.advance_slowest(session.code)
    for person in session.participants():
        person.start().until("After")


def test_an_amount_survives_a_kill_between_the_answer_and_its_time(server: Server, model: FakeService) -> None:
    session = server.create_session("amount", 1)
    person = session.participant().start().submit()
    for _ in attempts(pause=0.05):
        if [row["status"] for row in decisions(server, "amount", session.code)] == ["answered"]:
            break
    assert server.kill() == -9
    server.start()
    person.reload().until("After")
    (row,) = server.app_export("amount", session.code)
    assert (float(row["group.offer"]), row["group.note"]) == (7, "for you")


@pytest.mark.any_database
def test_a_decision_outlasts_a_database_that_is_locked(server: Server) -> None:
    if not isinstance(server.database, SQLite):
        pytest.skip("PostgreSQL has no lock on all of it.")
    session = server.create_session("locked", 1)
    person = session.participant().start().submit()
    before = len(server.log)
    with closing(sqlite3.connect(server.database.file, isolation_level=None, timeout=PATIENCE)) as other:
        other.execute("BEGIN IMMEDIATE")
        server.project.write("locked.now", "")
        # longer than SQLite waits, and than a batch that is written once more
        assert any("The database cannot be written" in server.log[before:] for _ in attempts())
        other.execute("ROLLBACK")
    person.until("After")
    (row,) = decisions(server, "locked", session.code)
    assert (row["status"], row["times_started"], row["error_type"]) == ("stored", "1", "")


@pytest.mark.full
def test_an_app_that_is_gone_when_the_server_starts_again(server: Server, model: FakeService) -> None:
    session, other = server.create_session("gone", 1), server.create_session("plain", 1)
    model.hold()
    person = session.participant().start().submit()
    rest = other.participant().start().submit()
    model.wait_until(lambda fake: fake.standing == 2)
    server.kill()
    model.release()
    settings = server.project.folder / "settings.py"
    as_it_was = settings.read_text()
    settings.write_text(as_it_was.replace("'app_sequence': ['gone']", "'app_sequence': ['plain']"))
    (server.project.folder / "gone").rename(server.project.folder / "away")
    try:
        server.start()
        rest.until("After")
        for _ in attempts():
            found = server.database.query("SELECT status, error FROM otree_ego_decision WHERE owner LIKE '%:gone:%'")
            if found[0]["status"] != "pending":
                break
        assert found == [{"status": "failed", "error": "ModuleNotFoundError"}]
    finally:
        server.stop()
        (server.project.folder / "away").rename(server.project.folder / "gone")
        settings.write_text(as_it_was)
    server.start()
    person.url += "?again=1"
    person.reload().until("After")


@pytest.mark.full
def test_a_devserver_that_starts_anew_goes_on(
    chat_server: Callable[..., Server], database: PostgreSQL | None, model: FakeService
) -> None:
    server = chat_server(apps={"again": APPS["again"]}, database=database, command="devserver_inner")
    session = server.create_session("again", 2)
    people = [person.start() for person in session.participants()]
    model.hold()
    for person in people:
        person.submit()
    model.wait_until(lambda fake: fake.standing == 2)
    server.stop()  # as on each change of a file: what is in memory is written to the disk
    model.release()
    server.start()
    for person in people:
        person.reload().until("After")
    assert [(row["status"], row["times_started"]) for row in decisions(server, "again", session.code)] == [
        ("stored", "2")
    ] * 2
    server.stop()


FORGED: list[dict[str, Any]] = [
    {},
    {"owner": "player:plain:1:nobody/Partner", "failures": "x"},
    {"owner": "x" * 5000, "failures": "1"},
    {"owner": "a\0b\ud83d'; DROP TABLE otree_ego_decision; --".encode("utf-8", "surrogatepass"), "failures": "0"},
    {"group_id": "-1e9"},
    {"group_id": str(-(10**30))},
    {"page_index": "abc"},
    {"participant_id": "0"},
]


@pytest.mark.any_database
def test_forged_sockets_harm_nobody(server: Server, model: FakeService) -> None:
    session = server.create_session("plain", 2)
    one, two = (person.start() for person in session.participants())
    model.hold()
    one.submit()
    with Tab(one) as honest:
        place, _, query = honest.socket.url.partition("?")
        usual = dict(part.split("=", 1) for part in query.split("&"))
        for forged in FORGED:
            fields = {name: usual[name] for name in ("session_pk", "page_index", "group_id", "participant_id")}
            address = f"{place}?{urlencode({**fields, **forged})}"
            for path in (address, address.replace("group_id", "grup_id")):
                try:
                    with Socket(path) as socket:
                        socket.receive(0.3)
                except (TimeoutError, SocketClosed, OSError):
                    pass
                except Exception as error:  # the handshake was refused
                    assert "HTTP" in str(error) or "close" in str(error), error
        two.submit()
        model.release()
        honest.told()
    assert one.page == "After"
    two.until("After")


def test_exports_and_a_deleted_session_while_decisions_are_pending(server: Server, model: FakeService) -> None:
    session, other = server.create_session("pair", 4), server.create_session("pair", 2)
    people = [person.start() for person in (*session.participants(), *other.participants())]
    model.hold()
    for person in people:
        person.submit()
    model.wait_until(lambda fake: fake.standing == 3)
    assert [row["status"] for row in decisions(server, "pair", session.code)] == ["pending"] * 2
    assert len(server.wide_export(session.code)) == 4
    with Tab(people[0]), Tab(people[4]) as there:
        server.delete_session(session.code)
        model.release()
        there.told()
    people[5].until("After")
    assert [json.loads(row["answer"]) for row in decisions(server, "pair", other.code)] == [{"answer": 42}]
    assert server.database.query("SELECT owner FROM otree_ego_decision WHERE status = 'pending'") == []


# --- bots -----------------------------------------------------------------------------------------------------------

BOTS = """\
from otree.api import Bot, expect

from . import C, Middle


class PlayerBot(Bot):
    def play_round(self):
        yield Middle
        expect(self.player.answer, 42)
        expect(self.player.group.field_maybe_none("answer"), "in", (None, 42))
"""


@pytest.mark.full
def test_bots_meet_pages_first_last_and_in_groups(tmp_path: Path, service: FakeService) -> None:
    service.reply = "42"
    source = shapes("bots", 2)["__init__.py"].replace("[First, Last]", "[First, Middle, Last]")
    files = {"__init__.py": source, "tests.py": BOTS, "Middle.html": BEFORE_PAGE, "After.html": AFTER_PAGE}
    config = {"name": "bots", "app_sequence": ["bots"], "num_demo_participants": 4, "ego_model": "gpt-6-luna"}
    project = Project(tmp_path / "project", apps={"bots": files}, session_configs=[config])
    done = otree_test(project, "bots", OPENAI_BASE_URL=service.base_url, OPENAI_API_KEY=KEY)
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(service.requests) == 12
