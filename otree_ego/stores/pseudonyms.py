"""Putting something else where names are."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection
from typing import Any


def replacing(names: Collection[str], by: str) -> Callable[[Any], Any]:
    """A function that puts something else in the place of names, wherever they stand as words of their own.

    >>> change = replacing({"Ada", "Ada L"}, "P1")
    >>> change("Ada L. and ada, not Adam or Canada")
    'P1. and P1, not Adam or Canada'
    """
    if not names:
        return lambda text: text
    longest_first = sorted({form for name in names for form in (name, _in_json(name))}, key=len, reverse=True)
    pattern = re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, longest_first)) + r")(?!\w)", re.IGNORECASE)
    return lambda text: pattern.sub(lambda _: by, text) if isinstance(text, str) else text


def _in_json(name: str) -> str:
    return json.dumps(name)[1:-1]
