"""How much a model is to reason: each service's own form on the wire, what is refused, what the data say."""

from __future__ import annotations

from typing import Any

import pytest
from harness.providers import ask

from otree_ego.errors import ConfigError
from otree_ego.messages import EFFORTS, Request
from otree_ego.providers import declare_service, services as config
from otree_ego.providers.openai.dialect import build, sent_params
from otree_ego.providers.openai.learned import Learned
from otree_ego.providers.openai.reasoning import FORMS

pytestmark = pytest.mark.usefixtures("clean_slate")
SAID = (("user", "Hi"),)


def fields(service: str, **params: Any) -> dict[str, Any]:
    """What a body has beside model, messages and streaming."""
    row = config.find_service(service)
    assert row is not None
    body = build(Request(f"{service}/m", SAID, params=params), row, row.base_url, "m", Learned())
    return {name: each for name, each in body.items() if name not in ("model", "messages", "stream", "stream_options")}


FORMS_OF = {
    "openai": {"reasoning_effort": "low"},
    "groq": {"reasoning_effort": "low"},
    "mistral": {"reasoning_effort": "low"},
    "anthropic": {"thinking": {"type": "enabled", "budget_tokens": 4096}, "max_tokens": 8192},
    "gemini": {"extra_body": {"google": {"thinking_config": {"thinking_level": "low"}}}},
    "ollama": {"think": "low", "reasoning_effort": "low"},
    "openrouter": {"reasoning": {"effort": "low"}},
    "vllm": {"chat_template_kwargs": {"enable_thinking": True, "thinking": True, "reasoning_effort": "low"}},
}


@pytest.mark.parametrize("service", FORMS_OF)
def test_each_service_has_its_own_form(service: str) -> None:
    assert fields(service, reasoning_effort="low") == FORMS_OF[service]


OFF = {
    "openai": {"reasoning_effort": "none"},
    "anthropic": {"thinking": {"type": "disabled"}},
    "gemini": {"extra_body": {"google": {"thinking_config": {"thinking_budget": 0}}}},
    "ollama": {"think": False, "reasoning_effort": "none"},
    "openrouter": {"reasoning": {"effort": "none"}},
    "vllm": {"chat_template_kwargs": {"enable_thinking": False, "thinking": False}},
}


@pytest.mark.parametrize("service", OFF)
def test_and_one_for_none(service: str) -> None:
    assert fields(service, reasoning_effort="none") == OFF[service]


def test_every_form_of_a_row_is_there() -> None:
    assert set(FORMS) | {""} == set(config.REASONING)


def test_nothing_is_sent_unless_it_is_asked_for() -> None:
    for service in config.BUILT_IN:
        assert fields(service) == {}


def test_a_limit_stands_beside_a_budget_of_thoughts() -> None:
    sent = fields("anthropic", reasoning_effort="high", max_tokens=500)
    assert sent["max_tokens"] == sent["thinking"]["budget_tokens"] + 500


@pytest.mark.parametrize(
    ("service", "effort"), [("gemini", "xhigh"), ("anthropic", "max"), ("openai", "lots"), ("vllm", 3)]
)
def test_an_effort_without_a_word_is_an_error(service: str, effort: Any) -> None:
    with pytest.raises(ConfigError, match="reasoning_effort"):
        fields(service, reasoning_effort=effort)


def test_verbosity_goes_where_it_is_known() -> None:
    assert fields("openai", verbosity="low") == {"verbosity": "low"}
    assert fields("groq", verbosity="low") == {}
    with pytest.raises(ConfigError, match="verbosity"):
        fields("groq", verbosity="loud")


def test_it_reaches_the_wire_and_is_in_force(uni: Any) -> None:
    reply = ask(params={"reasoning_effort": "high", "temperature": 0.5})[1]
    assert uni.requests[-1].body["reasoning_effort"] == "high"
    assert reply.params is None, "in force as it was asked for"


