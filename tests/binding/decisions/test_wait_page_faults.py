"""Pages that wait for a model when things go wrong: kills, mistakes in the app's code, the experimenter's push."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from harness import PostgreSQL, Project, Server, warm_python
from harness.bots import otree_test
from harness.chat import KEY, requests_of_broken_replies
from harness.database import PATIENCE, attempts
from harness.project import REPO
from harness.waiting import Tab, decisions, number_42, waits

from otree_ego.testing import FakeService

HOOK = """
    @staticmethod
    def after_decision(player):
        player.payoff = player.answer * 2
        player.note = f"{player.session.code} {len(player.group.get_players())}"
"""
BROKEN_HOOK = """
    @staticmethod
    def after_decision(player):
        player.payoff = 1000
        raise KeyError("no such thing")
"""
LINES = {
    "sets": "who.answer = int(said)\n            return None",
    "pays": "who.payoff = 5\n            return None",
    "wrongs": "return dict(anser=5)",
    "typed": 'return dict(answer="5")',
    "lists": "return [5]",
    "plain": "with ai(who) as other:\n                return dict(answer=int(other.submit('Again?')))",
    "nothing": "return None",
    "huge": "return dict(answer=10**12)",
    "odd": "return dict(note='a' + chr(0) + 'b' + chr(0xD83D))",
}


def with_line(name: str, line: str) -> dict[str, str]:
    files = waits(name)
    return {**files, "__init__.py": files["__init__.py"].replace("return dict(answer=int(said))", line)}


pytestmark = pytest.mark.any_database  # on both databases: test_wait_page.py

APPS = {
    "solo": waits("solo"),
    "pair": waits("pair", model="group", size=2),
    "paced": waits("paced", options="delay = 4"),
    "hooked": waits("hooked", options=HOOK.strip()),
    "unhooked": waits("unhooked", options=BROKEN_HOOK.strip()),
    "undelayed": waits("undelayed", options="delay = staticmethod(lambda player: 1 / 0)"),
    **{name: with_line(name, line) for name, line in LINES.items()},
}


@pytest.fixture(scope="module")
def server(chat_server: Callable[..., Server], database: PostgreSQL | None) -> Server:
    return chat_server(apps=APPS, database=database)


@pytest.fixture(autouse=True)
def _number(request: pytest.FixtureRequest, _healthy: None) -> Iterator[None]:
    yield from number_42(request)


@pytest.mark.full
def test_killed_with_twenty_decisions_pending_each_group_gets_one(server: Server, model: FakeService) -> None:
    session = server.create_session("pair", 40)
    people = [person.start() for person in session.participants()]
    model.hold()
    for person in people:
        person.submit()
    model.wait_until(lambda fake: fake.standing == 20)
    assert server.kill() == -9
    sent = [each.content for each in model.requests]
    assert len(sent) == 20 and set(sent) <= {*requests_of_broken_replies(server)}
    model.release()
    model.wait_until(lambda fake: fake.standing == 0)
    model.clear()
    server.start()
    for _ in attempts(pause=0.1):  # nobody loads a page: the server goes on by itself
        found = decisions(server, "pair", session.code)
        if all(row["status"] == "stored" for row in found):
            break
    assert [(row["status"], json.loads(row["answer"]), row["times_started"]) for row in found] == [
        ("stored", {"answer": 42}, "2")
    ] * 20
    for person in people:
        person.reload().until("After")
    assert len([r for r in model.requests if session.code in str(r.body["messages"])]) == 20
    assert {row["group.answer"] for row in server.app_export("pair", session.code)} == {"42"}
    assert decisions(server, "pair", session.code) == found


def test_killed_between_the_answer_and_its_time(server: Server, model: FakeService) -> None:
    session = server.create_session("paced", 1)
    person = session.participant().start().submit()
    for _ in attempts():
        if decisions(server, "paced", session.code)[0]["status"] == "answered":
            break
    server.kill()
    model.clear()
    server.start()
    person.reload().until("After")
    (row,) = decisions(server, "paced", session.code)
    assert (row["status"], row["times_started"]) == ("stored", "1")
    assert float(row["total_seconds"]) >= 4
    assert model.requests == []  # what was answered is not asked again


def test_a_deployment_while_a_decision_is_pending(server: Server, model: FakeService) -> None:
    session = server.create_session("solo", 1)
    person = session.participant().start()
    model.hold()
    person.submit()
    model.wait_until(lambda fake: fake.standing == 1)
    server.stop()
    model.release()
    server.start()
    person.reload()
    person.until("After")
    assert [row["status"] for row in decisions(server, "solo", session.code)] == ["stored"]


def test_a_decision_that_cannot_be_asked_for_leaves_nobody_waiting(server: Server, model: FakeService) -> None:
    session = server.create_session("solo", 1)
    person = session.participant().start()
    model.hold()
    person.submit()
    model.wait_until(lambda fake: fake.standing == 1)
    server.kill()
    model.release()
    source = server.project.folder / "solo" / "__init__.py"
    as_it_was = source.read_text()
    source.write_text(as_it_was.replace("Partner", "Friend"))
    try:
        server.start()
        for _ in attempts(pause=0.1):
            (row,) = decisions(server, "solo", session.code)
            if row["status"] != "pending":
                break
        assert (row["status"], row["error_type"]) == ("failed", "LinkError")
        assert "solo has no page Partner any more" in row["error"]
        person.start().until("After")  # the page has another name, and is another page
        assert {row["page"]: row["status"] for row in decisions(server, "solo", session.code)} == {
            "Partner": "failed",
            "Friend": "stored",
        }
    finally:
        server.stop()
        source.write_text(as_it_was)


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("app", "sentence"),
    [
        ("sets", "has set player.answer, which is not kept: return the values instead"),
        (
            "pays",
            "ask_ai has set player._payoff: return values of fields, and set the rest (payoffs) in after_decision",
        ),
        ("wrongs", "returned 'anser'; it may return answer, note, agreed of player"),
        ("typed", "answer should be set to int, not str"),
        ("lists", "returns a dict of field values, or None; not [5]"),
        ("plain", "in ask_ai, write  async with ai"),
    ],
)
def test_a_mistake_in_the_code_is_told_and_locks_nobody_out(server: Server, app: str, sentence: str) -> None:
    session = server.create_session(app, 1)
    person = session.participant().start().submit()
    if not person.html.count("?again=1"):
        with Tab(person) as tab:
            tab.told()
    assert "No decision came" in person.html
    (row,) = decisions(server, app, session.code)
    assert (row["status"], row["error_type"]) == ("failed", "LinkError")
    assert sentence in row["error"]
    assert [each["player.answer"] for each in server.app_export(app, session.code)] == [""]


@pytest.mark.any_database
def test_none_stores_nothing_and_goes_on(server: Server) -> None:
    session = server.create_session("nothing", 1)
    session.participant().start().submit().until("After")
    assert [row["player.answer"] for row in server.app_export("nothing", session.code)] == [""]


@pytest.mark.any_database
def test_after_decision_sees_the_values_and_sets_payoffs(server: Server) -> None:
    session = server.create_session("hooked", 2)
    for person in session.participants():
        person.start().submit().until("After")
    rows = server.app_export("hooked", session.code)
    assert [(float(row["player.payoff"]), row["player.note"]) for row in rows] == [(84.0, f"{session.code} 2")] * 2
    seen = server.wide_export(session.code)
    assert [row["participant.payoff"] for row in seen] == ["84.0"] * 2


@pytest.mark.any_database
def test_after_decision_that_fails_is_told_and_the_decision_stays(server: Server) -> None:
    session = server.create_session("unhooked", 1)
    session.participant().start().submit().until("After")
    (row,) = decisions(server, "unhooked", session.code)
    assert (row["status"], row["error_type"]) == ("stored", "KeyError")
    assert "after_decision" in row["error"]
    (player,) = server.app_export("unhooked", session.code)
    assert (player["player.answer"], float(player["player.payoff"] or 0)) == ("42", 0.0)


@pytest.mark.any_database
def test_a_delay_that_fails_is_told_and_the_decision_stays(server: Server) -> None:
    session = server.create_session("undelayed", 1)
    session.participant().start().submit().until("After")
    (row,) = decisions(server, "undelayed", session.code)
    assert (row["status"], row["error_type"], json.loads(row["answer"])) == (
        "stored",
        "ZeroDivisionError",
        {"answer": 42},
    )
    assert row["error"].startswith("delay: ")


def test_a_value_that_the_database_does_not_take_locks_nobody_out(server: Server) -> None:
    session = server.create_session("huge", 1)
    person = session.participant().start().submit()
    if "sqlite" in server.env.get("DATABASE_URL", "sqlite"):  # it takes any number
        person.until("After")
        return
    if person.page == "Partner" and "?again=1" not in person.html:
        with Tab(person) as tab:
            tab.told()
    assert "No decision came" in person.html
    (row,) = decisions(server, "huge", session.code)
    assert (row["status"], row["error_type"]) == ("failed", "DataError")
    assert [each["player.answer"] for each in server.app_export("huge", session.code)] == [""]


def test_text_that_no_database_takes_is_cleaned(server: Server) -> None:
    session = server.create_session("odd", 1)
    session.participant().start().submit().until("After")
    assert [row["player.note"] for row in server.app_export("odd", session.code)] == ["ab\ufffd"]


@pytest.mark.any_database
def test_the_experimenter_moves_on_who_got_no_decision(server: Server, model: FakeService) -> None:
    model.reply = "nonsense"
    session = server.create_session("solo", 1)
    person = session.participant().start().submit()
    with Tab(person) as tab:
        tab.told()
    assert "No decision came" in person.html
    server.advance_slowest(session.code)
    person.reload()
    assert person.page == "After"
    assert [row["status"] for row in decisions(server, "solo", session.code)] == ["skipped"]


def test_the_session_is_deleted_while_decisions_are_pending(server: Server, model: FakeService) -> None:
    session = server.create_session("solo", 3)
    model.hold()
    for person in session.participants():
        person.start().submit()
    model.wait_until(lambda fake: fake.standing == 3)
    server.delete_session(session.code)
    model.release()
    model.wait_until(lambda fake: fake.standing == 0)
    other = server.create_session("solo", 1)
    other.participant().start().submit().until("After")
    assert server.database.query("SELECT owner FROM otree_ego_decision WHERE status = 'pending'") == []


BOTS = """\
from otree.api import Bot, expect

