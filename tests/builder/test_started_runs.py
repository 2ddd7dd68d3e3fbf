"""Runs from the page are those of `ego run`: begun, watched, stopped, gone on with."""

from __future__ import annotations

import json
import resource
from typing import Any

import pytest
from builder.conftest import Workshop
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
    first = workshop.call("watch")
    assert (first["active"], first["said"], first["run"], first["runs"]) == (False, "", None, [])
    workshop.file.write_text(json.dumps(GAME))
    assert workshop.call("run", times="4", seed="1", balanced=True, constrained=True) == {"active": True}
    found = ended(workshop, place=0)
    assert (found["run"]["status"], found["run"]["name"], found["totals"]["replications"]) == ("done", "game", 4)
    assert sorted(each["treatment"] for each in found["replications"]) == ["high", "high", "low", "low"]
    assert [(m["seat"], m["message"]["role"]) for m in found["dialogue"]] == [
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
    row = workshop.call("watch")["replications"][0]
    assert (row["status"], row["treatment"] in GAME["treatments"]) == ("running", True)
    until(lambda: not workshop.call("stop")["active"])  # the first finishes what is under way, the next breaks it off
    service.release()
    found = ended(workshop)
    assert found["run"]["status"] == "stopped" and found["totals"]["replications"] < 30
    workshop.call("run", resume=found["run"]["uid"])
    found = ended(workshop)
    assert (found["run"]["status"], found["totals"]["replications"], len(found["runs"])) == ("done", 30, 1)
    again = Workshop(workshop.file)  # started anew, it shows the last run of its file
    assert again.call("watch")["run"]["uid"] == found["run"]["uid"]
    again.close()


def test_invalid_answers_are_shown_with_the_reason(workshop: Any) -> None:
    workshop.file.write_text(json.dumps({**GAME, "threads": [GAME["threads"][0], [2, ["ConstantThread", "Perhaps."]]]}))
    workshop.call("run", times="1")
    [row] = ended(workshop)["replications"]
    assert row["tainted"] and "Perhaps." in row["error_text"]


@pytest.mark.parametrize(
    ("parts", "given", "words"),
    [
        ({"rounds": 0}, {}, "rounds: found 0"),
        ({}, {"times": "0"}, "whole number from 1"),
        ({}, {"times": "--help"}, "whole number from 1"),
        ({}, {"resume": "--help"}, "There is no run '--help'"),
        ({}, {"resume": ["x"]}, "There is no run"),
        ({}, {"seats": {"5": "constant/7"}}, "There is no seat 5"),
        ({}, {"seats": {"--help": "x"}}, "There is no seat --help"),
        ({}, {"model": "a\x00b"}, "cannot be started"),
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
    [run] = workshop.call("watch")["runs"]
    assert run["status"] == "stopped", "it can be resumed"


def test_a_person_plays_to_the_end_also_after_a_new_start(workshop: Any) -> None:
    game = {
        **GAME,
        "threads": [[1, "CLIThread"], [2, "CLIThread"]],
        "treatments": ["low"],
        "variables": {"pot": {"low": 10}},
    }
    workshop.file.write_text(json.dumps(game))

    def turn(seat: int) -> dict[str, Any]:
        until(lambda: [each for each in workshop.call("watch")["turns"] if each["seat"] == seat])
        [found] = workshop.call("watch")["turns"]
        return dict(found)

    workshop.call("run", times="1", seats={"2": "terminal/Ann"})
    first = turn(1)
    assert "answered already" in workshop.call("answer", message="another", text="7")["error"]
    assert "empty" in workshop.call("answer", message=first["message"], text=" ")["error"]
    assert "too long" in workshop.call("answer", message=first["message"], text="7" * 100_001)["error"]
    assert "number" in workshop.call("answer", message=first["message"], text="seven")["unfit"]
    assert workshop.call("answer", message=first["message"], text="7") == {"taken": True}
    assert "answered already" in workshop.call("answer", message=first["message"], text="8")["error"]
    turn(2)
    workshop.runs.close()
    again = Workshop(workshop.file)
    try:
        workshop, run = again, again.call("watch")["runs"][0]
        assert run["status"] == "stopped"
        workshop.call("run", resume=run["uid"])
        second = turn(2)
        found = workshop.call("watch", place=0)
        said = [
            (e["seat"], e["message"]["role"], e["message"]["text"], e["message"]["status"]) for e in found["dialogue"]
        ]
        assert (1, "assistant", "7", "complete") in said and said[-1] == (2, "assistant", "", "pending")
        assert found["seats"][1] == {"number": 2, "filter": "exclusive_response", "tokens": ["ACCEPT", "REJECT"]}
        assert workshop.call("answer", message=second["message"], text="Never!", anyway=True) == {"taken": True}
        found = ended(workshop)
        assert found["run"]["status"] == "done" and found["replications"][0]["tainted"], "sent all the same"
    finally:
        again.close()


def test_a_disk_that_is_full_is_said_and_the_builder_lives(workshop: Any) -> None:
    long = [[1, ["ConstantThread", "7"]], [2, ["ConstantThread", "ACCEPT " * 5_000]]]
    workshop.file.write_text(json.dumps({**GAME, "threads": long}))
    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (500_000, most))
    try:
        workshop.call("run", times="40")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    found = ended(workshop)
    assert found["code"] == 1 and found["run"]["status"] != "done"
    assert "disk" in found["said"] and found["totals"]["replications"] < 40
    workshop.call("run", resume=found["run"]["uid"])
    found = ended(workshop)
    assert (found["run"]["status"], found["totals"]["replications"]) == ("done", 40), "there is room again"
