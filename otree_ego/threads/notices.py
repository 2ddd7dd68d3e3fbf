"""Notices: what people in a chat are told, by nobody who speaks in it. The model hears of it only if it is to.

A notice stands in the record as a system message with `NOTICE` in its params. Other system messages no page shows.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..messages import Message

NOTICE = "notice"
"""Under this name the params of a system message that pages show have `HEARD` or `UNHEARD`."""
HEARD, UNHEARD = "heard", "unheard"
ENDS = "ends"
"""Under this name the params of a notice say that with it the chat has ended."""


def notice_of(text: str, author: str, heard: bool, ends: bool = False) -> Message:
    """A notice, as it is recorded.

    Arguments:
        author: whose name pages show; empty for none. heard: whether the model is sent it.
        ends: whether the chat has ended with it.
    """
    params: dict[str, Any] = {NOTICE: HEARD if heard else UNHEARD, **({ENDS: True} if ends else {})}
    return Message("system", text, author=author, params=params)


def is_notice(message: Message) -> bool:
    """Whether pages show a message as a notice."""
    return message.role == "system" and NOTICE in message.params


def has_ended(messages: Iterable[Message]) -> bool:
    """Whether a chat was ended by code."""
    return any(ENDS in message.params and is_notice(message) for message in messages)


def is_heard(message: Message) -> bool:
    """Whether models are sent a message, as far as it is for people alone or not."""
    return message.params.get(NOTICE) != UNHEARD
