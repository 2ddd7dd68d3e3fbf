"""The levels of a design's cell while its agent is made: the Prompts of the agent's system prompt may use them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from typing import Any

from ..prompts import Prompt


class LevelValues:
    """Levels by name, and which of them a Prompt has used.

    Arguments:
        values: of the cell, and further values of the design.

    >>> levels = LevelValues({"tone": Prompt("as {{ name }} would")})
    >>> levels.known(["tone", "name"], {"name": "Ada"}, {})
    {'name': 'Ada', 'tone': 'as Ada would'}
    >>> levels.used
    {'tone'}
    """

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.values = values
        self.used: set[str] = set()

    def known(
        self, names: Iterable[str], attributes: Mapping[str, Any], variables: Mapping[str, Any]
    ) -> dict[str, Any]:
        """What a Prompt of a Thread knows.

        Arguments:
            names: that the Prompt uses. attributes: of the Thread; levels come before them.
            variables: of the call; they come before levels.
        """
        every = {**attributes, **self.values, **variables}
        for name in names:
            if name in self.values and name not in variables:
                self.used.add(name)
                if isinstance(prompt := every[name], Prompt):
                    self.used.update(prompt.names & {*self.values})
                    every[name] = prompt.render(**every)
        return every


LEVELS: ContextVar[LevelValues | None] = ContextVar("otree_ego_levels", default=None)
"""Set while an agent of a design is made."""
