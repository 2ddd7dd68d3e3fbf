"""What holds for the whole repository: style, types, who knows whom, what is exported and shipped."""

from __future__ import annotations

import ast
import configparser
import doctest
import importlib
import os
import re
import runpy
import shutil
import subprocess
import sys
from collections import Counter
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from harness.source import MODULES, PACKAGE, REPO, Import, circles, imports_of, room
from ruff import find_ruff_bin

import otree_ego
from otree_ego.chat_rules.settings import SETTINGS

CORE = (
    "messages",
    "errors",
    "prompts",
    "json_text",
    "reading",
    "parsing",
    "ports",
    "loops",
    "threads",
    "questions",
    "agents",
)
SETUP = configparser.ConfigParser()
SETUP.read(REPO / "setup.cfg", encoding="utf-8")

# oTree's adapter needs a project, and the weights' example the network; former places are aliases.
NO_DOCTEST = ("otree_ego.binding", "otree_ego.bots", "otree_ego.former_places", "otree_ego.providers.local.weights")

FLOORS = (
    "errors version public paths messages prompts parsing json_text reading grammars seeds blocks ports "
    "loops display languages",
    "questions",
    "threads",
    "agents",
    "chat_rules players recruiting providers stores testing",
    "experiment",
    "binding",
    "bots",
    "migrating",
    "projects",
    "builder",
    "cli",
    "former_places",  # nobody imports it: it is there for pickles of oTree's
)
"""Parts of the package, lowest first. A module knows its own floor and those below."""
FLOOR = {part: number for number, parts in enumerate(FLOORS) for part in parts.split()}

MOST_LINES = 400
MOST_AT_THE_TOP = 14
SAME_NAME = {
    "base.py": "of providers, of questions, of Threads: what all of a kind have in common",
    "provider.py": "of providers/openai and of providers/local: the Provider itself",
    "files.py": "of migrating (a project's files) and of providers/batch (a batch's files)",
}
"""File names that stand in two folders, and why. A verb's file in cli/ has the verb's name, whatever that is."""

# Other rooms are being arranged still; these go when they are done.
CIRCLES_TO_GO: list[list[str]] = []
LONG_TO_GO: set[str] = set()
UPWARD_TO_GO: set[str] = set()

DOCUMENTED = {
    "otree_ego.agents": [
        "CLIThread", "ConstantThread", "ExternalThread", "GPTThread", "LocalThread", "OllamaThread", "OpenRouterThread",
        "ScriptedThread", "TextSynthThread",
    ],
    "otree_ego.errors": ["ConfigError", "EgoError", "ParseError", "ProviderError", "RateLimited"],
    "otree_ego.experiment": [
        "Experiment", "Factorial", "Replications", "Results", "RunEvent", "RunHandle", "RunProgress", "Treatment",
        "factorial", "replicate", "start_run",
    ],
    "otree_ego.experiment.asking": ["Asked", "ask"],
    "otree_ego.experiment.built": ["Built", "read_built"],
    "otree_ego.experiment.engines": ["Joblib", "Ray"],
    "otree_ego.grammars": ["choice_grammar", "constrained", "literal", "number_grammar"],
    "otree_ego.messages": ["Message", "Reply", "Request", "Usage"],
    "otree_ego.parsing": ["exclusive_response", "extract_number", "parse_choice", "parse_json", "parse_number"],
    "otree_ego.prompts": ["Prompt", "from_file"],
    "otree_ego.projects": ["read_env"],
    "otree_ego.providers": ["Constant", "External", "Provider", "Scripted", "Terminal", "check_model", "provider_for"],
    "otree_ego.questions": [
        "Checked", "Choice", "Form", "Json", "Number", "Question", "Text", "YesNo", "fail", "register_form_fields",
    ],
    "otree_ego.seeds": ["seed_for"],
    "otree_ego.stores": ["Replication", "Run", "RunStore", "Seat", "Totals"],
    "otree_ego.testing": ["FakeService", "NetworkUsed", "Received", "fitting", "no_network"],
    "otree_ego.threads": ["AsyncConversation", "AsyncThread", "Conversation", "Policy", "Thread"],
}  # fmt: skip
"""Where the docs, older scripts and alter_ego's users import from, besides `otree_ego` itself."""

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
    """Those whose examples run."""
    names = [name for name in MODULES if not name.startswith(NO_DOCTEST) and not name.endswith(".__main__")]
    return [name for name in names if ">>>" in MODULES[name].read_text("utf-8")]


def test_ruff_is_content() -> None:
    done = subprocess.run([find_ruff_bin(), "check", "."], cwd=REPO, capture_output=True, text=True)
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


# --- who knows whom ---------------------------------------------------------------------------------------------------


