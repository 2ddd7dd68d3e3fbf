"""People's decisions beside those of AIs: a figure for each form field."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .compared_decisions import AIS, PEOPLE, Compared, Decisions, title_of
from .figures import brief
from .intervals import SHARE_INTERVAL, summary, wilson
from .parts import Figure, Table, figure
from .sections import MEASURES, measures
from .svg import INK, PALETTE, PAPER, drawing, legend, new_axes, svg, wrapped
from .values import OTHER, Variable, short, variable_from

MOST_FIGURES = 24
MOST_STEPS = 20
"""So many whole numbers have a bar each; of more, or of other numbers, each bar is a range."""
BINS = 10
LONGEST = 60
"""Characters of an option; what is longer is a text of somebody's."""
HATCHES = ("", "////")
"""Bars of people and of AIs differ by this, too, so that no colour has to be known."""


@dataclass(frozen=True)
class Bars:
    """One side of a figure: the share of each bar, and where the mean is, of numbers."""

    label: str
    shares: Sequence[float]
    mean: float | None = None


def compared_figures(compared: Compared) -> tuple[list[Figure], str]:
    """A figure for each field with numbers or choices; and a sentence on what is not shown."""
    made: list[Figure] = []
    texts = []
    for decisions in compared.fields:
        pairs = [((who,), value) for who, values in decisions.values.items() for value in values]
        if not pairs:
            continue
        variable = variable_from(decisions.name, pairs)
        if variable.kind == "text" or any(len(str(value)) > LONGEST for value in variable.every()):
            texts.append(title_of(decisions))
        elif len(made) < MOST_FIGURES:
            made.append(_figure(decisions, variable, len(made)))
        else:
            texts.append(title_of(decisions))
    notes = [f"Not shown: {', '.join(texts[:12])}{', …' if len(texts) > 12 else ''}."] if texts else []
    if count := compared.left_out:
        are = "participant is" if count == 1 else "participants are"
        notes.append(f"{count} {are} left out: a model has gone on for them.")
    return made, " ".join(notes)


def _figure(decisions: Decisions, variable: Variable, place: int) -> Figure:
    title, name = title_of(decisions), f"compared{place}"
    there = [who for who in (PEOPLE, AIS) if decisions.values[who]]
    who = {each: f"{each} (n = {len(decisions.values[each])})" for each in there}
    if variable.kind == "number":
        return _numbers(decisions, title, name, who)
    return _choices(decisions, title, name, who, variable.categories())


def _deciders(decisions: Decisions) -> str:
    said = [f"{len(decisions.deciders[who])} {words}" for who, words in _WORDS.items() if decisions.values[who]]
    return f"Decisions of {' and '.join(said)}; n counts decisions."


_WORDS = {PEOPLE: "people", AIS: "AIs"}


def _numbers(decisions: Decisions, title: str, name: str, who: dict[str, str]) -> Figure:
    """Two distributions of numbers."""
    edges, labels = bins([value for each in who for value in decisions.values[each]])
    found = {each: summary(decisions.values[each]) for each in who}
    sides = [Bars(who[each], _in_bins(decisions.values[each], edges), found[each].mean) for each in who]
    rows = [[each, *measures(found[each])] for each in who]
    counted = [
        [label, *(round(side.shares[n] * len(decisions.values[each])) for each, side in zip(who, sides, strict=True))]
        for n, label in enumerate(labels)
    ]
    tables = [Table(title, ["who", *MEASURES], rows), Table("How often", ["value", *who], counted)]
    alt = "; ".join(
        f"{who[each]}: mean {brief(s.mean or 0)}, median {brief(s.median or 0)}, from {brief(s.smallest or 0)} to "
        f"{brief(s.largest or 0)}"
        for each, s in found.items()
    )
    caption = f"Bars: shares of the decisions. Triangles: means. {_deciders(decisions)}"
    return figure(title, caption, alt, tables, upright_bars, name, edges, labels, sides, short(decisions.name, 60))


def _choices(decisions: Decisions, title: str, name: str, who: dict[str, str], categories: Sequence[str]) -> Figure:
    """How often each option was chosen."""
    counts = {
        each: Counter(value if value in categories else OTHER for value in decisions.values[each]) for each in who
    }
    sides, rows, said = [], [], []
    for each, label in who.items():
        n = len(decisions.values[each])
        sides.append(Bars(label, [counts[each][category] / n for category in categories]))
        for category in categories:
            count = counts[each][category]
            rows.append([each, short(category, 200), count, n, count / n, *wilson(count, n)])
            said.append(f"{each}, {short(category, 40)}: {count} of {n}")
    table = Table(title, ["who", "choice", "count", "n", "share", "95 % from", "95 % to"], rows)
    caption = f"Bars: shares of the decisions. {_deciders(decisions)} In the table: {SHARE_INTERVAL}."
    return figure(title, caption, "; ".join(said), [table], lying_bars, name, list(categories), sides)


