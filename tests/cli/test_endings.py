"""Models that end: what `ego check`, `ego models`, `ego run` and `ego migrate` say of them."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from otree_ego import Thread, factorial
from otree_ego.cli import main
from otree_ego.testing import FakeService

KEY = "sk-test-key-123456"
SETTINGS = """\
SESSION_CONFIGS = [
    dict(name="old", app_sequence=["a"], num_demo_participants=1, ego_model="gpt-4", ego_fallback_model="gpt-6-luna"),
    dict(name="soon", app_sequence=["a"], num_demo_participants=1, ego_model="soon-1"),
    dict(name="fine", app_sequence=["a"], num_demo_participants=1, ego_model="gpt-6-luna"),
]
EGO_SERVICES = {{"uni": {{"base_url": {base!r}}}}}
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, service: FakeService) -> Iterator[Path]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("OPENAI_BASE_URL", service.base_url)
    monkeypatch.setenv("COLUMNS", "200")
    service.models = {"gpt-3.5-turbo", "gpt-4", "gpt-6-luna", "soon-1"}
    service.endings = {"soon-1": (date.today() + timedelta(days=30)).isoformat()}
    (tmp_path / "settings.py").write_text(SETTINGS.format(base=service.base_url))
    before = list(sys.path)
    yield tmp_path
    sys.path[:] = before
    sys.modules.pop("settings", None)


def words(text: str) -> str:
    return " ".join(text.split())


def test_check_names_the_day_what_to_write_and_who_uses_it(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check"]) == 1
    out = words(capsys.readouterr().out)
    assert "gpt-4 ended on 2026-10-23: write gpt-6-sol. Named in old: ego_model." in out
    assert f"soon-1 ends on {(date.today() + timedelta(days=30)).isoformat()}: write gpt-6-sol." in out
    assert "Named in soon: ego_model." in out
    assert "gpt-6-luna ends" not in out


def test_what_only_the_service_knows_needs_the_network(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--no-network"]) == 1
    out = words(capsys.readouterr().out)
    assert "gpt-4 ended on" in out and "soon-1 ends on" not in out


def test_models_says_it_beside_the_name_and_of_the_project(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "--list", "openai"]) == 0
    listed = capsys.readouterr().out.splitlines()
    assert "gpt-6-luna" in listed
    assert "gpt-4  (ended on 2026-10-23: write gpt-6-sol.)" in listed
    assert any(line.startswith("soon-1  (ends on ") for line in listed)
    assert main(["models"]) == 0
    assert "gpt-4 ended on 2026-10-23: write gpt-6-sol. Named in old: ego_model." in words(capsys.readouterr().out)


def test_a_run_says_it(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    built = {
        "threads": [[1, "GPTThread (GPT-4)"]], "treatments": ["a"], "rounds": 1, "variables": {},
        "prompts": {"system": "", "user": "Your number?"}, "filters": [["As is"]],
    }  # fmt: skip
    (project / "game.json").write_text(json.dumps(built))
    assert main(["run", "game.json"]) == 0
    assert "gpt-4 ended on 2026-10-23: write gpt-6-sol." in capsys.readouterr().err
    factorial("{{ a }}?", a=[1]).run(lambda: Thread("gpt-3.5-turbo", retries=0), None, progress=False)
    assert "gpt-3.5-turbo ended on 2026-10-23: write gpt-6-luna." in capsys.readouterr().err
    factorial("{{ a }}?", a=[1]).run(lambda: Thread("gpt-6-luna"), None, progress=False)
    assert "ended" not in capsys.readouterr().err


def test_migrate_says_it_with_the_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "script.py").write_text("from alter_ego.agents import GPTThread\nllm = GPTThread(model='gpt-4')\n")
    (tmp_path / "built.json").write_text('{"threads": [\n[1, "GPTThread (GPT-3.5)"],\n[2, ["GPTThread", "gpt-4o"]]]}')
    main(["migrate", str(tmp_path), "--yes"])
    out = words(capsys.readouterr().out)
    assert "gpt-4 ended on 2026-10-23: write gpt-6-sol." in out and "script.py" in out
    assert "gpt-3.5-turbo ended on 2026-10-23: write gpt-6-luna." in out
    assert "gpt-4o end" in out


def test_a_service_that_lists_nonsense_is_no_ending(project: Path, service: Any, capsys: Any) -> None:
    service.endings = {"soon-1": "some day", "gpt-6-luna": ""}
    main(["check"])
    assert "soon-1 ends" not in words(capsys.readouterr().out)
