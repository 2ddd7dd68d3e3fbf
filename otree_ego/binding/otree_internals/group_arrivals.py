"""oTree's pages that make groups by arrival: who waits there now, and who may still come."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextvars import Context
from dataclasses import dataclass
from typing import Any

from otree.common import get_constants
from otree.lookup import get_page_lookup
from otree.models import Participant
from otree.views.abstract import WaitPage
from sqlalchemy import event, func, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import object_session

from ...chat_rules.seat_arrivals import Arrivals
from ...stores.seat_tables import OPEN, SEATS
from .startup import server_loop

STALE = 70
"""Seconds without a request after which oTree does not count somebody as waiting any more."""


@dataclass(frozen=True)
class Place:
    """A page that makes groups by arrival.

    Fields:
        group_size: `PLAYERS_PER_GROUP`; 0 if the app has rules of its own. per_group: seats of a group; 0 if only
            their share is known.
    """

    session_id: int
    index: int
    group_size: int
    per_group: int = 0


on_arrival: list[Callable[[int], None]] = []
"""Told on the server's loop when somebody comes to such a page, or looks at it again: the session's number."""


def arrival_place(session_id: int, session_code: str, index: int) -> Place | None:
    """The page at this place of a session, if it makes groups by arrival."""
    try:
        found = get_page_lookup(session_code, index)
    except KeyError:
        return None
    page = found.page_class
    if not (issubclass(page, WaitPage) and page.group_by_arrival_time and not page.wait_for_all_groups):
        return None
    size = get_constants(found.app_name).get_normalized("players_per_group")
    return Place(session_id, index, int(size or 0))


_PEOPLE = Participant.__table__.c


def arrivals_at(c: Connection, place: Place) -> Arrivals | None:
    """Who is there now; None if the session was deleted."""
    p = _PEOPLE
    is_seat = p.code.in_(select([SEATS.c.participant]).where(SEATS.c.status.in_(OPEN)))
    waits = (
        p._waitpage_is_connected.is_(True) & p._waitpage_tab_hidden.is_(False) & p._gbat_grouped.is_(False)
        & (p._index_in_pages == place.index) & (p._last_request_timestamp >= time.time() - STALE)
    )  # fmt: skip
    mine = p.session_id == place.session_id

    def count(*where: Any) -> int:
        query = select([func.count()]).where(mine)
        for each in where:
            query = query.where(each)
        return int(c.execute(query).scalar() or 0)

    people = count()
    if not people:
        return None
    return Arrivals(
        humans_here=count(waits, ~is_seat),
        humans_to_come=count(p._index_in_pages < place.index, ~is_seat),
        seats_here=count(waits, is_seat),
        seats=count(is_seat),
        people=people,
        group_size=place.group_size,
        per_group=place.per_group,
    )


def _arrived(participant: Any, *_: Any) -> None:
    session = object_session(participant)
    if session is None or not on_arrival:
        return
    if "otree_ego_arrived" not in session.info:
        session.info["otree_ego_arrived"] = set()
        event.listen(session, "after_commit", _told)
        event.listen(session, "after_rollback", lambda s: s.info["otree_ego_arrived"].clear())
    session.info["otree_ego_arrived"].add(participant.session_id)


def _told(session: Any) -> None:
    sessions, loop = set(session.info["otree_ego_arrived"]), server_loop()
    session.info["otree_ego_arrived"].clear()
    if sessions and loop is not None:
        loop.call_soon_threadsafe(_tell, sessions, context=Context())


def _tell(sessions: set[int]) -> None:
    for session_id in sessions:
        for work in on_arrival:
            work(session_id)


def install() -> None:
    """Follow who comes to such pages."""
    event.listen(Participant._gbat_page_index, "set", _arrived)
