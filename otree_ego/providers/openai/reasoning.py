"""How much a model is to reason, and how much to say: in each service's own form.

`reasoning_effort` and `verbosity` are OpenAI's words. A service's row names the form that it takes them in (`Service.
reasoning`); what cannot be sent, or is refused, is in the data as not in force.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ...errors import ConfigError
from ...messages import EFFORTS, VERBOSITIES

EFFORT, VERBOSITY = "reasoning_effort", "verbosity"
BUDGETS = {"minimal": 1024, "low": 4096, "medium": 8192, "high": 16384, "xhigh": 32768}
"""Tokens of thought for each effort, where a service takes a budget; Anthropic's least is 1,024."""
ANSWER = 4096
"""Tokens for the answer itself beside such a budget, where no limit was asked for."""


def _effort(effort: str) -> dict[str, Any]:
    return {EFFORT: effort}


def _budget(effort: str) -> dict[str, Any]:
    if effort == "none":
        return {"thinking": {"type": "disabled"}}
    return {"thinking": {"type": "enabled", "budget_tokens": BUDGETS[effort]}}


def _level(effort: str) -> dict[str, Any]:
    config = {"thinking_budget": 0} if effort == "none" else {"thinking_level": effort}
    return {"extra_body": {"google": {"thinking_config": config}}}


def _think(effort: str) -> dict[str, Any]:
    # Ollama's own interface has `think`, its OpenAI-compatible one `reasoning_effort`; either ignores the other's.
    return {"think": effort if effort in ("low", "medium", "high") else effort != "none", EFFORT: effort}


def _object(effort: str) -> dict[str, Any]:
    return {"reasoning": {"effort": effort}}


def _template(effort: str) -> dict[str, Any]:
    # Templates ignore names that they do not know: Qwen's is enable_thinking, DeepSeek's and Granite's is thinking.
    switch: dict[str, Any] = {"enable_thinking": effort != "none", "thinking": effort != "none"}
    return {"chat_template_kwargs": switch if effort == "none" else {**switch, EFFORT: effort}}


@dataclass(frozen=True)
class Form:
    """One way to say an effort.

    Fields:
        fields: makes the body's fields. efforts: the words that it can say. words: what a refusal may call it.
    """

    fields: Callable[[str], dict[str, Any]]
    efforts: tuple[str, ...]
    words: tuple[str, ...]


FORMS: Mapping[str, Form] = {
    "effort": Form(_effort, EFFORTS, (EFFORT, "reasoning.effort")),
    "budget": Form(_budget, ("none", *BUDGETS), ("thinking", "budget_tokens")),
    "level": Form(_level, EFFORTS[:5], ("extra_body", "thinking_level", "thinking_budget", "thinking_config")),
    "think": Form(_think, EFFORTS, ("think", "thinking", EFFORT)),
    "object": Form(_object, EFFORTS, ("reasoning", "reasoning.effort")),
    "template": Form(_template, EFFORTS, ("chat_template_kwargs", "enable_thinking")),
}
"""The forms by name: `Service.reasoning`."""


def check_effort(effort: object, form: str, service: str) -> str:
    """An effort that a service has a word for.

    Arguments:
        effort: what was asked for. form: a name of `FORMS`; empty if the service knows no efforts. service: its name.

    Raises:
        ConfigError: there is no such effort, or the service has no word for it.

    >>> check_effort("low", "level", "gemini")
    'low'
    """
    if effort not in EFFORTS:
        raise ConfigError(f"{EFFORT} = {effort!r:.40}: it must be one of {', '.join(EFFORTS)}.")
    known = FORMS[form].efforts if form else EFFORTS
    if effort not in known:
        raise ConfigError(f"{EFFORT} = {effort!r}: {service} knows {', '.join(known)}.")
    return str(effort)


def check_verbosity(verbosity: object) -> str:
    """A verbosity, or ConfigError."""
    if verbosity not in VERBOSITIES:
        raise ConfigError(f"{VERBOSITY} = {verbosity!r:.40}: it must be one of {', '.join(VERBOSITIES)}.")
    return str(verbosity)
