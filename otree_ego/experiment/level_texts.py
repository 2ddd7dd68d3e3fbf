"""Levels that are Prompts, as they read in a cell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..prompts import Prompt


class LevelText(str):
    """How a level that is a Prompt reads in a cell. It goes with the Prompt, which is filled anew for each replication.

    >>> shown = LevelText("You win 1.", Prompt("You win {{ n }}."))
    >>> shown, shown.prompt.template
    ('You win 1.', 'You win {{ n }}.')
    """

    prompt: Prompt

    def __new__(cls, text: str, prompt: Prompt) -> LevelText:
        made = super().__new__(cls, text)
        made.prompt = prompt
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (str(self), self.prompt)


def raw(cell: Mapping[str, Any]) -> dict[str, Any]:
    """A cell with its Prompts."""
    return {name: value.prompt if isinstance(value, LevelText) else value for name, value in cell.items()}


def plain(cell: Mapping[str, Any]) -> dict[str, Any]:
    """A cell as rows have it."""
    return {name: str(value) if isinstance(value, LevelText) else value for name, value in cell.items()}
