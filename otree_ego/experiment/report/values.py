"""Values that were measured, and how they are written: every text may come from a model or from anybody."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ...display.harmless import CONTROLS, UNSEEN
from ...messages import clean

MOST_VARIABLES = 12
"""So many outcomes of one run are described; a parser may give more."""
MOST_CATEGORIES = 8
"""So many different answers are told apart in a figure."""
_CONTROL = re.compile(f"[{CONTROLS}{UNSEEN}]")


@dataclass
class Variable:
    """One thing that was measured, by cell; valid replications only.

    Fields:
        name: as the parser calls it. kind: ``number``, ``category`` or ``text``.
        values: by cell, as floats or texts. missing: valid replications without a usable value.
    """

    name: str
    kind: str = "number"
    values: dict[Any, list[Any]] = field(default_factory=dict)
    missing: int = 0

    def every(self) -> list[Any]:
        """All values, whatever the cell."""
        return [value for values in self.values.values() for value in values]

    def categories(self) -> list[str]:
        """The distinct values, the most frequent first; those beyond `MOST_CATEGORIES` are ``(other)``."""
        counts = Counter(self.every()).most_common()
        names = [name for name, _ in counts]
        return names if len(names) <= MOST_CATEGORIES else [*names[: MOST_CATEGORIES - 1], OTHER]


OTHER = "(other)"


def plain(text: str) -> str:
    """A text without control characters and marks that turn its direction; line breaks and tabs stay.

    >>> plain("a\\x1b[31mb\\u202ec\\nd")
    'a[31mbc\\nd'
    """
    return _CONTROL.sub("", clean(text).replace("\r\n", "\n").replace("\r", "\n"))


def short(text: str, most: int = 80) -> str:
    """A text on one line, cut where it is too long.

    >>> short("one\\n two   three", 9)
    'one two…'
    """
    line = " ".join(plain(text[: 20 * most]).split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def as_text(value: Any) -> str:
    """Any value as text: a text as it is, everything else as JSON.

    >>> as_text("x"), as_text(5), as_text(True), as_text([1, "a"])
    ('x', '5', 'true', '[1, "a"]')
    """
    return plain(value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False))


def number(value: Any) -> float | None:
    """A value as a number, None if it is none, is not finite, or is beyond all measure (more than 1e100)."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        found = float(value)
    except OverflowError:
        return None
    return found if math.isfinite(found) and abs(found) <= 1e100 else None


def variable_from(name: str, values: Sequence[tuple[Any, Any]]) -> Variable:
    """A Variable from pairs of cell and value; its kind is what all values allow.

    >>> variable_from("offer", [(("a",), 3), (("a",), 5), (("b",), None)]).values
    {('a',): [3.0, 5.0]}
    >>> variable_from("word", [(("a",), "yes"), (("b",), 5)]).kind
    'category'
    """
    made = Variable(name)
    there = [(key, value) for key, value in values if value is not None]
    numbers = [(key, number(value)) for key, value in there]
    numeric = all(isinstance(value, int | float) and not isinstance(value, bool) for _, value in there)
    for key, value in numbers if numeric else [(key, as_text(value)) for key, value in there]:
        if value is not None:
            made.values.setdefault(key, []).append(value)
    made.missing = len(values) - sum(map(len, made.values.values()))
    if not numeric:
        every = made.every()
        made.kind = "category" if len(set(every)) <= max(MOST_CATEGORIES, min(40, len(every) // 10)) else "text"
    return made
