"""The cells of a design: all combinations of its levels, or some of them; and how the data show them."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from ..errors import ConfigError
from ..prompts import Prompt
from ..threads.state import check_storable
from .results import RESERVED

Cell = dict[str, Any]
Exclude = Callable[..., Any] | Sequence[Mapping[str, Any]]


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


def raw(cell: Mapping[str, Any]) -> Cell:
    """A cell with its Prompts."""
    return {name: value.prompt if isinstance(value, LevelText) else value for name, value in cell.items()}


def plain(cell: Mapping[str, Any]) -> Cell:
    """A cell as rows have it."""
    return {name: str(value) if isinstance(value, LevelText) else value for name, value in cell.items()}


def shown(cell: Mapping[str, Any], knowns: Iterable[Mapping[str, Any]]) -> Cell:
    """A cell as the data show it: its Prompts are filled.

    Arguments:
        cell: its levels. knowns: what a Prompt knows besides, in several replications. One that reads otherwise in
            each of them, since it uses what is drawn at random, is shown as its template.
    """
    found = dict(cell)
    for name, value in cell.items():
        if isinstance(value, Prompt):
            texts = {value.render(**{**known, **cell}) for known in knowns}
            found[name] = LevelText(texts.pop() if len(texts) == 1 else value.template, value)
    return found


def shown_values(name: str, values: Sequence[Any], cells: Sequence[Mapping[str, Any]]) -> list[Any]:
    """The values of a level as the data show them, in order: a Prompt may read otherwise in each cell.

    Arguments:
        name, values: the level. cells: as the data show them.
    """
    if not any(isinstance(value, Prompt) for value in values):
        return list(values)
    return _distinct(plain(cell)[name] for cell in cells)


def used_names(levels: Mapping[str, Sequence[Any]], names: Iterable[str]) -> set[str]:
    """Names that are used, with those that the levels among them use which are Prompts.

    Arguments:
        levels: values by name. names: that are used.

    >>> sorted(used_names({"a": [Prompt("{{ b }}")], "b": [1], "c": [2]}, ["a"]))
    ['a', 'b']
    """
    known = {*names}
    while more := {
        other
        for name in known & {*levels}
        for value in levels[name]
        if isinstance(value, Prompt)
        for other in value.names - known
    }:
        known |= more
    return known


def split_arguments(given: Mapping[str, Any]) -> tuple[dict[str, Any], Any, Any]:
    """The levels, `cells` and `exclude` of `factorial`: a level may have these names, too, if its values are none.

    Arguments:
        given: all keyword arguments.
    """
    levels = dict(given)
    cells = levels.pop("cells") if _are_cells(levels.get("cells")) else None
    excluded = levels.get("exclude")
    exclude = levels.pop("exclude") if callable(excluded) or _are_cells(excluded) else None
    return levels, cells, exclude


def _are_cells(value: Any) -> bool:
    return isinstance(value, list | tuple) and bool(value) and all(isinstance(each, Mapping) for each in value)


def level_values(name: str, values: Any) -> list[Any]:
    """The values of a level.

    Raises:
        ConfigError: it has none, or no name that a column can have.
    """
    try:
        unordered = isinstance(values, str | bytes | Mapping | set | frozenset)
        found = None if unordered else list(values)
    except TypeError:
        found = None
    if found is None:
        raise ConfigError(f"The level {name!r} takes a list of values, e.g. {name}=['a', 'b'], not {values!r:.60}.")
    if not found:
        raise ConfigError(f"The level {name!r} has no values: the design would have no cells.")
    if name in RESERVED:
        raise ConfigError(f"A level cannot be named {name!r}: that is a column of the rows already.")
    for value in found:
        check_storable(f"The level {name!r}", value)
    return found


def design_cells(
    levels: Mapping[str, Sequence[Any]],
    cells: Sequence[Mapping[str, Any]] | None = None,
    exclude: Exclude | None = None,
) -> tuple[dict[str, list[Any]], list[Cell]]:
    """The levels of a design, and its cells in order.

    Arguments:
        levels: values by name. cells: combinations of some levels; each is combined with all values of the others.
        exclude: cells that are left out: a function of a cell, or of its levels by name; or some levels of each.

    Raises:
        ConfigError: a cell or an exclusion does not fit the levels, or no cell is left.
    """
    found = {name: level_values(name, values) for name, values in levels.items()}
    given = [dict(each) for each in cells or ()]
    names = list(given[0]) if given else []
    for place, each in enumerate(given):
        if {*each} != {*names}:
            raise ConfigError(f"All cells have the same levels; {each!r:.100} differs from {given[0]!r:.100}.")
        if each in given[:place]:
            raise ConfigError(f"The cell {each!r:.100} stands twice in cells.")
        for name, value in each.items():
            if name in levels and value not in found[name]:
                raise ConfigError(f"The cell {each!r:.100} has a {name!r} that is none of the level's values.")
    for name in names:
        if name not in found:
            found[name] = level_values(name, _distinct(each[name] for each in given))
    others = [name for name in found if name not in names]
    products = [dict(zip(others, each, strict=True)) for each in itertools.product(*(found[name] for name in others))]
    every = [{name: {**own, **rest}[name] for name in found} for own in given or [{}] for rest in products]
    left = [cell for cell in every if not _excluded(cell, exclude)]
    if exclude is not None and not callable(exclude):
        _check_exclusions(exclude, found, every)
    if not left:
        raise ConfigError("All cells are excluded: the design would have none.")
    return found, left


def _distinct(values: Iterable[Any]) -> list[Any]:
    found: list[Any] = []
    for value in values:
        if value not in found:
            found.append(value)
    return found


def _excluded(cell: Cell, exclude: Exclude | None) -> bool:
    if exclude is None:
        return False
    if callable(exclude):
        return bool(call_with(exclude, cell))
    return any(all(cell.get(name) == value for name, value in each.items()) for each in exclude)


def _check_exclusions(exclude: Sequence[Mapping[str, Any]], levels: Mapping[str, Any], cells: Sequence[Cell]) -> None:
    for each in exclude:
        if unknown := [name for name in each if name not in levels]:
            raise ConfigError(f"exclude names {unknown[0]!r}, which is no level; there are {', '.join(levels)}.")
        if not any(all(cell[name] == value for name, value in each.items()) for cell in cells):
            raise ConfigError(f"exclude has {dict(each)!r:.100}, which is no cell of the design.")


def call_with(function: Callable[..., Any], cell: Cell) -> Any:
    """Call a function of a cell: with its levels by name where it has arguments of these names, else with the cell."""
    import inspect

    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        return function(cell)
    if any(each.kind is each.VAR_KEYWORD for each in parameters):
        return function(**cell)
    named = [each.name for each in parameters if each.kind in (each.POSITIONAL_OR_KEYWORD, each.KEYWORD_ONLY)]
    if named and all(name in cell for name in named):
        return function(**{name: cell[name] for name in named})
    return function(cell)
