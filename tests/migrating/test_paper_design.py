"""What a paper's design has beside the usual: each is rewritten or named, and what comes out runs."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from harness import warm_python

from otree_ego import ConstantThread, Conversation
from otree_ego.cli import main
from otree_ego.migrating.plan import migrate, plan

DESIGN = """
from alter_ego.agents import ConstantThread
from alter_ego.experiment import Experiment
from alter_ego.structure import Conversation
from alter_ego.utils import from_file


class Calm:
    name = "calm"
    first_mover = "{{ who }} moves first, calmly."


class Wild:
    name = "wild"
    first_mover = "{{ who }} moves first, wildly."


experiment = Experiment(Calm, Wild)
TASK = "Play round {{ round }}. "


def run(times=1):
    for _ in range(times):
        convo = Conversation(a=ConstantThread("3", who="Ann"), b=ConstantThread("4", who="Ben"))
        treat = experiment.link(convo, Calm)
        convo.all.system(from_file("system.txt") + treat.first_mover)
        convo.all.round = 1
        for thread in convo:
            thread.submit(TASK + convo.treatment.first_mover)
            print(thread.history[0]["content"], "|", thread.history[-2]["content"])
        print(convo.all.round, convo.all.treatment.name, convo.a.prepare("{{ who }}, {{ x }}!", x=2))


if __name__ == "__main__":
    run()
"""


def moved(text: str) -> tuple[str, list[str]]:
    data, notes, _ = migrate(text.encode(), "f.py")
    return data.decode(), [note.text for note in notes]


def test_a_papers_design_runs_as_it_did(tmp_path: Path) -> None:
    (tmp_path / "system.txt").write_text("You are {{ who }}.")
    after, notes = moved(DESIGN)
    assert 'Prompt(from_file("system.txt").template + treat.first_mover)' in after
    assert [note.partition(" ")[0] for note in notes] == [".prepare()"]
    (tmp_path / "design.py").write_text(after)
    line = [sys.executable, "-W", "error", "design.py"]
    ended = warm_python.run(line, cwd=tmp_path, text=True, timeout=120)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.splitlines() == [
        "You are Ann.Ann moves first, calmly. | Play round 1. Ann moves first, calmly.",
        "You are Ben.Ben moves first, calmly. | Play round 1. Ben moves first, calmly.",
        "1 calm Ann, 2!",
    ]


@pytest.mark.parametrize(
    "code",
    [
        'class P:\n    word = data\nt.submit("{{ x }}" + treat.word)',
        'class P:\n    word = "a"\ntreat.word = data\nt.submit("{{ x }}" + treat.word)',
        'class P:\n    word = "a"\nt.submit("{{ x }}" + player.word)',
        't.submit("{{ x }}" + treat.word)',
        'make(word=data)\nclass P:\n    word = "a"\nt.submit("{{ x }}" + treat.word)',
    ],
)
def test_what_somebody_else_may_have_written_becomes_no_template(code: str) -> None:
    after, notes = moved(f"from alter_ego.structure import Thread\n{code}\n")
    assert "Prompt(" not in after
    assert any("other values are put into this template" in note for note in notes)


@pytest.mark.parametrize(
    ("code", "named"),
    [
        ("print(thread.log)", True),
        ("convo.ann.log.append(1)", True),
        ("import math\nmath.log(3)", False),
        ("import numpy as np\nnp.log(3)", False),
        ("logger.log(3, 'x')", False),
        ("thread.log = []\nthread.log.append(1)", False),
        ("t = Thread(log=[])\nt.log.append(1)", False),
    ],
)
def test_a_log_of_threads_is_named(code: str, named: bool) -> None:
    _, notes = moved(f"from alter_ego.structure import Thread\n{code}\n")
    assert any("a Thread has no log" in note for note in notes) == named


def test_what_was_set_for_all_is_read_from_all() -> None:
    convo = Conversation(a=ConstantThread("1", mood="calm", own=1), b=ConstantThread("2", mood="calm", own=2))
    convo.all.round = 3
    assert (convo.all.round, convo.all.mood) == (3, "calm")
    convo.all.round += 1
    assert (convo.round, convo.a.round) == (4, 4)
    for name in ("own", "nothing", "_convo_of_mine"):
        with pytest.raises(AttributeError, match=f"no '{name}' that is the same for all"):
            getattr(convo.all, name)


def test_a_leftover_of_built_files_is_named_and_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "scenarios").mkdir()
    leftover = tmp_path / "scenarios" / "built.py"
    leftover.write_text("import os\n\ndef run(times=1):\n    raise SystemExit(open('built.json'))\n")
    built: dict[str, Any] = {
        "threads": [[1, ["ConstantThread", "5"]]], "treatments": ["one"], "rounds": 1, "variables": {},
        "prompts": {"system": "", "user": "Which?"}, "filters": [["extract_number"]],
    }  # fmt: skip
    (tmp_path / "built.json").write_text(json.dumps(built))
    assert any("with this file alter_ego plays built.json" in note.text for note in plan([tmp_path]).notes)
    assert main(["run", "built"]) == 0
    assert capsys.readouterr().out.endswith(" OK\n")
    leftover.write_text("def run(times=1):\n    print('mine')\n")
    assert not plan([tmp_path]).notes


NOTEBOOK = {
    "cells": [
        {"cell_type": "markdown", "metadata": {}, "source": ["from alter_ego.agents import X"]},
        {
            "cell_type": "code", "execution_count": 1, "metadata": {}, "outputs": [],
            "source": ["%matplotlib inline\n", "!pip list\n", "from alter_ego.agents import ConstantThread"],
        },
        {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": ["%%bash\n", "ls {{"]},
        {
            "cell_type": "code", "execution_count": 2, "metadata": {}, "outputs": [],
            "source": "llm = ConstantThread('3', who='Ünal')\nif llm:\n    !ls\n"
            "    print(llm.submit('I am {{ who }}'))\n"
            "llm.log",
        },
    ],
    "metadata": {}, "nbformat": 4, "nbformat_minor": 5,
}  # fmt: skip


@pytest.mark.parametrize("indent", [None, 1, 4])
def test_notebooks(tmp_path: Path, indent: int | None) -> None:
    file = tmp_path / "study.ipynb"
    text = json.dumps(NOTEBOOK, indent=indent, ensure_ascii=False) + "\n"
    file.write_text(text, encoding="utf-8")
    found = plan([tmp_path])
    (change,) = found.changes
    after = change.after.decode()
    book = json.loads(after)
    sources = ["".join(cell["source"]) for cell in book["cells"]]
    assert sources[0] == "from alter_ego.agents import X"
    imports = "from otree_ego.agents import ConstantThread\nfrom otree_ego import Prompt"
    assert sources[1] == f"%matplotlib inline\n!pip list\n{imports}"
    assert sources[2] == "%%bash\nls {{"
    assert "    !ls\n    print(llm.submit(Prompt('I am {{ who }}')))" in sources[3] and "Ünal" in after
    assert [note.text.partition(": ")[0] for note in found.notes if "log" in note.text] == ["code cell 3, line 5"]
    assert after.count("\n") >= text.count("\n")
    file.write_text(after, encoding="utf-8")
    assert not plan([tmp_path]).changes


def test_a_notebook_that_cannot_be_read_is_left_and_said_so(tmp_path: Path) -> None:
    for number, text in enumerate(
        ['{"alter_ego": 1}', "alter_ego", json.dumps(NOTEBOOK).replace("llm = ", "llm = = ")]
    ):
        (tmp_path / f"{number}.ipynb").write_text(text)
    found = plan([tmp_path])
    assert not found.changes and len(found.left) == 3
