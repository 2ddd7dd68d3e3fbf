"""What names the controls in a table: what heads their column, and what stands beside them in their row."""

from __future__ import annotations

from collections.abc import Sequence

from .table_text import Cell, Grid


def row_heading(grid: Grid, control: int) -> str:
    """What heads the row of a control: the cells to its left that have no control."""
    row, column = grid.places[control]
    return _joined(_said(grid.rows[row][:column]))


def row_ending(grid: Grid, control: int) -> str:
    """What stands to the right of a control in its row: the cells that have no control."""
    row, column = grid.places[control]
    return _joined(_said(grid.rows[row][column + 1 :]))


def column_heading(grid: Grid, control: int) -> str:
    """What heads the column of a control: the nearest row above that is a heading, with those that it belongs to."""
    row, column = grid.places[control]
    for above in range(row - 1, -1, -1):
        if _is_heading(grid, above) and (found := _block(grid, above, [column])[0]):
            return "" if _is_pair(grid.rows[above]) else found
    return ""


def column_headings(grid: Grid, controls: Sequence[int]) -> list[str]:
    """What heads the columns of controls of one row that are the options of one field.

    It is the nearest row above without controls that tells them apart. A row of data does so, too: it is taken if
    nothing above it is a heading, or if it stands between rows with controls.
    """
    row, columns = grid.places[controls[0]][0], [grid.places[each][1] for each in controls]
    nearest: list[str] = []
    partly: list[str] = []
    for above in range(row - 1, -1, -1):
        if _asks(grid.rows[above]) or _is_title(grid.rows[above]):
            continue
        found = _block(grid, above, columns)
        if not any(found):
            continue
        if len(set(found)) < len(found):
            partly = partly or found
        elif _is_heading(grid, above) or any(map(_asks, grid.rows[:above])):
            return found
        else:
            nearest = nearest or found
    return nearest or partly or [""] * len(columns)


def options_in_rows(grid: Grid, controls: Sequence[int], own: Sequence[str]) -> list[str]:
    """What the options of a field stand for that has its controls in several rows.

    That is all that stands in the row of each, where there is one a row; else what heads its row and its column, and
    what stands in its cell.

    Arguments:
        controls: in their order. own: what stands beside each in its cell, or labels it.
    """
    common = set(map(id, _common(grid, controls)))
    one_column = len({grid.places[each][1] for each in controls}) == 1
    found = []
    for control, text in zip(controls, own, strict=True):
        row, column = grid.places[control]
        cells = [None if id(cell) in common else cell for cell in grid.rows[row]]
        left, right = _said(cells[:column]), _said(cells[column + 1 :])
        if one_column:
            found.append(_joined([*left, text, *right]))
            continue
        beside = [each for each in controls if grid.places[each][0] == row]
        heading = column_headings(grid, beside)[beside.index(control)]
        place = _joined([*(left or right), heading])
        found.append(": ".join(filter(None, [place, text])) if text != place else text)
    return found


def heading_of_rows(grid: Grid, controls: Sequence[int]) -> str:
    """What names a field that has its controls in several rows: a cell that stands beside all of them, or what heads
    their column where other fields have one, too."""
    if beside := _joined(_said(_common(grid, controls))):
        return beside
    rows = {grid.places[each][0] for each in controls}
    others = any(place[0] in rows and each not in controls for each, place in grid.places.items())
    same = len({grid.places[each][1] for each in controls}) == 1
    return column_heading(grid, controls[0]) if others and same else ""


def title_above(grid: Grid, control: int) -> str:
    """What a cell as wide as the table says right above a control, or above the headings of its columns."""
    for row in reversed(grid.rows[: grid.places[control][0]]):
        if _asks(row):
            return ""
        if _is_title(row) and (found := _joined(_said(row))):
            return found
    return ""


def is_over_rows(grid: Grid, controls: Sequence[int]) -> bool:
    """Whether controls stand in several rows of a table."""
    return len({grid.places[each][0] for each in controls}) > 1


def shares_row(grid: Grid, control: int) -> bool:
    """Whether another control stands in the row of a control."""
    row = grid.places[control][0]
    return sum(place[0] == row for place in grid.places.values()) > 1


def _common(grid: Grid, controls: Sequence[int]) -> list[Cell]:
    """The cells that stand in the row of each of some controls."""
    rows = [grid.rows[number] for number in sorted({grid.places[each][0] for each in controls})]
    shared = set(map(id, filter(None, rows[0])))
    for row in rows[1:]:
        shared &= set(map(id, filter(None, row)))
    return [cell for cell in rows[0] if cell and id(cell) in shared]


def _block(grid: Grid, row: int, columns: Sequence[int]) -> list[str]:
    """What a row and the headings right above it say of columns; what they say of all of them tells nothing."""
    texts: list[list[str]] = [[] for _ in columns]
    for number in range(row, -1, -1):
        cells = grid.rows[number]
        if number < row and not _is_heading(grid, number):
            break
        said = [_words(cells[column]) if column < len(cells) else "" for column in columns]
        if len(columns) == 1 or len(set(said)) > 1:
            for known, text in zip(texts, said, strict=True):
                known.insert(0, text)
    return list(map(_joined, texts))


def _is_heading(grid: Grid, number: int) -> bool:
    """Whether a row heads columns: it asks for nothing, and is the first of the table, or has headings only, or nothing
    stands where the rows below it have theirs."""
    row = grid.rows[number]
    if _asks(row) or _is_title(row):
        return False
    if all(_is_title(above) and not _asks(above) for above in grid.rows[:number]):
        return True
    if all(cell.heading for cell in row if cell and cell.words):
        return True
    lead = min((column for _, column in grid.places.values()), default=0)
    above = grid.rows[number - 1]
    return lead > 0 and all(
        cell is None or not cell.words or cell.heading or any(cell is each for each in above[place : place + 1])
        for place, cell in enumerate(row[:lead])
    )


def _is_title(row: Sequence[Cell | None]) -> bool:
    """Whether a row has nothing, or one cell as wide as the table."""
    return len({id(cell) for cell in row if cell is not None}) < 2 or not any(map(_words, row))


def _is_pair(row: Sequence[Cell | None]) -> bool:
    """Whether a row is a name and its value, as the rows below it are, rather than what heads them."""
    return len(row) == 2 and all(cell is not None and cell.words and not cell.heading for cell in row)


def _asks(row: Sequence[Cell | None]) -> bool:
    return any(cell is not None and cell.controls for cell in row)


def _words(cell: Cell | None) -> str:
    return "" if cell is None or cell.controls else cell.words


def _said(cells: Sequence[Cell | None]) -> list[str]:
    return [text for text in map(_words, cells) if text]


def _joined(texts: Sequence[str]) -> str:
    return ", ".join(dict.fromkeys(filter(None, texts)))
