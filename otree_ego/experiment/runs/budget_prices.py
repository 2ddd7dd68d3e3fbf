"""A run's budget needs prices: a model whose replies nobody can price is refused before it is asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...errors import ConfigError
from ...messages import Request
from ...providers.prices import price_problem
from ...providers.registry import provider_for
from ...threads.base import BaseThread, find_provider


class BudgetPrices:
    """Sees once for each model that its price is known.

    Arguments:
        budget: US dollars; None for no limit, and then all models are fine.
    """

    def __init__(self, budget: float | None) -> None:
        self.budget = budget
        self._known: set[str] = set()

    def check(self, request: Request, threads: Sequence[BaseThread] = ()) -> None:
        """See that the price of a request's model is known.

        Arguments:
            threads: among which is the one that asks, if it has a provider of its own.

        Raises:
            ConfigError: it is unknown; the message says how to give it.
        """
        if self.budget is None or request.model in self._known:
            return
        thread = next((each for each in threads if each.id == request.thread_id), None)
        provider: Any = provider_for(request.model) if thread is None else find_provider(thread, request.model)
        problem = price_problem(request.model, provider)
        if problem:
            raise ConfigError(f"The budget of {self.budget:g} US dollars needs the prices of all models: {problem}.")
        self._known.add(request.model)
