"""What participants are shown and send, written down with the page's own transaction, for a model that may play on."""

from __future__ import annotations

import json
from typing import Any

from ...chat_rules.takeover_settings import TakeoverSettings
from ...players.served_page import Served, read_page
from ...players.visits import visit_of
from ...stores.human_visits import SENT, TIMED_OUT, add_sent, add_shown
from ..otree_internals.database import after_commit, joined_section
from ..otree_internals.models import OWN_FIELDS
from ..otree_internals.page_requests import PageRequest, keeps_connection
from ..otree_internals.whereabouts import waits_for_others
from .persons import Person, clock, know, take_word_back

WAITS, AGAIN = "oTree-Wait-Page", "oTree-Redisplay-With-Errors"
"""Headers with which oTree says that a page waits, and that it shows a form again."""


def on_served(participant: Any, request: PageRequest, response: Any, view: Any) -> None:
    """Note a page that a person was shown, or has sent."""
    found = know(participant)
    if found is None:
        return
    if request.took_back and not request.says_gone:
        take_word_back(participant)
    if request.posts and request.moved_to is not None and request.moved_to > request.index:  # else Back was pressed
        _sent(found, request, view)
    if response.status_code == 200:
        _shown(found, request, response, view)


def _shown(found: Person, request: PageRequest, response: Any, view: Any) -> None:
    connects, waits = keeps_connection(response), WAITS in response.headers

    def committed() -> None:
        found.connects = connects
        if not waits:
            found.waits_at = 0
        elif found.waits_at != request.index and waits_for_others(type(view)):
            found.waits_at, found.waits_since = request.index, clock()

    after_commit(committed)
    if waits or AGAIN in response.headers or not records(found.settings):
        return
    page = read_page(Served(request.path, response.body.decode("utf-8", "replace")))
    visit = visit_of(found.code, 0, page)
    row = dict(
        participant=found.code, app=view.player.get_folder_name(), page=type(view).__name__, page_index=request.index,
        digest=visit.digest, title=page.title, text=page.text, field_keys=page.keys, connects=connects,
        chats=[chat["channel"] for each in page.chats if "channel" in (chat := json.loads(each))],
    )  # fmt: skip
    with joined_section() as connection:
        add_shown(connection, found.session_id, row)


def _sent(found: Person, request: PageRequest, view: Any) -> None:
    after_commit(lambda: found.sent.add(request.index))
    if not records(found.settings):
        return
    outcome = TIMED_OUT if request.timed_out else SENT
    with joined_section() as connection:
        add_sent(connection, found.session_id, found.code, request.index, form_values(view._form_data), outcome)

    def committed() -> None:
        found.submitted += outcome == SENT

    after_commit(committed)


def records(settings: TakeoverSettings) -> bool:
    """Whether a session's pages are written down: only where a model may play on for those who leave."""
    return settings.after is not None


def form_values(form: Any) -> dict[str, Any]:
    """What a form has sent, by field; several values of one field as a list, and of a file its name."""
    found: dict[str, Any] = {}
    for name, value in form.multi_items():
        if name in OWN_FIELDS:
            continue
        text = value if isinstance(value, str) else str(getattr(value, "filename", ""))
        found[name] = (
            [*found[name], text]
            if isinstance(found.get(name), list)
            else [found[name], text]
            if name in found
            else text
        )
    return found
