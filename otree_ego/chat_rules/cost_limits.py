"""Limits of money need prices: a model whose replies nobody can price is refused before it is asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, Protocol

from ..errors import ConfigError


class Limits(Protocol):
    """The settings that limit money, as `ChatSettings` has them."""

    @property
    def max_cost(self) -> float | None: ...

    @property
    def max_cost_session(self) -> float | None: ...


def cost_limit(settings: Limits) -> str:
    """The first limit of money that is set, as a config names it, with its value; empty if there is none."""
    limits = {"ego_max_cost": settings.max_cost, "ego_max_cost_session": settings.max_cost_session}
    return next((f"{name} = {most:g}" for name, most in limits.items() if most is not None), "")


def check_prices(settings: Limits, models: Mapping[str, str], provider_of: Callable[[str], Any] | None = None) -> None:
    """See that the prices of all models are known where money is limited.

    Arguments:
        settings: with the limits.
        models: names of models, by what names them, e.g. ``{"ego_model": "uni/llama3"}``; empty names are fine.
        provider_of: finds what answers under a model's name; by default as everywhere.

    Raises:
        ConfigError: a price is unknown; the message says how to give it.

    >>> from otree_ego.chat_rules.settings import read_settings
    >>> settings = read_settings({"ego_max_cost": 2})
    >>> check_prices(settings, {"ego_model": "constant/Hello"})
    >>> try:
    ...     check_prices(settings, {"ego_model": "textsynth/mistral_7B"})
    ... except ConfigError as error:
    ...     print(str(error).partition(":")[0])
    ego_max_cost = 2 needs the prices of all models (ego_model = 'textsynth/mistral_7B')
    """
    limit = cost_limit(settings)
    if not limit:
        return
    find = provider_of or import_module("otree_ego.providers").provider_for
    price_problem = import_module("otree_ego.providers.prices").price_problem
    for name, model in models.items():
        problem = price_problem(model, find(model)) if model else ""
        if problem:
            raise ConfigError(f"{limit} needs the prices of all models ({name} = {model!r}): {problem}.")
