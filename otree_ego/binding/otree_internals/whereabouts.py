"""Where a participant is in a session, who else belongs to the group that they wait for, and moving them to the end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import otree.channels.utils as channels
from otree.common import get_builtin_constant, get_models_module
from otree.database import dbq
from otree.lookup import get_min_idx_for_app, get_page_lookup
from otree.models import Participant, Session
from otree.views.abstract import WaitPage
from sqlalchemy.orm import object_session

from ...chat_rules.seat_arrivals import missing_humans
from .group_arrivals import Place, arrivals_at, seats_per_group
from .last_page import is_end, noted_end
from .models import own_pages


@dataclass(frozen=True)
class Whereabouts:
    """Where a participant is.

    Fields:
        code, number: the participant's. session_id, session_code: of the session.
        index: of the page; `over`: whether it is behind the last one.
        app, page, round_number: of the page; behind the last one, the last app.
        waits: whether they have been shown a page on which they wait for others.
        visited: whether anybody has opened the participant's link. ended: whether the study has ended for them.
        is_end: whether the page ends studies, or nothing follows it: who closes it has not left.
        people_only: whether the page says that no model may answer it in a person's place.
        is_bot: whether it is a bot of oTree's. status: oTree's own.
    """

    code: str
    number: int
    session_id: int
    session_code: str
    index: int
    app: str = ""
    page: str = ""
    round_number: int = 0
    over: bool = False
    waits: bool = False
    visited: bool = False
    ended: bool = False
    is_end: bool = False
    people_only: bool = False
    is_bot: bool = False
    status: str = ""


def whereabouts(participant: Any) -> Whereabouts:
    """Where a participant is."""
    index, last = participant._index_in_pages, participant._max_page_index or 0
    place = get_page_lookup(participant._session_code, index) if 1 <= index <= last else None
    return Whereabouts(
        participant.code,
        participant.id,
        participant.session_id,
        participant._session_code,
        index,
        get_page_lookup(participant._session_code, max(1, min(index, last))).app_name,
        place.page_class.__name__ if place else "",
        place.round_number if place else 0,
        over=index > last,
        waits=place is not None and waits_for_others(place.page_class) and bool(participant.is_on_wait_page),
        visited=bool(participant.visited),
        ended=noted_end(participant) is not None,
        is_end=place is not None and (index == last or _ends_study(place)),
        people_only=place is not None and bool(getattr(place.page_class, "people_only", False)),
        is_bot=bool(participant._is_bot or participant.is_browser_bot),
        status=participant.status or "",
    )


def _ends_study(place: Any) -> bool:
    return bool(getattr(place.page_class, "ends_study", False)) or is_end(place.app_name)


def participant_of(code: str) -> Any:
    """A participant by their code, in the database session of this code; None if there is none."""
    return dbq(Participant).filter_by(code=code).first()


def on_their_way() -> list[Any]:
    """All participants who have come and are not at the end."""
    people = dbq(Participant).filter(
        Participant.visited.is_(True), Participant._index_in_pages <= Participant._max_page_index
    )
    return list(people.order_by(Participant.id))


def config_of(session_id: int) -> dict[str, Any]:
    """A session's config."""
    session = dbq(Session).filter_by(id=session_id).first()
    return {} if session is None else dict(session.config)


def missing_members(participant: Any) -> list[Any]:
    """Of the group that a participant waits for, those whom nobody plays yet: participants whose link nobody opened.

    On an arrival-time page it is as many as a group still needs, of all who have not come to the session.
    """
    place = get_page_lookup(participant._session_code, participant._index_in_pages)
    if place.page_class.group_by_arrival_time:
        unopened = dbq(Participant).filter_by(session_id=participant.session_id, visited=False)
        return list(unopened.order_by(Participant.id_in_session))[: _needed_by_arrival(place, participant)]
    model = get_models_module(place.app_name).Player
    player = model.objects_get(participant=participant, round_number=place.round_number)
    column = model.subsession_id if place.page_class.wait_for_all_groups else model.group_id
    number = player.subsession_id if place.page_class.wait_for_all_groups else player.group_id
    people = dbq(model).join(Participant).filter(column == number).with_entities(Participant)
    return [each for each in people.order_by(Participant.id_in_session) if not each.visited]


