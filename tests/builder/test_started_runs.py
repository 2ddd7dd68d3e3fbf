"""Runs from the page are those of `ego run`: begun, watched, stopped, gone on with."""

from __future__ import annotations

import json
from typing import Any

import pytest
from harness.scripts import until

from otree_ego.stores import RunStore
from otree_ego.testing import FakeService

GAME: dict[str, Any] = {
    "threads": [[1, ["ConstantThread", "7"]], [2, ["ConstantThread", "ACCEPT"]]],
    "treatments": ["low", "high"],
    "rounds": 1,
    "variables": {"pot": {"low": 10, "high": 100}},
    "prompts": {"system": "", "user": "{{ pot }}? {% if i == 2 %}{{ other.choices[-1] }}: ACCEPT or REJECT{% endif %}"},
    "filters": [["extract_number"], ["exclusive_response", "ACCEPT;REJECT"]],
}

pytestmark = pytest.mark.slow


def ended(workshop: Any, **given: Any) -> dict[str, Any]:
    """What is seen when nothing is under way any more."""
    until(lambda: not workshop.call("watch")["active"])
    found: dict[str, Any] = workshop.call("watch", **given)
    return found


def test_a_run_is_watched_and_is_in_the_store(workshop: Any) -> None:
    assert workshop.call("watch") == {"active": False, "said": "", "run": None, "runs": []}
    workshop.file.write_text(json.dumps(GAME))
    assert workshop.call("run", times="4", seed="1", balanced=True, constrained=True) == {"active": True}
    found = ended(workshop, place=0)
    assert (found["run"]["status"], found["run"]["name"], found["totals"]["replications"]) == ("done", "game", 4)
    assert sorted(each["treatment"] for each in found["replications"]) == ["high", "high", "low", "low"]
    assert [(m["seat"], m["role"]) for m in found["dialogue"]] == [
        (1, "user"), (1, "assistant"), (2, "user"), (2, "assistant"),
    ]  # fmt: skip
    assert f"Experiment {found['run']['uid']} OK" in found["said"]
    store = RunStore(workshop.file.with_name("ego.sqlite3"), create=False)
    try:
        source = store.get(found["run"]["uid"]).source
        assert (source["verb"], source["file"], source["times"]) == ("run", str(workshop.file), 4)
    finally:
        store.close()
    workshop.call("run", times="1")
    assert len(ended(workshop)["runs"]) == 2
    assert workshop.call("watch", run=found["run"]["uid"])["totals"]["replications"] == 4, "earlier ones are shown, too"


def test_a_run_is_stopped_and_goes_on(workshop: Any, service: FakeService, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-fake")
    monkeypatch.setenv("OPENAI_BASE_URL", service.base_url)
    service.reply = "7"
    service.hold()
    workshop.file.write_text(json.dumps({**GAME, "threads": [[1, ["GPTThread", "gpt-6-luna"]], GAME["threads"][1]]}))
    workshop.call("run", times="30")
    until(lambda: service.requests)
    assert "under way" in workshop.call("run", times="1")["error"]
    assert workshop.call("watch")["replications"][0]["status"] == "running"
    until(lambda: not workshop.call("stop")["active"])  # the first finishes what is under way, the next breaks it off
    service.release()
    found = ended(workshop)
    assert found["run"]["status"] == "stopped" and found["totals"]["replications"] < 30
    workshop.call("run", resume=found["run"]["uid"])
    found = ended(workshop)
    assert (found["run"]["status"], found["totals"]["replications"], len(found["runs"])) == ("done", 30, 1)


def test_invalid_answers_are_shown_with_the_reason(workshop: Any) -> None:
    workshop.file.write_text(json.dumps({**GAME, "threads": [GAME["threads"][0], [2, ["ConstantThread", "Perhaps."]]]}))
    workshop.call("run", times="1")
    [row] = ended(workshop)["replications"]
    assert row["tainted"] and "Perhaps." in row["why"]


@pytest.mark.parametrize(
    ("parts", "given", "words"),
    [
        ({"rounds": 0}, {}, "rounds: found 0"),
        ({"threads": [[1, "CLIThread"], [2, "CLIThread"]]}, {}, "Seat 1 is a person at the terminal"),
        ({}, {"times": "0"}, "whole number from 1"),
        ({}, {"times": "--help"}, "whole number from 1"),
        ({}, {"resume": "--help"}, "There is no run '--help'"),
        ({}, {"resume": ["x"]}, "There is no run"),
    ],
)
def test_what_cannot_be_run_is_said(workshop: Any, parts: dict[str, Any], given: dict[str, Any], words: str) -> None:
    workshop.file.write_text(json.dumps({**GAME, **parts}))
    assert words in workshop.call("run", **given)["error"]


@pytest.mark.parametrize(
    ("given", "words"),
    [({"seed": "x"}, "--seed"), ({"budget": "-1"}, "--budget"), ({"model": "none/such"}, "none")],
)
def test_what_ego_run_says_is_shown(workshop: Any, given: dict[str, Any], words: str) -> None:
    workshop.file.write_text(json.dumps({**GAME, "threads": [[1, ["GPTThread", "gpt-6-luna"]], GAME["threads"][1]]}))
    workshop.call("run", **given)
    assert words in ended(workshop)["said"]


def test_the_end_of_the_builder_ends_the_run(
    workshop: Any, service: FakeService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-fake")
    monkeypatch.setenv("OPENAI_BASE_URL", service.base_url)
    service.hold()
    workshop.file.write_text(json.dumps({**GAME, "threads": [[1, ["GPTThread", "gpt-6-luna"]], GAME["threads"][1]]}))
    workshop.call("run", times="3")
    until(lambda: service.requests)
    workshop.runs.close()
    assert not workshop.runs.active