@cache
def all_imports() -> list[Import]:
    """All but those of `otree_ego/__init__.py`, which loads each public name when it is first used."""
    return [each for module in MODULES if module != "otree_ego" for each in imports_of(module)]


def test_no_files_import_each_other_in_a_circle() -> None:
    graph: dict[str, set[str]] = {module: set() for module in MODULES}
    for each in all_imports():
        if not each.loaded:
            graph[each.source].add(each.target)
    assert [circle for circle in circles(graph) if circle not in CIRCLES_TO_GO] == []


def test_a_circle_would_be_seen() -> None:
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"a", "d"}, "d": set(), "e": {"e"}}) == [["a", "b", "c"], ["e"]]
    seen = {(each.source, each.target) for each in imports_of("otree_ego.threads.conversation")}
    assert ("otree_ego.threads.conversation", "otree_ego.threads.base") in seen
    assert any(each.loaded for each in imports_of("otree_ego.threads.base")), "the provider's is seen"


def test_the_picture_of_the_house_is_current() -> None:
    house = runpy.run_path(str(REPO / "docs" / "develop" / "house.py"))
    shown = [set(parts) for _, parts in reversed(house["FLOORS"])]
    hidden = {"version", "public", "paths", "former_places"}
    assert shown == [floor for parts in FLOORS if (floor := set(parts.split()) - hidden)]
    assert house["drawing"]() == (REPO / "docs" / "develop" / "house.svg").read_text("utf-8")
    for part, inner in house["INSIDE"].items():
        assert set(inner) == {each.name for each in (PACKAGE / part).iterdir() if (each / "__init__.py").is_file()}


def test_every_file_that_contributors_are_sent_to_is_there() -> None:
    pages = [REPO / "CONTRIBUTING.md", *(REPO / "docs" / "develop").glob("*.md")]
    homes = [PACKAGE, *(REPO / name for name in ("_static", "docs", "tests"))]
    files = [*REPO.glob("apps/*/*"), *(file for home in homes for file in home.rglob("*.*"))]
    below = {part for file in files for part in _ends(file.relative_to(REPO))}
    for page in pages:
        for name in re.findall(r"`([\w/]+\.(?:py|md|js|svg|html))`", page.read_text("utf-8")):
            assert name in below or (REPO / name).is_file() or "NAME" in name, f"{page.name} names {name}"


def _ends(file: Path) -> list[str]:
    """All ways to name a file from one of the folders above it: `a/b.py`, `b.py`."""
    return ["/".join(file.parts[place:]) for place in range(1, len(file.parts))]


def test_nobody_knows_a_higher_floor_unless_a_comment_says_why() -> None:
    assert set(FLOOR) == {room(module) for module in MODULES if room(module)}
    upward = [
        each for each in all_imports() if room(each.target) and FLOOR[room(each.target)] > FLOOR[room(each.source)]
    ]
    assert [str(each) for each in upward if not each.commented and each.source not in UPWARD_TO_GO] == []


def test_one_folder_alone_imports_otree() -> None:
    knows = re.compile(r"^\s*(?:from|import)\s+otree(?:\.|\s)|import_module\(f?\"otree[.\"]", re.MULTILINE)
    found = {file.parent for file in MODULES.values() if knows.search(file.read_text("utf-8"))}
    assert found == {PACKAGE / "binding" / "otree_internals"}


# --- files ------------------------------------------------------------------------------------------------------------


def test_few_modules_stand_at_the_top() -> None:
    top = [file.name for file in PACKAGE.glob("*.py") if file.name != "__init__.py"]
    assert len(top) <= MOST_AT_THE_TOP, sorted(top)


def test_no_module_is_long() -> None:
    lines = {name: len(file.read_text("utf-8").splitlines()) for name, file in MODULES.items()}
    assert {name: n for name, n in lines.items() if n > MOST_LINES and name not in LONG_TO_GO} == {}


def test_a_file_name_stands_once() -> None:
    places = [
        file for file in MODULES.values() if file.parent != PACKAGE / "cli" and "former_places" not in file.parts
        and file.name not in ("__init__.py", "__main__.py")
    ]  # fmt: skip
    twice = {name for name, times in Counter(file.name for file in places).items() if times > 1}
    assert twice == set(SAME_NAME)


# --- names ------------------------------------------------------------------------------------------------------------


def test_no_public_name_is_a_module_too() -> None:
    """`from otree_ego import chat` must be the function, whatever was imported before."""
    assert [name for name in otree_ego._HOME if find_spec(f"otree_ego.{name}") is not None] == []


@pytest.mark.parametrize("module", DOCUMENTED)
def test_documented_places_are_there(module: str) -> None:
    found = importlib.import_module(module)
    assert [name for name in DOCUMENTED[module] if not hasattr(found, name)] == []
    if hasattr(found, "__all__"):
        assert [name for name in found.__all__ if not hasattr(found, name)] == []


