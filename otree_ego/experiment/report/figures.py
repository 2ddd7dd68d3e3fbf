"""The figures of a report, each as SVG: for a desktop and for a phone.

What they show is given as plain numbers; nothing is computed here, and every text may come from anybody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .figure_rows import Row, labelled, places, step
from .svg import BLACK, DASHES, GRID, INK, MARKERS, PALETTE, PAPER, WHITE, drawing, legend, new_axes, svg, wrapped

MOST_POINTS = 1200
"""So many points are drawn in one figure; of more, an even sample."""


@dataclass(frozen=True)
class Line:
    """One series over rounds: points of x, middle, low, high (None: no interval)."""

    label: str
    points: Sequence[tuple[float, float, float | None, float | None]]


@dataclass(frozen=True)
class Panel:
    """One of several small figures with the same axes."""

    title: str
    rows: Sequence[Row] = ()
    lines: Sequence[Line] = ()
    axis: str = ""


def estimates(name: str, panels: Sequence[Panel], narrow: bool, percent: bool = False) -> str:
    """Estimates with intervals, and the points behind them: a line for each cell, a panel for each thing estimated.

    Arguments:
        name: begins the ids in it. panels: all with the same rows. narrow: for a phone. percent: shares from 0 to 1.
    """
    columns = 1 if narrow else min(len(panels), 3)
    if not narrow and len(panels) == 4:
        columns = 2
    down = -(-len(panels) // columns)
    with drawing():
        ys, heads, depth = places(panels[0].rows)
        height = step(panels[0].rows, narrow, columns, 0.3 if any(row.values for row in panels[0].rows) else 0.25)
        figure, axes = new_axes(down * (depth * height + 0.75), narrow, down, columns)
        for panel, ax in zip(panels, axes, strict=False):
            shown = max(1, MOST_POINTS // max(1, len(panel.rows)))
            for row, y in zip(panel.rows, ys, strict=True):
                _estimate(ax, row, y, shown, narrow)
            labelled(ax, panel.rows, ys, heads, depth, narrow, columns)
            ax.set_xlabel(wrapped(panel.axis, 48 if narrow else 90 // columns))
            if panel.title:
                ax.set_title(wrapped(panel.title, 44 if narrow else 90 // columns))
        if percent:
            for ax in axes:
                _percent(ax, "x", (0, 0.5, 1) if columns > 2 else (0, 0.25, 0.5, 0.75, 1))
        else:
            axes[0].set_xlim(*_limits([v for p in panels for r in p.rows for v in (*_ends(r.values), r.middle)]))
        for ax in axes[len(panels) :]:
            ax.set_visible(False)
        for ax in axes[0 if narrow else max(0, len(panels) - columns) : len(panels)]:
            ax.tick_params(labelbottom=True)
        return svg(figure, name)


def counts(name: str, rows: Sequence[Row], parts: Sequence[str], narrow: bool) -> str:
    """How many of each kind: a stacked bar for each cell; `parts` names the kinds."""
    with drawing():
        ys, heads, depth = places(rows)
        figure, (ax,) = new_axes(depth * step(rows, narrow, 1, 0.27) + 0.9, narrow)
        most = max(1, *(sum(row.parts) for row in rows))
        handles = []
        for part, colour in zip(range(len(parts)), _PARTS, strict=False):
            left = [sum(row.parts[:part]) for row in rows]
            on = [y + 0.16 if narrow else y for y in ys]
            handles.append(
                ax.barh(on, [row.parts[part] for row in rows], left=left, height=0.36 if narrow else 0.66,
                        facecolor=colour, edgecolor=PAPER, linewidth=0.5)
            )  # fmt: skip
            for row, start, y in zip(rows, left, on, strict=True):
                count = row.parts[part]
                # a number where its bar is wide enough for it, so that no colour has to be known
                if count and count / most > 0.012 * (len(str(count)) + 1) * (2 if narrow else 1):
                    ax.text(start + count / 2, y, str(count), ha="center", va="center", fontsize=7.5, color=_ON[part])
        labelled(ax, rows, ys, heads, depth, narrow, 1)
        ax.set_xlabel("replications")
        ax.set_xlim(0, most * 1.02)
        ax.xaxis.get_major_locator().set_params(integer=True)
        legend(figure, handles, list(parts), narrow)
        return svg(figure, name)


_PARTS = (PALETTE[0], PALETTE[5], PALETTE[3], PALETTE[1])
_ON = (PAPER, BLACK, BLACK, BLACK)
"""Colours of the parts, and of the numbers on them."""


def grid(name: str, values: Sequence[Sequence[float | None]], down: Sequence[str], across: Sequence[str], axis: str,
         narrow: bool) -> str:  # fmt: skip
    """Two factors as a field of colours, the numbers in it; `down` and `across` name the levels."""
    import matplotlib
    from matplotlib.colors import Normalize

    known = [value for line in values for value in line if value is not None]
    low, high = min(known), max(known)
    scale, colours = Normalize(low, high if high > low else low + 1), matplotlib.colormaps["cividis"]
    width = max(5, (30 if narrow else 84) // len(across))
    with drawing():
        figure, (ax,) = new_axes(len(down) * (0.42 if narrow else 0.36) + 1.1, narrow)
        for y, line in enumerate(values):
            for x, value in enumerate(line):
                colour = GRID if value is None else colours(scale(value))
                ax.add_patch(_square(x, y, colour))
                if value is not None:
                    dark = scale(value) < 0.55
                    ax.text(x, y, brief(value), ha="center", va="center", color=WHITE if dark else BLACK)
        ax.set_xlim(-0.5, len(across) - 0.5)
        ax.set_ylim(len(down) - 0.5, -0.5)
        turned = any(len(line) > width for label in across for line in wrapped(label, width).split("\n"))
        turned = turned or (width < 12 and any(len(label) > width for label in across))
        names = [wrapped(label, 14 if turned else width) for label in across]
        if turned:
            ax.set_xticks(range(len(across)), names, rotation=60, ha="right", rotation_mode="anchor")
        else:
            ax.set_xticks(range(len(across)), names)
        ax.set_yticks(range(len(down)), [wrapped(label, 14 if narrow else 26) for label in down])
        ax.tick_params(length=0)
        for spine in ax.spines.values():
            spine.set_visible(False)
        ax.set_title(wrapped(axis, 44 if narrow else 90))
        return svg(figure, name)


def rounds(name: str, panels: Sequence[Panel], axis: str, narrow: bool, percent: bool = False,
           extent: Sequence[float] = ()) -> str:  # fmt: skip
    """Series over rounds: a panel for each seat, a line for each treatment; `extent` holds the ends of the data."""
    columns = 1 if narrow else min(len(panels), 3 if len(panels) not in (2, 4) else 2)
    down = -(-len(panels) // columns)
    labels = list(dict.fromkeys(line.label for panel in panels for line in panel.lines))
    last = max((int(x) for panel in panels for line in panel.lines for x, *_ in line.points), default=1)
    with drawing():
        figure, axes = new_axes(down * (1.9 if down > 1 else 2.4) + 0.6 + 0.1 * len(labels), narrow, down, columns)
        if not percent:
            axes[0].set_ylim(*_limits([*extent, *(y for p in panels for each in p.lines for _, y, *_ in each.points)]))
        handles: dict[str, Any] = {}
        for panel, ax in zip(panels, axes, strict=False):
            for line in panel.lines:
                place = labels.index(line.label)
                handles[line.label] = _series(ax, line, place, len(labels), last)
            ax.set_title(wrapped(panel.title, 44 if narrow else 90 // columns))
            ax.grid(axis="y")
            ax.tick_params(length=2, labelbottom=True)
            ax.set_xlim(0.5, last + 0.5)
            ax.xaxis.get_major_locator().set_params(integer=True, nbins=min(last, 10) + 1)
            if percent:
                _percent(ax, "y")
        for place, ax in enumerate(axes):
            ax.set_visible(place < len(panels))
            if place % columns == 0:
                ax.set_ylabel(wrapped(axis, 30))
            if place >= len(panels) - columns:
                ax.set_xlabel("round")
        if len(labels) > 1:
            legend(figure, [handles[label] for label in labels], labels, narrow)
        return svg(figure, name)


def ranges(name: str, panels: Sequence[Panel], narrow: bool) -> str:
    """A row for each model, a panel for each measure: a bar where there is one value, a box where there are several."""
    columns = 1 if narrow else 2
    down = -(-len(panels) // columns)
    with drawing():
        ys, heads, depth = places(panels[0].rows)
        figure, axes = new_axes(down * (depth * (0.5 if narrow else 0.32) + 0.8), narrow, down, columns, sharex=False)
        for panel, ax in zip(panels, axes, strict=True):
            for row, y in zip(panel.rows, ys, strict=True):
                y += 0.16 if narrow else 0
                height = 0.34 if narrow else 0.5
                if len(row.values) == 5:
                    low, first, middle, third, high = row.values
                    ax.plot([low, high], [y, y], color=PALETTE[0], linewidth=1.2)
                    ax.barh(y, third - first, left=first, height=height, facecolor=PALETTE[5], edgecolor=PALETTE[0])
                    ax.plot([middle, middle], [y - height / 2, y + height / 2], color=INK, linewidth=1.6)
                elif row.middle is not None:
                    ax.barh(y, row.middle, height=height, facecolor=PALETTE[0])
            labelled(ax, panel.rows, ys, heads, depth, narrow, columns)
            most = max((v for row in panel.rows for v in (*row.values, row.middle or 0)), default=0)
            ax.set_xlim(0, most * 1.1 or 1)
            ax.xaxis.get_major_locator().set_params(nbins=4)
            ax.set_title(wrapped(panel.title, 44 if narrow else 30))
            ax.set_xlabel(panel.axis)
        return svg(figure, name)


def brief(value: float) -> str:
    """A number in a figure: four digits.

    >>> brief(1234.5), brief(0.12345), brief(20.0)
    ('1234', '0.1235', '20')
    """
    return f"{value:.4g}".replace("-", "−")


def _square(x: float, y: float, colour: Any) -> Any:
    from matplotlib.patches import Rectangle

    return Rectangle((x - 0.5, y - 0.5), 1, 1, facecolor=colour, edgecolor=PAPER, linewidth=1.5)


def _estimate(ax: Any, row: Row, y: float, shown: int, narrow: bool) -> None:
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    y += 0.2 if narrow else 0
    colour, marker = PALETTE[row.series % len(PALETTE)], MARKERS[row.series % len(MARKERS)]
    if row.values:
        ordered = sorted(row.values)
        stride = max(1.0, len(ordered) / shown)
        sample = [ordered[int(n * stride)] for n in range(int(len(ordered) / stride))]
        spread = (0.22 if narrow else 0.34) * min(1.0, (len(sample) - 1) / 4)
        # one path with a dot at each point keeps the file small; golden steps spread them evenly, the same each time
        dots = [(x, y + spread * (2 * ((n * 0.6180339887) % 1) - 1)) for n, x in enumerate(sample)]
        path = Path([dot for dot in dots for _ in (0, 1)], [Path.MOVETO, Path.LINETO] * len(dots))
        size = 5 if len(dots) <= 40 else 3
        ax.add_patch(PathPatch(path, fill=False, edgecolor=colour, alpha=0.4, linewidth=size, capstyle="round"))
    if row.low is not None and row.high is not None:
        ax.plot([row.low, row.high], [y, y], color=INK, linewidth=1.6, solid_capstyle="butt")
    if row.middle is not None:
        style = dict(marker=marker, markersize=6.5, markerfacecolor=colour, markeredgecolor=INK, markeredgewidth=1)
        ax.plot([row.middle], [y], linestyle="none", **style)


def _series(ax: Any, line: Line, place: int, of: int, last: int) -> Any:
    colour, marker = PALETTE[place % len(PALETTE)], MARKERS[place % len(MARKERS)]
    aside = (place - (of - 1) / 2) * min(0.12, 0.5 / of) if last <= 15 else 0.0
    xs = [x + aside for x, *_ in line.points]
    known = [(x, low, high) for x, (_, _, low, high) in zip(xs, line.points, strict=True) if low is not None]
    if known and last <= 15:
        ax.vlines([x for x, *_ in known], [low for _, low, _ in known], [high for *_, high in known], color=colour,
                  linewidth=1.1, alpha=0.6)  # fmt: skip
    elif known:
        ends = [low for _, low, _ in known], [high for *_, high in known]
        ax.fill_between([x for x, *_ in known], *ends, color=colour, alpha=0.18, linewidth=0)
    style: dict[str, Any] = dict(color=colour, linestyle=DASHES[place % len(DASHES)], linewidth=1.4)
    dot: dict[str, Any] = dict(marker=marker, markersize=4.5, markeredgecolor=PAPER, markeredgewidth=0.5)
    return ax.plot(xs, [middle for _, middle, *_ in line.points], **style, **(dot if last <= 30 else {}))[0]


def _ends(values: Sequence[float]) -> tuple[float, ...]:
    return (min(values), max(values)) if values else ()


def _limits(values: Sequence[float | None]) -> tuple[float, float]:
    """An axis for values: intervals that reach far beyond all of them would hide what there is to see."""
    known = [value for value in values if value is not None]
    low, high = min(known, default=0.0), max(known, default=1.0)
    room = (high - low) * 0.06 or max(abs(low) * 0.1, 1.0)
    return low - room, high + room


def _percent(ax: Any, which: str, ticks: Sequence[float] = (0, 0.25, 0.5, 0.75, 1)) -> None:
    from matplotlib.ticker import PercentFormatter

    getattr(ax, f"set_{which}lim")(-0.02, 1.02)
    axis = getattr(ax, f"{which}axis")
    axis.set_ticks(list(ticks))
    axis.set_major_formatter(PercentFormatter(1, symbol=" %"))


__all__ = ["Line", "Panel", "Row", "brief", "counts", "estimates", "grid", "ranges", "rounds"]
