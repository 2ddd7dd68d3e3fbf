"""How it is marked who is played by a model: a row, `participant.vars`, and the label where the config names one."""

from __future__ import annotations

from typing import Any

from ...players.ai_marks import FILL, MARK, SEAT, TAKEOVER
from ..otree_internals.models import Participant

WHYS = (SEAT, TAKEOVER, FILL)
"""Why a model plays a participant: from the session's start, for somebody who has left, for somebody who never came."""


def occupy(participant: Any, label: str) -> None:
    """Let no human get a participant's place.

    Arguments:
        label: that it gets, if it has none; empty for none.
    """
    participant.visited = True
    participant._waitpage_tab_hidden = False  # it stays set over pages, and keeps a participant out of groups
    if label and not participant.label:
        participant.label = label[:100]


def is_marked(participant: Any) -> bool:
    """Whether a participant is marked as a seat."""
    return participant._vars.get(MARK) in WHYS


def participant_of(session: Any, code: str) -> Any:
    """The participant of this code in a database session; None if there is none any more."""
    return session.query(Participant).filter_by(code=code).first()
