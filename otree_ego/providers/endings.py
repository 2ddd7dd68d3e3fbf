"""When models end: what services have announced, and what to write instead.

OpenAI's announcements stand here as a table. The installed SDK lists them beside its models' names, and may be newer.
What a service says of a model in ``GET /models`` (``shutdown_date``) comes first where it was asked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from .services import split_model

AHEAD = timedelta(days=90)
"""How long before its end a model is warned of."""
SMALL, LARGE = "gpt-6-luna", "gpt-6-sol"
"""What takes the place of OpenAI's smaller and larger models."""

_OPENAI: Mapping[str, tuple[str, ...]] = {
    "2024-09-13": ("gpt-3.5-turbo-16k", "gpt-3.5-turbo-0301", "gpt-3.5-turbo-0613", "gpt-3.5-turbo-16k-0613"),
    "2024-12-06": ("gpt-4-vision-preview",),
    "2025-06-06": ("gpt-4-32k", "gpt-4-32k-0314", "gpt-4-32k-0613"),
    "2025-07-28": ("o1-preview", "o1-preview-2024-09-12"),
    "2025-10-27": ("o1-mini", "o1-mini-2024-09-12"),
    "2026-02-17": ("chatgpt-4o-latest",),
    "2026-03-26": ("gpt-4-0125-preview", "gpt-4-turbo-preview", "gpt-4-0314"),
    "2026-07-23": ("gpt-5.1-chat-latest", "gpt-5-chat-latest", "gpt-4o-search-preview", "gpt-4o-mini-search-preview"),
    "2026-08-10": ("gpt-5.3-chat-latest", "gpt-5.2-chat-latest"),
    "2026-09-28": ("gpt-3.5-turbo-1106",),
    "2026-10-23": (
        "gpt-4.1-nano", "gpt-4.1-nano-2025-04-14", "o4-mini", "o4-mini-2025-04-16", "o3-mini", "o3-mini-2025-01-31",
        "o1", "o1-2024-12-17", "gpt-4o-2024-05-13", "gpt-4-turbo", "gpt-4-turbo-2024-04-09", "gpt-4-1106-preview",
        "gpt-4", "gpt-4-0613", "gpt-3.5-turbo", "gpt-3.5-turbo-0125",
    ),
    "2026-12-11": (
        "gpt-5", "gpt-5-mini", "gpt-5-nano", "gpt-5-2025-08-07", "gpt-5-mini-2025-08-07", "gpt-5-nano-2025-08-07",
        "o3", "o3-2025-04-16",
    ),
    "2027-01-14": (
        "gpt-4.1", "gpt-4.1-mini", "gpt-4.1-2025-04-14", "gpt-4.1-mini-2025-04-14", "gpt-4o", "gpt-4o-2024-11-20",
        "gpt-4o-2024-08-06", "gpt-4o-mini", "gpt-4o-mini-2024-07-18",
    ),
    "2027-04-01": ("gpt-5.4-nano", "gpt-5.4-nano-2026-03-17", "gpt-5.1", "gpt-5.1-2025-11-13"),
}  # fmt: skip
_ANNOUNCED = re.compile(r'((?:"[^"]+",?\s+)*"[^"]+"):\s+Announced\s+shutdown\s+date:\s+(\d{4}-\d\d-\d\d)')
_SMALLER = re.compile(r"mini|nano|3\.5")
_TEXT_ONLY = re.compile(r"audio|search|codex|vision|realtime|image")


@dataclass(frozen=True)
class Ending:
    """The end of a model.

    Fields:
        model: its full name, as it was written. day: its last. instead: what to write; empty if that is not known.

    >>> print(Ending("gpt-4", date(2026, 10, 23), "gpt-6-sol").sentence(date(2026, 11, 28)))
    gpt-4 ended on 2026-10-23: write gpt-6-sol.
    """

    model: str
    day: date
    instead: str = ""

    def over(self, today: date | None = None) -> bool:
        """Whether the model answers no more."""
        return self.day <= (today or date.today())

    def near(self, today: date | None = None) -> bool:
        """Whether it has ended, or will within `AHEAD`."""
        return self.day <= (today or date.today()) + AHEAD

    def sentence(self, today: date | None = None) -> str:
        """What a person should know of it."""
        verb = "ended" if self.over(today) else "ends"
        advice = f"write {self.instead}" if self.instead else "choose another model"
        return f"{self.model} {verb} on {self.day.isoformat()}: {advice}."


def ending_of(model: str, shutdown_date: str | None = None) -> Ending | None:
    """When a model ends, as far as that is known.

    Arguments:
        model: its full name, e.g. ``gpt-4o`` or ``openrouter/openai/gpt-4o``.
        shutdown_date: the ``shutdown_date`` that its service has given with ``GET /models``, if it was asked.

    >>> ending_of("gpt-4").day.isoformat()
    '2026-10-23'
    >>> ending_of("gpt-6-luna") is None
    True
    """
    service, name = split_model(model)
    prefix = ""
    if service == "openrouter" and name.startswith("openai/"):
        service, name, prefix = "openai", name.removeprefix("openai/"), "openrouter/openai/"
    day = read_day(shutdown_date) or (announced().get(name) if service == "openai" else None)
    if day is None:
        return None
    instead = "" if service != "openai" or _TEXT_ONLY.search(name) else SMALL if _SMALLER.search(name) else LARGE
    return Ending(model, day, prefix + instead if instead else "")


def read_day(text: object) -> date | None:
    """A service's date, or None if it is none: ``2027-01-14``, or with a time behind it."""
    try:
        return date.fromisoformat(str(text)[:10])
    except ValueError:
        return None


@cache
def announced() -> Mapping[str, date]:
    """The ends that OpenAI has announced, by model: the table, and over it what the installed SDK lists."""
    known = {name: date.fromisoformat(day) for day, names in _OPENAI.items() for name in names}
    return {**known, **in_sdk()}


def in_sdk() -> dict[str, date]:
    """The ends that the installed SDK lists beside its models' names; nothing is imported."""
    found = find_spec("openai")
    if found is None or not found.origin:
        return {}
    try:
        text = Path(found.origin).with_name("types").joinpath("shared", "chat_model.py").read_text("utf-8")
    except OSError:  # another layout: the table is what there is
        return {}
    days: dict[str, date] = {}
    for names, day in _ANNOUNCED.findall(text):
        days.update(dict.fromkeys(re.findall(r'"([^"]+)"', names), date.fromisoformat(day)))
    return days
