"""docs/settings.md is made from the rows of the settings' table."""

import subprocess
import sys
from pathlib import Path

REPO = Path(__file__).parents[2]


def test_settings_page_is_current():
    make = [sys.executable, "-m", "otree_ego.chat_rules.settings_page"]
    made = subprocess.run(make, cwd=REPO, capture_output=True, check=True).stdout.decode()
    assert (REPO / "docs" / "settings.md").read_text("utf-8") == made
