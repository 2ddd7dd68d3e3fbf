"""What participants see who come back while a model plays in their place, or whose answer came too late."""

from __future__ import annotations

from typing import Any

from starlette.responses import RedirectResponse

from ...chat_rules.takeover_settings import LEFT
from ...players.ai_marks import FILL, TAKEOVER
from ...recruiting.page_texts import Notice
from ..otree_internals.database import joined_section
from ..otree_internals.entry_pages import notice_page
from ..otree_internals.page_requests import PageRequest
from ..otree_internals.whereabouts import whereabouts
from ..recruiting.end_of_study import notice_for
from ..seats.giving import played_by_model
from ..setup.chat_settings import language_code
from ..study.study_texts import study_texts
from .happenings import STAYED_OUT, TOO_LATE, add_event
from .persons import Person, code_of, person, settings_of_session
from .takeovers import is_returning, is_taken_over, start_giving_back

I_AM_BACK = b"ego_back=1"
"""Behind the address of a page: its participant wants to play again."""


def is_guarded(code: str) -> bool:
    """Whether a participant's requests are to be looked at before they count."""
    if played_by_model(code) in (TAKEOVER, FILL):
        return True
    found = person(code)
    return found is not None and found.taken_from > 0


def is_known(code: str) -> bool:
    """Whether it matters who has sent a participant's page, they or its timer."""
    return person(code) is not None or is_guarded(code)


def guard(request: PageRequest, participant: Any) -> Any:
    """What a participant gets instead of the page; None for the page."""
    if played_by_model(request.code) == FILL:  # who comes after all
        return notice_page(notice_for(participant, "full"))
    found = person(request.code)
    is_late = request.posts and not request.timed_out and request.index < participant._index_in_pages
    if is_returning(request.code) or not is_taken_over(request.code):
        if is_late and found is not None and found.missed(request.index, participant._index_in_pages):
            return _too_late(request, participant)
        return None
    settings = settings_of_session(participant._session_code, lambda: participant.session.config)
    if not settings.comes_back:
        return _out(participant, found)
    if I_AM_BACK in request.query:
        start_giving_back(request.code)
        return RedirectResponse(participant._url_i_should_be_on(), 303)
    if request.posts and not request.timed_out and request.index == participant._index_in_pages:
        start_giving_back(request.code)  # the first answer counts, and this may be it
        return None
    return _back(participant, is_late)


def _back(participant: Any, is_late: bool) -> Any:
    texts = study_texts(participant)
    lines = [texts["away_text"]]
    if is_late:
        lines.insert(0, texts["away_late"])
    address = f"{participant._url_i_should_be_on()}?{I_AM_BACK.decode()}"
    return notice_page(_notice(participant, texts["away_title"], lines, address))


def _too_late(request: PageRequest, participant: Any) -> Any:
    texts = study_texts(participant)
    with joined_section() as connection:
        add_event(connection, whereabouts(participant), TOO_LATE, {"page_index": request.index})
    address = participant._url_i_should_be_on()
    return notice_page(_notice(participant, texts["away_title"], [texts["away_late"]], address))


def _out(participant: Any, found: Person | None) -> Any:
    if found is not None and not found.told_out:
        found.told_out = True
        with joined_section() as connection:
            add_event(connection, whereabouts(participant), STAYED_OUT, {})
    return notice_page(notice_for(participant, LEFT))


def _notice(participant: Any, title: str, lines: list[str], address: str) -> Notice:
    button = study_texts(participant)["away_go_on"]
    return Notice(language_code(participant), title, tuple(lines), link=address, button=button)


def ignores_wait_tabs(number: int) -> bool:
    """Whether what a participant's own tabs on a wait page say is passed over: a model waits there for them."""
    code = code_of(number)
    return bool(code) and played_by_model(code) == TAKEOVER
