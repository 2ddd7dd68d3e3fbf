"""What happened around participants who left or waited in vain: rows of *Events*, and the mark of how it ended."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any

from sqlalchemy.engine import Connection

from ...chat_rules.takeover_settings import LEFT
from ...messages import clean
from ..otree_internals.tables import EgoEvent
from ..otree_internals.whereabouts import Whereabouts
from ..recruiting.arrivals import OUTCOME

TAKEN_OVER, CAME_BACK, STAYED_OUT, FILLED, SENT_ON, TOO_LATE = (
    "taken over", "came back", "stayed out", "group filled", "group given up", "answered too late",
)  # fmt: skip
"""Kinds of events: a model plays on; the person plays again; came back and may not; AIs take missing places; the study
has ended for somebody who waited; and a form that did not count, because the model had sent the page already."""
_ROWS = EgoEvent.__table__


def add_event(c: Connection, where: Whereabouts, kind: str, about: Mapping[str, Any]) -> None:
    """Write down what has happened to a participant, on the page where they are."""
    text = clean(json.dumps(about, ensure_ascii=False))
    row = dict(
        session_id=where.session_id, participant=where.code, app=where.app, round=where.round_number, kind=kind,
        page=where.page, page_index=where.index, about=text, time=time.time(),
    )  # fmt: skip
    c.execute(_ROWS.insert().values(**row))


def mark_left(participant: Any, is_out: bool) -> None:
    """Let the study end for a participant as for somebody who has left, or take that back."""
    outcome = participant._vars.get(OUTCOME)
    if is_out and outcome is None:
        participant.vars[OUTCOME] = LEFT
    elif not is_out and outcome == LEFT:
        del participant.vars[OUTCOME]
