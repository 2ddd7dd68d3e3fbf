"""What a terminal shows: recorded texts made harmless, colours, widths, tables, and a pager for what is long."""

from __future__ import annotations

import contextlib
import os
import shlex
import shutil
import subprocess
import sys
import textwrap
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from ...display import for_terminal
from .output import coloured

COLOURS = dict(bold="1", dim="2", red="31", green="32", yellow="33", blue="34", magenta="35", cyan="36")
WIDEST = 120
READABLE = 20
"""Columns down to which a text is cut before whole columns of a table are left out."""
plain = for_terminal
"""A recorded text as a terminal may have it."""


def line(text: str, most: int = 0) -> str:
    """A recorded text on one line, cut to so many columns if it is longer.

    >>> line("one\\n two   three", 9)
    'one two …'
    """
    one = " ".join(plain(text).split())
    if not most or columns(one) <= most:
        return one
    kept = one
    while kept and columns(kept) > most - 1:
        kept = kept[: min(len(kept) - 1, most - 1)]
    return kept + "…"


def columns(text: str) -> int:
    """How many columns a text takes.

    >>> columns("año"), columns("日本")
    (3, 4)
    """
    if text.isascii():
        return len(text)
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def painted(text: str, colour: str) -> str:
    """A text in a colour, where the terminal shows colours."""
    return f"\x1b[{COLOURS[colour]}m{text}\x1b[0m" if coloured() else text


def room() -> int:
    """Columns of the terminal; where there is none, as many as anything may need."""
    limited = sys.stdout.isatty() or os.environ.get("COLUMNS")
    return shutil.get_terminal_size((WIDEST, 24)).columns if limited else 10_000


def width() -> int:
    """Columns for running text."""
    return max(30, min(room(), WIDEST))


def wrapped(text: str, most: int) -> list[str]:
    """The lines of a recorded text, broken to fit; its own line breaks stay."""
    lines: list[str] = []
    for paragraph in plain(text).split("\n"):
        lines += textwrap.wrap(paragraph, max(10, most), replace_whitespace=False, break_on_hyphens=False) or [""]
    return lines


def sign(fancy: str, simple: str) -> str:
    """A typographic sign, or a simple one where stdout cannot show it."""
    try:
        fancy.encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return simple
    return fancy


def table(
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    right: Iterable[int] = (),
    shrink: int = 0,
    drop: Sequence[int] = (),
    paint: dict[str, str] | None = None,
) -> list[str]:
    """The lines of a table that fits the terminal; elsewhere it is as wide as it needs.

    Arguments:
        heads, rows: texts, already harmless. right: numbers of the columns that are aligned to the right.
        shrink: the column whose texts are cut where there is not enough room. drop: columns that go before that.
        paint: colours of cells, by their text.
    """
    shown = list(range(len(heads)))
    widths = [max(columns(row[n]) for row in [heads, *rows]) for n in shown]

    def over(cut: int) -> int:
        return sum(widths[n] + 2 for n in shown) - 2 - room() - max(0, widths[shrink] - cut)

    for n in drop:
        if over(cut=READABLE) > 0:
            shown.remove(n)
    widths[shrink] = max(6, widths[shrink] - max(0, over(cut=widths[shrink])))
    right, made = set(right), []
    for place, row in enumerate([heads, *rows]):
        cells = []
        for n in shown:
            text = line(row[n], widths[n]) if n == shrink else row[n]
            space = " " * (widths[n] - columns(text))
            colour = "dim" if place == 0 else (paint or {}).get(text)
            text = painted(text, colour) if colour else text
            cells.append(space + text if n in right else text + space)
        made.append("  ".join(cells).rstrip())
    return made


def page(lines: Iterable[str], pager: bool = True) -> None:
    """Print lines; through a pager where a person reads them and they do not fit the screen.

    Arguments:
        lines: made as they are needed: a reader who leaves early has not waited for the rest.
        pager: False never uses one.
    """
    lines = iter(lines)
    command = _pager() if pager and sys.stdout.isatty() and sys.stdin is not None and sys.stdin.isatty() else []
    first: list[str] = []
    if command:
        height = shutil.get_terminal_size((WIDEST, 24)).lines - 1
        for text in lines:
            first += text.split("\n")
            if len(first) > height:
                _through(command, _both(first, lines))
                return
    for text in _both(first, lines):
        print(text)


def _both(first: list[str], rest: Iterator[str]) -> Iterator[str]:
    yield from first
    yield from rest


def _pager() -> list[str]:
    """The command of the user's pager, empty if there is none."""
    try:
        command = shlex.split(os.environ.get("PAGER", "")) or ["less"]
    except ValueError:  # it is not how a command is written
        return []
    found = shutil.which(command[0])
    if found is None or command[0] == "cat":
        return []
    return [found, *command[1:], *(["-R"] if os.path.basename(command[0]) == "less" else [])]


def _through(command: Sequence[str], lines: Iterator[str]) -> None:
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, encoding=sys.stdout.encoding or "utf-8", errors="replace"
    )
    assert process.stdin is not None
    try:
        for text in lines:
            process.stdin.write(text + "\n")
    except (BrokenPipeError, KeyboardInterrupt):
        pass  # the reader has seen enough
    finally:
        with contextlib.suppress(BrokenPipeError):
            process.stdin.close()
        _wait(process)


def _wait(process: subprocess.Popen[str]) -> None:
    while True:
        try:
            process.wait()
            return
        except KeyboardInterrupt:  # the pager's own affair: it is still on the screen
            continue
