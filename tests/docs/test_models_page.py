"""docs/models.md against the services that are built in."""

from __future__ import annotations

import re

from harness.project import REPO

from otree_ego.providers.services import BUILT_IN

TEXT = (REPO / "docs" / "models.md").read_text("utf-8")
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in TEXT.splitlines() if line.startswith("|")]


def test_each_built_in_service_has_a_row_with_its_key() -> None:
    table = {
        re.sub(r"`", "", row[1]).partition("/")[0]: row for row in ROWS if len(row) == 5 and row[1].startswith("`")
    }
    table["openai"] = next(row for row in ROWS if row[0] == "OpenAI")
    for name, service in BUILT_IN.items():
        assert name in table, f"docs/models.md has no row for {name}"
        keys = re.findall(r"`(\w+)`", table[name][2])
        assert set(keys) <= set(service.key_env) and bool(keys) != service.free, (name, table[name])
