"""oTree's pages that make groups by arrival: who waits there now, who may still come, and who is grouped with whom."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextvars import Context
from dataclasses import dataclass
from typing import Any

from otree.common import get_constants
from otree.lookup import get_page_lookup
from otree.models import BaseSubsession, Participant
from otree.views.abstract import WaitPage
from sqlalchemy import event, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import object_session

from ...chat_rules.seat_arrivals import Arrivals, Waiter, new_group, per_group
from ...chat_rules.seat_settings import seat_number
from ...errors import ConfigError
from ...players.ai_marks import SEAT
from ...stores.seat_tables import OPEN, PLAYING, SEATS
from .startup import server_loop

STALE = 70
"""Seconds without a request after which oTree does not count somebody as waiting any more."""
KEPT = 1800
"""Seconds without a request for which seats are kept for somebody who has gone from such a page."""


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
_SHOWN = (
    _PEOPLE.code, _PEOPLE._index_in_pages, _PEOPLE._gbat_grouped, _PEOPLE._gbat_page_index,
    _PEOPLE._waitpage_is_connected, _PEOPLE._waitpage_tab_hidden, _PEOPLE._last_request_timestamp,
)  # fmt: skip


def seats_in(c: Connection, session_id: int) -> dict[str, str]:
    """The participants of a session that models play from the start, with the status; whom an AI replaces is none."""
    mine = (SEATS.c.session_id == session_id) & (SEATS.c.why == SEAT) & SEATS.c.status.in_(OPEN)
    return {row[0]: row[1] for row in c.execute(select([SEATS.c.participant, SEATS.c.status]).where(mine))}


def is_grouped(c: Connection, place: Place, code: str) -> bool:
    """Whether a participant has a group of this page's already, and has only to go on."""
    p = _PEOPLE
    mine = (p.code == code) & p._gbat_grouped.is_(True) & (p._gbat_page_index == place.index)
    return c.execute(select([p.id]).where(mine)).first() is not None


def arrivals_at(c: Connection, place: Place) -> Arrivals | None:
    """Who is there now; None if the session was deleted."""
    people = c.execute(select(_SHOWN).where(_PEOPLE.session_id == place.session_id)).fetchall()
    if not people:
        return None
    seats, now = seats_in(c, place.session_id), time.time()
    count = dict.fromkeys(("humans_here", "humans_to_come", "humans_away", "seats_here", "seats_to_come"), 0)
    for each in people:
        if each._index_in_pages > place.index:
            continue
        is_here = each._index_in_pages == place.index
        silent = now - (each._last_request_timestamp or 0)
        if is_here and each._gbat_grouped and each._gbat_page_index == place.index:
            continue
        waits = is_here and each._gbat_grouped is False and each._gbat_page_index == place.index
        if waits and each._waitpage_is_connected and not each._waitpage_tab_hidden and silent <= STALE:
            count["seats_here" if each.code in seats else "humans_here"] += 1
        elif each.code in seats:
            count["seats_to_come"] += seats[each.code] == PLAYING
        elif not is_here or silent <= STALE:
            count["humans_to_come"] += 1
        else:
            count["humans_away"] += silent <= KEPT
    of_groups = dict(group_size=place.group_size, per_group=place.per_group)
    return Arrivals(seats=len(seats), people=len(people), **of_groups, **count)


def seats_per_group(config: Mapping[str, Any], size: int) -> int:
    """How many seats each group of a session is to have; 0 if that is not settled.

    Arguments:
        config: the session's. size: of a group; 0 if the app has rules of its own.
    """
    number = config.get("ego_ai_seats")
    try:
        return per_group(seat_number(number), size) if number else 0
    except ConfigError:  # a session of an older version, perhaps
        return 0


def _place_with_shares(subsession: Any, waiting: Sequence[Any]) -> Place | None:
    """The page, if each of its groups is to have a number of seats."""
    size = int(subsession._Constants.get_normalized("players_per_group") or 0)
    each = seats_per_group(subsession.session.config, size) if waiting else 0
    return Place(subsession.session.id, waiting[0].participant._index_in_pages, size, each) if each else None


_usual_method = BaseSubsession.group_by_arrival_time_method


def _with_seats(self: Any, waiting_players: Sequence[Any]) -> Any:
    """What oTree asks where an app has no `group_by_arrival_time_method`: each group gets its share of seats."""
    place = _place_with_shares(self, waiting_players)
    session = object_session(self)
    found = None if place is None else arrivals_at(session.connection(), place)
    if place is None or found is None:
        return _usual_method(self, waiting_players)
    seats, now = seats_in(session.connection(), place.session_id), time.time()
    people = [each.participant for each in waiting_players]
    line = [Waiter(each.code in seats, now - (each._last_page_timestamp or now)) for each in people]
    return [waiting_players[at] for at in new_group(found, line)]


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
    """Follow who comes to such pages, and give each group its seats."""
    BaseSubsession.group_by_arrival_time_method = _with_seats
    event.listen(Participant._gbat_page_index, "set", _arrived)