from . import After, Before


class PlayerBot(Bot):
    def play_round(self):
        yield Before
        expect(self.player.answer, 42)
        expect("Answer: 42.", "in", self.html)
        yield After
"""


def test_bots_meet_decisions_that_are_made_at_once(tmp_path: Path, service: FakeService) -> None:
    service.reply = "42"
    files = {**waits("solo", options="delay = 60"), "tests.py": BOTS}
    config = {"name": "solo", "app_sequence": ["solo"], "num_demo_participants": 3, "ego_model": "gpt-6-luna"}
    project = Project(tmp_path / "project", apps={"solo": files}, session_configs=[config])
    done = otree_test(project, "solo", OPENAI_BASE_URL=service.base_url, OPENAI_API_KEY=KEY)
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(service.requests) == 3


def test_bots_are_told_why_there_is_no_decision(tmp_path: Path, service: FakeService) -> None:
    service.reply = "nonsense"
    config = {"name": "solo", "app_sequence": ["solo"], "num_demo_participants": 1, "ego_model": "gpt-6-luna"}
    files = {**waits("solo"), "tests.py": BOTS}
    project = Project(tmp_path / "project", apps={"solo": files}, session_configs=[config])
    done = otree_test(project, "solo", OPENAI_BASE_URL=service.base_url, OPENAI_API_KEY=KEY)
    assert done.returncode != 0
    assert "no decision for player:solo:1:" in done.stdout + done.stderr


WRONG = {
    'form_model = "subsession"': 'Partner.form_model is "player" or "group"',
    'form_fields = "answer"': "takes a list of names",
    "deadline = -1": "Partner.deadline takes seconds",
    'delay = "fast"': "fast",
    "wait_for_all_groups = True": "by a WaitPage before this page",
    "after_all_players_arrive = 'x'": "is called after_decision here",
    "async def after_decision(player): pass": "Partner.after_decision is a plain function",
    "after_decision = 'set_payoffs'": "Partner.after_decision is a plain function",
    "async def delay(player): return 1": "Partner.delay is a plain function",
    "fallback = 5": "Partner.fallback is a dict of field values, a function, or None; not 5",
}
DECLARES = """\
import json, sys

