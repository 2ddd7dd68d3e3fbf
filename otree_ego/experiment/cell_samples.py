"""Threads as an agent makes them for the cells of a design: what they are tells one design from another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import reduce
from typing import Any

from ..errors import ConfigError
from ..messages import Request, service_of
from ..prompts import Prompt
from ..threads.thread import Thread
from .cells import FactorialWork, description, in_common
from .design_cells import Cell, shown, used_names
from .runs.budget_prices import BudgetPrices


class CellSamples:
    """Some Threads for each cell; cells that differ only in levels that the agent does not use have the same.

    Arguments:
        work: asks the cells. cells: their levels.

    Raises:
        ConfigError: the agent makes no Thread.
    """

    def __init__(self, work: FactorialWork, cells: Sequence[Cell]) -> None:
        self.work, self.cells = work, cells
        self.used = {*work.agent_levels.takes, *work.agent_levels.selects}
        self._groups: dict[str, tuple[Cell, list[Thread]]] = {}
        for cell in cells:
            if self._key(cell) in self._groups:
                continue
            threads, used = work.samples(cell)
            if not used <= self.used:  # its system prompt uses them
                self.used |= used
                self._groups = {self._key(first): (first, own) for first, own in self._groups.values()}
            self._groups[self._key(cell)] = cell, threads
        if any(self._key(cell) not in self._groups for cell in cells):  # since more levels are used than it seemed
            for cell in cells:
                if self._key(cell) not in self._groups:
                    self._groups[self._key(cell)] = cell, work.samples(cell)[0]

    def _key(self, cell: Mapping[str, Any]) -> str:
        return repr([(name, cell[name]) for name in sorted(self.used)])

    def of(self, cell: Cell) -> list[Thread]:
        """Those of a cell."""
        return self._groups[self._key(cell)][1]

    @property
    def firsts(self) -> list[Thread]:
        """One for each kind of agent."""
        return [threads[0] for _, threads in self._groups.values()]

    @property
    def models(self) -> tuple[str, ...]:
        """The models that are asked."""
        return tuple(dict.fromkeys(thread.model for thread in self.firsts))

    @property
    def agent(self) -> Any:
        """What the agent is, for telling one design from another."""
        described = [reduce(in_common, map(description, threads)) for _, threads in self._groups.values()]
        return described if self.used else described[0]

    def check_models(self, budget: float | None) -> None:
        """See that all models can be asked, and have prices where there is a budget.

        Raises:
            ConfigError: one cannot, or has none.
        """
        from ..providers import check_model

        prices = BudgetPrices(budget)
        for thread in self.firsts:
            for model in filter(None, (thread.model, thread.fallback_model)):
                elsewhere = thread.base_url and service_of(model) == service_of(thread.model)
                if not elsewhere and not model.startswith("scripted/"):
                    check_model(model, thread.id)
            prices.check(Request(thread.model, (), thread_id=thread.id), [thread])

    def shown(self) -> Iterator[Cell]:
        """The cells as the data show them."""
        for cell in self.cells:
            names = {name for value in cell.values() if isinstance(value, Prompt) for name in value.names}
            drawn = names - {*cell, *self.work.variables}
            threads = self.of(cell) if drawn else self.of(cell)[:1]
            yield shown(cell, [{**thread.public(), **self.work.variables} for thread in threads])


def check_levels(levels: Mapping[str, Sequence[Any]], used: set[str]) -> None:
    """See that each level is used: by the prompt, by the agent, or by a level that is a Prompt and used itself.

    Arguments:
        levels: values by name. used: names that the prompt and the agent use.

    Raises:
        ConfigError: one is not used.
    """
    known = used_names(levels, used)
    for name in levels:
        if name not in known:
            raise ConfigError(
                f"Nothing uses the level {name!r}: all its values would be asked the same. Write {{{{ {name} }}}} in "
                f"the prompt or in a Prompt of the agent's system prompt, or give the agent an argument of this name: "
                f"lambda {name}: GPTThread(…)."
            )
