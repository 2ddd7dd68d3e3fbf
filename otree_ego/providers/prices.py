"""What a reply cost, from the project's prices or a kept data package; never from the network, and never a guess."""

from __future__ import annotations

import threading
import time
from functools import lru_cache
from typing import Any

from ..messages import Usage
from .services import find_service, split_model

FREE = frozenset({"local", "constant", "scripted", "terminal", "external"})
_loading = threading.Lock()
_told: dict[tuple[str, str], float] = {}
"""US dollars for a token, by service and model, as services have told it of replies."""


def cost(service: str, model: str, usage: Usage, cached: int = 0) -> float | None:
    """US dollars for one reply, None where the price or the tokens are unknown.

    Arguments:
        service: the service's name.
        model: the model's name at the service.
        usage: tokens in and out.
        cached: how many of the tokens in were read from the service's cache (they cost less).

    >>> cost("local", "smollm2", Usage(10, 20))
    0.0
    >>> cost("openai", "no-such-model", Usage(10, 20)) is None
    True
    """
    if service in FREE:
        return 0.0
    row = find_service(service)
    if row is None:
        return None
    if row.free:
        return 0.0
    own = row.own_prices.of(model)
    if own is not None:
        return own.cost(usage, cached)
    if not row.prices or usage.input is None or usage.output is None:
        return None
    data = load_prices()
    if data is None:
        return None
    # Looking a price up is a tenth of a call's work; some prices depend on the time of day.
    return _price(data, row.prices, model, usage.input, usage.output, cached, int(time.time() // 60))


def model_cost(model: str, usage: Usage, cached: int = 0) -> float | None:
    """The same for a model's full name. A service that tells what replies cost may have told it of this model.

    >>> model_cost("constant/Hi", Usage(10, 20))
    0.0
    """
    service, name = split_model(model)
    found = cost(service, name, usage, cached)
    if found is None and (service, name) in _told and usage.input is not None and usage.output is not None:
        return _told[service, name] * (usage.input + usage.output)
    return found


def note_told(service: str, model: str, usage: Usage, paid: float) -> None:
    """Remember what a service says that a reply cost, for replies that end before it can say so."""
    if tokens := (usage.input or 0) + (usage.output or 0):
        _told[service, model] = paid / tokens


def price_problem(model: str, provider: Any) -> str:
    """Why nobody can say what a model's replies cost, and what to do; empty if the price is known.

    Arguments:
        model: the model's full name. provider: what answers under it.
    """
    service, name = split_model(model)
    row = find_service(service)
    price = getattr(provider, "price", None)
    if (row is not None and row.tells_cost) or (price is not None and price(model, Usage(1000, 1000, 0)) is not None):
        return ""
    if row is None:
        return (
            f"the price of {model!r} is not known. Give its provider a method price(model, usage, cached=0) that "
            "returns US dollars (0.0 if it costs nothing)"
        )
    return (
        f"the price of {model!r} is not known. Give it in settings.py, in US dollars for a million tokens: "
        f"EGO_SERVICES[{service!r}] = {{…, 'prices': {{{name!r}: {{'input': …, 'output': …}}}}}}, or 'free': True if "
        "the service costs nothing"
    )


@lru_cache(maxsize=4096)
def _price(data: Any, prices: str, model: str, tokens_in: int, out: int, cached: int, minute: int) -> float | None:
    tokens = data.Usage(input_tokens=tokens_in, output_tokens=out, cache_read_tokens=cached or None)
    # LookupError: the data does not know the model. ValueError: it knows it, but has no price for this usage.
    try:
        price = data.calc_price(tokens, model, provider_id=prices)
    except (LookupError, ValueError):
        return None
    return float(price.total_price)


def load_prices() -> Any:
    """The package of prices (a quarter of a second, the first time), or None where it is not installed."""
    with _loading:
        try:
            import genai_prices
        except ImportError:
            return None
    return genai_prices