sys.argv[1:] = ["shell"]
sys.path.insert(0, "")
import otree.main

otree.main.setup()
from otree_ego import AIWaitPage

told = {}
for line in %r:
    try:
        page = f"    form_model = 'player'\\n    {line}\\n    async def ask_ai(player): pass"
        exec("class Partner(AIWaitPage):\\n" + page)
    except Exception as error:
        told[line] = f"{type(error).__name__}: {error}"
print("TOLD" + json.dumps(told))
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What is said when a page with such a line is declared: of all of them in one process."""
    project = Project(tmp_path_factory.mktemp("wrong") / "project", apps={"solo": waits("solo")})
    env = {**os.environ, "PYTHONPATH": str(REPO)}
    command = [sys.executable, "-c", DECLARES % list(WRONG)]
    done = warm_python.run(command, cwd=project.folder, env=env, text=True, timeout=PATIENCE)
    assert done.returncode == 0, done.stderr
    found: dict[str, str] = json.loads(done.stdout.rpartition("TOLD")[2])
    return found


@pytest.mark.slow
@pytest.mark.parametrize("line", WRONG)
def test_a_wrong_page_is_refused(told: dict[str, str], line: str) -> None:
    assert told[line].startswith("ConfigError: ") and WRONG[line] in told[line]


def test_a_wrong_page_is_refused_when_the_app_is_loaded(tmp_path: Path) -> None:
    line, sentence = next(iter(WRONG.items()))
    project = Project(tmp_path / "project", apps={"solo": {**waits("solo", options=line), "tests.py": BOTS}})
    done = otree_test(project, "solo")
    assert done.returncode != 0
    assert sentence in done.stdout + done.stderr
