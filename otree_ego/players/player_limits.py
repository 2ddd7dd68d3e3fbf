"""What a player is told besides its model: when it gives up, and what stands in its model's place."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .served_page import Page
from .visits import Visit

Scripted = Mapping[str, Any] | None
Script = Callable[[Page], Scripted | Awaitable[Scripted]]
"""Answers in place of a model, now or awaited: what goes into each field, by its name; under ``button`` which one is
pressed, and under ``chat`` what is said, a list of texts. None leaves the page to the model."""
OnVisit = Callable[[Visit], None]


@dataclass(frozen=True)
class Limits:
    """When a player gives up.

    Fields:
        corrections: answers that a page may refuse without naming another field.
        tries: answers of the model's that may not have the form.
        messages: of the player's in one chat. quiet: seconds without a word after which it is asked again in a chat.
        visits: pages in all. timer: seconds for which a page's timer is waited for at most; None for all it takes.
        errors: of the server's, one after the other. pause: seconds after the first of them; twice as long each time.
    """

    corrections: int = 5
    tries: int = 3
    messages: int = 20
    quiet: float = 20.0
    visits: int = 5000
    timer: float | None = None
    errors: int = 5
    pause: float = 0.25


async def by_script(script: Script | None, page: Page) -> Scripted:
    """What a script answers to a page; None if it leaves it to the model, or if there is no script."""
    found = None if script is None else script(page)
    return await found if inspect.isawaitable(found) else found
