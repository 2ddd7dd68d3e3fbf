"""How many rounds of an app a session has: what the app's ``number_of_rounds(session)`` says, NUM_ROUNDS at most.

oTree makes NUM_ROUNDS of each app, whatever a session plays: rounds that nobody plays are rows of the export, pages
that each participant is led past, and on *Monitor* the larger part of what is still to come.
"""

from __future__ import annotations

import sys
from functools import lru_cache
from typing import Any

import otree.lookup
import otree.models.session
import otree.session
from otree.common import get_builtin_constant, get_models_module, get_pages_module
from otree.database import dbq
from otree.models import BaseSubsession, Session

from .startup import SessionRefused

DECLARED = "number_of_rounds"
"""The function of an app that says how many rounds a session of it has."""
_SESSIONS = {"create_session": "session", "_set_admin_report_app_names": "self"}
"""What oTree's functions that make a session call it."""
_usual_constants = BaseSubsession._Constants


def install() -> None:
    """Let sessions be made with their own number of rounds, and pages be looked up by the rounds that are there."""
    otree.session.get_builtin_constant = otree.models.session.get_builtin_constant = _constant
    otree.lookup._get_session_lookups = _pages
    BaseSubsession._Constants = property(_constants)


def _constant(app_name: str, constant_name: str) -> Any:
    """As oTree's, but where a session is being made: of that session."""
    usual = get_builtin_constant(app_name, constant_name)
    caller = sys._getframe(1)
    name = _SESSIONS.get(caller.f_code.co_name)
    if constant_name != "num_rounds" or name is None:
        return usual
    return _rounds(app_name, caller.f_locals[name], usual)


def _rounds(app: str, session: Any, most: int) -> int:
    declared = getattr(get_models_module(app), DECLARED, None)
    if declared is None:
        return most
    found = declared(session)
    if isinstance(found, bool) or not isinstance(found, int) or not 1 <= found <= most:
        raise SessionRefused(
            f"{app}.{DECLARED} has returned {found!r:.60}: it must return a whole number from 1 to C.NUM_ROUNDS, "
            f"which is {most}."
        )
    return found


@lru_cache(maxsize=32)
def _pages(session_code: str) -> dict[int, Any]:
    """All pages of a session by their numbers, as oTree's own function finds them; by the rounds in the database."""
    session = dbq(Session).filter_by(code=session_code).one()
    pages: dict[int, Any] = {}
    for app in session.config["app_sequence"]:
        model = get_models_module(app).Subsession
        rounds = model.objects_filter(session=session).with_entities(model.round_number, model.id)
        name_in_url, sequence = get_builtin_constant(app, "name_in_url"), get_pages_module(app).page_sequence
        for number, subsession_id in sorted(tuple(row) for row in rounds):
            for page in sequence:
                pages[len(pages) + 1] = otree.lookup.PageLookup(
                    app_name=app, page_class=page, round_number=number, subsession_id=subsession_id,
                    session_pk=session.id, name_in_url=name_in_url,
                )  # fmt: skip
    return pages


class _Constants:
    """An app's constants for one subsession: the number of rounds is the session's."""

    def __init__(self, usual: Any, subsession: Any) -> None:
        self._usual, self._subsession = usual, subsession

    def __getattr__(self, name: str) -> Any:
        return getattr(self._usual, name)

    def get_normalized(self, name: str) -> Any:
        """As oTree's constants have it."""
        if name != "num_rounds":
            return self._usual.get_normalized(name)
        return type(self._subsession).objects_filter(session_id=self._subsession.session_id).count()


def _constants(subsession: Any) -> Any:
    usual = _usual_constants.fget(subsession)
    declared = hasattr(get_models_module(subsession.get_folder_name()), DECLARED)
    return _Constants(usual, subsession) if declared else usual
