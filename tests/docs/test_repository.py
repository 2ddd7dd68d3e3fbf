"""What holds for the whole repository: style, types, who knows whom, what is exported and shipped."""

from __future__ import annotations

import configparser
import doctest
import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

import otree_ego

REPO = Path(__file__).resolve().parents[2]
PACKAGE = REPO / "otree_ego"
CORE = ("messages", "errors", "prompts", "json_text", "parsing", "ports", "loops", "threads", "questions", "agents")
SETUP = configparser.ConfigParser()
SETUP.read(REPO / "setup.cfg", encoding="utf-8")

# oTree's adapter needs a project, and the weights' example the network.
NO_DOCTEST = ("otree_ego.binding", "otree_ego.providers.local.weights")

BLOCK = """
import sys

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {blocked}:
            raise ImportError(name + " must not be imported here")

sys.meta_path.insert(0, Blocked())
"""


def python(code: str, *flags: str) -> str:
    command = [sys.executable, *flags, "-c", code]
    done = subprocess.run(command, cwd=REPO, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def modules() -> list[str]:
    files = sorted(PACKAGE.rglob("*.py"))
    names = [".".join(file.relative_to(REPO).with_suffix("").parts).removesuffix(".__init__") for file in files]
    return [name for name in names if not name.startswith(NO_DOCTEST) and not name.endswith(".__main__")]


def test_ruff_is_content() -> None:
    done = subprocess.run([sys.executable, "-m", "ruff", "check", "."], cwd=REPO, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
def test_mypy_is_content() -> None:
    command = [sys.executable, "-m", "mypy"]
    done = subprocess.run(command, cwd=REPO, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_core_knows_neither_otree_nor_a_service() -> None:
    block = BLOCK.format(blocked={"otree", "openai", "sqlalchemy", "xllamacpp"})
    imports = "".join(f"import otree_ego.{name}\n" for name in CORE)
    use = "answer = otree_ego.agents.ConstantThread('5').submit('Which number?')\n"
    python(block + imports + use + "assert otree_ego.parsing.extract_number(answer) == 5")


def test_importing_the_package_loads_nothing_heavy() -> None:
    heavy = python("import otree_ego, sys; print(*sys.modules)").split()
    assert not {"otree", "openai", "jinja2", "sqlalchemy", "asyncio"} & set(heavy)


def test_only_the_binding_and_the_apps_import_otree() -> None:
    knows = re.compile(r"^\s*(?:from|import)\s+otree(?:\.|\s)", re.MULTILINE)
    for file in PACKAGE.rglob("*.py"):
        if PACKAGE / "binding" not in file.parents:
            assert not knows.search(file.read_text("utf-8")), f"{file} imports otree"


def test_every_public_name_is_there_once() -> None:
    assert otree_ego.__all__ == sorted(set(otree_ego.__all__))
    outside = [name for name in otree_ego.__all__ if otree_ego._HOME.get(name) != "binding"]
    assert all(getattr(otree_ego, name) is not None for name in outside)
    assert set(dir(otree_ego)) >= set(otree_ego.__all__)
    with pytest.raises(AttributeError, match="no attribute 'Thraed'"):
        _ = otree_ego.Thraed


def test_the_type_checker_sees_every_public_name() -> None:
    source = (PACKAGE / "__init__.py").read_text("utf-8")
    typed = set(re.findall(r"(\w+) as \1\b", source))
    assert typed == set(otree_ego.__all__)


@pytest.mark.filterwarnings("default::DeprecationWarning")
@pytest.mark.parametrize("name", modules())
def test_examples_in_docstrings_run(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = doctest.testmod(importlib.import_module(name))
    assert result.failed == 0


def test_every_package_is_shipped() -> None:
    shipped = set(SETUP["options"]["packages"].split())
    mapped = {line.partition("=")[0].strip() for line in SETUP["options"]["package_dir"].strip().splitlines()}
    here = {".".join(file.parent.relative_to(REPO).parts) for file in PACKAGE.rglob("__init__.py")}
    assert shipped - mapped == here
    assert mapped <= shipped


def test_the_demo_has_the_settings_of_this_repository() -> None:
    from otree_ego.cli.shared.settings_file import config_for
    from otree_ego.paths import gallery

    ours: dict[str, object] = {}
    exec((REPO / "settings.py").read_text("utf-8"), ours)
    here = [name for name, folder in gallery().items() if folder.parent == REPO]  # oTree finds apps at the top only
    assert ours["SESSION_CONFIGS"] == [config_for(name, name) for name in here]
