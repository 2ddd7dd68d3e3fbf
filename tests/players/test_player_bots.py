"""Players as oTree's bots: in `otree test` a script, or a model, plays apps through their pages."""

from __future__ import annotations

from pathlib import Path

import pytest
from harness.bots import otree_test
from harness.chat import KEY
from harness.project import REPO, Project
from harness.walks import APPS, configs, spoken

from otree_ego.testing import FakeService

OWN = REPO / "tests" / "harness" / "player_apps"
SCRIPTED = """
from otree.api import expect

from otree_ego import bots
from otree_ego.players.page_fields import NUMBER


class PlayerBot(bots.PlayerBot):
    def script(self, page):
        if page.name == "Strict":
            return {"answer": "42" if page.errors else "41", "age": 30}
        if page.name == "Buttons":
            return {"button": "I am not"}
        return dict(
            points=3, age=20, share=0.5, name="Ada", agree="True", colour="red", side="1", country="Chile",
            newsletter=True, likert_fair="1", likert_kind="3", fruit="b", effort=5, day="2026-02-02", mail="a@b.c",
            code="ABC",
        )

    def after_page(self, page):
        if page.name == "Strict":
            expect(self.player.answer, "42")
            expect(self.player.plea, "not")
            expect(self.participant.vars["ego_ai"], "bot")
            print("Ends with", self.player.answer)
"""
LIVE = """
from otree_ego import bots


class PlayerBot(bots.PlayerBot):
    def script(self, page):
        return {"chat": ["Hello!"], "slow": "x", "endless": 1}

    async def ai_live(self, view, messages):
        await view.send({"bid": 7})
        async for message in messages:
            return {"bid": message["bid"]}

    def after_page(self, page):
        if page.name == "Bid":
            assert (self.player.bid, self.player.heard) == (7, 7)
            print("The bid was heard")
"""
MODEL = """
from otree_ego.bots import PlayerBot

PlayerBot.model = "gpt-6-luna"
"""
PERSONAS = """
PlayerBot.personas = [{"persona": "a baker", "age": 40}, "a nurse"]
PlayerBot.question = "Why?"


def after_page(bot, page):
    from otree_ego import custom_export_assignments

    header, *rows = custom_export_assignments([bot.player])
    mine = next(row for row in rows if row[1] == bot.participant.code)
    print("ASSIGNED", {**dict(zip(header, map(str, mine)))})


PlayerBot.after_page = after_page
"""


def project(folder: Path, app: str, tests: str) -> Project:
    """A project with one of the test apps, and bots."""
    made = Project(folder / "project", {app: OWN / app})
    made.write(f"{app}/tests.py", tests)
    return made


def test_a_script_plays_and_is_corrected(tmp_path: Path) -> None:
    done = otree_test(project(tmp_path, "fields", SCRIPTED), "fields", "2")
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert done.stdout.count("Ends with 42") == 2


def test_live_methods_really_run(tmp_path: Path) -> None:
    made = project(tmp_path, "talk_live", LIVE)
    init = made.folder / "talk_live" / "__init__.py"
    init.write_text(init.read_text("utf-8").replace('raise ValueError("once")', "pass"), "utf-8")
    done = otree_test(made, "talk_live", "2")
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert done.stdout.count("The bid was heard") == 2


def test_a_model_plays_in_two_lines(tmp_path: Path) -> None:
    with FakeService() as model:
        model.reply = lambda body: '{"q1": 4}' if "bid" in str(body) or "Bid" in str(body) else '{"q1": null}'
        made = project(tmp_path, "talk_live", MODEL + PERSONAS)
        init = made.folder / "talk_live" / "__init__.py"
        text = init.read_text("utf-8").replace("Talk, Bid, Timed, Fails", "Timed").replace("timeout_seconds = 2", "")
        init.write_text(text, "utf-8")
        done = otree_test(made, "talk_live", "2", OPENAI_BASE_URL=model.base_url, OPENAI_API_KEY=KEY)
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    asked = [str(request.body["messages"]) for request in model.requests]
    assert len(asked) == 4 and sum("The study is over." in each and "Why?" in each for each in asked) == 2
    for persona in ("a baker", "a nurse"):
        assert sum(f"This is who you are: {persona}" in each for each in asked) == 2
    assigned = [line for line in done.stdout.splitlines() if line.startswith("ASSIGNED")]
    assert all("'assignment': 'personas'" in line and "'participant_ai': 'bot'" in line for line in assigned)
    assert "'persona': 'a nurse'" in done.stdout and '{"persona": "a baker", "age": 40}' in done.stdout


SIMPLE = """
from harness.scripted_players import with_answers
from harness.walks import ANSWERS
from otree_ego import bots


class PlayerBot(bots.PlayerBot):
    def script(self, page):
        return with_answers(ANSWERS.get(page.app, {}))(page)

    def after_page(self, page):
        print("Left", page.app, page.name)
"""
WHOLE = """
from harness.whole_study import STORED, agree, answers
from otree.api import expect

from otree_ego import bots


class PlayerBot(bots.PlayerBot):
    def script(self, page):
        return answers(page)

    async def ai_live(self, view, messages):
        return await agree(view, messages)

    def after_page(self, page):
        if page.name == "Leave":
            first = self.player.in_round(1)
            for name in ("word_radio", "ranking", "secret", "verdict", "shade", "safe", "clock", "tint", "kept"):
                expect(getattr(first, name), STORED[name])
            expect((first.seen, first.consent, first.from_python), (1, True, 4))
        if page.name == "Price":
            expect(self.group.price, 7)
        print("Left", page.app, page.name)
"""


@pytest.mark.parametrize("apps", [["dictator", "group_chat"], pytest.param(list(APPS), marks=pytest.mark.full)])
def test_every_app_is_played_to_its_end(tmp_path: Path, apps: list[str]) -> None:
    own = [*apps, "recruit", "recruit_end"]
    whole = ("controls", "talk_live", "meeting")
    rows = [row for row in configs() if row["name"] in apps]
    recruit = {"recruit_check_tries": 2, "ego_completion_code_completed": "DONE1", "num_demo_participants": 1}
    rows.append({"name": "recruit", "app_sequence": own[-2:], **recruit})
    rows.append({"name": "whole", "app_sequence": list(whole), "num_demo_participants": 4})
    made = Project(
        tmp_path / "project", {app: OWN / app for app in whole}, own, session_configs=rows, played_rounds=False
    )
    for app in (*own, *whole):
        made.write(f"{app}/tests.py", WHOLE if app in whole else SIMPLE)
    with FakeService() as model:
        model.reply = spoken
        env = {"OPENAI_BASE_URL": model.base_url, "OPENAI_API_KEY": KEY, "PYTHONPATH": f"{REPO}:{REPO / 'tests'}"}
        done = otree_test(made, **env)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    for app in (*apps, "recruit_end", "meeting"):
        assert f"Left {app} End" in done.stdout, app
    assert done.stdout.count("Left meeting Price") == 4


def test_without_a_model_it_says_what_to_do(tmp_path: Path) -> None:
    done = otree_test(project(tmp_path, "fields", "from otree_ego.bots import PlayerBot\n"), "fields", "1")
    assert done.returncode != 0 and "EGO_PLAYER_MODEL" in done.stdout + done.stderr
