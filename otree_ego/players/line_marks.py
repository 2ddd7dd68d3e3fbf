"""Signs that stand in a text of a page while it is made, and how they become lines, spaces and marks of controls."""

from __future__ import annotations

import re
from collections.abc import Mapping

LINE, PARAGRAPH, SPACE, BREAK = "\ue000", "\ue001", "\ue002", "\ue003"
"""In a text that is not finished: a new line, a new paragraph, a space that stays, and what `br` is."""
MARK = ("\ue010", "\ue011")
"""Around the number of a control, at its place."""
OWN_SIGNS = re.compile("[\ue000-\ue011]")
_WHITE = re.compile(r"[ \t\r\n\f\u00a0\u200b\ufeff]+")
_SPACES = re.compile(r" {2,}")
_BREAKS = re.compile(f" *[{LINE}{PARAGRAPH}{BREAK}][ {LINE}{PARAGRAPH}{BREAK}]*")
MARKS = re.compile(f"{MARK[0]}(\\d+){MARK[1]}")


def without_marks(text: str) -> str:
    """A text without the marks of controls."""
    return _single_spaced(MARKS.sub("", text) if MARK[0] in text else text).strip()


def marked(text: str, words: Mapping[int, str]) -> str:
    """A text with words in the place of the marks of controls."""
    return MARKS.sub(lambda found: words.get(int(found[1]), ""), text)


def finished(text: str) -> str:
    """A text whose marks of lines are lines."""
    if not text.isascii():  # what means something here is not ASCII
        text = _BREAKS.sub(_broken, text)
    return _single_spaced(text).strip(" \n").replace(SPACE, " ")


def _single_spaced(text: str) -> str:
    return _SPACES.sub(" ", text) if "  " in text else text


def _broken(found: re.Match[str]) -> str:
    return "\n\n" if PARAGRAPH in found[0] or found[0].count(BREAK) > 1 else "\n"


def without_own_signs(text: str) -> str:
    """A text without the signs that mean something here; no page has any, unless it wants to be misread."""
    return text if text.isascii() else OWN_SIGNS.sub("", text)


def plain(text: str) -> str:
    """A text of a page's own, with a space for each run of white space."""
    if not text.strip(" \n"):  # most texts between elements
        return " " if text else ""
    return _WHITE.sub(" ", without_own_signs(text))


def mark_of(control: int) -> str:
    """What stands at the place of a control."""
    return f" {MARK[0]}{control}{MARK[1]} "
