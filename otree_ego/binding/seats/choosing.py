"""Which participants of a new session models play: `ego_ai_seats`."""

from __future__ import annotations

from typing import Any

from ...chat_rules.seat_settings import chosen_seats, dealt_personas, seat_number
from ...display import logger
from ...players.ai_marks import SEAT
from ..otree_internals.models import participants_of
from ..otree_internals.startup import is_server, refusing
from ..setup.chat_settings import settings_of
from .giving import begin_after_commit, give
from .seat_marks import is_marked


def choose(session: Any) -> None:
    """Give the seats of a new session to models, before its apps set it up; they begin when it is made.

    Raises:
        ConfigError: there are more seats than participants, or the groups do not come out even.
    """
    if not session.config.get("ego_ai_seats"):
        return
    settings = settings_of(session)
    given, seed = settings.declared, f"{settings.seed if settings.seed is not None else session.code}"
    participants = participants_of(session)
    with refusing():
        numbers = set(chosen_seats(seat_number(given["ai_seats"]), len(participants), given["seat_choice"], seed))
    if not is_server():  # oTree's bots play all participants
        return
    if session.config.get("use_browser_bots"):
        logger.warning("ego_ai_seats: oTree's browser bots play all participants of session %s.", session.code)
        return
    seats = [each for each in participants if each.id_in_session in numbers]
    personas = dealt_personas(given["seat_persona"], len(seats), seed)
    give(seats, SEAT, label=given["seat_label"], personas=personas)


def begin_of(session: Any) -> None:
    """The session is made: its seats begin to play when it is committed."""
    if session.config.get("ego_ai_seats"):
        begin_after_commit([each.code for each in participants_of(session) if is_marked(each)])
