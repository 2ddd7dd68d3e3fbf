"""Prices of one's own: read, refused in words that help, and counted."""

from __future__ import annotations

import pickle
from typing import Any

import pytest
from harness.providers import ask
from hypothesis import given, strategies as st

from otree_ego.errors import ConfigError
from otree_ego.messages import Usage
from otree_ego.providers import declare_service, provider_for
from otree_ego.providers.declarations import declare_services
from otree_ego.providers.price_lists import ModelPrice, PriceList
from otree_ego.providers.prices import cost, model_cost, price_problem
from otree_ego.providers.services import find_service

pytestmark = pytest.mark.usefixtures("clean_slate")
URL = "https://llm.example.edu/v1"
PRICE = {"input": 2, "output": 10.0}
MILLION = 1_000_000


def uni(**rest: Any) -> None:
    declare_services({"uni": {"base_url": URL, **rest}})


def test_a_price_of_ones_own_counts_for_its_model_alone() -> None:
    uni(prices={"llama3": PRICE})
    assert cost("uni", "llama3", Usage(MILLION, MILLION)) == 12
    assert cost("uni", "llama3", Usage(MILLION, None)) is None
    assert cost("uni", "other", Usage(1, 1)) is None
    assert model_cost("uni/llama3", Usage(500_000, 0)) == 1


def test_a_star_stands_for_all_other_models() -> None:
    uni(prices={"llama3": PRICE, "*": {"input": 0, "output": 1}})
    assert cost("uni", "llama3", Usage(MILLION, 0)) == 2
    assert cost("uni", "org/anything", Usage(MILLION, MILLION)) == 1


