"""The turn of an AI that opens a chat with a text of the experimenter's: no model is asked."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from ...chat_rules.openings import OPENING, TEXT
from ...messages import Message
from ...threads.turns import Append, Settle, Turn, Wait


def place_for_opening() -> Turn[tuple[Message, ...]]:
    """Record the place of the opening."""
    recorded: tuple[Message, ...] = yield Append((Message("assistant", "", status="pending", params={OPENING: TEXT}),))
    return recorded


def said(
    pending: Message,
    text: str,
    seconds: float,
    settled: Callable[[Message], None],
    finish: Callable[[Message], Message],
) -> Turn[Message]:
    """Fill the place, after so many seconds."""
    if seconds > 0:
        yield Wait(seconds)
    params = {**pending.params, OPENING: TEXT}
    message = replace(
        pending, text=text, status="complete", finish_reason="opening", params=params, completed=time.time()
    )
    message = finish(message)
    settled(message)
    yield Settle(message)
    return message
