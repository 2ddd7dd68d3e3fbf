"""Limits of money and the AIs of group chats: each of them must have a known price."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ...chat_rules.cost_limits import Limits, check_prices, cost_limit
from ...chat_rules.personas import Persona
from ...chat_rules.settings import PREFIX, read_settings


def check_personas(settings: Limits, personas: Iterable[Persona]) -> None:
    """See that the price of each AI is known where money is limited; one without a model has the session's.

    Raises:
        ConfigError: a price is unknown; the message names the AI.
    """
    if cost_limit(settings):
        check_prices(settings, {f"Persona {one.name!r}: model": one.model for one in personas})


def check_personas_of_apps(config: Mapping[str, Any]) -> None:
    """See the same for all AIs that the modules of a session's apps name, such as ``PERSONAS = [Persona(…), …]``.

    Arguments:
        config: the session config. AIs that an app makes later are checked when their chat is opened.

    Raises:
        ConfigError: a price is unknown.
    """
    names = [f"{PREFIX}{name}" for name in ("max_cost", "max_cost_session")]
    if not any(config.get(name) not in (None, "") for name in names):
        return
    settings = read_settings({name: config[name] for name in names if name in config}, models=False)
    modules = [sys.modules.get(str(app)) for app in config.get("app_sequence") or ()]
    check_personas(settings, [one for module in modules if module for one in personas_in(list(vars(module).values()))])


def personas_in(value: Any) -> Iterator[Persona]:
    """The personas in a value, and in the lists and dicts in it.

    >>> [one.name for one in personas_in({"calm": [Persona("Ada")], "loud": (Persona("Ben"), 1)})]
    ['Ada', 'Ben']
    """
    if isinstance(value, Persona):
        yield value
    elif isinstance(value, dict | list | tuple) and len(value) <= 10_000:
        for each in value.values() if isinstance(value, dict) else value:
            if isinstance(each, Persona | dict | list | tuple) and each is not value:
                yield from personas_in(each)
