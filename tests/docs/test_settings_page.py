"""docs/settings.md is made from the rows of the settings' table."""

import subprocess
import sys
from pathlib import Path

REPO = Path(__file__).parents[2]
MAKE = """
import sys
from otree_ego.chat_rules.settings_page import settings_page
sys.stdout.buffer.write(settings_page().encode())
"""


def test_settings_page_is_current():
    made = subprocess.run([sys.executable, "-c", MAKE], cwd=REPO, capture_output=True, check=True).stdout.decode()
    assert (REPO / "docs" / "settings.md").read_text("utf-8") == made
