"""Models that end soon: the server's log names them when it starts, and the session configs that use them."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from typing import Any

from ...chat_rules.settings import PREFIX, SETTINGS
from ...display import logger
from ...errors import EgoError
from ...providers.endings import ending_of
from ...providers.keys import find_key
from ...providers.listing import PATHS, listed_name, models_of
from ...providers.services import find_service, split_model


def warn_of_endings(configs: Iterable[Mapping[str, Any]]) -> None:
    """Log each model of the session configs that has ended, or ends within 90 days.

    What is announced is known at once. Services are asked on a thread of its own: nothing waits for them.

    Arguments:
        configs: oTree's session configs.
    """
    uses: dict[str, list[str]] = {}
    for config in configs:
        for name, row in SETTINGS.items():
            model = config.get(PREFIX + name)
            if row.names_model and isinstance(model, str) and model.strip():
                uses.setdefault(model.strip(), []).append(f"{config.get('name', '?')}: {PREFIX}{name}")
    said = {model for model, places in uses.items() if _warn(model, None, places)}
    rest = {model: places for model, places in uses.items() if model not in said}
    if rest:
        threading.Thread(target=_ask, args=(rest,), name="otree_ego-endings", daemon=True).start()


def _ask(uses: Mapping[str, list[str]]) -> None:
    """Ask the models' services, each once."""
    by_service: dict[str, list[str]] = {}
    for model in uses:
        by_service.setdefault(split_model(model)[0], []).append(model)
    for name, models in by_service.items():
        service = find_service(name)
        if service is None or service.protocol not in PATHS:
            continue
        try:
            if service.wants_key():
                find_key(name)
            names = models_of(service)
        except EgoError:  # `ego check` says what is wrong with a service
            continue
        for model in models:
            _warn(model, names.get(listed_name(split_model(model)[1], names)), uses[model])


def _warn(model: str, shutdown_date: str | None, places: list[str]) -> bool:
    ending = ending_of(model, shutdown_date)
    if ending is None or not ending.near():
        return False
    logger.warning("%s Named in %s.", ending.sentence(), "; ".join(places))
    return True