def _needed_by_arrival(place: Any, participant: Any) -> int:
    """How many more must come to an arrival-time page for a group: those who wait on it are there."""
    size = int(get_builtin_constant(place.app_name, "players_per_group") or 0)
    each = seats_per_group(participant.session.config, size)
    page = Place(participant.session_id, participant._index_in_pages, size, each)
    found = arrivals_at(object_session(participant).connection(), page)
    return missing_humans(found) if found is not None and size else 1


def waits_for_others(page_class: Any) -> bool:
    """Whether a wait page waits for people: not for a model alone."""
    asks = hasattr(page_class, "ask_ai")
    return issubclass(page_class, WaitPage) and (not asks or bool(getattr(page_class, "wait_for_all_players", False)))


def coming_to(session_id: int, index: int, codes: Sequence[str]) -> int:
    """How many of some participants have not come to a page yet."""
    if not codes:
        return 0
    here = dbq(Participant).filter(Participant.session_id == session_id, Participant.code.in_(list(codes)))
    return int(here.filter(Participant._index_in_pages < index).count())


def end_for(participant: Any) -> str:
    """Bring a participant from a wait page to the end of the study; returns the group whose tabs are to be told."""
    place = get_page_lookup(participant._session_code, participant._index_in_pages)
    told = _waiting_group(participant, place)
    app = participant.session.config["app_sequence"][-1]
    leads_to_app = is_end(app) and app != place.app_name
    last = get_min_idx_for_app(participant._session_code, app) if leads_to_app else participant._max_page_index + 1
    participant._index_in_pages = last
    participant.is_on_wait_page = False
    participant._monitor_note_json = "[]"
    return told


def _waiting_group(participant: Any, place: Any) -> str:
    where = dict(page_index=participant._index_in_pages, session_id=participant.session_id)
    if place.page_class.group_by_arrival_time:
        return str(channels.gbat_group_name(**where))
    if place.page_class.wait_for_all_groups:
        return str(channels.subsession_wait_page_name(**where))
    model = get_models_module(place.app_name).Player
    player = model.objects_get(participant=participant, round_number=place.round_number)
    return str(channels.group_wait_page_name(**where, group_id=player.group_id))


def page_names(config: Any) -> dict[str, tuple[str, ...]]:
    """The names of the pages of each app of a session config."""
    return {app: tuple(page.__name__ for page in own_pages(app)) for app in config.get("app_sequence") or ()}


def has_wait_pages(config: Any) -> bool:
    """Whether a session config has a page on which people wait for others."""
    apps = config.get("app_sequence") or ()
    return any(waits_for_others(page) for app in apps for page in own_pages(app))


@dataclass(frozen=True)
class PageRange:
    """Pages of a session, by their places: the first and the last."""

    first: int
    last: int


def together_in(participant: Any) -> dict[tuple[str, int], PageRange]:
    """The pages, so far, of each app and round in which the members of a group have to do with each other.

    They have nothing to do with each other in an app that has neither a group size, nor wait pages, nor live pages.
    """
    found: dict[tuple[str, int], PageRange] = {}
    index, last = 1, min(participant._index_in_pages, participant._max_page_index or 0)
    while index <= last:
        place = get_page_lookup(participant._session_code, index)
        key = (place.app_name, place.round_number)
        if key in found or _is_shared(place.app_name):
            found[key] = PageRange(found[key].first if key in found else index, index)
        index += 1
    return found


@cache
def _is_shared(app: str) -> bool:
    size = get_builtin_constant(app, "players_per_group")
    meets = any(issubclass(page, WaitPage) or bool(getattr(page, "live_method", "")) for page in own_pages(app))
    return bool(size and size > 1) or (size is None and meets)