@pytest.mark.parametrize("form", ["budget", "level", "think", "object", "template"])
def test_in_another_form_the_data_say_it_in_our_words(form: str, service: Any) -> None:
    declare_service("uni", service.base_url, reasoning=form)
    reply = ask(params={"reasoning_effort": "low"})[1]
    assert not reply.params or reply.params["reasoning_effort"] == "low"
    assert "not_in_force" not in (reply.params or {})


@pytest.mark.parametrize("form", ["effort", "budget", "level", "object", "template"])
def test_what_is_refused_is_learned_and_in_the_data(form: str, service: Any) -> None:
    declare_service("uni", service.base_url, reasoning=form)
    service.refuse = set(FORMS[form].fields("low"))
    for asked in (2, 3):
        reply = ask(params={"reasoning_effort": "low"})[1]
        assert reply.params["not_in_force"] == {"reasoning_effort": "low"}
        assert "reasoning_effort" not in {name for name in reply.params if name != "not_in_force"}
        assert len(service.requests) == asked, "refused once"


@pytest.mark.parametrize(
    "words",
    [
        "`temperature` is deprecated for this model.",
        "`temperature` may only be set to 1 when thinking is enabled.",
        "Unsupported parameter: 'temperature' is not supported with this model.",
        "temperature is not supported for claude-fable-5 when set to non-default values",
    ],
)
def test_a_temperature_is_refused_in_many_words(uni: Any, words: str) -> None:
    uni.fail(400, message=words)
    reply = ask(params={"temperature": 0.5, "reasoning_effort": "high"})[1]
    assert reply.params == {"reasoning_effort": "high", "not_in_force": {"temperature": 0.5}}
    assert "temperature" not in uni.requests[-1].body


def test_a_temperature_refused_while_it_reasons_is_sent_when_it_does_not(uni: Any) -> None:
    uni.fail(400, message="Unsupported parameter: 'temperature' is not supported with this model.")
    ask(params={"temperature": 0.5, "reasoning_effort": "high"})
    reply = ask(params={"temperature": 0.5, "reasoning_effort": "none"})[1]
    assert uni.requests[-1].body["temperature"] == 0.5
    assert reply.params is None
    assert ask(params={"temperature": 0.5, "reasoning_effort": "high"})[1].params["not_in_force"] == {
        "temperature": 0.5
    }


@pytest.mark.parametrize(
    "words", ["Unknown name \"thinking_level\" at 'extra_body.google': Cannot find field. Unsupported."]
)
def test_a_refusal_may_name_an_inner_field(service: Any, words: str) -> None:
    declare_service("uni", service.base_url, reasoning="level")
    service.fail(400, message=words)
    reply = ask(params={"reasoning_effort": "low"})[1]
    assert reply.params == {"not_in_force": {"reasoning_effort": "low"}}


def test_a_service_without_efforts_says_so_in_the_data(service: Any) -> None:
    declare_service("uni", service.base_url, reasoning="")
    reply = ask(params={"reasoning_effort": "low", "verbosity": "high", "temperature": 0.1})[1]
    assert reply.params == {"temperature": 0.1, "not_in_force": {"reasoning_effort": "low", "verbosity": "high"}}
    assert not {"reasoning_effort", "verbosity"} & set(service.requests[-1].body)


def test_an_extra_field_of_the_experimenters_comes_first() -> None:
    row = config.BUILT_IN["openrouter"]
    request = Request("m", SAID, params={"reasoning_effort": "low"}, extra={"reasoning": {"max_tokens": 100}})
    body = build(request, row, row.base_url, "m", Learned())
    assert body["reasoning"] == {"max_tokens": 100}
    assert sent_params(body, request, row) == {"not_in_force": {"reasoning_effort": "low"}}


def test_a_row_names_a_form_that_there_is() -> None:
    with pytest.raises(ConfigError, match="reasoning takes one of"):
        declare_service("uni", "https://llm.example.edu/v1", reasoning="hard")


def test_efforts_go_up() -> None:
    assert EFFORTS[0] == "none" and len(set(EFFORTS)) == len(EFFORTS)
