"""What a reply cost, from a kept data package; never from the network, and never a guess."""

from __future__ import annotations

import threading
import time
from functools import lru_cache
from typing import Any

from ..messages import Usage
from .services import find_service

FREE = frozenset({"local", "constant", "scripted", "terminal", "external"})
_loading = threading.Lock()


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
    if not row.prices or usage.input is None or usage.output is None:
        return None
    data = load_prices()
    if data is None:
        return None
    # Looking a price up is a tenth of a call's work; some prices depend on the time of day.
    return _price(data, row.prices, model, usage.input, usage.output, cached, int(time.time() // 60))


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
