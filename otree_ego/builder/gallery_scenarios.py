"""Scenarios to start from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

FOLDER = Path(__file__).with_name("gallery")
ORDER = ("empty", "ultimatum", "prisoners_dilemma", "beauty_contest", "trust", "negotiation")


@dataclass(frozen=True)
class GalleryScenario:
    """One of them: its name in the page, and the text of its file."""

    name: str
    text: str


@lru_cache(maxsize=1)
def gallery_scenarios() -> tuple[GalleryScenario, ...]:
    """All of them, the empty one first.

    >>> [each.name for each in gallery_scenarios()][:2]
    ['empty', 'ultimatum']
    """
    return tuple(GalleryScenario(name, (FOLDER / f"{name}.json").read_text("utf-8")) for name in ORDER)
