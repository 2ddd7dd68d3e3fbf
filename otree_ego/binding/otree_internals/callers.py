"""Which function of an app is running, and for whom: read from the frames of oTree's own code and of the app's."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from types import FrameType
from typing import Any

from otree.lookup import get_page_lookup

from .models import BaseGroup, BasePlayer, BaseSubsession, Participant, Session, app_of

_MODELS = (BasePlayer, BaseGroup, BaseSubsession, Participant, Session)
_NOT_APPS = {*sys.stdlib_module_names, "otree", "otree_ego", "starlette", "uvicorn", "websockets", "sqlalchemy"}
live_page: ContextVar[tuple[str, str, str] | None] = ContextVar("otree_ego_live_page", default=None)
"""Session, page index and participant of the live message that this code answers, also in tasks that it has begun."""


@dataclass(frozen=True)
class Caller:
    """Whose code is running.

    Fields:
        instance: what the function was given; None if only the owner is known.
        owner, session_id: of a participant's player, where there is no instance at hand.
        place: app, page and function.
    """

    place: str
    instance: Any = None
    owner: str = ""
    session_id: int | None = None


def caller() -> Caller | None:
    """The function of an app that is running, and what it was given; None if that cannot be known."""
    instance, view, function, app, page = None, None, "", "", ""
    for frame in _frames():
        package = str(frame.f_globals.get("__name__", "")).partition(".")[0]
        if package == "otree":
            view = _view_of(frame)
            page = page or (type(view).__name__ if view is not None else _live_page_of(frame))
            if page:
                break
        elif package not in _NOT_APPS and not frame.f_code.co_name.startswith("<"):
            function, app = frame.f_code.co_name, package
            instance = _given(frame) if instance is None else instance
    if instance is None and view is not None:
        instance = getattr(view, "player", None) or getattr(view, "participant", None)
    if instance is not None:
        own = app_of(instance) if isinstance(instance, BasePlayer | BaseGroup | BaseSubsession) else app
        return Caller(".".join(filter(None, (own, page, function))), instance)
    return _in_live_page(function)


def _frames() -> Iterator[FrameType]:
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        yield frame
        frame = frame.f_back


def _given(frame: FrameType) -> Any:
    """The first of oTree's objects among a function's arguments, else among what it has at hand."""
    names, values = frame.f_code.co_varnames[: frame.f_code.co_argcount], frame.f_locals
    for name in (*names, *values):
        if isinstance(values.get(name), _MODELS):
            return values[name]
    return None


def _view_of(frame: FrameType) -> Any:
    """The page that a frame of oTree's serves."""
    found = frame.f_locals.get("self")
    return found if hasattr(found, "_index_in_pages") and hasattr(found, "participant") else None


def _live_page_of(frame: FrameType) -> str:
    found = frame.f_locals.get("PageClass")
    return found.__name__ if isinstance(found, type) else ""


def _in_live_page(function: str) -> Caller | None:
    where = live_page.get()
    if where is None:
        return None
    session, index, code = where
    lookup = get_page_lookup(session, int(index))
    place = f"{lookup.app_name}.{lookup.page_class.__name__}.{function or 'live_method'}"
    return Caller(place, None, f"player:{lookup.app_name}:{lookup.round_number}:{code}", int(lookup.session_pk))
