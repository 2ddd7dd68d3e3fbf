"""Tables as text: every cell that spans rows or columns stands in each place that it covers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from selectolax.lexbor import LexborNode

from .formulas import elements

MOST_CELLS = 20_000
"""Places of one table that spans may fill: what a page may cost is bounded, whatever it says."""
_PARTS = ("thead", "tbody", "tfoot")
BAR = "\\|"
"""A bar that stands in a cell: a bar alone is the edge of one."""


@dataclass
class Cell:
    """A cell: its text, whether it heads its row or column, the numbers of the controls in it, and its text without
    the marks of these."""

    text: str
    heading: bool
    controls: tuple[int, ...] = ()
    words: str = ""


@dataclass
class Grid:
    """A table with all spans expanded.

    Fields:
        rows: each with a cell, or None, for each column. heads: how many rows at its top are headings.
    """

    rows: list[list[Cell | None]]
    heads: int = 0
    places: dict[int, tuple[int, int]] = field(default_factory=dict)

    def text(self) -> str:
        """The table, a line a row."""
        width = max(map(len, self.rows), default=0)
        lines = []
        for number, row in enumerate(self.rows):
            texts = [cell.text if cell else "" for cell in row] + [""] * (width - len(row))
            if any(texts):
                lines.append(f"| {' | '.join(in_cell(text) for text in texts)} |")
            if self.heads and number == self.heads - 1:
                lines.append("|" + " --- |" * width)
        return "\n".join(lines)


def in_cell(text: str) -> str:
    """A text as it stands in a cell: in one line, and without a bar that would look like the cell's edge."""
    return " / ".join(text.split("\n")).replace("|", BAR)


def is_layout(table: LexborNode) -> bool:
    """Whether a table only puts things beside each other: another table is in it, or it has no two columns."""
    if len(table.css("table")) > 1:  # it finds itself, too
        return True
    return max((sum(1 for _ in cells_of(row)) for row in rows_of(table)), default=0) < 2


def parts_of(table: LexborNode) -> list[list[LexborNode]]:
    """The rows of a table, not of tables in it, in groups that no cell reaches beyond, as a browser shows them."""
    found: list[tuple[str, list[LexborNode]]] = []
    for each in elements(table):
        if each.tag == "tr":
            if not found or found[-1][0]:
                found.append(("", []))
            found[-1][1].append(each)
        elif each.tag in _PARTS:
            found.append((each.tag, [row for row in elements(each) if row.tag == "tr"]))
    tags = [tag for tag, _ in found]
    for tag, place in (("thead", 0), ("tfoot", len(found))):  # wherever the first of them stands in the source
        if tag in tags:
            found.insert(place, found.pop(tags.index(tag)))
            tags = [tag for tag, _ in found]
    return [rows for _, rows in found]


def rows_of(table: LexborNode) -> Iterator[LexborNode]:
    """The rows of a table, not of tables in it."""
    return (row for rows in parts_of(table) for row in rows)


def cells_of(row: LexborNode) -> Iterator[LexborNode]:
    """The cells of a row."""
    return (each for each in elements(row) if each.tag in ("td", "th"))


def grid(rows: Sequence[Sequence[tuple[Cell, int, int]]]) -> Grid:
    """A table's cells with their spans expanded.

    Arguments:
        rows: of each row its cells, with the columns and rows that each spans.

    >>> top = [(Cell("", False), 1, 1), (Cell("X", True), 2, 1)]
    >>> print(grid([top, [(Cell(each, False), 1, 1) for each in "abc"]]).text())
    |  | X | X |
    | --- | --- | --- |
    | a | b | c |
    """
    found: list[list[Cell | None]] = [[] for _ in rows]
    made = 0
    for number, row in enumerate(rows):
        column = 0
        for cell, wide, high in row:
            while column < len(found[number]) and found[number][column] is not None:
                column += 1
            high = min(high, len(rows) - number)
            if made + wide * high > MOST_CELLS:
                wide = high = 1
            made += wide * high
            for down in range(high):
                line = found[number + down]
                line.extend([None] * (column + wide - len(line)))
                line[column : column + wide] = [cell] * wide
            column += wide
    done = Grid(found)
    for number, line in enumerate(found):
        for column, each in enumerate(line):
            for control in each.controls if each else ():
                done.places.setdefault(control, (number, column))
    done.heads = _heads(found)
    return done


def _heads(rows: Sequence[Sequence[Cell | None]]) -> int:
    """How many rows at the top have headings only (and empty cells), while there is something below them.

    The first row above rows with controls is one, too: it says what they stand for.
    """
    number = 0
    for row in rows[:-1]:
        said = [cell for cell in row if cell and (cell.text or cell.heading or cell.controls)]
        if not said or not all(cell.heading and not cell.controls for cell in said):
            break
        number += 1
    asks = [any(cell and cell.controls for cell in row) for row in rows]
    return 1 if not number and asks and not asks[0] and any(asks) else number
