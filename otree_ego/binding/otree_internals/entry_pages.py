"""oTree's three ways in (the session-wide link, a room, a participant's own link), and what their links say besides.

oTree reads `participant_label` alone, answers a plain 404 to labels of over 100 characters, and 500 if two have one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import unquote_plus, urlencode

import otree.views.participant as pages
from otree.models import Participant, Session
from otree.room import ROOM_DICT
from otree.templating import render
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from ...recruiting.entry_links import LABEL, EntryLink, is_placeholder, read_entry_link
from ...recruiting.page_texts import Notice, label_notice

START = "/InitializeParticipant/"
arrived: list[Callable[[Any, EntryLink, str], None]] = []
"""Told of each participant who comes by a link that says something: the participant, what it says, what link it is."""
full: list[Callable[[Any, EntryLink], Notice]] = []
"""The first one says what somebody reads for whom a session has no place."""
language: list[Callable[[Any], str]] = []
"""The first one tells the language of a session (None: the project's)."""

_usual_join: Callable[..., Response] = pages.SessionWideLink.get
_usual_room: Callable[..., Response] = pages.AssignVisitorToRoom.get
_usual_own: Callable[..., Response] = pages.InitializeParticipant.get
_usual_check = pages.validate_room_visitor


def install() -> None:
    """Read the links of all three ways in."""
    pages.SessionWideLink.get = _join
    pages.AssignVisitorToRoom.get = _enter_room
    pages.InitializeParticipant.get = _start
    pages.validate_room_visitor = _check
    pages.get_participant_by_label = _by_label


def notice_page(notice: Notice, status: int = 200) -> Response:
    """A page of ours, without anything of a session's."""
    page: Response = render("otree_ego/Notice.html", {"notice": notice})
    page.status_code = status
    page.headers["Cache-Control"] = "no-store"
    return page


# --- the ways in ----------------------------------------------------------------------------------------------------


def _join(endpoint: Any, request: Request) -> Response:
    session = Session.objects_first(_anonymous_code=request.path_params["anonymous_code"])
    link = _read(request, session)
    return _let_in(_usual_join(endpoint, _with_label(request, link)), session, link, "session")


def _enter_room(endpoint: Any, request: Request) -> Response:
    room = ROOM_DICT.get(request.path_params["room_name"])
    if room is None:
        return _usual_room(endpoint, request)
    session = room.get_session()
    link = _read(request, session)
    asked = _with_label(request, link)
    welcomed = bool(request.query_params.get("welcome_page_ok"))
    if (welcomed or link.label) and _usual_check(room, asked.query_params):
        return notice_page(label_notice(link.label, language[0](session)), 404)
    if not welcomed:
        if room.has_participant_labels and request.query_params.get(LABEL, "") != link.label:
            return RedirectResponse(f"{request.url.path}?{_query(request, link)}", 302)  # the page asks for the label
        return _usual_room(endpoint, asked)
    return _let_in(_usual_room(endpoint, asked), session, link, "room")


def _start(endpoint: Any, request: Request) -> Response:
    if not _sent(request):
        return _usual_own(endpoint, request)
    participant = Participant.objects_first(code=request.path_params["code"])
    link = _read(request, participant and participant.session)
    response = _usual_own(endpoint, _with_label(request, link))
    if participant is not None:
        _tell(participant, link, "participant")
    return response


def _let_in(response: Response, session: Any, link: EntryLink, kind: str) -> Response:
    where = response.headers.get("location", "")
    if response.status_code == 404 and session is not None:
        return notice_page(full[0](session, link), 404)
    if START in where:
        _tell(Participant.objects_get(code=where.partition(START)[2].partition("?")[0]), link, kind)
    return response


def _tell(participant: Any, link: EntryLink, kind: str) -> None:
    if link.parameters or link.person:
        for tell in arrived:
            tell(participant, link, kind)


# --- labels ---------------------------------------------------------------------------------------------------------


def _read(request: Request, session: Any) -> EntryLink:
    parameter = str(session.config.get("ego_entry_parameter") or "") if session is not None else ""
    return read_entry_link(_sent(request), parameter)


def _sent(request: Request) -> bytes:
    sent: bytes = request.scope.get("query_string", b"")
    return sent


def _query(request: Request, link: EntryLink) -> str:
    parts = _sent(request).decode("latin-1").split("&")
    kept = [part for part in parts if part and unquote_plus(part.partition("=")[0]) != LABEL]
    return "&".join([*kept, *([urlencode({LABEL: link.label})] if link.label else [])])


def _with_label(request: Request, link: EntryLink) -> Request:
    """The request as if the link had oTree's own parameter, with a label that oTree can store."""
    return Request({**request.scope, "query_string": _query(request, link).encode()}, request.receive)


def _check(room: Any, parameters: Any) -> Any:
    """What is wrong with a visitor of a room, whom the welcome page asks about with all parameters of the link."""
    typed = str(parameters.get(LABEL) or "")
    given = dict(parameters)
    if is_placeholder(typed):
        given.pop(LABEL, None)
    given[LABEL] = read_entry_link(urlencode({k: str(v) for k, v in given.items()}, errors="replace").encode()).label
    return _usual_check(room, given)


def _by_label(session: Any, label: str) -> Any:
    """As oTree's own function, which fails if two participants have one label: the first one has it."""
    known = session.pp_set.filter_by(label=label).order_by("id").first() if label else None
    return known or session.pp_set.filter_by(visited=False).order_by("id").first()
