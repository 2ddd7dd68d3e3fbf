"""The models that our texts name last: none ends soon, by the SDK's own list, as of the changelog's newest day."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from harness.project import REPO

from otree_ego.providers.endings import announced, ending_of, in_sdk

NAME = re.compile(
    r"(?<![\w./-])((?:openrouter/)?(?:openai/|anthropic/)?(?:o\d(?:-[\w.-]*\w)?|(?:gpt-\d|chatgpt-|claude-|gemini-)[\w.-]*))"
    r"(?![\w/])"
)
OLDER = {
    "docs/models.md": "has the table of endings",
    "benchmarks/sides/with_botex.py": "has a model of which botex knows that it takes schemas",
    "otree_ego/providers/endings.py": "is the table of endings",
    "otree_ego/experiment/built/notation.py": "reads alter_ego's notations",
    "otree_ego/migrating/ended_models.py": "has an example of one",
    "tests/binding/setup/test_model_endings.py": "has a session config with one that has ended",
    "tests/builder/test_alter_ego_round_trip.py": "has scenarios in alter_ego's notations",
    "tests/cli/test_check_production.py": "has a project whose model ends",
    "tests/cli/test_endings.py": "has projects and files with some that have ended",
    "tests/docs/test_model_names.py": "tests that such names are seen",
    "tests/experiment/built/test_reader.py": "reads alter_ego's notations",
    "tests/harness/old_scripts.py": "has scripts that were written for alter_ego",
    "tests/providers/batch/test_queue.py": "compares prices that the price data have of an older model",
    "tests/providers/openai/test_learning.py": "has names by which reasoning models are known",
    "tests/providers/test_endings.py": "tests the table of endings",
    "tests/threads/test_state.py": "reads what was stored before",
}
"""Texts that name models which end, and why."""
PLACES = (
    "README.md",
    "CONTRIBUTING.md",
    "settings.py",
    "docs",
    "apps",
    "ego_chat",
    "examples",
    "otree_ego",
    "benchmarks",
    "tests",
)


def texts() -> list[Path]:
    found = []
    for name in PLACES:
        place = REPO / name
        found += [place] if place.is_file() else [each for each in place.rglob("*") if each.is_file()]
    wanted = (".py", ".md", ".html", ".json", ".js")
    return [
        each for each in found
        if each.suffix in wanted and not {"vendor", "axe", "former_data"} & set(each.parts)
        and str(each.relative_to(REPO)) not in OLDER
    ]  # fmt: skip


def day() -> date:
    """The newest day in the changelog: a calendar alone turns no test red."""
    return max(map(date.fromisoformat, re.findall(r"\d{4}-\d\d-\d\d", (REPO / "CHANGELOG.md").read_text("utf-8"))))


def test_every_model_that_a_text_names_lasts() -> None:
    ending = {}
    for file in texts():
        for name in NAME.findall(file.read_text("utf-8")):
            found = ending_of(name)
            if found is not None and found.day <= day() + timedelta(days=180):
                ending[f"{file.relative_to(REPO)}: {name}"] = found.day.isoformat()
    assert ending == {}


def test_the_sdks_list_is_read() -> None:
    assert len(in_sdk()) > 40
    assert set(in_sdk()) <= set(announced())


@pytest.mark.parametrize("name", sorted(OLDER))
def test_the_exceptions_are_needed(name: str) -> None:
    named = NAME.findall((REPO / name).read_text("utf-8"))
    assert any(ending_of(each) for each in named)


@pytest.mark.parametrize("text", ['"gpt-4o"', "`gpt-4o-mini`", "model=gpt-4o,", "openrouter/openai/gpt-4o", "'o3'"])
def test_a_name_is_seen(text: str) -> None:
    assert any(ending_of(name) for name in NAME.findall(text))
