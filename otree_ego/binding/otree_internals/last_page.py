"""The end of a study: what stands after its last page, where oTree says "No more pages left", and how to go there.

A participant is there when all pages are over, or when the study was ended for them, wherever they were.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import otree.common
from otree.api import Page as Page
from otree.database import db
from otree.lookup import get_min_idx_for_app
from otree.models import Participant
from otree.views.abstract import FormPageOrInGameWaitPage
from otree.views.participant import OutOfRangeNotification
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from ...recruiting.page_texts import Notice
from .entry_pages import notice_page

ENDED = "ego_ended"
"""The entry of `participant.vars` that says when and where the study has ended for somebody."""
at_the_end: list[Callable[[Any], Notice]] = []
"""The first one says what somebody reads who is there."""

_usual_end: Callable[..., Response] = OutOfRangeNotification.get
_usual_next = FormPageOrInGameWaitPage._get_next_page_index_if_skipping_apps


def install() -> None:
    """Take the place of oTree's own last page, and let pages lead there."""
    OutOfRangeNotification.get = _end
    FormPageOrInGameWaitPage._get_next_page_index_if_skipping_apps = _next


def noted_end(participant: Any) -> dict[str, Any] | None:
    """What was noted when the study ended for a participant; None if it has not ended."""
    found = participant._vars.get(ENDED)  # `vars` would be written back
    return found if isinstance(found, dict) else None


def is_at_the_end(participant: Any) -> bool:
    """Whether a participant has no more pages."""
    return bool(participant._index_in_pages > (participant._max_page_index or 0))


def _end(endpoint: Any, request: Request) -> Response:
    participant = db.get_or_404(Participant, code=request.path_params["code"])
    if participant.is_browser_bot:
        return _usual_end(endpoint, request)
    if not is_at_the_end(participant):  # oTree shows its page to everybody; ours has a code
        return RedirectResponse(participant._url_i_should_be_on(), 302)
    return notice_page(at_the_end[0](participant))


def _next(page: Any) -> Any:
    """The page to which oTree skips: if the study has ended for this participant, the app that is its end.

    Without such an app it is behind the last page.
    """
    if noted_end(page.participant) is None:
        return _usual_next(page)
    participant, app = page.participant, page.session.config["app_sequence"][-1]
    if is_end(app) and app != participant._current_app_name:
        return get_min_idx_for_app(participant._session_code, app)
    return participant._max_page_index + 1


def leads_nowhere(app: str) -> bool:
    """Whether participants stay on a page of an app, other than one that ends studies."""
    pages = otree.common.get_pages_module(app).page_sequence
    return any(getattr(page, "stays", False) and not getattr(page, "ends_study", False) for page in pages)


def is_end(app: str) -> bool:
    """Whether an app is the end of studies, and nothing else."""
    pages = otree.common.get_pages_module(app).page_sequence
    return bool(pages) and all(getattr(page, "ends_study", False) for page in pages)
