"""What all figures of a report share: the page's colours, real text, the same file for the same data."""

from __future__ import annotations

import io
import re
import textwrap
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ...errors import ConfigError

WIDE, NARROW = 7.2, 3.45
"""Inches: on a desktop and on paper, and on a phone."""
INK, QUIET, GRID, PAPER = "#1a1b1c", "#6a6b6c", "#d1d2d3", "#fdfcfb"
WHITE, BLACK = "#fffffe", "#000001"
"""These two stay as they are in the dark, as the colours under them do."""
PALETTE = ("#0072b2", "#d55e00", "#009e73", "#e69f00", "#cc79a7", "#56b4e9")
"""Okabe and Ito's colours, which readers with any kind of colour vision can tell apart; without yellow and black."""
MARKERS = ("o", "s", "D", "^", "v", "P")
DASHES = ("-", (0, (5, 2)), (0, (1, 1.5)), (0, (6, 2, 1, 2)), (0, (3, 1, 1, 1, 1, 1)), (0, (8, 3)))
_FACE = "'DejaVu Sans', sans-serif"
_SETTINGS: Any = {
    "font.family": ["DejaVu Sans", "sans-serif"],
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 8.5,
    "text.parse_math": False,
    "text.usetex": False,
    "axes.formatter.use_mathtext": False,
    "axes.unicode_minus": True,
    "svg.fonttype": "none",
    "svg.hashsalt": "otree_ego",
    "path.simplify": False,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": QUIET,
    "axes.linewidth": 0.6,
    "axes.titlesize": 8.5,
    "axes.titlelocation": "left",
    "axes.titleweight": "bold",
    "axes.labelsize": 8.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "grid.color": GRID,
    "grid.linewidth": 0.6,
    "xtick.color": QUIET,
    "ytick.color": QUIET,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "legend.frameon": False,
    "legend.fontsize": 8.5,
}


def check_drawing() -> None:
    """See that figures can be drawn.

    Raises:
        ConfigError: matplotlib is not installed.
    """
    try:
        import matplotlib  # noqa: F401  (only whether it is there)
    except ImportError:
        raise ConfigError('A report needs matplotlib for its figures: pip install "otree-ego[report]"') from None


@contextmanager
def drawing() -> Iterator[None]:
    """Draw with these settings, whatever the reader's own are."""
    import matplotlib

    with warnings.catch_warnings(), matplotlib.rc_context():
        # Texts are shown in the reader's fonts, which have more signs than the one they are measured with.
        warnings.filterwarnings("ignore", message=r"Glyph .* missing from")
        warnings.filterwarnings("ignore", message=r"constrained_layout not applied")
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(_SETTINGS)
        yield


def new_axes(
    height: float, narrow: bool, rows: int = 1, columns: int = 1, sharex: bool = True
) -> tuple[Any, list[Any]]:
    """A new figure and its axes, row by row."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(NARROW if narrow else WIDE, height), layout="constrained")
    axes = figure.subplots(rows, columns, squeeze=False, sharex=sharex, sharey=True)
    return figure, list(axes.flat)


def svg(figure: Any, name: str) -> str:
    """A figure as an element of a page: no address, no script, the page's colours and fonts.

    Arguments:
        figure: what was drawn.
        name: begins all ids in it, so that figures on one page do not get into each other's way.
    """
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    text = buffer.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>|<style type=.*?</style>|<!--.*?-->", "", text, flags=re.DOTALL)
    text = re.sub(r"\s*\n\s*", " ", text.replace(">\n", ">"))
    head, _, body = text.partition(">")
    box = re.search(r'viewBox="[^"]*"', head)
    body = re.sub("<[^>]*>", lambda tag: _themed(tag[0], name), body)
    return f'<svg {box[0] if box else ""} aria-hidden="true" focusable="false">{body.strip()}'


def as_file(drawing: str) -> str:
    """A figure of `svg` as a file of its own, with colours for light and dark.

    >>> as_file('<svg viewBox="0 0 1 1"></svg>').startswith('<svg xmlns="http://www.w3.org/2000/svg"')
    True
    """
    names = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    light = ";".join(f"{variable}:{colour}" for colour, variable in _VARIABLES.items())
    style = f":root{{--sans:system-ui,sans-serif;{light}}}@media (prefers-color-scheme:dark){{:root{{{_DARK}}}}}"
    head, _, body = drawing.removeprefix("<svg").partition(">")
    return f"<svg {names}{head}><style>{style}</style>{body}"


def _themed(tag: str, name: str) -> str:
    """One tag with the figure's ids and the page's colours; only tags are changed, never the text between them."""
    tag = re.sub(r'(\sid="|xlink:href="#|url\(#)', rf"\g<1>{name}-", tag)
    for colour, variable in _VARIABLES.items():
        tag = tag.replace(f": {colour}", f": var({variable})")
    return tag.replace(_FACE, "var(--sans)").replace("'DejaVu Sans'", "var(--sans)")


_VARIABLES = {
    INK: "--ink",
    QUIET: "--quiet",
    GRID: "--grid",
    PAPER: "--paper",
    **{colour: f"--series{place}" for place, colour in enumerate(PALETTE)},
}


_DARK = (
    "--ink:#e4e8eb;--quiet:#a3adb6;--grid:#363d44;--paper:#15191d;--series0:#3b9bd9;--series1:#f07c2b;--series2:#1fb88f;"
    "--series4:#d994b8"
)
"""The page's colours in the dark, as in `templates/report.html`."""


def wrapped(text: str, width: int, lines: int = 2) -> str:
    """A label on few lines, cut where it is too long.

    >>> wrapped("the first year of the presidency", 16)
    'the first year\\nof the…'
    """
    return "\n".join(textwrap.wrap(text, width, max_lines=lines, placeholder="…")) or "(empty)"


def legend(figure: Any, handles: list[Any], labels: list[str], narrow: bool) -> None:
    """What the colours mean, above the figure."""
    labels = [wrapped(label, 40 if narrow else 44, 1) for label in labels]
    longest = max(map(len, labels)) + 5
    columns = max(1, min(len(labels), (46 if narrow else 108) // longest))
    figure.legend(handles, labels, loc="outside upper left", ncols=columns, borderaxespad=0, handlelength=1.8)
