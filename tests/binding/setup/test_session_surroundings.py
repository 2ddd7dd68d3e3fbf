"""With what an oTree session is played: written with each session, and read by the verbs."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

import pytest
from harness import PostgreSQL, Server
from harness.lab import LAB_CONFIG, LAB_FILES, at
from harness.scripts import until
from harness.verbs import ego

ROWS = "SELECT s.code, r.content FROM otree_ego_surroundings r JOIN otree_session s ON s.id = r.session_id"


@pytest.fixture(scope="module")
def lab(server_factory: Callable[..., Server], database: PostgreSQL | None) -> Server:
    return server_factory(apps={"lab": LAB_FILES}, session_configs=[LAB_CONFIG], database=database)


def test_each_session_has_its_surroundings_and_they_go_with_it(lab: Server) -> None:
    codes = [lab.create_session("lab").code for _ in range(2)]
    until(lambda: {row["code"] for row in lab.database.query(ROWS)} >= set(codes))
    found = {row["code"]: json.loads(row["content"]) for row in lab.database.query(ROWS)}
    for code in codes:
        assert found[code]["packages"]["otree"] == metadata.version("otree")
        assert "lab/__init__.py" in found[code]["sources"]["files"]
        assert "settings.py" in found[code]["sources"]["files"]
        assert not any("sqlite" in name for name in found[code]["sources"]["files"])


def test_the_verbs_show_them(lab: Server, database: PostgreSQL | None, tmp_path: Path) -> None:
    session = lab.create_session("lab", creating="ai(subsession).set(ConstantThread('x'))")
    at(session)
    until(lambda: session.code in {row["code"] for row in lab.database.query(ROWS)})
    address = lab.database.env.get("DATABASE_URL", "") or str(lab.project.folder / "db.sqlite3")
    shown = ego("show", session.code, "--otree", address, cwd=tmp_path)
    assert b"own code" in shown.stdout and b"otree 6" in shown.stdout, shown
