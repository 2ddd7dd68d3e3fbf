"""What may happen to a conversation that is too long for its model: the policies' names, and what a function gets."""

import difflib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from ..errors import ConfigError
from ..public import public

DROP, REFUSE = "drop_oldest", "refuse"
POLICIES = (DROP, REFUSE)
_MEANT = re.compile("drop|oldest|refus|trunc|trim|summar|window|shorten|forget")
LEAST, MOST = 32, 100_000_000
"""Tokens of a context."""


@public
@dataclass(frozen=True)
class ContextMessage:
    """A message, as a context function is given it and returns it.

    Arguments:
        role: ``system``, ``user`` or ``assistant``. text: as it is sent.
        tokens: about how many it has. seq: its place in the Thread, 0 for what is not in its record.
        author: a participant's code, a model's or a persona's name, or empty. hidden: whether participants see it.
    """

    role: str
    text: str
    tokens: int = 0
    seq: int = 0
    author: str = ""
    hidden: bool = False


ContextFunction = Callable[[Sequence[ContextMessage], int | None], Sequence[Any]]
"""Chooses what is sent: it is given all messages, and about how many tokens fit (None if nobody knows)."""


def is_policy(value: Any) -> bool:
    """Whether it says what happens; anything else under this name is an attribute of the experimenter's own."""
    return callable(value) or (isinstance(value, str) and value in POLICIES)


def check_policy(where: str, value: Any) -> None:
    """Refuse what is meant for a policy and is none. Other values are an attribute of the experimenter's own: a design
    may well have a factor `context`, and then the usual policy holds.

    Raises:
        ConfigError: it names the policies.

    >>> check_policy("Thread.context", "refuse"), check_policy("Thread.context", "You are in a shop.")
    (None, None)
    >>> check_policy("Thread.context", "drop-oldest")
    Traceback (most recent call last):
    otree_ego.ConfigError: Thread.context is no policy: 'drop-oldest'. There are drop_oldest and refuse, or a function.
    """
    if not isinstance(value, str) or value in POLICIES:
        return
    word = value.strip().lower()
    if difflib.get_close_matches(word, POLICIES, cutoff=0.6) or (_MEANT.search(word) and " " not in word):
        raise ConfigError(f"{where} is no policy: {value!r:.60}. There are {' and '.join(POLICIES)}, or a function.")


def checked_policy(where: str, value: Any) -> Any:
    """A policy, a function, or None, as it is given for a chat.

    Raises:
        ConfigError: it is none of them.
    """
    if value is None or is_policy(value):
        return value
    raise ConfigError(f"{where} is {' or '.join(POLICIES)}, or a function, not {value!r:.60}.")


def check_tokens(where: str, value: Any) -> None:
    """Refuse what is no size of a context.

    Raises:
        ConfigError: it says what is.
    """
    good = value is None or (isinstance(value, int) and not isinstance(value, bool) and LEAST <= value <= MOST)
    if not good:
        raise ConfigError(
            f"{where} is how many tokens a request and its reply may have, from {LEAST} to {MOST:,}, or None, not "
            f"{value!r:.60}."
        )


def check_room(reply: str, most: int | None, where: str, context: int | None) -> None:
    """See that a context is larger than the reply that is to fit into it.

    Arguments:
        reply, where: what the two are called in errors. most: tokens of the reply. context: of both.

    Raises:
        ConfigError: it is not.
    """
    if context and most and most >= context:
        raise ConfigError(
            f"{reply} = {most} leaves nothing of {where} = {context}: the conversation and the reply share them. Lower "
            f"{reply}."
        )


CHECKS: dict[str, Callable[[str, Any], None]] = {"context": check_policy, "context_tokens": check_tokens}
"""Of a Thread's settings, those that are checked here."""


def named(function: Any) -> str:
    """What a function is called in errors."""
    return str(getattr(function, "__qualname__", type(function).__qualname__))
