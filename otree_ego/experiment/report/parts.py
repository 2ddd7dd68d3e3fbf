"""What a report is made of: figures with their tables, and short names for cells."""

from __future__ import annotations

import base64
import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from .figure_rows import Row
from .outcomes import Key, Outcomes
from .values import short

MOST_ROWS = 40
"""So many lines are drawn in one figure; what has more cells is shown by its factors one by one."""
SHOWN, KEPT = 200, 5000
"""So many rows of a table are shown, and so many are in the CSV file that can be saved from the page."""


@dataclass(frozen=True)
class Table:
    """Rows of numbers and texts. `note` says what the columns mean."""

    title: str
    header: Sequence[str]
    rows: list[list[Any]]
    note: str = ""

    @property
    def shown(self) -> list[list[Any]]:
        """The rows that are shown."""
        return self.rows[:SHOWN]

    @property
    def csv(self) -> str:
        """All rows as a CSV file, as a data: address; empty if there are too many.

        A text that a spreadsheet would take for a formula begins with an apostrophe.

        >>> Table("t", ["a"], [["=1+1"], [2.5]]).csv.startswith("data:text/csv;charset=utf-8;base64,")
        True
        """
        if len(self.rows) > KEPT:
            return ""
        file = io.StringIO()
        writer = csv.writer(file)
        writer.writerow([_harmless(value) for value in self.header])
        writer.writerows([_harmless(value) for value in row] for row in self.rows)
        return "data:text/csv;charset=utf-8;base64," + base64.b64encode(file.getvalue().encode()).decode()


@dataclass(frozen=True)
class Figure:
    """One picture, for a desktop and for a phone, with its numbers. `alt` says what it shows to who cannot see it."""

    title: str
    caption: str
    alt: str
    wide: str
    narrow: str
    tables: Sequence[Table] = field(default_factory=list)


class Labels:
    """Short names of cells for figures; those that were cut are listed in full."""

    def __init__(self, outcomes: Outcomes) -> None:
        self.factors = outcomes.factors
        self.names: list[dict[str, str]] = []
        self.cut: list[tuple[str, str, str]] = []
        for factor, levels in zip(outcomes.factors, outcomes.levels, strict=True):
            names: dict[str, str] = {}
            for place, level in enumerate(levels, 1):
                name = short(level, 60) or "(empty)"
                # what was cut may look like its neighbour: the number tells them apart
                if name.rstrip("…") != " ".join(level.split()) or name in names.values():
                    name = f"[{place}] {short(level, 54)}"
                    self.cut.append((short(factor, 60), name, level))
                names[level] = name
            self.names.append(names)

    def of(self, key: Key) -> list[str]:
        """The names of a cell's levels."""
        return [names.get(level, level) for names, level in zip(self.names, key, strict=True)]

    def row(self, key: Key, **values: Any) -> Row:
        """A figure's line for a cell."""
        names = self.of(key)
        if len(names) < 2:
            return Row(names[0] if names else "all replications", **values)
        last = list(self.names[-1])
        return Row(" · ".join(names[1:]), f"{short(self.factors[0], 30)}: {names[0]}", last.index(key[-1]), **values)


def figure_lines(keys: list[Key], labels: Labels) -> tuple[dict[Any, list[Key]], Any]:
    """The lines of a figure: the cells or, where they are too many, the levels of each factor, or all in one."""
    if len(keys) <= MOST_ROWS:
        return {key: [key] for key in keys}, labels.row
    lines: dict[Any, list[Key]] = {}
    for n, names in enumerate(labels.names):
        if len(names) <= MOST_ROWS:
            for level in names:
                if mine := [key for key in keys if key[n] == level]:
                    lines[n, level] = mine
    lines = lines or {None: keys}

    def label(key: Any, **values: Any) -> Row:
        if key is None:
            return Row("all replications", **values)
        return Row(labels.names[key[0]][key[1]], short(labels.factors[key[0]], 30), key[0], **values)

    return lines, label


def by_factor(lines: dict[Any, list[Key]], labels: Labels) -> str:
    """What a caption says where a figure shows factors instead of cells."""
    cells = len({cell for mine in lines.values() for cell in mine})
    if cells <= MOST_ROWS:
        return ""
    return f" There are {cells} cells: the figure shows each factor by itself, over all levels of the others."


def figure(
    title: str, caption: str, alt: str, tables: Sequence[Table], draw: Any, name: str, *data: Any, **settings: Any
) -> Figure:
    """Draw a picture in both widths; `data` and `settings` are what the drawing function takes."""
    wide, narrow = (draw(f"{name}{'n' if small else 'w'}", *data, narrow=small, **settings) for small in (False, True))
    return Figure(title, caption, short(alt, 1500), wide, narrow, tables)


def ends(values: Sequence[float]) -> list[float]:
    """The smallest and the largest."""
    return [min(values), max(values)] if values else []


def full_name(row: Row) -> str:
    """A row's name with its group's."""
    return f"{row.group}, {row.label}" if row.group else row.label


def _harmless(value: Any) -> Any:
    return "'" + value if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t") else value
