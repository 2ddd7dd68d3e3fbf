"""As whom a Thread is asked: as one persona of those who speak in it, with what that persona knows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from ..messages import Message

ONLY_FOR = "only_for"
"""Under this name the params of a message have the name of the one persona that knows of it."""


class Talk(NamedTuple):
    """What a request carries: pairs of role and text, for each its author, and its place in the record (0 for none)."""

    messages: tuple[tuple[str, str], ...]
    authors: tuple[str, ...]
    origins: tuple[int, ...] = ()


@dataclass(frozen=True)
class Part:
    """A persona as which a Thread is asked. What is said while it is, only this persona knows, and no page shows it.

    Arguments:
        name: the persona's.
        sees: makes of the record what a request of the persona's carries.
        model: asked in place of the Thread's; empty for that. temperature: in place of the Thread's; None for that.
    """

    name: str
    sees: Callable[[Sequence[Message]], Talk]
    model: str = ""
    temperature: float | None = None

    def own(self, message: Message) -> Message:
        """A message that only this persona knows."""
        author = self.name if message.role == "assistant" and message.status != "pending" else message.author
        return replace(message, author=author, hidden=True, params={**message.params, ONLY_FOR: self.name})


def known_to(message: Message, name: str | None) -> bool:
    """Whether a persona knows of a message; who is none (None) knows of all.

    >>> known_to(Message("user", "How much?", params={ONLY_FOR: "Ada"}), "Ben")
    False
    """
    return name is None or message.params.get(ONLY_FOR, name) == name
