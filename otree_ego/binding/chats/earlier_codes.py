"""The codes that a participant had in earlier sessions of the project: what they wrote there is theirs here, too."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import select

from ..otree_internals.database import joined_section
from ..otree_internals.models import Participant

_PEOPLE = Participant.__table__


def earlier_codes(player: Any, authors: Collection[str]) -> frozenset[str]:
    """Which of a chat's authors are the same person as a player's participant: those who have the same label.

    Arguments:
        authors: participants' codes, the player's own among them or not.
    """
    participant = player.participant
    others = set(authors) - {participant.code, ""}
    if not others or not participant.label:
        return frozenset()
    same = (_PEOPLE.c.label == participant.label) & _PEOPLE.c.code.in_(sorted(others))
    with joined_section() as connection:
        return frozenset(row["code"] for row in connection.execute(select([_PEOPLE.c.code]).where(same)))
