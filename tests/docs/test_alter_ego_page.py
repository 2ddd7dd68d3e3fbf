"""docs/alter_ego.md names all that alter_ego's users know, and nothing of ours that is not there."""

from __future__ import annotations

import os
import re
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from harness import Project, warm_python
from harness.project import REPO

from otree_ego.cli.command import VERBS
from otree_ego.migrating.names import MODULES
from otree_ego.providers import provider_for

PAGE = (REPO / "docs" / "alter_ego.md").read_text(encoding="utf-8")
ROWS = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in PAGE.splitlines() if line.startswith("| `")]

THEIRS = [
    "alter_ego.structure.Thread", "alter_ego.structure.Conversation", "Thread.id", "Thread.metadata",
    "Thread.history", "Thread.tainted", "Thread.convo", "Thread.choices", "Thread.history_hooks", "Thread.system",
    "Thread.user", "Thread.assistant", "Thread.submit", "Thread.memorize", "Thread.prepare", "Thread.save",
    "Thread.cost", "Conversation.all", "alter_ego.agents.GPTThread", "alter_ego.agents.OpenRouterThread",
    "alter_ego.agents.OllamaThread", "alter_ego.agents.TextSynthThread", "alter_ego.agents.CLIThread",
    "alter_ego.agents.ConstantThread", "alter_ego.agents.ExternalThread", "alter_ego.agents.APIThread",
    "OPENAI_KEY", "openai_key", "api_key", "OPENROUTER_KEY", "openrouter_key", "alter_ego.utils.from_file",
    "alter_ego.utils.extract_number", "alter_ego.utils.exclusive_response", "alter_ego.utils.homogenize",
    "alter_ego.utils.to_html", "alter_ego.experiment.Experiment", "alter_ego.experiment.factorial",
    "factorial(…).run", "alter_ego.exports.otree.link", "link(x).set", "link(x).unset", "bool(link(x))",
    "thread.html_history", "total_cost", "built.json", "BUILT_FILE", "out/", ".ego_output/",
]  # fmt: skip
"""What alter_ego's users know, by name."""


def ours() -> list[str]:
    """Dotted names of otree_ego's on the page, wherever they stand."""
    return sorted(set(re.findall(r"`(otree_ego(?:\.\w+)+)", PAGE)))


def found(name: str) -> Any:
    """What a dotted name stands for."""
    module, _, last = name.rpartition(".")
    return getattr(import_module(module), last)


@pytest.mark.parametrize("name", THEIRS)
def test_what_alter_egos_users_know_has_a_row(name: str) -> None:
    assert any(f"`{name}`" in row[0] for row in ROWS), f"{name} is not on the page"


def test_the_verbs_they_know_have_a_row_and_those_we_name_are_there() -> None:
    assert {"`ego run`", "`ego data`"} <= {row[0] for row in ROWS}
    verbs = set(VERBS)
    named = set(re.findall(r"`ego (\w+)", PAGE)) | set(re.findall(r"^ego (\w+)", PAGE, re.MULTILINE))
    assert named <= verbs, named - verbs


@pytest.mark.parametrize("name", [name for name in ours() if name not in ("otree_ego.ai", "otree_ego.link")])
def test_what_we_name_is_there(name: str) -> None:
    assert found(name) is not None


def test_the_link_is_there_in_an_otree_project(tmp_path: Path) -> None:
    Project(tmp_path)
    code = "import otree_ego; assert otree_ego.link is not None and callable(otree_ego.ai)"
    env = {**os.environ, "PYTHONPATH": f"{REPO}{os.pathsep}{tmp_path}"}
    done = warm_python.run([sys.executable, "-c", code], cwd=tmp_path, env=env, text=True)
    assert done.returncode == 0, done.stderr


def test_members_of_ours_that_the_page_names_are_there() -> None:
    from otree_ego import Conversation, Prompt, Thread

    thread = Thread("constant/x")
    kinds = {"Thread": thread, "Conversation": Conversation(thread), "Prompt": Prompt}
    cells = " ".join(row[1] if row[1] != "the same" else row[0] for row in ROWS)
    named = re.findall(r"`(Thread|Conversation|Prompt)\.(\w+)", cells)
    assert len(named) > 10
    for kind, member in named:
        assert hasattr(kinds[kind], member), f"{kind}.{member}"


def test_the_page_and_ego_migrate_agree() -> None:
    for module, (home, names) in MODULES.items():
        for old in names:
            row = next((row for row in ROWS if row[0] == f"`{module}.{old}`"), None)
            if row is not None:
                assert names[old] in row[1] and (home in row[1] or "otree_ego." in row[1]), row


def test_a_model_that_the_page_tells_to_try_is_one() -> None:
    assert 'model="local/smollm2"' in PAGE and provider_for("local/smollm2") is not None


def test_every_row_has_three_cells() -> None:
    assert len(ROWS) > 35 and all(len(row) in (2, 3) for row in ROWS), [row for row in ROWS if len(row) not in (2, 3)]
