"""`ego test`: players play a project's sessions in one process, side by side, and leave its database alone."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from pathlib import Path

import pytest
from harness import needs, warm_python
from harness.chat import KEY
from harness.project import REPO, Project
from harness.server import PRIVATE

from otree_ego.cli import main
from otree_ego.stores import RunStore
from otree_ego.testing import FakeService, fitting

OWN = REPO / "tests" / "harness" / "player_apps"
FIELDS_BOT = """
from otree.api import expect

from otree_ego import bots


class PlayerBot(bots.PlayerBot):
    def script(self, page):
        if page.name == "Handwritten":
            likert = dict(likert_fair="1", likert_kind="3")
            return dict(likert, fruit="b", effort=5, day="2026-02-02", mail="a@b.c", code="ABC")
        if page.name == "Strict":
            expect(self.player.code, "ABC")
            return {"answer": "42" if page.errors else "41", "age": 30}

    def after_page(self, page):
        if page.name == "Strict" and self.participant.id_in_session == 2:
            expect(self.player.answer, "the answer of the second")
"""
MEETING_BOT = """
from otree_ego import bots


class PlayerBot(bots.PlayerBot):
    def script(self, page):
        return {"chat": ["Hello!"], "opinion": "Fine"}

    async def ai_live(self, view, messages):
        await view.send({"price": 7} if view.player in ("bot1", "bot3") else {})
        async for message in messages:
            if message["price"] is not None:
                return {"price": message["price"]}
"""


HOOKS = """
GOOD = dict(
    points=3, age=20, share=0.5, name="Ada", agree="True", colour="red", side="1", country="Chile", newsletter=True,
    button="I am not",
)


async def ai_page(page):
    return GOOD if page.form.buttons else None
"""
ALONE = """
from otree.api import BaseConstants, BaseGroup, BasePlayer, BaseSubsession, WaitPage


class C(BaseConstants):
    NAME_IN_URL = "alone"
    PLAYERS_PER_GROUP = None
    NUM_ROUNDS = 1


class Subsession(BaseSubsession):
    pass


class Group(BaseGroup):
    pass


class Player(BasePlayer):
    pass


def group_by_arrival_time_method(subsession, waiting_players):
    return None


class Never(WaitPage):
    group_by_arrival_time = True


page_sequence = [Never]
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project with test apps; what a devserver has left in its database is nobody's business."""
    rows = [
        {"name": "survey", "app_sequence": ["fields"], "num_demo_participants": 3},
        {"name": "meeting", "app_sequence": ["meeting"], "num_demo_participants": 4},
        {"name": "stuck", "app_sequence": ["alone"], "num_demo_participants": 2},
    ]
    apps = {"fields": OWN / "fields", "meeting": OWN / "meeting", "alone": {"__init__.py": ALONE}}
    marked = 'PARTICIPANT_FIELDS = ["ego_ai", "ego_ai_model"]'
    made = Project(tmp_path / "project", apps, session_configs=rows, settings_extra=marked)
    made.write("fields/tests.py", FIELDS_BOT)
    made.write("meeting/tests.py", MEETING_BOT)
    return made


@needs.starts("server")
def ego_test(project: Project, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run it on a project."""
    needs.claim("server")
    clean = {name: value for name, value in os.environ.items() if not PRIVATE.fullmatch(name)}
    return warm_python.run(
        [sys.executable, "-m", "otree_ego.cli", "test", *arguments], cwd=project.folder, timeout=300,
        env={**clean, "PYTHONPATH": str(REPO), **env}, text=True,
    )  # fmt: skip


def answer(body: object) -> str:
    """What fits."""
    return fitting(body)  # type: ignore[arg-type]


def test_a_model_plays_beside_what_an_app_says_of_its_bots(project: Project) -> None:
    project.write("db.sqlite3", "what a devserver has left")
    with FakeService() as model:
        model.reply = answer
        done = ego_test(
            project, "survey", "-n", "2", "--model", "gpt-6-luna", "--export", "out", OPENAI_BASE_URL=model.base_url,
            OPENAI_API_KEY=KEY,
        )  # fmt: skip
        asked = len(model.requests)
    assert done.returncode == 1, done.stderr[-3000:]
    assert "1 of 2 players have finished the study.\nsurvey: " in done.stdout and "2 answers refused" in done.stdout
    assert "ego: bot2: bot2 stopped on page 'Strict'" in done.stderr
    assert "ExpectError: Expected 'the answer of the second', actual value is '42'" in done.stderr
    assert "bot1" in done.stderr and "finished" in done.stderr and "Traceback" not in done.stderr
    assert asked == 4, "All fields and the buttons, of each player."
    assert (project.folder / "db.sqlite3").read_text() == "what a devserver has left"
    with (project.folder / "out" / "fields.csv").open() as file:
        assert [row["player.code"] for row in csv.DictReader(file)] == ["ABC", "ABC"]
    with (project.folder / "out" / "all_apps_wide.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert {(row["participant.ego_ai"], row["participant.ego_ai_model"]) for row in rows} == {("bot", "gpt-6-luna")}
    store = RunStore(str(project.folder / "ego.sqlite3"))
    assert [run.name for run in store.runs()] == ["test survey"]
    store.close()


def test_all_session_configs_are_played_and_who_is_stuck_is_told(project: Project) -> None:
    project.write("fields/tests.py", FIELDS_BOT.replace("the answer of the second", "42"))
    hooks = project.write("mine.py", HOOKS)
    done = ego_test(project, "--wait", "2", "--hooks", str(hooks))
    assert done.returncode == 1, done.stderr[-3000:]
    for number, config in ((3, "survey"), (4, "meeting")):
        assert f"{number} of {number} players have finished the study.\n{config}: " in done.stdout
    assert "0 of 2 players have finished the study.\nstuck: " in done.stdout
    assert "ego: bot1: page 'Never': it was not over in 2 seconds: all players wait." in done.stderr
    assert not (project.folder / "db.sqlite3").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nonesuch"], "There is no session config 'nonesuch'"),
        pytest.param(["fields"], "--model says who plays", marks=pytest.mark.full),
    ],
)
def test_what_is_missing_is_told(project: Project, words: list[str], said: str) -> None:
    project.write("fields/tests.py", "")
    done = ego_test(project, *words)
    assert done.returncode == 2 and said in done.stderr, done.stderr[-3000:]


def test_it_runs_in_a_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["test"]) == 2 and "There is no settings.py here" in capsys.readouterr().err
