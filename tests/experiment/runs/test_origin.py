"""What makes a design this one: a run that was begun by an earlier version is found again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from otree_ego import ConstantThread, Conversation, Experiment, Prompt, factorial, replicate
from otree_ego.experiment.built.work import run_built
from otree_ego.stores import RunStore

BUILT = {
    "threads": [[1, ["ConstantThread", "7"]]], "treatments": ["low", "high"], "rounds": 1,
    "variables": {"pot": {"low": 1, "high": [2]}}, "filters": [["extract_number"]],
    "prompts": {"system": "", "user": "How much of {{ pot }}?"},
}  # fmt: skip


def careful() -> ConstantThread:
    llm = ConstantThread("7", temperature=0.3, name="Ada")
    llm.system("Only digits.")
    return llm


def play(convo: Any) -> int:
    return 7


play.__module__, play.__qualname__ = "study", "play"


def pair() -> Conversation:
    return Conversation(ann=ConstantThread("3"), bob=ConstantThread("5", mood="sad"))


def design() -> Any:
    levels: dict[str, Any] = {"a": [1, 2.5], "b": ["x", Prompt("Really {{ a }}")]}
    variables = {"day": "Monday"}
    return factorial("{{ a }} on {{ day }}? {{ b }}", **levels).run(
        careful, int, 2, seed=3, max_tokens=7, variables=variables
    )


RUNS = {
    "1a8046bf4b1bedd736844abbb6c50d3bb3ee6497fb1617cc2d2cca7f13b029ba": design,
    "35e4f03c0d97c78c68d0c57c0361229fdbd1e228bb6f429e967ce72da67a6fd0": (
        lambda: replicate(play, pair, 4, experiment=Experiment("low", "high"), seed=1)
    ),
    "bf52d16649bf1cc31d3e6bc78668a791475a877e1fc08e5e4b3a7041db86d13f": lambda: replicate(play, careful, 1),
    "11ccddaf6832c0622ce12449cc43ae1c3504f69477ef4f7de8113895b4a354db": (
        lambda: run_built(BUILT, 3, seed=4, balanced=True, retries=1, options={"temperature": 0.5})
    ),
}
"""By the digests that they had when runs were first recorded: another one would lose all that was paid for."""


@pytest.mark.parametrize("digest", RUNS, ids=["factorial", "replicate", "replicate one Thread", "built"])
def test_a_design_keeps_its_digest(digest: str, folder: Path) -> None:
    done = RUNS[digest]()
    store = RunStore(create=False)
    assert store.get(done.run).design == digest
    store.close()
