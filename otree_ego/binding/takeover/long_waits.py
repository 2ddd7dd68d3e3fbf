"""Participants who have waited long enough for a group: AIs take the missing places, or the study ends for them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.engine import Connection

from ...chat_rules.takeover_settings import NO_GROUP
from ...display import logger
from ...players.ai_marks import FILL
from ...stores.seat_tables import OPEN, seats_of_session
from ..otree_internals.database import models_on
from ..otree_internals.wait_pages import notify_waiting
from ..otree_internals.whereabouts import coming_to, end_for, missing_members, participant_of, whereabouts
from ..otree_internals.writer import writer
from ..recruiting.end_of_study import end_study
from ..seats.giving import take
from .happenings import FILLED, SENT_ON, add_event
from .persons import Person, clock

_filling: set[str] = set()


async def end_the_wait(found: Person) -> None:
    """Do for a participant who has waited what the session wants."""
    if found.code in _filling:
        return
    _filling.add(found.code)
    try:
        if found.settings.fill_ends:
            await _send_on(found)
        else:
            await _fill(found)
    finally:
        _filling.discard(found.code)


async def _fill(found: Person) -> None:
    missing, label = await writer().run(lambda c: _missing(c, found))
    if missing is None:  # they wait no longer
        found.waits_at = 0
        return
    found.waits_since = clock()  # if this does not bring them a group, again after the same time
    if not missing:
        return
    taken = []
    for number, code in missing:
        if await take(code, FILL, label=label.replace("{n}", str(number))):
            taken.append(code)
    await writer().run_surely(lambda c: _note(c, found.code, FILLED, {"participants": taken}))


def _missing(c: Connection, found: Person) -> tuple[Sequence[tuple[int, str]] | None, str]:
    """Whom AIs are to play, each with a number for the label, and the label; None if nobody waits any more."""
    with models_on(c):
        participant = participant_of(found.code)
        where = None if participant is None else whereabouts(participant)
        if where is None or not where.waits or where.index != found.waits_at:
            return None, ""
        seats = seats_of_session(c, where.session_id)
        coming = [row["participant"] for row in seats if row["why"] == FILL and row["status"] in OPEN]
        under_way = coming_to(where.session_id, where.index, coming)
        missing = [each.code for each in missing_members(participant)]
        missing = missing[: max(0, len(missing) - under_way)]
        if not missing and not under_way:
            logger.warning(
                "Participant %s has waited for a group for %g s (ego_fill_after), and no participant of session %s is "
                "left whose place an AI could take.", where.code, found.settings.fill_after, where.session_code,
            )  # fmt: skip
        label = str(participant.session.config.get("ego_seat_label") or "")
        return list(enumerate(missing, len(seats) + 1)), label


async def _send_on(found: Person) -> None:
    place = await writer().run(lambda c: _end(c, found))
    found.waits_at = 0
    if place:
        await notify_waiting(place)


def _end(c: Connection, found: Person) -> str:
    with models_on(c):
        participant: Any = participant_of(found.code)
        where = None if participant is None else whereabouts(participant)
        if where is None or not where.waits or where.index != found.waits_at:
            return ""
        add_event(c, where, SENT_ON, {"seconds_waited": round(clock() - found.waits_since, 1)})
        end_study(participant, NO_GROUP)
        return end_for(participant)


def _note(c: Connection, code: str, kind: str, about: dict[str, Any]) -> None:
    with models_on(c):
        participant = participant_of(code)
        if participant is not None:
            add_event(c, whereabouts(participant), kind, about)


def forget_all() -> None:
    """This process serves no more."""
    _filling.clear()
