"""oTree's bots go through the ready-made apps where it is told afterwards who was an AI."""

from __future__ import annotations

from pathlib import Path

import pytest
from harness import Project
from harness.bots import otree_test
from harness.chat import KEY
from harness.walks import APPS, COMMON, spoken

from otree_ego.testing import FakeService


@pytest.mark.parametrize("app", [pytest.param(app, marks=() if app == "prisoner" else pytest.mark.full)
                                 for app in APPS])  # fmt: skip
def test_bots_are_debriefed(tmp_path: Path, service: FakeService, app: str) -> None:
    service.reply = spoken
    config = {"name": app, "app_sequence": [app], "num_demo_participants": 1, **APPS[app], **COMMON}
    made = Project(tmp_path / "project", repo_apps=[app], session_configs=[{**config, "ego_disclose": "after"}])
    done = otree_test(made, OPENAI_BASE_URL=service.base_url, OPENAI_API_KEY=KEY)
    assert done.returncode == 0, done.stdout + done.stderr
