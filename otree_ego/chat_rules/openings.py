"""The message with which an AI opens a chat: a text of the experimenter's, or one that its model is asked for."""

from __future__ import annotations

from collections.abc import Sequence

from ..messages import Message
from ..threads.notices import has_ended
from .personas import Persona
from .settings import ChatSettings
from .turn_taking import OPENING as OPENING, is_human, is_reply, was_broken_off

TEXT, MODEL = "text", "model"


def has_begun(record: Sequence[Message]) -> bool:
    """Whether anybody has said anything yet that participants can read."""
    return any(is_human(message) or is_reply(message) for message in record)


def opening_of(settings: ChatSettings, record: Sequence[Message]) -> str:
    """How a chat with one AI is to be opened, `TEXT` or `MODEL`; empty if it is not, or has begun.

    Arguments:
        record: what was said before.
    """
    kind = TEXT if settings.opening.strip() else MODEL if settings.opening_prompt.strip() else ""
    return "" if not kind or has_begun(record) else kind


def wants_opening(settings: ChatSettings, record: Sequence[Message]) -> bool:
    """Whether nobody has tried to open a chat yet that is to be opened."""
    if has_ended(record):  # by the app's code
        return False
    tried = any(m.role != "system" and not m.hidden and not was_broken_off(m) for m in record)
    return not tried and bool(opening_of(settings, record))


def opening_text(persona: Persona, personas: Sequence[Persona], settings: ChatSettings) -> str:
    """With what a persona of a group chat opens it; empty if it does not, or its model is asked."""
    if persona.opening.strip():
        return persona.opening
    first = personas[0].name == persona.name and not any(one.opening.strip() for one in personas)
    return settings.opening if first and settings.opening.strip() else ""


def next_opening(
    record: Sequence[Message], personas: Sequence[Persona], settings: ChatSettings
) -> tuple[Persona, str] | None:
    """Which persona is to open a group chat now, in their order; None if none is.

    >>> from .settings import read_settings
    >>> settings = read_settings({"ego_model": "constant/Hi"})
    >>> next_opening([], [Persona("Ada"), Persona("Ben", opening="Hello!")], settings)[0].name
    'Ben'
    """
    prompted = settings.opening_prompt.strip() and not any(one.opening.strip() for one in personas)
    opens = [
        one
        for place, one in enumerate(personas)
        if (one.at_most is None or one.at_most > 0)
        and (opening_text(one, personas, settings) or (prompted and not place))
    ]
    if not opens:
        return None
    spoken = {m.author for m in record if m.role == "assistant" and not was_broken_off(m)}
    if any(is_human(m) for m in record) and not spoken & {one.name for one in opens}:
        return None  # they have begun without
    return next(((one, OPENING) for one in opens if one.name not in spoken), None)
