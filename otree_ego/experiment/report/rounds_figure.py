"""Choices over rounds: a figure for each variable, a panel for each seat."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from . import figures
from .choices import ChoiceSeries, is_over_rounds
from .figures import Line, Panel
from .intervals import MEAN_INTERVAL, SHARE_INTERVAL, summary, wilson
from .outcomes import Cell, Outcomes
from .parts import Figure, Labels, Table, ends, figure
from .sections import MEASURES, measures
from .values import OTHER, Variable, short

MOST_PANELS, MOST_LINES = 12, 6
SHARES = ("choice", "count", "n", "share", "95 % from", "95 % to")


def over_rounds(series: Sequence[ChoiceSeries], outcomes: Outcomes, labels: Labels, place: int) -> Figure | None:
    """The choices of all seats in one variable, round by round; None if there is only one round, or free text."""
    kind, name = series[0].variable.kind, short(series[0].variable.name, 60)
    if not any(is_over_rounds(each) for each in series):
        return None
    categories = _categories(series) if kind == "category" else [None]
    drawn = categories[:1] if len(categories) == 2 else categories
    table = Table(name, [*labels.factors, "seat", "round", *(MEASURES if kind == "number" else SHARES)], [])
    panels = []
    for each in series:
        for category in categories:
            lines = _lines(each, category, categories, outcomes.cells, labels, table)
            title = each.seat if category is None else f"{each.seat}: {short(category, 40)}"
            if category in drawn:
                panels.append(Panel(title, lines=lines))
    if max(len(panel.lines) for panel in panels) > MOST_LINES:
        panels = _turned(panels)
    shown, hidden = panels[:MOST_PANELS], max(0, len(panels) - MOST_PANELS)
    formula = MEAN_INTERVAL if kind == "number" else SHARE_INTERVAL
    caption = f"Valid replications only. Vertical lines or bands: {formula}; they end where the figure does."
    caption += f" The other answer is {short(str(categories[1]), 60)}." if len(categories) == 2 else ""
    caption += f" {hidden} more panels are only in the table." if hidden else ""
    extent = [end for each in series for end in ends(each.variable.every())] if kind == "number" else []
    return figure(
        f"Choices over rounds: {name}", caption, _alt(shown), [table], figures.rounds, f"rounds{place}", shown,
        name if kind == "number" else "share", percent=kind == "category", extent=extent,
    )  # fmt: skip


def _categories(series: Sequence[ChoiceSeries]) -> list[str | None]:
    every = [value for each in series for value in each.variable.every()]
    return [*Variable("", "category", {(): every}).categories()]


def _lines(
    each: ChoiceSeries,
    category: str | None,
    categories: Sequence[str | None],
    cells: Sequence[Cell],
    labels: Labels,
    table: Table,
) -> list[Line]:
    """A line for each cell that has choices; their numbers are added to the table."""
    lines = []
    for cell in cells:
        points = []
        for number in range(1, each.most + 1):
            if values := each.variable.values.get((cell.key, number)):
                point, row = _point(values, category, categories)
                points.append((float(number), *point))
                table.rows.append([*labels.of(cell.key), each.seat, number, *row])
        if points:
            lines.append(Line(" · ".join(labels.of(cell.key)) or "all replications", points))
    return lines


def _point(
    values: Sequence[Any], category: str | None, categories: Sequence[str | None]
) -> tuple[tuple[float, float | None, float | None], list[Any]]:
    if category is None:
        s = summary(values)
        return (s.mean if s.mean is not None else float("nan"), s.low, s.high), measures(s)
    named = [one for one in categories if one != OTHER]
    count = sum(v not in named for v in values) if category == OTHER else sum(v == category for v in values)
    low, high = wilson(count, len(values))
    share = count / len(values)
    return (share, low, high), [short(category, 200), count, len(values), share, low, high]


def _turned(panels: Sequence[Panel]) -> list[Panel]:
    """Many treatments: a panel for each of them, a line for each seat."""
    labels = dict.fromkeys(line.label for panel in panels for line in panel.lines)
    return [
        Panel(label, lines=[Line(p.title, line.points) for p in panels for line in p.lines if line.label == label])
        for label in labels
    ]


def _alt(panels: Sequence[Panel]) -> str:
    said = []
    for panel in panels:
        for line in panel.lines:
            (first, start, *_), (last, end, *_) = line.points[0], line.points[-1]
            values = f"{figures.brief(start)} in round {first:g}, {figures.brief(end)} in round {last:g}"
            said.append(f"{panel.title}, {line.label}: {values}")
    return "; ".join(said)
