"""Budgets that hold: failed replies count, and a model without a known price is refused before it is asked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from otree_ego import ConstantThread, ScriptedThread, Thread
from otree_ego.errors import ConfigError, RunStopped
from otree_ego.experiment import factorial
from otree_ego.providers import declare_service, services
from otree_ego.stores import RunStore

PRICES = {"llama3": {"input": 1000, "output": 1000}}


@pytest.fixture
def uni(openai: Any) -> Iterator[Any]:
    """FakeService as two services, one of which has prices."""
    before = dict(services.declared)
    declare_service("uni", openai.base_url, prices=PRICES)
    declare_service("lab", openai.base_url)
    yield openai
    services.declared.clear()
    services.declared.update(before)


def llama(**more: Any) -> Thread:
    return Thread("uni/llama3", retries=0, backoff=0.01, **more)


@pytest.mark.parametrize("engine", [None, "joblib"])
def test_failed_replies_use_the_budget_up(uni: Any, engine: str | None) -> None:
    uni.fault("drop_mid", times=-1)
    design = factorial("Tell me about {{ a }}.", a=list(range(50)))
    with pytest.raises(RunStopped, match="budget") as caught:
        design.run(llama, None, concurrency=1, budget=0.1, engine=engine)
    assert len(uni.requests) < 19  # of 150 attempts in all; else 20 failures in a row would stop it
    totals = RunStore().totals(caught.value.run)
    assert totals.cost > 0.05
    assert (totals.replies, totals.unpriced) == (0, 0)


def test_a_budget_with_a_model_without_a_price_is_refused_before_it_is_asked(uni: Any) -> None:
    design = factorial("Tell me about {{ a }}.", a=[1, 2])
    with pytest.raises(ConfigError) as caught:
        design.run(lambda: Thread("lab/llama3"), None, budget=1)
    assert "The budget of 1 US dollars needs the prices of all models" in str(caught.value)
    assert "EGO_SERVICES['lab'] = {…, 'prices': {'llama3'" in str(caught.value)
    assert not uni.requests
    assert len(design.run(lambda: Thread("lab/llama3"), None)) == 2  # without a budget nobody asks


def test_a_fallback_model_without_a_price_is_not_asked_on_a_budget(uni: Any) -> None:
    uni.fail(500)
    with pytest.raises(ConfigError, match="'lab/llama3' is not known"):
        factorial("{{ a }}", a=[1]).run(lambda: llama(fallback_model="lab/llama3"), None, budget=1)
    assert len(uni.requests) == 1


def test_what_costs_nothing_fits_every_budget(openai: Any) -> None:
    assert len(factorial("{{ a }}", a=[1, 2]).run(lambda: ConstantThread("5"), int, budget=0.01)) == 2
    scripted = factorial("{{ a }}", a=[1, 2]).run(lambda: ScriptedThread(["5"]), int, budget=0.01)
    assert len(scripted) == 2


def test_an_answer_without_usage_is_estimated_in_the_data(uni: Any) -> None:
    uni.send('data: {"choices": [{"delta": {"content": "5"}, "finish_reason": "stop"}]}\n\n', "data: [DONE]\n\n")
    uni.reply = "5"
    data = factorial("{{ a }}", a=[1]).run(llama, int, budget=1)
    assert data.cost > 0
    assert "estimated" in data.wide[0]["parameters"]
