"""Scenarios as alter_ego's builder writes them: imported, run, exported; they mean the same afterwards."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from otree_ego.builder.scenario_text import page_form, page_text
from otree_ego.experiment.built.work import run_built
from otree_ego.stores import RunStore

DEFAULT: dict[str, Any] = {
    "threads": [[1, "CLIThread"], [2, ["GPTThread", "gpt-4o"]]], "treatments": ["Treatment 1", "Treatment 2"],
    "rounds": 2, "variables": {"reward": {"Treatment 1": 0.05, "Treatment 2": 100}},
    "prompts": {
        "system": "You are player {{ i }}. You can earn {{ reward }}.\r\n",
        "user": "{% if round > 1 %}\n  Other: {{ other.choices[-1] }}.\n{% endif %}\nToken 1, Token 2 or Token 3?",
    },
    "filters": [["exclusive_response", "Token 1;Token 2;Token 3"], ["exclusive_response", "Token 1;Token 2;Token 3"]],
    "version": "1.2", "saved by": {"somebody": [1.50, None]},
}  # fmt: skip
FRAMES = {"neutral": "", "partner": "your partner", "rival": "your rival"}
DILEMMA: dict[str, Any] = {
    "threads": [[1, ["OpenRouterThread", "openai/gpt-4o"]], [2, "GPTThread (GPT-4)"]], "treatments": list(FRAMES),
    "rounds": 3, "variables": {"who": FRAMES, "points": dict.fromkeys(FRAMES, 1e1)},
    "prompts": {
        "system": "You play with {% if who %}{{ who }}{% else %}somebody{% endif %} for up to {{ points }} points.",
        "user": "Round {{ round }} of {{ rounds }}. {% if round > 1 %}Last time: you {{ choices[-1] }}, the other "
        "{{ other.choices[-1] }}.{% endif %} COOPERATE or DEFECT?",
    },
    "filters": [["exclusive_response", "COOPERATE;DEFECT"], ["exclusive_response", "COOPERATE;DEFECT"]],
}  # fmt: skip
ANSWERS = {
    "default": {1: "constant/Token 1", 2: "constant/I take Token 3."},
    "dilemma": {1: "constant/COOPERATE", 2: "constant/DEFECT"},
}


def played(scenario: Path, answers: dict[int, str]) -> list[Any]:
    """All that was said in six replications, and what came of them."""
    store = scenario.with_suffix(".sqlite3")
    done = run_built(scenario, 6, seats=answers, seed=3, balanced=True, store=store, progress=False)
    opened = RunStore(store, create=False)
    try:
        seats = list(opened.seats(done.run))
        said = opened.messages([seat.thread.uid for seat in seats])
        words = [(s.place, s.seat, [(m.role, m.text) for m in said[s.thread.uid]]) for s in seats]
    finally:
        opened.close()
    return [words, [(each.treatment, each.result, each.tainted) for each in done]]


@pytest.mark.parametrize(("name", "scenario"), [("default", DEFAULT), ("dilemma", DILEMMA)])
def test_imported_run_and_exported_it_means_the_same(tmp_path: Path, name: str, scenario: dict[str, Any]) -> None:
    before, after = tmp_path / "before.json", tmp_path / "after.json"
    before.write_text(json.dumps(scenario), "utf-8")
    text, problems = page_text(page_form("The text", before.read_text("utf-8")))
    after.write_text(text, "utf-8")
    assert problems == [] and json.loads(text) == scenario, "what we do not know stays there, too"
    found = played(after, ANSWERS[name])
    assert found == played(before, ANSWERS[name])
    assert {treatment for treatment, _, _ in found[1]} == set(scenario["treatments"])
    assert not any(tainted for _, _, tainted in found[1])
