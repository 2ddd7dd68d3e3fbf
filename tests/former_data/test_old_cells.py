"""A store of the version that found a run by its whole design: its cells are there, whatever the design is now.

`data/stores/cells.sql` was made at commit 856d4ed by these two, with ``deadline=50.0, mood="calm"`` for the agents.
"""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from harness.old_files import File, restore

from otree_ego import GPTThread
from otree_ego.experiment import factorial
from otree_ego.testing import FakeService

WHO, YEARS = ["Bush", "Obama"], [2008, 2009]


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("EGO_STORE", raising=False)
    restore(File(tmp_path / "ego.sqlite3"), "stores/cells")
    with FakeService() as found:
        monkeypatch.setenv("OPENAI_BASE_URL", found.base_url)
        monkeypatch.setenv("OPENAI_API_KEY", "sk-test-key-123456")
        found.reply = "now"
        yield found


def agent(**more: Any) -> Any:
    def make() -> GPTThread:
        llm = GPTThread("gpt-6-luna", **{"deadline": 50.0, "mood": "calm", **more})
        llm.system("Be brief.")
        return llm

    return make


def approval(service: Any, make: Any, who: Any = WHO, years: Any = YEARS, **how: Any) -> tuple[dict[str, int], int]:
    """What the rows say, and how many requests were sent."""
    data = factorial("Estimate {{ who }} in {{ year }}.", who=who, year=years).run(make, None, **{"seed": 7, **how})
    said = [row["result"] for row in data]
    return {word: said.count(word) for word in set(said)}, len(service.requests)


def test_the_same_design_asks_nothing(service):
    assert approval(service, agent(), times=2) == ({"then": 8}, 0)


@pytest.mark.parametrize(
    "more", [dict(deadline=99.0), dict(mood="wild"), dict(retries=5), dict(fallback_text="x")], ids=str
)
def test_what_is_not_asked_does_not_matter(service, more):
    assert approval(service, agent(**more), times=2) == ({"then": 8}, 0)


def test_what_is_new_is_asked(service):
    assert approval(service, agent(deadline=9.0), ["Trump", *WHO], [2009, 2008], times=2) == ({"then": 8, "now": 4}, 4)
    assert approval(service, agent(), ["Trump", *WHO], times=3) == ({"then": 8, "now": 10}, 10)
    assert approval(service, agent(), times=2) == ({"then": 8}, 10)
    seeds = sorted(request.body["seed"] for request in service.requests)
    assert seeds == [*range(7 + 8, 7 + 18)]  # none of those of then


@pytest.mark.parametrize("other", [dict(seed=8), dict(temperature=1.0)], ids=str)
def test_another_request_is_asked(service, other):
    assert approval(service, agent(), times=2, **other) == ({"now": 8}, 8)


def test_an_agent_that_drew_its_role_is_no_agent_without_one(service):
    def drawing() -> GPTThread:
        llm = GPTThread("gpt-6-luna")
        llm.system(f"You are {random.choice(['Ann', 'Bob', 'Cem'])}.")
        return llm

    design = factorial("Draw {{ who }}.", who=["Bush"])
    assert design.run(lambda: GPTThread("gpt-6-luna", deadline=99.0), None)[0]["result"] == "now"
    assert design.run(drawing, None)[0]["result"] == "then"
