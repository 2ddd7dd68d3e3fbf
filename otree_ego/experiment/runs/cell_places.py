"""Where the cells of a design stand in a run: a cell is what is asked, and keeps its places as the design grows."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

CELLS = "_cells"
"""Under this name a run's settings have its `CellPlaces`. What begins with ``_`` is not shown to readers."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What is asked, and as what it appears in the data.

    Fields:
        request: digest of the request as the design asks it. levels: digest of its levels' values.
    """

    request: str
    levels: str

    def __str__(self) -> str:
        return f"{self.request}.{self.levels}"


@dataclass
class CellPlaces:
    """Which cell stands at each place of a run.

    Fields:
        blocks: cells in their order, and how often this order is repeated from there on.

    >>> a, b, c = (Cell(name, name) for name in "abc")
    >>> found = CellPlaces()
    >>> found.place([a, b], 2), found.place([c, b, a], 2)
    ([0, 1, 2, 3], [4, 1, 0, 5, 3, 2])
    >>> CellPlaces.from_settings(found.as_settings()) == found
    True
    """

    blocks: list[tuple[list[Cell], int]] = field(default_factory=list)

    @classmethod
    def from_settings(cls, kept: Any) -> CellPlaces:
        """As `as_settings` gave it; empty if it is nothing of the kind."""
        found = []
        for block in kept if isinstance(kept, list) else ():
            if isinstance(block, Mapping) and isinstance(block.get("cells"), list):
                cells = [Cell(*map(str, str(each).partition(".")[::2])) for each in block["cells"]]
                found.append((cells, int(block.get("times", 1))))
        return cls(found)

    def as_settings(self) -> list[dict[str, Any]]:
        """As JSON holds it."""
        return [{"cells": [str(cell) for cell in cells], "times": times} for cells, times in self.blocks]

    def __len__(self) -> int:
        return sum(len(cells) * times for cells, times in self.blocks)

    def shares(self, cells: Iterable[Cell]) -> int:
        """How many of these cells are asked what a cell of the run is asked."""
        here = Counter(cell.request for cell in {cell for block, _ in self.blocks for cell in block})
        return sum(min(count, here[request]) for request, count in Counter(cell.request for cell in cells).items())

    def place(self, cells: Sequence[Cell], times: int) -> list[int]:
        """Find the places of so many replications of each cell, and take new ones for those that have none.

        A cell is found by its request and its levels, and otherwise by its request alone; then it goes by its new
        levels from now on.

        Arguments:
            cells, times: those of a design.

        Returns:
            the places: of the first replication of each cell, then of the second, and so on.
        """
        self._rename(cells)
        places = self._by_cell()
        found: list[int] = []
        end = len(self)
        for number in range(times):
            new: list[Cell] = []
            for cell in cells:
                own = places[cell]
                if number < len(own):
                    found.append(own[number])
                    continue
                new.append(cell)
                found.append(end)
                end += 1
            self._add(new)
        return found

    def _by_cell(self) -> dict[Cell, list[int]]:
        places: dict[Cell, list[int]] = defaultdict(list)
        place = 0
        for cells, times in self.blocks:
            for _ in range(times):
                for cell in cells:
                    places[cell].append(place)
                    place += 1
        return places

    def _rename(self, cells: Sequence[Cell]) -> None:
        here = {cell for block, _ in self.blocks for cell in block}
        there = set(cells)
        free: dict[str, list[Cell]] = defaultdict(list)
        for cell in dict.fromkeys(cell for block, _ in self.blocks for cell in block):
            if cell not in there:
                free[cell.request].append(cell)
        names = {free[cell.request].pop(0): cell for cell in cells if cell not in here and free[cell.request]}
        if names:
            self.blocks = [([names.get(cell, cell) for cell in block], times) for block, times in self.blocks]

    def _add(self, cells: list[Cell]) -> None:
        if not cells:
            return
        if self.blocks and self.blocks[-1][0] == cells:
            self.blocks[-1] = (cells, self.blocks[-1][1] + 1)
        else:
            self.blocks.append((cells, 1))
