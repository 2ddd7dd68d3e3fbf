"""Reasoning models and other services with a will of their own: parameters refused, budgets spent on thinking."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from harness.providers import ask, collect

from otree_ego.errors import BadRequest, CutByLength, KeyRejected
from otree_ego.messages import Request
from otree_ego.providers import services as config
from otree_ego.providers.openai.dialect import build, refused_parameter
from otree_ego.providers.openai.learned import Learned

pytestmark = pytest.mark.usefixtures("clean_slate")


def test_a_refused_limit_gets_its_other_name(uni: Any) -> None:
    uni.refuse = {"max_tokens", "temperature"}
    asked = {"max_tokens": 100, "temperature": 0.5, "top_p": 0.9}
    for sent in (3, 4):
        reply = ask(params=asked)[1]
        assert reply.params == {"max_completion_tokens": 100, "top_p": 0.9, "not_in_force": {"temperature": 0.5}}
        assert len(uni.requests) == sent
    ask("uni/other", params=asked)
    assert len(uni.requests) == 7, "what one model refuses is not held against another"


@pytest.mark.parametrize(
    "name", ["temperature", "top_p", "seed", "stop", "presence_penalty", "stream_options", "stream"]
)
def test_a_refused_parameter_is_dropped(uni: Any, name: str) -> None:
    uni.refuse = {name}
    params = {"temperature": 0.5, "top_p": 0.5, "seed": 1, "stop": "END", "presence_penalty": 0.1}
    reply = ask(params=params)[1]
    assert reply.text == uni.DEFAULT_REPLY
    assert name not in uni.requests[-1].body and len(uni.requests) == 2
    left = {key: value for key, value in params.items() if key != name}
    lost = {"not_in_force": {name: params.get(name)}}
    assert reply.params == (None if name.startswith("stream") else {**left, **lost})


def test_parameters_that_were_taken_are_not_reported(uni: Any) -> None:
    assert ask(params={"temperature": 0.5, "max_tokens": 10})[1].params is None


def test_a_service_that_refuses_both_limits_gets_none(uni: Any) -> None:
    uni.refuse = {"max_tokens", "max_completion_tokens"}
    assert ask(params={"max_tokens": 10})[1].params == {"not_in_force": {"max_tokens": 10}}


def test_an_extra_field_is_never_taken_away(uni: Any) -> None:
    uni.refuse = {"top_p"}
    with pytest.raises(BadRequest, match="top_p"):
        ask(extra={"top_p": 0.5})
    assert len(uni.requests) == 1


def test_a_wrong_value_is_not_a_refused_parameter(uni: Any) -> None:
    uni.fail(400, message="Invalid 'temperature': 9 is above the maximum of 2.")
    with pytest.raises(BadRequest, match="maximum of 2"):
        ask(params={"temperature": 9})
    assert len(uni.requests) == 1


def test_everybody_at_once_learns(uni: Any) -> None:
    uni.refuse = {"max_tokens", "temperature", "seed"}
    params = {"max_tokens": 10, "temperature": 0.2, "seed": 1}

    async def many() -> list[Any]:
        asked = [collect(Request("uni/llama3.3", (("user", "Hi"),), params=params)) for _ in range(20)]
        return [reply.params for _, reply in await asyncio.gather(*asked)]

    assert asyncio.run(many()) == [{"max_completion_tokens": 10, "not_in_force": {"temperature": 0.2, "seed": 1}}] * 20


def test_known_reasoning_models_start_with_their_own_name(uni: Any) -> None:
    uni.refuse = {"max_tokens"}
    for model in ("o1", "o3-mini", "gpt-5", "gpt-5-nano", "gpt-5.1"):
        ask(f"uni/{model}", params={"max_tokens": 10})
        assert uni.requests[-1].body["max_completion_tokens"] == 10
    assert len(uni.requests) == 5
    uni.refuse = ()
    for model in ("llama3.3", "o10-like", "omni", "openai/o3", "gpt-50x"):
        ask(f"uni/{model}", params={"max_tokens": 10})
        assert "max_tokens" in uni.requests[-1].body


@pytest.mark.parametrize(
    ("service", "address", "name"),
    [
        ("openai", "https://api.openai.com/v1", "max_completion_tokens"),
        ("openai", "http://127.0.0.1:8000/v1", "max_tokens"),
        ("openrouter", "https://openrouter.ai/api/v1", "max_tokens"),
        ("ollama", "http://127.0.0.1:11434/v1", "max_tokens"),
    ],
)
def test_the_name_of_the_limit(service: str, address: str, name: str) -> None:
    request = Request(f"{service}/m", (("user", "Hi"),), params={"max_tokens": 10})
    assert name in build(request, config.BUILT_IN[service], address, "m", Learned())


def test_a_budget_spent_on_thinking_is_raised_once(uni: Any) -> None:
    uni.reasoning_tokens = 60
    reply = ask("uni/o3", params={"max_tokens": 20})[1]
    assert reply.text == uni.DEFAULT_REPLY and reply.params == {"max_completion_tokens": 4096}
    assert reply.usage.reasoning == 20 + 60, "both requests were paid"
    ask("uni/o3", params={"max_tokens": 1000})
    assert uni.requests[-1].body["max_completion_tokens"] == 8000
    assert len(uni.requests) == 3


def test_a_model_that_only_thinks_is_an_error(uni: Any) -> None:
    uni.reasoning_tokens = 100_000
    with pytest.raises(CutByLength, match="raise max_tokens") as caught:
        ask("uni/o3", params={"max_tokens": 20})
    assert not caught.value.retryable and len(uni.requests) == 2
    with pytest.raises(CutByLength):
        ask("uni/o3", params={"max_tokens": 20})
    assert len(uni.requests) == 3


def test_a_limit_among_the_extra_fields_is_not_raised(uni: Any) -> None:
    uni.reasoning_tokens = 60
    with pytest.raises(CutByLength):
        ask("uni/o3", extra={"max_completion_tokens": 20})
    assert len(uni.requests) == 1


def test_learning_ends_when_something_else_is_wrong(uni: Any) -> None:
    uni.refuse = {"max_tokens"}
    uni.key = "sk-right"
    with pytest.raises(KeyRejected):
        ask(params={"max_tokens": 10})
    assert len(uni.requests) == 1


def test_a_service_that_always_complains_is_given_up(raw: Any) -> None:
    told = b'{"error": {"message": "Unsupported parameter: stream_options", "param": "stream_options"}}'
    raw.says(told, "400 Bad Request", "application/json")
    with pytest.raises(BadRequest, match="Unsupported"):
        ask("raw/m")
    assert len(raw.heads) == 2


BODY = {
    "model": "m",
    "messages": [],
    "max_tokens": 5,
    "temperature": 1,
    "seed": 3,
    "stop": "x",
    "stream": True,
    "top_k": 1,
}


@pytest.mark.parametrize(
    ("told", "name"),
    [
        ({"param": "temperature", "code": "unsupported_value", "message": "does not support 0.5"}, "temperature"),
        (
            {"param": "max_tokens", "code": "unsupported_parameter", "message": "Use 'max_completion_tokens' instead."},
            "max_tokens",
        ),
        ({"message": "Unsupported parameter: 'max_tokens' is not supported with this model."}, "max_tokens"),
        ({"message": "Unrecognized request argument supplied: seed"}, "seed"),
        ({"message": "seed: Extra inputs are not permitted"}, "seed"),
        ({"message": "Extra inputs are not permitted", "param": "seed", "code": "extra_forbidden"}, "seed"),
        ({"message": "`temperature` and `top_p` cannot be used together"}, "temperature"),
        ({"message": 'Unknown name "seed": Cannot find field.'}, "seed"),
        ({"message": "The model does not support streaming"}, ""),
        ({"message": "unsupported: top_k"}, ""),
        ({"param": "messages[0].role", "code": "unsupported_value", "message": "does not support 'system'"}, ""),
        ({"param": "temperature", "code": "decimal_above_max_value", "message": "Expected a value <= 2"}, ""),
        ({"message": ""}, ""),
        ({"message": "max_tokens is too large: 99999. This model supports at most 4096 tokens."}, ""),
    ],
)
def test_words_of_refusal(told: dict[str, Any], name: str) -> None:
    assert refused_parameter(BODY, {"top_k": 1}, told) == name


def test_a_seed_under_another_name_is_reported_as_the_seed(service: Any) -> None:
    reply = ask("mistral/m", base_url=service.base_url, params={"seed": 7})[1]
    assert service.requests[0].body["random_seed"] == 7 and "seed" not in service.requests[0].body
    assert reply.params is None
