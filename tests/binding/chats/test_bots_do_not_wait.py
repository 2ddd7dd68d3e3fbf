"""oTree's bots go through a chat without waiting for its times and its pace."""

from __future__ import annotations

from pathlib import Path

from harness import Project
from harness.bots import otree_test
from harness.chat import CONFIG, KEY

from otree_ego.testing import FakeService

SLOW = dict(
    ego_min_seconds=3600, ego_max_seconds=7200, ego_pace="600", ego_show_countdown=True, ego_reminder="Be brief.",
    ego_end_word="[END]", ego_opening="Hello!",
)  # fmt: skip


def test_bots_do_not_wait(tmp_path: Path, service: FakeService) -> None:
    config = {"name": "ego_chat", "app_sequence": ["ego_chat"], **CONFIG, **SLOW}
    made = Project(tmp_path / "project", repo_apps=["ego_chat"], session_configs=[config])
    done = otree_test(made, OPENAI_BASE_URL=service.base_url, OPENAI_API_KEY=KEY)
    assert done.returncode == 0, done.stdout + done.stderr
    assert service.requests[-1].body["messages"][-1]["content"] == "Be brief."
