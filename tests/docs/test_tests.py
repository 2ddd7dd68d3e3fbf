"""The tests mirror the source: who knows where something is made knows where it is tested."""

from __future__ import annotations

from pathlib import Path

import pytest

import otree_ego

TESTS = Path(__file__).resolve().parents[1]
PACKAGE = Path(otree_ego.__file__).parent
OTHERS = {
    "apps": "the games of apps/",
    "browser": "what a participant sees, in a real browser",
    "docs": "README.md, docs/ and the repository as a whole",
    "examples": "the experiments of examples/",
    "former_data": "databases, runs and pickles that earlier versions made, and the projects that made them",
    "harness": "servers, browsers, databases and services for the tests",
}
"""Folders that mirror no folder of the package, and what they are for."""
TOP = {"test_harness.py": "of the harness itself"}


def folders() -> list[Path]:
    found = [path for path in TESTS.rglob("*") if path.is_dir() and list(path.glob("*.py"))]
    return sorted(path.relative_to(TESTS) for path in found if not path.name.startswith((".", "__")))


@pytest.mark.parametrize("folder", folders(), ids=str)
def test_each_folder_of_tests_has_its_folder_in_the_package(folder: Path) -> None:
    assert folder.parts[0] in OTHERS or (PACKAGE / folder).is_dir()


@pytest.mark.parametrize("file", sorted(TESTS.glob("test_*.py")), ids=lambda file: file.name)
def test_each_file_at_the_top_has_its_module(file: Path) -> None:
    assert file.name in TOP or (PACKAGE / file.name.removeprefix("test_")).is_file()


def test_helpers_are_in_the_harness() -> None:
    strangers = [
        file.relative_to(TESTS).as_posix()
        for file in TESTS.rglob("*.py")
        if not file.name.startswith("test_") and file.name != "conftest.py"
        if TESTS / "harness" not in file.parents and TESTS / "former_data" not in file.parents
    ]
    assert strangers == []


def test_no_file_of_tests_has_lost_its_tests() -> None:
    assert [file.name for file in TESTS.rglob("test_*.py") if "\ndef test_" not in f"\n{file.read_text('utf-8')}"] == []
