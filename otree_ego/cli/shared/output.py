"""What verbs print: plain text that reads well without colour, colour where a terminal shows it."""

from __future__ import annotations

import io
import os
import shutil
import sys
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import metadata

from ...display import for_terminal, on_one_line

COLOURS = {"ok": "32", "failed": "31;1", "warning": "33", "info": "2"}


class Failure(Exception):
    """A verb cannot do what was asked for; its text is for the person who asked."""

    def __init__(self, sentence: str, code: int = 1) -> None:
        super().__init__(sentence)
        self.code = code


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table of findings.

    Arguments:
        name: what was looked at. state: ``ok``, ``failed``, ``warning`` or ``info`` (only to know).
        found: what was found. fix: what to do about it, empty if nothing.
    """

    name: str
    state: str
    found: str
    fix: str = ""


def version_of(package: str) -> str:
    """The version of an installed package; a checkout that is only on the path has its own."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        from ...version import __version__

        return __version__ if package == "otree-ego" else "(not installed)"


def make_ready() -> None:
    """Let stdout take any text: what its encoding lacks is shown as a question mark."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.errors == "strict":
            stream.reconfigure(errors="replace")


def coloured() -> bool:
    """Whether stdout shows colours and nobody has asked for none (``NO_COLOR``)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def show(rows: Iterable[Row]) -> None:
    """Print findings as a table, each fix under its row."""
    rows = [Row(on_one_line(row.name), row.state, for_terminal(row.found), for_terminal(row.fix)) for row in rows]
    colour = coloured()
    names = max((len(row.name) for row in rows), default=0)
    states = max(map(len, COLOURS))
    width = max(60, min(shutil.get_terminal_size((120, 24)).columns, 120))
    margin = " " * (names + states + 4)
    for row in rows:
        state = row.state.ljust(states)
        if colour:
            state = f"\x1b[{COLOURS[row.state]}m{state}\x1b[0m"
        print(f"{row.name.ljust(names)}  {state}  " + _wrapped(row.found, width, margin))
        if row.fix:
            print(f"{margin}→ " + _wrapped(row.fix, width, margin + "  "))


def has_display() -> bool:
    """Whether a browser that is opened here can be seen."""
    return sys.platform in ("win32", "darwin") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def someone_answers() -> bool:
    """Whether a person sits at a terminal, who can be asked."""
    return sys.stdin is not None and sys.stdin.isatty() and sys.stdout.isatty()


def asked(question: str, default: str) -> str:
    """Ask a question where someone can answer it (see `someone_answers`); Enter takes the default.

    Raises:
        KeyboardInterrupt: the terminal was closed, or Ctrl-D was pressed.
    """
    try:
        return input(f"{for_terminal(question)} [{default}] ").strip() or default
    except EOFError:
        print()
        raise KeyboardInterrupt from None


def agreed(question: str) -> bool:
    """Ask a yes-or-no question where someone can answer it; elsewhere, and by default, the answer is no."""
    if not someone_answers():
        return False
    try:
        return input(f"{for_terminal(question)} [y/N] ").strip().lower() in ("y", "yes", "j", "ja")
    except EOFError:
        return False


def _wrapped(text: str, width: int, margin: str) -> str:
    lines = textwrap.wrap(text, max(30, width - len(margin)), break_long_words=False, break_on_hyphens=False)
    return f"\n{margin}".join(lines)
