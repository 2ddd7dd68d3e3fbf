"""oTree's wait pages: who waits where, telling them, and that a page is over."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

import otree.channels.utils as channels
from otree.channels.consumers import BaseWaitPage, WSGroupWaitPage, parse_querystring
from otree.database import db
from otree.models import (
    Participant,
)
from otree.models_concrete import CompletedGroupWaitPage
from otree.views.abstract import WaitPage as WaitPage
from sqlalchemy import bindparam, select
from sqlalchemy.engine import Connection
from starlette.responses import PlainTextResponse as PlainTextResponse

from ...display import logger
from ...stores.rows import prepared

in_decision: ContextVar[bool] = ContextVar("otree_ego_in_decision", default=False)
"""Whether this is the code of a page's `ask_ai`: it runs on the server's event loop."""


@dataclass
class AskedThread:
    """What the code of an `ask_ai` has said to one Thread: whose it is, and the ids of the messages."""

    owner: str
    messages: set[str] = field(default_factory=set)


asked_threads: ContextVar[dict[str, AskedThread] | None] = ContextVar("otree_ego_asked_threads", default=None)
"""The Threads that the code of this `ask_ai` has asked, by their uids."""


def waiting_place(session_id: int, page_index: int, group_id: int) -> str:
    """The name under which those who wait on a page are told that it is over."""
    return str(channels.group_wait_page_name(session_id, page_index, group_id))


def waiting_path(session_id: int, page_index: int, group_id: int, participant_id: int, **shown: Any) -> str:
    """The address at which a page waits to be told. `shown` is what it shows: see `on_waiting`."""
    place = dict(session_pk=session_id, page_index=page_index, group_id=group_id, participant_id=participant_id)
    return str(channels.group_wait_page_path(**place, **shown))


_outdated: list[Callable[[Mapping[str, str]], bool]] = []


def on_waiting(outdated: Callable[[Mapping[str, str]], bool]) -> None:
    """Ask this, when a page begins to wait to be told, whether what it `shown` is true no longer: it loads anew then.

    oTree itself asks only whether the wait is over; what else is sent before a page listens would never reach it.
    """
    _outdated.append(outdated)


_usual_connect = WSGroupWaitPage.post_connect


async def _connect(consumer: Any, **place: int) -> None:
    await _usual_connect(consumer, **place)
    shown = parse_querystring(consumer.scope["query_string"])
    if any(outdated(shown) for outdated in _outdated):
        await consumer.websocket.send_json({"status": "ready"})


_usual_mark = BaseWaitPage.mark_waitpage_connected_or_not


def _mark(consumer: Any, is_connected: bool, session_pk: int) -> None:
    # Two commits for each who waits would be most of what a page costs on SQLite. That somebody is there is written
    # with the page itself; that somebody has left matters only while the page goes on.
    place, index = consumer.cleaned_kwargs.get("group_id", 0), consumer.cleaned_kwargs.get("page_index")
    if place < 0 and (
        is_connected or consumer.completion_exists(page_index=index, group_id=place, session_id=session_pk)
    ):
        return
    _usual_mark(consumer, is_connected, session_pk)


_ENDED = CompletedGroupWaitPage.__table__
_IS_OVER = select([_ENDED.c.id]).where(
    (_ENDED.c.session_id == bindparam("session_id"))
    & (_ENDED.c.page_index == bindparam("page_index"))
    & (_ENDED.c.group_id == bindparam("group_id"))
)


def _is_over(_consumer: Any, **place: int) -> bool:
    return prepared(db._db.connection()).execute(_IS_OVER, **place).first() is not None


def install() -> None:
    """Let pages that begin to wait be asked whether they are outdated, with fewer commits and a compiled query."""
    WSGroupWaitPage.post_connect = _connect
    BaseWaitPage.mark_waitpage_connected_or_not = _mark
    WSGroupWaitPage.completion_exists = _is_over


async def notify_waiting(place: str) -> None:
    """Let those who wait load their page anew."""
    await channels.group_send(group=place, data={"status": "ready"})


def end_waiting(c: Connection, session_id: int, page_index: int, group_id: int) -> None:
    """Write down, as oTree does, that a waiting page is over."""
    values = dict(session_id=session_id, page_index=page_index, group_id=group_id)
    c.execute(CompletedGroupWaitPage.__table__.insert().values(**values))


def visit_for(people: list[int], page_index: int) -> None:
    """Load the page that follows for those who have left on a page that is over, so that its timeout begins.

    oTree has its timeout worker do it, which locks a SQLite file against the server when it has two such tasks.
    """
    for number in people:
        db.new_session()
        try:
            query = db.query(Participant).filter_by(id=number, _index_in_pages=page_index, is_browser_bot=False)
            participant = query.first()
            if participant is not None:
                participant._visit_current_page()
            db.commit()
        # The app's own code, and no reason not to go on with the others.
        except Exception:
            db.rollback()
            logger.exception("The page after page %s could not be loaded for participant %s.", page_index, number)
        finally:
            db.close()
