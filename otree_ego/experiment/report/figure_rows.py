"""How the rows of a figure lie: their places, their headings, their names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .svg import INK, wrapped

HEADING, GAP = 0.9, 0.35
"""In rows: what a group's heading takes, and what keeps groups apart."""


@dataclass(frozen=True)
class Row:
    """One cell's line in a figure.

    Fields:
        label: its name. group: the heading that it stands under, if there is one. series: its colour's number.
        values: numbers to be shown as points. middle, low, high: an estimate and the ends of its interval.
        parts: counts to be stacked.
    """

    label: str
    group: str = ""
    series: int = 0
    values: Sequence[float] = ()
    middle: float | None = None
    low: float | None = None
    high: float | None = None
    parts: Sequence[int] = ()


def places(rows: Sequence[Row]) -> tuple[list[float], list[tuple[float, str]], float]:
    """Where each row stands, where the headings of groups stand, and how deep it all is."""
    y, group = 0.0, ""
    placed: list[float] = []
    heads: list[tuple[float, str]] = []
    for row in rows:
        if row.group and row.group != group:
            y += GAP if placed else 0
            heads.append((y, row.group))
            y += HEADING
        group = row.group
        placed.append(y)
        y += 1
    return placed, heads, y


def step(rows: Sequence[Row], narrow: bool, columns: int, usual: float) -> float:
    """Inches for each row: on a phone its name needs a line, elsewhere it may need two."""
    if narrow:
        return 0.5
    return max(usual, 0.34) if any("\n" in label(row, columns) for row in rows) else usual


def label(row: Row, columns: int) -> str:
    return wrapped(row.label, 30 if columns < 3 else 22)


def labelled(ax: Any, rows: Sequence[Row], ys: Sequence[float], heads: Sequence[tuple[float, str]], depth: float,
              narrow: bool, columns: int) -> None:  # fmt: skip
    """Names of rows: beside the axis, or on a phone above each row."""
    ax.set_ylim(depth - 0.4, -0.6)
    ax.grid(axis="x")
    ax.tick_params(length=2)
    ax.spines["left"].set_visible(False)
    if narrow:
        ax.set_yticks([])
        beside = ax.get_yaxis_transform()
        for row, y in zip(rows, ys, strict=True):
            ax.text(0, y - 0.24, wrapped(row.label, 50, 1), transform=beside, va="center", color=INK, fontsize=8)
        for y, head in heads:
            ax.text(0, y, wrapped(head, 46, 1), transform=beside, va="center", weight="bold", color=INK)
        return
    ticks = [*ys, *(y for y, _ in heads)]
    ax.set_yticks(ticks, [*(label(row, columns) for row in rows), *(wrapped(head, 30, 1) for _, head in heads)])
    ax.tick_params(axis="y", length=0)
    for tick in ax.get_yticklabels()[len(ys) :]:
        tick.set_weight("bold")
