"""What somebody may have meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def nearest_of(name: str, names: Iterable[str]) -> str:
    """A question with the name that is nearest; empty if none is near.

    >>> nearest_of("chats", ["chat", "otree"])
    '; did you mean chat?'
    """
    near = difflib.get_close_matches(name, list(names), n=1)
    return f"; did you mean {near[0]}?" if near else ""
