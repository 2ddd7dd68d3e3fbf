"""An oTree project's sessions, read as runs, and forgotten, from the command line."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from harness import PostgreSQL, Server, warm_python
from harness.project import REPO

from otree_ego.cli import main
from otree_ego.testing import FakeService

pytestmark = pytest.mark.any_database

SECRET = "Zebulon Quux"
GAME = """
from otree.api import *

from otree_ego import AIWaitPage, GPTThread, ai, assign, custom_export, custom_export_decisions, custom_export_requests


class C(BaseConstants):
    NAME_IN_URL = "game"
    PLAYERS_PER_GROUP = None
    NUM_ROUNDS = 1


class Subsession(BaseSubsession):
    pass


class Group(BaseGroup):
    pass


class Player(BasePlayer):
    nickname = models.StringField()
    why = models.LongStringField()
    offer = models.IntegerField(min=0, max=9)
    letter = models.LongStringField()


def creating_session(subsession):
    assign(subsession, frame=["give", "take"], seed=1)
    for player in subsession.get_players():
        ai(player).set(GPTThread(model="gpt-6-luna", temperature=1.0))


class Name(Page):
    form_model = "player"
    form_fields = ["nickname", "why"]

    @staticmethod
    def before_next_page(player, timeout_happened):
        with ai(player) as llm:
            llm.system("Be kind.")
            llm.submit(f"I am {player.nickname}, from Ghent.")


class Decide(AIWaitPage):
    form_fields = ["offer", "letter"]

    @staticmethod
    async def ask_ai(player):
        async with ai(player) as llm:
            return {"offer": await llm.decide(player, "offer", "How much?"), "letter": "Dear " + player.nickname}


class End(Page):
    pass


page_sequence = [Name, Decide, End]
"""
FILES = {
    "__init__.py": GAME,
    "Name.html": "{{ block content }}{{ formfields }}{{ next_button }}{{ endblock }}",
    "End.html": "{{ block content }}end{{ endblock }}",
}

PAIRS = """
from otree.api import *

from otree_ego import ConstantThread, ai, assign, custom_export, custom_export_decisions


class C(BaseConstants):
    NAME_IN_URL = "pairs"
    PLAYERS_PER_GROUP = 2
    NUM_ROUNDS = 2


class Subsession(BaseSubsession):
    pass


class Group(BaseGroup):
    pass


class Player(BasePlayer):
    pass


def creating_session(subsession):
    assign(subsession.get_groups(), answer=["loud", "soft"], seed=1)
    for owner in [subsession, *subsession.get_groups(), *subsession.get_players()]:
        ai(owner).set(ConstantThread("5"))
        with ai(owner) as llm:
            llm.submit("Hello")


class End(Page):
    pass


