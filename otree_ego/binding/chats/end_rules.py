"""What ends a chat besides its time: a function of the app's, the model's own word, or both."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ...display import logger
from ...errors import ConfigError
from ...messages import Message
from .course_rows import Ending

EndRule = Callable[[Sequence[Message]], bool | str | None]
"""Is given the messages of a chat's page, the newest last. True: the chat ends. A text: it ends, and this is said."""


def checked_rule(where: str, given: Any) -> EndRule | None:
    """A function that may end a chat, or None.

    Raises:
        ConfigError: it is something else.
    """
    if given is not None and not callable(given):
        raise ConfigError(f"{where} must be a function of the chat's messages, not {given!r:.60}.")
    rule: EndRule | None = given
    return rule


def ending_by(rule: EndRule | None, word: str, newest: Message, record: Sequence[Message]) -> Ending | None:
    """How a chat ends after a message; None if it goes on.

    Arguments:
        rule: the app's. Where there is a word, it is asked only when the model has said it.
        word: of `ego_end_word`; empty for none. newest: the message. record: all messages, the newest last.
    """
    said = bool(word) and newest.role == "assistant" and word in newest.text
    if rule is None:
        return Ending("model", "ended") if said else None
    if word and not said:
        return None
    try:
        answer: Any = rule(tuple(record))
    # The experimenter's own function: whatever it raises, the chat goes on, and the log says why.
    except Exception:
        logger.exception("The function that may end the chat (ends=%s) failed; the chat goes on", _name(rule))
        return None
    if answer is None or answer is False:
        return None
    why = "model" if said else "rule"
    if answer is True or isinstance(answer, str):
        return Ending(why, "ended", answer if isinstance(answer, str) else "")
    logger.error(
        "The function that may end the chat (ends=%s) returned %.60r; it must return True, False or a text. The chat "
        "goes on.", _name(rule), answer,
    )  # fmt: skip
    return None


def _name(rule: EndRule) -> str:
    return str(getattr(rule, "__name__", rule))