def test_cached_and_reasoning_tokens_have_prices_of_their_own() -> None:
    uni(prices={"m": {**PRICE, "cached": 0.5, "reasoning": 20}})
    assert cost("uni", "m", Usage(MILLION, MILLION, 400_000), cached=MILLION // 2) == 1 + 0.25 + 6 + 8
    assert cost("uni", "m", Usage(10, 10, 10_000), cached=10_000) == pytest.approx((10 * 0.5 + 10 * 20) / MILLION)


@given(
    st.integers(0, 10**9), st.integers(0, 10**9), st.integers(0, 10**9), st.integers(0, 10**9), st.floats(0, 1e4),
    st.floats(0, 1e4),
)  # fmt: skip
def test_without_them_they_cost_as_the_others(
    tokens_in: int, out: int, cached: int, reasoning: int, low: float, high: float
) -> None:
    price = ModelPrice(low, high).cost(Usage(tokens_in, out, reasoning), cached)
    assert price == pytest.approx((tokens_in * low + out * high) / MILLION)


@pytest.mark.parametrize(
    ("prices", "says"),
    [
        ({}, "takes the prices of each model"),
        (5, "not 5"),
        (None, "not None"),
        ("", "prices is empty"),
        ("  ", "prices is empty"),
        ([("llama3", PRICE)], "takes the prices of each model"),
        ({"llama3": 0.5}, "takes a dict with input and output"),
        ({"llama3": {}}, "input is missing"),
        ({"llama3": {"input": 1}}, "output is missing"),
        (
            {"llama3": {"input": -1, "output": 1}},
            "input takes a number of US dollars for a million tokens, 0 to 1,000,000,000",
        ),
        ({"llama3": {"input": 1e308, "output": 1}}, "input takes a number of US dollars"),
        ({"llama*": {"input": 1, "output": 1}}, "'*' alone is for all others"),
        ({"a": {"input": 1, "output": 1}, " a": {"input": 2, "output": 1}}, "names 'a' twice"),
        ({"llama3": {"input": "1", "output": 1}}, "not '1'"),
        ({"llama3": {"input": True, "output": 1}}, "not True"),
        ({"llama3": {"input": 1, "output": float("nan")}}, "not nan"),
        ({"llama3": {"input": 1, "output": float("inf")}}, "not inf"),
        ({"llama3": {"input": 1, "output": 10**400}}, "output takes a number"),
        ({"llama3": {"input": 1, "output": None}}, "not None"),
        ({"llama3": {**PRICE, "cache": 1}}, "there is no price 'cache'; it takes input, output, cached and reasoning"),
        ({"llama3": {**PRICE, "cached": "free"}}, "cached takes a number"),
        ({"": PRICE}, "names each model by a text"),
        ({3: PRICE}, "names each model by a text"),
    ],
)
def test_a_bad_price_is_refused_with_its_place(prices: Any, says: str) -> None:
    with pytest.raises(ConfigError) as caught:
        uni(prices=prices)
    assert "service 'uni'" in str(caught.value)
    assert says in str(caught.value), caught.value
    with pytest.raises(ConfigError):
        declare_service("uni", URL, prices=prices)
    assert find_service("uni") is None


def test_prices_and_free_exclude_each_other() -> None:
    with pytest.raises(ConfigError, match="it has prices and is free"):
        uni(prices={"llama3": PRICE}, free=True)
    with pytest.raises(ConfigError, match="free takes True or False"):
        uni(free="yes")
    with pytest.raises(ConfigError, match="there is no field 'own_prices'"):
        uni(own_prices=PriceList())
    uni(free=True)
    assert cost("uni", "anything", Usage()) == 0.0


def test_a_built_in_service_takes_prices_and_nothing_else() -> None:
    declare_services(
        {"openai": {"prices": {"ft:mine": PRICE}}, "academiccloud": {"free": True}, "ollama": {"prices": {"*": PRICE}}}
    )
    assert cost("openai", "ft:mine", Usage(MILLION, 0)) == 2
    assert cost("openai", "gpt-6-luna", Usage(MILLION, 0)) is not None  # the data's are there, too
    assert cost("academiccloud", "qwen3", Usage()) == 0.0
    assert cost("ollama", "llama3", Usage(MILLION, 0)) == 2  # the electricity, say
    service = find_service("openai")
    assert service is not None
    assert (service.base_url, service.key_env[0]) == ("https://api.openai.com/v1", "OPENAI_API_KEY")
    for row in ({"key_env": "MINE"}, {"base_url": URL}, {"free": True, "seed": "x"}):
        with pytest.raises(ConfigError, match=r"otree_ego's own"):
            declare_services({"groq": row})


def test_a_row_with_prices_goes_to_worker_processes() -> None:
    uni(prices={"llama3": PRICE})
    service = find_service("uni")
    again = pickle.loads(pickle.dumps(service))
    assert again == service
    assert hash(again) == hash(service)


def test_what_to_do_about_an_unknown_price_is_said() -> None:
    uni()
    problem = price_problem("uni/llama3", provider_for("uni/llama3"))
    assert "EGO_SERVICES['uni'] = {…, 'prices': {'llama3': {'input': …, 'output': …}}}" in problem
    assert "'free': True" in problem
    uni(prices={"llama3": PRICE})
    assert not price_problem("uni/llama3", provider_for("uni/llama3"))
    assert "method price" in price_problem("mine/x", object())
    assert not price_problem("openrouter/a/b", provider_for("openrouter/a/b"))  # it says so with each reply


def test_what_a_service_told_prices_the_replies_that_cannot_tell(raw: Any) -> None:
    raw.says(
        b'data: {"choices":[{"delta":{"content":"Hi"},"finish_reason":"stop"}],"usage":{"prompt_tokens":6,'
        b'"completion_tokens":4,"cost":0.25}}\n\n'
    )
    assert model_cost("openrouter/no/such", Usage(10, 10)) is None
    assert ask("openrouter/no/such", base_url=raw.base_url)[1].cost == 0.25
    assert model_cost("openrouter/no/such", Usage(10, 10)) == pytest.approx(0.5)
