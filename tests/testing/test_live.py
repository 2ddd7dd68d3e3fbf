"""`otree test`: bots that really chat, through the same engine and into the same record."""

from __future__ import annotations

from pathlib import Path

import pytest
from harness import PostgreSQL, Project
from harness.bots import otree_test
from harness.chat import CHAT_PAGE, KEY, TABLE, TALK_FILES

from otree_ego.testing import FakeService

SETTINGS = {"num_demo_participants": 2, "ego_model": "constant/I am constant.", "ego_min_messages": 1}
TALK_BOTS = """\
from otree.api import Bot, Submission, expect

from otree_ego import ai
from otree_ego.testing.live import live

from . import Chat, End


class PlayerBot(Bot):
    def play_round(self):
        yield Submission(Chat, check_html=False)
        with ai({owner}) as llm:
            record = [(m.role, m.text, m.status) for m in llm.messages if m.role != "system"]
        print("RECORD", record)
        expect(len([one for one in record if one[0] == "assistant" and one[1] and one[2] == "complete"]), {replies})


def call_live_method(method, **kwargs):
    if kwargs["page_class"] is not Chat:
        return
    for player in kwargs["group"].get_players():
        state = live(method(player.id_in_group, {{"ego": {{"do": "open"}}}}))
        assert state[0][player.id_in_group]["ego"]["t"] == "state", state
        live(method(player.id_in_group, {{"ego": {{"do": "say", "text": "I am player", "id": "1"}}}}))
        refused = live(method(player.id_in_group, {{"ego": {{"do": "say", "text": " ", "id": "2"}}}}))
        assert refused[0][player.id_in_group]["ego"]["why"] == "empty", refused
"""


def project(folder: Path, app: str, files: dict[str, str], **settings: object) -> Project:
    config = {"name": app, "app_sequence": [app], **SETTINGS, **settings}
    return Project(folder / "project", apps={app: files}, session_configs=[config])


@pytest.mark.parametrize("where", ["sqlite", "postgres"])
def test_the_chat_app_with_its_own_bots(tmp_path: Path, where: str, request: pytest.FixtureRequest) -> None:
    config = {"name": "chat", "app_sequence": ["ego_chat"], **SETTINGS}
    made = Project(tmp_path / "project", repo_apps=["ego_chat"], session_configs=[config])
    env = {}
    if where == "postgres":
        cluster: PostgreSQL = request.getfixturevalue("pg")
        env = cluster.database().env
    done = otree_test(made, "chat", "3", **env)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "never awaited" not in done.stderr


def test_bots_ask_a_service(tmp_path: Path, service: FakeService) -> None:
    files = {**TALK_FILES, "tests.py": TALK_BOTS.format(owner="self.player", replies=1)}
    made = project(tmp_path, "talk", files, ego_model="gpt-6-luna", ego_system_prompt="Be brief.")
    done = otree_test(made, "talk", OPENAI_BASE_URL=service.base_url, OPENAI_API_KEY=KEY)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (
        done.stdout.count("RECORD [('user', 'I am player', 'complete'), ('assistant', 'Hello from the fake service.'")
        == 2
    )
    assert [[m["content"] for m in one.body["messages"]] for one in service.requests] == [
        ["Be brief.", "I am player"]
    ] * 2


def test_bots_of_a_group_share_one_thread(tmp_path: Path) -> None:
    files = {"__init__.py": TABLE, "Chat.html": CHAT_PAGE, "End.html": TALK_FILES["End.html"]}
    files["tests.py"] = TALK_BOTS.format(owner="self.group", replies=2)
    done = otree_test(project(tmp_path, "table", files), "table")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("RECORD") == 2


def test_a_bot_whose_service_fails_says_so(tmp_path: Path, service: FakeService) -> None:
    service.fail(400, -1)
    files = {**TALK_FILES, "tests.py": TALK_BOTS.format(owner="self.player", replies=1)}
    made = project(tmp_path, "talk", files, ego_model="gpt-6-luna", ego_retries=0)
    done = otree_test(made, "talk", OPENAI_BASE_URL=service.base_url, OPENAI_API_KEY=KEY)
    assert done.returncode != 0
    assert "BadRequest" in done.stdout + done.stderr
    assert "('assistant', '', 'failed')" in done.stdout


def test_a_bot_that_may_not_go_on_is_stopped(tmp_path: Path) -> None:
    files = {**TALK_FILES, "tests.py": TALK_BOTS.format(owner="self.player", replies=1)}
    done = otree_test(project(tmp_path, "talk", files, ego_min_messages=2), "talk")
    assert done.returncode != 0
    assert "Please write at least 1 more message before you go on." in done.stdout + done.stderr
