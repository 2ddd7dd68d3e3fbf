"""Owner keys: which Thread belongs to which oTree object."""

from __future__ import annotations

import re
from typing import Any

from ...errors import LinkError
from ...stores.owner_keys import parse_owner as parse_owner
from ..otree_internals.models import (
    BaseGroup,
    BasePlayer,
    BaseSubsession,
    Participant,
    Session,
    app_of,
    participant_code,
    session_of,
)

SUFFIX = re.compile(r"[\w.:@ -]{1,80}\Z")


def owner_key(instance: Any, suffix: str | None = None) -> str:
    """The key under which an object's Thread is found.

    Arguments:
        instance: a player, group, subsession, participant or session of oTree's.
        suffix: tells several Threads of one object apart: letters, digits and ``_ . : @ - space``, at most 80.

    Raises:
        LinkError: it is none of these, or the suffix is no such name.
    """
    if suffix is not None and not (isinstance(suffix, str) and SUFFIX.match(suffix)):
        raise LinkError(
            f"ai(…, suffix={suffix!r:.60}): a suffix is 1 to 80 letters, digits or any of _ . : @ - and space."
        )
    return _key(instance) + (f"#{suffix}" if suffix else "")


def _key(instance: Any) -> str:
    if isinstance(instance, BasePlayer):
        return f"player:{app_of(instance)}:{instance.round_number}:{participant_code(instance)}"
    if isinstance(instance, BaseGroup):
        # the session's code, not its number: databases give the numbers of deleted sessions to new ones
        return f"group:{app_of(instance)}:{instance.round_number}:{session_of(instance).code}:{instance.id}"
    if isinstance(instance, BaseSubsession):
        return f"subsession:{app_of(instance)}:{instance.round_number}:{session_of(instance).code}"
    if isinstance(instance, Participant):
        return f"participant:{instance.code}"
    if isinstance(instance, Session):
        return f"session:{instance.code}"
    raise LinkError(
        f"ai(…) takes a player, group, subsession, participant or session of oTree's, not {type(instance).__name__}."
    )
