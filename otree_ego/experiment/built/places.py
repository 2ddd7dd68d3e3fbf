"""A problem of a built file, and its place there."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

Level = Literal["error", "warning", "note"]


@dataclass(frozen=True)
class Problem:
    """Something that is wrong in a built file, or looks wrong.

    Fields:
        path: the place, e.g. ``("prompts", "user")``; empty for the whole file. words: what is the matter.
        level: ``error`` if it cannot be played so, ``warning`` if it can but is probably not what is meant, ``note`` if
            somebody may want to know. kind: one word or two for programs, e.g. ``unknown name``.
        line, column: in the template or in the file's text, from 1; 0 where there is no single one.
        length: of the piece there, in characters.

    >>> print(Problem(("variables", "pot", "high"), "is missing; expected: a value for each treatment"))
    variables.pot["high"] is missing; expected: a value for each treatment
    """

    path: tuple[str | int, ...]
    words: str
    level: Level = "error"
    kind: str = ""
    line: int = 0
    column: int = 0
    length: int = 0

    def __str__(self) -> str:
        continues = self.words.startswith(("is ", "has "))
        return f"{path_of(self.path)}{' ' if continues else ': '}{self.words}"

    def plain(self) -> dict[str, Any]:
        """As JSON has it."""
        return {
            "path": list(self.path), "place": path_of(self.path), "words": self.words, "level": self.level,
            "kind": self.kind, "line": self.line, "column": self.column, "length": self.length,
        }  # fmt: skip


def path_of(path: Sequence[int | str]) -> str:
    """A place in the file, as one would write it in code."""
    words = ""
    for place, part in enumerate(path):
        if isinstance(part, int):
            words += f"[{part}]"
        elif part.isidentifier() and not (path[0] == "variables" and place == 2):
            words += f".{part}" if words else part
        else:
            words += f"[{json.dumps(part, ensure_ascii=False)}]"
    return words or "the file"


def some(names: Sequence[str], most: int = 20) -> str:
    """Names in a row, the first of many."""
    shown = [f"{name:.60}" for name in names[:most]]
    return ", ".join(shown) + (f" and {len(names) - len(shown)} more" if len(names) > len(shown) else "")