def bins(values: Sequence[float]) -> tuple[list[float], list[str]]:
    """Where the bars of numbers begin and end, and what they are called.

    >>> bins([1, 2, 4])
    ([0.5, 1.5, 2.5, 3.5, 4.5], ['1', '2', '3', '4'])
    >>> bins([0, 250.5])[1][:2]
    ['0 to 25.05', '25.05 to 50.1']
    """
    low, high = min(values), max(values)
    if all(float(value).is_integer() for value in values) and high - low < MOST_STEPS:
        steps = range(int(low), int(high) + 1)
        return [low - 0.5 + n for n in range(len(steps) + 1)], [brief(step) for step in steps]
    width = (high - low) / BINS or 1.0
    edges = [low + width * n for n in range(BINS)]
    edges.append(max(high, low + width * BINS))
    return edges, [f"{brief(a)} to {brief(b)}" for a, b in itertools.pairwise(edges)]


def _in_bins(values: Sequence[float], edges: Sequence[float]) -> list[float]:
    width = (edges[-1] - edges[0]) / (len(edges) - 1)
    found = Counter(min(len(edges) - 2, max(0, math.floor((value - edges[0]) / width))) for value in values)
    return [found[n] / len(values) for n in range(len(edges) - 1)]


def upright_bars(
    name: str, edges: Sequence[float], labels: Sequence[str], sides: Sequence[Bars], axis: str, narrow: bool
) -> str:
    """Bars over numbers, those of each side beside each other."""
    from matplotlib.ticker import PercentFormatter

    width = (edges[-1] - edges[0]) / (len(edges) - 1)
    with drawing():
        figure, (ax,) = new_axes(2.6, narrow)
        part, handles = 0.84 * width / len(sides), []
        top = max(share for side in sides for share in side.shares)
        for n, side in enumerate(sides):
            starts = [edge + 0.08 * width + n * part for edge in edges[:-1]]
            handles.append(
                ax.bar(starts, side.shares, width=part, align="edge", facecolor=PALETTE[n], edgecolor=PAPER,
                       hatch=HATCHES[n % len(HATCHES)], linewidth=0.5)
            )  # fmt: skip
            if side.mean is not None:
                style: dict[str, Any] = dict(marker="v", markersize=6.5, markeredgecolor=INK, linestyle="none")
                ax.plot([side.mean], [top * 1.08], markerfacecolor=PALETTE[n], **style)
        ax.set_xlim(edges[0], edges[-1])
        ax.set_ylim(0, top * 1.18)
        ax.yaxis.set_major_formatter(PercentFormatter(1, symbol=" %"))
        ax.yaxis.get_major_locator().set_params(nbins=4)
        if edges[1] - edges[0] == 1 and len(labels) <= MOST_STEPS:
            each = max(1, -(-len(labels) // (8 if narrow else 20)))
            ax.set_xticks([edge + 0.5 for edge in edges[:-1]][::each], list(labels)[::each])
        ax.set_xlabel(wrapped(axis, 48 if narrow else 90))
        ax.grid(axis="y")
        ax.tick_params(length=2)
        legend(figure, handles, [side.label for side in sides], narrow)
        return svg(figure, name)


def lying_bars(name: str, labels: Sequence[str], sides: Sequence[Bars], narrow: bool) -> str:
    """A bar for each option and side; the names of options stand beside them."""
    from matplotlib.ticker import PercentFormatter

    with drawing():
        figure, (ax,) = new_axes(len(labels) * (0.17 * len(sides) + 0.16) + 0.9, narrow)
        part, handles = 0.8 / len(sides), []
        for n, side in enumerate(sides):
            places = [place - 0.4 + (n + 0.5) * part for place in range(len(labels))]
            handles.append(
                ax.barh(places, side.shares, height=part * 0.94, facecolor=PALETTE[n], edgecolor=PAPER,
                        hatch=HATCHES[n % len(HATCHES)], linewidth=0.5)
            )  # fmt: skip
        ax.set_yticks(range(len(labels)), [wrapped(label, 14 if narrow else 30) for label in labels])
        ax.set_ylim(len(labels) - 0.4, -0.6)
        ax.set_xlim(0, 1)
        ax.set_xticks([0, 0.25, 0.5, 0.75, 1])
        ax.xaxis.set_major_formatter(PercentFormatter(1, symbol=" %"))
        ax.grid(axis="x")
        ax.tick_params(length=2)
        ax.tick_params(axis="y", length=0)
        legend(figure, handles, [side.label for side in sides], narrow)
        return svg(figure, name)
