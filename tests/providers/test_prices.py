"""What replies cost: known, unknown, free, and never from the network."""

from __future__ import annotations

from typing import Any

import pytest
from harness.providers import ask

from otree_ego.messages import Usage
from otree_ego.providers import declare_service, services
from otree_ego.providers.prices import cost

pytestmark = pytest.mark.usefixtures("clean_slate")
MANY = Usage(1_000_000, 1_000_000, None)


def test_a_known_price() -> None:
    price = cost("openai", "gpt-6-luna", MANY)
    assert price is not None and price > 0
    dated = cost("openai", "gpt-5.4-mini-2026-03-17", MANY)
    assert dated is not None and dated > 0


def test_tokens_from_the_cache_cost_less() -> None:
    whole, cached = cost("openai", "gpt-6-luna", MANY), cost("openai", "gpt-6-luna", MANY, cached=900_000)
    assert whole is not None and cached is not None and 0 < cached < whole


@pytest.mark.parametrize(
    ("service", "model", "usage"),
    [
        ("openai", "gpt-no-such", MANY),
        ("openai", "gpt-6-luna", Usage()),
        ("openai", "gpt-6-luna", Usage(5, None)),
        ("openai", "", MANY),
        ("academiccloud", "gpt-6-luna", MANY),
        ("nobody", "gpt-6-luna", MANY),
    ],
)
def test_an_unknown_price_is_none(service: str, model: str, usage: Usage) -> None:
    assert cost(service, model, usage) is None


@pytest.mark.parametrize(
    "service", ["local", "constant", "scripted", "terminal", "external", "ollama", "vllm", "lmstudio"]
)
def test_what_runs_here_is_free(service: str) -> None:
    assert cost(service, "anything", Usage()) == 0.0


def test_every_name_in_the_price_data_is_right() -> None:
    from genai_prices.data import providers

    known = {provider.id for provider in providers}
    assert {row.prices for row in services.BUILT_IN.values() if row.prices} <= known


def test_a_declared_service_may_name_its_prices() -> None:
    declare_service("proxy", "https://proxy.example.edu/v1", prices="openai")
    assert cost("proxy", "gpt-6-luna", MANY) == cost("openai", "gpt-6-luna", MANY)


def test_a_reply_tells_its_cost(service: Any) -> None:
    reply = ask("gpt-6-luna", base_url=service.base_url)[1]
    assert reply.cost == cost("openai", "gpt-6-luna", reply.usage) and reply.cost


def test_a_service_that_tells_the_cost_is_believed(raw: Any) -> None:
    chunk = b'data: {"choices":[{"delta":{"content":"Hi"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":1,"cost":0.25}}\n\n'  # noqa: E501
    raw.says(chunk)
    assert ask("openrouter/a/b", base_url=raw.base_url)[1].cost == 0.25
    assert ask("raw/a/b")[1].cost is None