def test_every_public_name_is_found_in_a_project(tmp_path: Path) -> None:
    shutil.copy(REPO / "settings.py", tmp_path)
    for folder in ("_static", "_templates"):
        (tmp_path / folder).mkdir()
    code = (
        "import inspect, otree_ego, otree_ego.testing.live\n"
        "found = {name: getattr(otree_ego, name) for name in otree_ego.__all__}\n"
        "assert not [name for name, thing in found.items() if inspect.ismodule(thing)]\n"
        "print(*found)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(REPO)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert {*done.stdout.split()} == {"__version__", *(name for names in otree_ego._HOMES.values() for name in names)}


def test_nobody_imports_the_package_for_its_version() -> None:
    asking = [each for each in all_imports() if each.target == "otree_ego"]
    assert [str(each) for each in asking] == [], "otree_ego.version has it"


def test_every_public_name_is_there_once() -> None:
    assert otree_ego.__all__ == sorted(set(otree_ego.__all__))
    outside = [name for name in otree_ego.__all__ if otree_ego._HOME.get(name) != "binding"]
    assert all(getattr(otree_ego, name) is not None for name in outside)
    assert set(dir(otree_ego)) >= set(otree_ego.__all__)
    with pytest.raises(AttributeError, match="no attribute 'Thraed'"):
        _ = otree_ego.Thraed


def test_what_is_marked_public_is_found_by_pickles() -> None:
    found = re.compile(r"^@public\n(?:@.*\n)*(?:class|def) (\w+)", re.MULTILINE)
    marked = {name for file in MODULES.values() for name in found.findall(file.read_text("utf-8"))}
    assert len(marked) > 20
    assert [name for name in sorted(marked) if name not in otree_ego._HOME] == []


def test_the_type_checker_sees_every_public_name() -> None:
    source = (PACKAGE / "__init__.py").read_text("utf-8")
    typed = set(re.findall(r"(\w+) as \1\b", source))
    assert typed == set(otree_ego.__all__)


class ExampleFinder(doctest.DocTestFinder):
    """Finds the examples of public classes and functions, too: they are named by the package, not by their module."""

    def _from_module(self, module: Any, thing: Any) -> bool:
        if getattr(thing, "__module__", "") == "otree_ego":
            return getattr(thing, "__name__", "") in defined_in(module.__name__)
        found: bool = super()._from_module(module, thing)  # type: ignore[misc]
        return found


@cache
def defined_in(module: str) -> set[str]:
    """The classes and functions that a module defines at its top."""
    tree = ast.parse(MODULES[module].read_text("utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.ClassDef | ast.FunctionDef)}


def examples_in(module: str) -> int:
    """How many examples stand in a module's docstrings."""
    tree = ast.parse(MODULES[module].read_text("utf-8"))
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    texts = [ast.get_docstring(node) or "" for node in ast.walk(tree) if isinstance(node, documented)]
    return sum(len(doctest.DocTestParser().get_examples(text)) for text in texts)


@pytest.mark.filterwarnings("default::DeprecationWarning")
@pytest.mark.parametrize("name", modules())
def test_examples_in_docstrings_run(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    module = importlib.import_module(name)
    runner = doctest.DocTestRunner()
    settings = dict(SETTINGS)  # an example may declare one
    for test in ExampleFinder(exclude_empty=True).find(module, name):
        runner.run(test)
    SETTINGS.clear()
    SETTINGS.update(settings)
    assert (runner.failures, runner.tries) == (0, examples_in(name))


def test_every_package_is_shipped() -> None:
    shipped = set(SETUP["options"]["packages"].split())
    mapped = {line.partition("=")[0].strip() for line in SETUP["options"]["package_dir"].strip().splitlines()}
    here = {".".join(file.parent.relative_to(REPO).parts) for file in PACKAGE.rglob("__init__.py")}
    assert shipped - mapped == here
    assert mapped <= shipped


def test_this_repository_is_a_project_with_the_apps_at_its_top() -> None:
    from otree_ego.cli.shared.games import session_configs
    from otree_ego.paths import gallery

    ours = runpy.run_path(str(REPO / "settings.py"))
    here = [folder for folder in gallery().values() if folder.parent == REPO]  # oTree finds apps at the top only
    rows = [row for folder in here for row in session_configs(folder)]
    assert ours["SESSION_CONFIGS"][: len(rows)] == rows
    (seated,) = ours["SESSION_CONFIGS"][len(rows) :]
    assert (seated["name"], seated["ego_ai_seats"]) == ("chat_seats", "1 of 2")
    assert ours["SESSION_CONFIGS"][0]["name"] == "chat"
