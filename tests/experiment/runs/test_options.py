"""The options of every run: names, defaults, who is heard first, and what is said of a name that there is not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from harness.project import REPO

from otree_ego import ConstantThread, Conversation, factorial, replicate
from otree_ego.errors import ConfigError
from otree_ego.experiment.built.work import run_built
from otree_ego.experiment.runs.options import (
    COMMAND_LINE,
    RUN_OPTIONS,
    CommandLine,
    RunOptions,
    default_options,
    settle_options,
)
from otree_ego.stores import RunStore

BUILT = {
    "threads": [[1, ["ConstantThread", "7"]]], "treatments": ["only"], "rounds": 1, "variables": {},
    "filters": [["extract_number"]], "prompts": {"system": "", "user": "How much?"},
}  # fmt: skip


def of_design(**options: Any) -> Any:
    return factorial("{{ a }}", a=[1]).run("constant/7", int, **options)


def of_play(**options: Any) -> Any:
    return replicate(lambda convo: 7, lambda: Conversation(ConstantThread("7")), **options)


def of_file(**options: Any) -> Any:
    return run_built(BUILT, **options)


RUNS = {"run": of_design, "replicate": of_play, "run_built": of_file}


def test_every_option_has_a_default() -> None:
    assert tuple(default_options()) == RUN_OPTIONS


@pytest.mark.parametrize("function", RUNS)
def test_every_run_accepts_every_option_by_its_name(function: str, folder: Path) -> None:
    done = RUNS[function](**{**default_options(), "name": "mine", "store": "mine.sqlite3"})
    store = RunStore("mine.sqlite3", create=False)
    assert [(run.uid, run.name, run.status) for run in store.runs()] == [(done.run, "mine", "done")]
    store.close()


@pytest.mark.parametrize("function", RUNS)
@pytest.mark.parametrize(
    ("wrong", "right"), [("concurency", "concurrency"), ("request_per_minute", "requests_per_minute"), ("sead", "seed")]
)
def test_a_name_that_there_is_not_is_refused_with_the_near_one(
    function: str, wrong: str, right: str, folder: Path
) -> None:
    with pytest.raises(TypeError, match=rf"{function}\(\) has no argument '{wrong}'.*Did you mean '{right}'\?"):
        RUNS[function](**{wrong: 3})
    assert not list(folder.iterdir())


def test_a_name_that_is_near_nothing_is_refused_with_all_that_there_are() -> None:
    with pytest.raises(TypeError, match=r"no argument 'xyz'\. Its arguments are play, .*concurrency, .*batch"):
        of_play(xyz=1)


@pytest.mark.parametrize("function", RUNS)
@pytest.mark.parametrize(
    "wrong",
    [
        {"concurrency": True}, {"concurrency": 1.5}, {"budget": "1"}, {"requests_per_minute": 0}, {"engine": "jobli"},
        {"batch": True, "budget": 1.0}, {"batch": True, "engine": "joblib"},
    ],
    ids=str,
)  # fmt: skip
def test_a_value_that_makes_no_sense_is_refused_by_its_name(function: str, wrong: dict[str, Any], folder: Path) -> None:
    with pytest.raises(ConfigError, match=next(iter(wrong))):
        RUNS[function](**wrong)
    assert not list(folder.iterdir())


def test_the_command_line_comes_before_the_code_and_the_code_before_the_defaults() -> None:
    token = COMMAND_LINE.set(CommandLine(RunOptions(concurrency=3, fresh=True)))
    try:
        settled = settle_options({"concurrency": 5, "budget": 2.0, "fresh": False})
    finally:
        COMMAND_LINE.reset(token)
    assert settled == {**default_options(), "concurrency": 3, "fresh": True, "budget": 2.0}


def test_the_store_is_what_the_code_says_else_what_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EGO_STORE", raising=False)
    assert settle_options({})["store"] == "ego.sqlite3"
    monkeypatch.setenv("EGO_STORE", " other.sqlite3 ")
    assert settle_options({})["store"] == "other.sqlite3"
    assert settle_options({"store": "here.sqlite3"})["store"] == "here.sqlite3"
    assert settle_options({"store": None})["store"] is None


CALLS = """
from otree_ego import ConstantThread, factorial, replicate
from otree_ego.experiment.built.work import run_built

design = factorial("{{ a }}", a=[1])
design.run("constant/7", int, 2, concurrency=3, store=None, engine="ray", variables={"day": "Monday"})
design.run("constant/7", int, 2, concurency=3)
replicate(lambda convo: 1, lambda: ConstantThread("x"), 2, budget="x")
run_built("built.json", 2, batched=True)
"""


@pytest.mark.full
def test_a_type_checker_knows_names_and_types(tmp_path: Path) -> None:
    (tmp_path / "calls.py").write_text(CALLS, encoding="utf-8")
    command = [sys.executable, "-m", "mypy", "--config-file", str(REPO / "setup.cfg")]
    done = subprocess.run([*command, str(tmp_path / "calls.py")], cwd=REPO, capture_output=True, text=True, check=False)
    wrong = [line.partition("calls.py:")[2].partition(": error: ")[::2] for line in done.stdout.splitlines()]
    assert [(number, text.partition(";")[0]) for number, text in wrong if text] == [
        ("7", 'Unexpected keyword argument "concurency" for "run" of "Factorial"'),
        ("8", 'Argument "budget" to "replicate" has incompatible type "str"'),
        ("9", 'Unexpected keyword argument "batched" for "run_built"'),
    ]