page_sequence = [End]
"""


@pytest.fixture(scope="module")
def model() -> Iterator[FakeService]:
    with FakeService() as fake:
        yield fake


@pytest.fixture(scope="module")
def game(server_factory: Callable[..., Server], database: PostgreSQL | None, model: FakeService) -> Server:
    env = {"OPENAI_BASE_URL": model.base_url, "OPENAI_API_KEY": "sk-fake"}
    configs = [{"name": name, "app_sequence": [name], "num_demo_participants": 2} for name in ("game", "pairs")]
    apps = {"game": FILES, "pairs": {"__init__.py": PAIRS, "End.html": FILES["End.html"]}}
    return server_factory(apps=apps, session_configs=configs, database=database, env=env)


@pytest.fixture(scope="module")
def played(game: Server, model: FakeService) -> Any:
    def reply(body: dict[str, Any]) -> str:
        asked = body["messages"][-1]["content"]
        return (f"Hello {SECRET}" if SECRET in asked else "Hello") if "Ghent" in asked else '{"answer": 4}'

    model.reply = reply
    session = game.create_session("game", 2)
    for index, name in enumerate([SECRET, "Bob"]):
        person = session.participant(index).start()
        person.submit(nickname=name, why=f"{name} says so").until("End")
    return session


@pytest.fixture
def address(game: Server, played: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(game.project.folder)
    url = game.database.env.get("DATABASE_URL", "")
    monkeypatch.setenv("DATABASE_URL", url)
    return url


def said(capsys: pytest.CaptureFixture[str], *line: str) -> str:
    assert main(list(line)) == 0, capsys.readouterr().err
    return capsys.readouterr().out


def test_sessions_are_runs(address: str, played: Any, capsys: pytest.CaptureFixture[str]) -> None:
    found = json.loads(said(capsys, "runs", "--otree", "--json"))
    (mine,) = [each for each in found if each["id"] == played.code]
    assert (mine["name"], mine["kind"], mine["planned"], mine["replications"], mine["replies"]) == (
        "game", "session", 2, 2, 4,
    )  # fmt: skip
    assert mine["tokens_in"] > 0
    assert said(capsys, "runs", "--otree").splitlines()[0].split()[0] == "started"
    shown = said(capsys, "show", played.code, "--otree", "--full", "--no-pager")
    assert "I am Bob, from Ghent." in shown
    assert "frame: " in shown
    assert "gpt-6-luna" in said(capsys, "cost", played.code[:5], "--otree")
    page = said(capsys, "report", played.code, "--otree", "-o", "-")
    assert "<html" in page and "Decisions of people and AIs" not in page
    rows = list(csv.DictReader(io.StringIO(said(capsys, "data", played.code, "--otree", "--wide"))))
    assert [row["prompt"] for row in rows if row["message_number"] == "3"] == [
        f"I am {n}, from Ghent." for n in (SECRET, "Bob")
    ]
    assert [row["answer"] for row in rows if row["answer"]] == ["4", "4"]
    assert {row["frame"] for row in rows} == {"give", "take"}
    assert {(row["model"], row["app"], row["system_prompt"], row["requests"]) for row in rows} == {
        ("gpt-6-luna", "game", "Be kind.", "1")
    }


def test_names_mean_what_they_mean_on_the_data_page(
    address: str, game: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    game.create_session("pairs", 2)  # so that a group's number in the database is another than in its round
    session = game.create_session("pairs", 4)
    marks = {"vars": {"ego_ai": "seat", "odd": ["a", None]}}
    game.http.post(f"{game.url}/api/participant_vars/{session.codes[2]}", json=marks, timeout=60).raise_for_status()
    there = [row for row in game.custom_export("pairs", session=session.code) if row["role"] == "assistant"]
    here = list(csv.DictReader(io.StringIO(said(capsys, "data", session.code, "--otree"))))
    assert len(here) == 2 * (1 + 2 + 4)
    same = (
        "participant", "participant_label", "participant_ai", "app", "round", "group", "id_in_group", "attached_to",
        "thread", "thread_name", "thread_type", "seat", "message_number", "message_id", "text", "requests", "error",
    )  # fmt: skip
    assert sorted([row[name] for name in same] for row in here) == sorted([row[name] for name in same] for row in there)
    assert {(row["attached_to"], row["group"], row["id_in_group"]) for row in here} == {
        ("subsession", "", ""),
        *(("group", group, "") for group in "12"),
        *(("player", group, place) for group in "12" for place in "12"),
    }
    assert {(row["assigned_answer"], row["answer"]) for row in here if row["attached_to"] == "group"} == {
        ("loud", ""),
        ("soft", ""),
    }
    ais = {(row["participant"], row["participant_ai"]) for row in here if row["participant"]}
    assert ais == {(code, "seat" if code == session.codes[2] else "") for code in session.codes}
    shown = said(capsys, "show", session.code, "--otree", "--no-pager")
    assert "group: 2" in shown and "group: 3" not in shown


def test_what_was_sent_can_be_made_again_from_the_record(
    address: str, game: Server, played: Any, model: FakeService, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = said(capsys, "show", played.code, "--otree", "--sent", "--json").splitlines()
    found = [json.loads(line) for line in lines]
    assert set(map(content, found)) <= {each.content for each in model.requests} and len(set(map(content, found))) == 4
    assert {(each["service"], each["address"]) for each in found} == {("openai", model.base_url)}
    rows = game.custom_export("game", "custom_export_requests", played.code)
    assert [json.loads(row["request"])["reply"] for row in rows] == [row["message_id"] for row in rows]
    assert sorted(content(json.loads(row["request"])) for row in rows) == sorted(map(content, found))
    assert {row["participant"] for row in rows} == {played.participant(index).code for index in (0, 1)}
    shown = said(capsys, "show", played.code, "--otree", "--sent", "--no-pager")
    assert "I am Bob, from Ghent." in shown
    assert "(the 2 messages that were sent before, then)" in shown


def content(line: dict[str, Any]) -> bytes:
    return json.dumps(line["body"], ensure_ascii=False, separators=(",", ":")).encode()


def test_a_backup_goes_into_an_empty_database_of_either_kind(
    address: str, game: Server, played: Any, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = str(tmp_path / "kept")
    assert said(capsys, "backup", file).startswith("Wrote ")
    assert main(["backup", file]) == 1
    assert "is there already" in capsys.readouterr().err
    assert main(["restore", file]) == 1
    assert "has sessions" in capsys.readouterr().err
    shutil.copytree(game.project.folder, tmp_path / "copy", ignore=shutil.ignore_patterns("db.sqlite3*"))
    reset = "import sys; sys.argv = ['otree', 'resetdb', '--noinput']; from otree.main import execute_from_command_line"
    reset += "; execute_from_command_line(sys.argv)"
    targets = {f"{tmp_path}/copy/db.sqlite3": ""}
    if address:
        url = game.database.cluster.database().env["DATABASE_URL"]
        targets[url] = url
    for target, url in targets.items():
        env = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        env |= {"PYTHONPATH": str(REPO), **({"DATABASE_URL": url} if url else {})}
        made = warm_python.run([sys.executable, "-c", reset], cwd=tmp_path / "copy", env=env, text=True)
        assert made.returncode == 0, made.stdout + made.stderr
        assert said(capsys, "restore", file, f"--otree={target}").startswith("Restored ")
        for line in (
            ["show", played.code, "--all", "--full", "--no-pager"],
            ["show", played.code, "--sent", "--json"],
            ["data", played.code, "--wide"],
        ):
            assert said(capsys, *line, f"--otree={target}") == said(capsys, *line, "--otree")
        file = str(tmp_path / "once more")
        if address and not url:
            said(capsys, "backup", file, f"--otree={target}")
    assert main(["restore", __file__]) == 1
    assert "is no backup" in capsys.readouterr().err


def everything(game: Server) -> str:
    return game.stored().decode("utf-8", "replace")


def test_names_become_a_pseudonym(address: str, game: Server, played: Any, capsys: pytest.CaptureFixture[str]) -> None:
    bob = played.participant(1).code
    told = said(capsys, "forget", "--session", played.code, "--participant", bob, "--pseudonym", "--yes")
    assert told.startswith(f"{bob} is P2: names replaced in ")
    rows = game.custom_export("game", session=played.code)
    assert [row["text"] for row in rows if row["participant"] == bob][1] == "I am P2, from Ghent."
    assert [bool(row["pseudonymised_utc"]) for row in rows if row["participant"] == bob] == [
        False,
        True,
        False,
        False,
        False,
    ]
    (decision,) = [row for row in game.database.query("select * from otree_ego_decision") if bob in row["owner"]]
    assert json.loads(decision["answer"]) == {"offer": 4, "letter": "Dear P2"}
    players = game.database.query("select nickname, why, letter from game_player order by id")
    assert players[1] == {"nickname": "P2", "why": "P2 says so", "letter": "Dear P2"}
    assert players[0]["nickname"] == SECRET


def test_one_participant_is_forgotten(
    address: str, game: Server, played: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    ann, bob = (played.participant(index).code for index in (0, 1))
    before = said(capsys, "cost", played.code, "--otree")
    was = {row["message_id"]: row for row in game.custom_export("game", session=played.code)}
    assert main(["forget", "--session", played.code, "--participant", ann]) == 1, "nobody has agreed"
    assert "Nothing was changed" in capsys.readouterr().out
    assert SECRET in everything(game)
    told = said(capsys, "forget", "--session", played.code, "--participant", ann, "--fields", "--yes")
    assert told.startswith(f"{ann}: deleted the texts of 5 messages, 1 decision and 3 fields of oTree's.")
    now = game.custom_export("game", session=played.code)
    assert {row["text"] for row in now if row["participant"] == ann} == {""}
    for row in now:
        for kept in ("tokens_in", "cost_usd", "latency_seconds", "time_utc", "model", "message_number", "status"):
            assert row[kept] == was[row["message_id"]][kept]
        assert bool(row["forgotten_utc"]) is (row["participant"] == ann)
    assert [row for row in now if row["participant"] == bob] == [w for w in was.values() if w["participant"] == bob]
    assert said(capsys, "cost", played.code, "--otree") == before
    assert "forgotten on " in said(capsys, "show", played.code, "--otree", "--no-pager")
    rows = list(csv.DictReader(io.StringIO(said(capsys, "data", played.code, "--otree", "--wide"))))
    assert [bool(row["forgotten_utc"]) for row in rows] == [True, True, False, False]
    sent = said(capsys, "show", played.code, "--otree", "--sent", "--json")
    assert len(sent.splitlines()) == 2 and SECRET not in sent
    if not address:
        assert SECRET not in everything(game), "nor in a part of the file that is not used any more"


def test_a_whole_session_is_forgotten(
    address: str, game: Server, played: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    said(capsys, "forget", "--session", played.code, "--yes")
    assert {row["text"] for row in game.custom_export("game", session=played.code)} == {""}
    again = said(capsys, "forget", "--session", played.code, "--yes")
    assert "0 messages, 0 decisions and 0 fields" in again


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (["forget", "--session", "nosuch", "--yes"], "There is no session nosuch in"),
        (["forget", "--session", "CODE", "--participant", "x", "--yes"], "No participant has the code or label 'x'"),
        (["forget", "--session", "CODE", "--pseudonym", "P", "--yes"], "name one with --participant"),
        (["cost", "--otree", "CODE"], "write it before --otree"),
        (["show", "nosuch", "--otree"], "There is no run 'nosuch' in"),
        (["runs", "--otree", "other.sqlite3"], "There is no oTree database at"),
        (["runs", "--otree", "settings.py"], "SQLite database"),
    ],
)
def test_what_is_not_there_is_said(
    address: str, played: Any, capsys: pytest.CaptureFixture[str], line: list[str], says: str
) -> None:
    assert main([played.code if word == "CODE" else word for word in line]) in (1, 2)
    assert says in capsys.readouterr().err


@pytest.mark.any_database
def test_a_report_compares_people_and_ais(
    address: str, game: Server, played: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    session = game.create_session("game", 3)
    for index in range(3):
        session.participant(index).start().submit(nickname="x", why="y" * 100).until("End")
    marks = {"vars": {"ego_ai": "player"}}
    game.http.post(f"{game.url}/api/participant_vars/{session.codes[0]}", json=marks, timeout=60).raise_for_status()
    page = said(capsys, "report", session.code, "--otree", "-o", "-")
    assert "Decisions of people and AIs" in page and "<h3>game: offer</h3>" in page
    assert "people (n = 2): mean" in page and "AI (n = 1): mean" in page
    assert "Not shown: game: why." in page and "y" * 20 not in page
