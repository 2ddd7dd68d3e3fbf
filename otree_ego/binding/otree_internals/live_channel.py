"""oTree's live channel: frames to the tabs that are open on a page, and from them."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from contextvars import ContextVar
from typing import Any

import otree.channels.utils as channels
from otree.channels.consumers import LiveConsumer
from otree.live import get_participant_scoped_lock
from otree.lookup import get_page_lookup
from otree.models import (
    Participant,
)
from sqlalchemy import bindparam, event, select
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.orm import object_session
from websockets.exceptions import ConnectionClosed

from ...display import logger
from ...stores.failures import is_outage, reason
from .callers import live_page
from .database import lock2, short_section
from .models import page_of
from .reconnecting import stay_connected

Shortcut = Callable[[Any], Awaitable[bool]]
_shortcuts: dict[str, tuple[str, Shortcut]] = {}


def keep_shortcut(player: Any, live_method: Any, shortcut: Shortcut) -> None:
    """Let a participant's further messages go straight to `shortcut` while they stay on the page.

    oTree asks its database six times before a live method sees a message; with a hundred at once that is most of the
    wait. Passed over where the page's live method is not `live_method` itself.

    Arguments:
        player: whose page it is.
        live_method: the function that the shortcut stands for.
        shortcut: takes what the page sent; False means that oTree's own way is to be gone.
    """
    code, index, session_code = page_of(player)
    page = get_page_lookup(session_code, index).page_class
    if page.live_method is live_method and _moves_seen.get() == _moves.get(code, 0):
        _shortcuts[code] = (str(index), shortcut)


FirstAnswer = Callable[[Any, Callable[[], Awaitable[bool]]], Awaitable[Any]]
_first_answers: list[FirstAnswer] = []


def answer_first(answer: FirstAnswer) -> None:
    """Ask this before a page's live method.

    oTree hands what a page sends to the live method of the page where its participant is *now*: a tab that is still
    open on a page of before writes into the next round, or into nothing.

    Arguments:
        answer: takes what a page sent, and a function that says whether its participant has gone on to another page.
            It returns what this page alone is answered; None: the live method is to see it.
    """
    _first_answers.append(answer)


_moves: dict[str, int] = {}
_moves_seen: ContextVar[int] = ContextVar("otree_ego_moves", default=-1)


_pages: dict[str, int] = {}
"""On which page a participant is, by code, as far as it is known."""


def _page_left(participant: Any, index: int, *_: Any) -> None:
    session, code = object_session(participant), participant.code
    _moved(code)
    if session is None:
        return
    # A live message that has read the old page before the commit must not keep a shortcut to it after the commit.
    if "otree_ego_left" not in session.info:
        session.info["otree_ego_left"] = {}
        event.listen(session, "after_commit", _moved_for_good)
        event.listen(session, "after_rollback", _stayed)
    session.info["otree_ego_left"][code] = index


def _moved_for_good(session: Any) -> None:
    for code, index in session.info["otree_ego_left"].items():
        _moved(code)
        _pages[code] = index
    session.info["otree_ego_left"].clear()


def _stayed(session: Any) -> None:
    session.info["otree_ego_left"].clear()


def _moved(code: str) -> None:
    _moves[code] = _moves.get(code, 0) + 1
    _shortcuts.pop(code, None)


async def _on_receive(consumer: Any, websocket: Any, data: Any) -> None:
    address = consumer.clean_kwargs()
    code, index = address.get("participant_code", ""), address.get("page_index")
    _moves_seen.set(_moves.get(code, 0))
    live_page.set((address.get("session_code", ""), str(index), code))
    kept = _shortcuts.get(code)
    current = kept is not None and kept[0] == index

    async def over() -> bool:
        return not current and await _is_over(code, index)

    for answer in _first_answers:
        payload = await answer(data, over)
        if payload is not None:
            await _tell(websocket, {"otree_success": True, "live_method_payload": payload})
            return
    if kept is not None and current:
        async with get_participant_scoped_lock(code):
            still = _shortcuts.get(code) is kept
            try:
                done = still and await kept[1](data)
            except Exception as error:
                await _failed(websocket, code, error)
                return
        if not still:  # the participant has gone on meanwhile
            await _on_receive(consumer, websocket, data)
        if done or not still:
            return
    try:
        stay_connected()
        await _usual_on_receive(consumer, websocket, data)
    except Exception as error:
        if not (isinstance(error, DBAPIError) or is_outage(error)):
            raise
        await _failed(websocket, code, error)  # oTree would close the connection


_CURRENT = select([Participant.__table__.c._index_in_pages]).where(Participant.__table__.c.code == bindparam("code"))


async def _is_over(code: str, index: Any) -> bool:
    """Whether a participant has gone on from a page; asks the database once, and then knows of each move."""
    if code not in _pages:
        try:
            async with lock2:
                with short_section() as connection:
                    found = connection.execute(_CURRENT, code=code).scalar()
        except SQLAlchemyError:  # whoever has to read or write more will tell
            return False
        if found is None:  # the session was deleted
            return True
        if _moves_seen.get() == _moves.get(code, 0):
            _pages[code] = found
    else:
        found = _pages[code]
    return bool(str(found) != index)


async def _failed(websocket: Any, code: str, error: Exception) -> None:
    """As oTree does when a live method fails: the page is told, the connection stays."""
    if isinstance(error, DBAPIError) or is_outage(error):  # the page asks again, until the database is back
        logger.warning("%s: the database could not do what a page asked for: %s", code, reason(error))
    else:
        logger.error("%s: %r", code, error, exc_info=error)
    await _tell(websocket, {"otree_success": False, "live_method_payload": None})


async def _tell(websocket: Any, message: Any) -> None:
    with suppress(RuntimeError):  # it was closed meanwhile
        await websocket.send_json(message)


_usual_on_receive = LiveConsumer.on_receive


def _is_news(record: logging.LogRecord) -> bool:
    """Whether the log is to have it: not the trace of each browser that goes away while it connects."""
    return not (record.exc_info and isinstance(record.exc_info[1], ConnectionClosed | OSError))


def install() -> None:
    """Let messages of pages with a shortcut go there, and forget a shortcut when its page is left."""
    event.listen(Participant._index_in_pages, "set", _page_left)
    LiveConsumer.on_receive = _on_receive
    logging.getLogger("websockets.server").addFilter(_is_news)


def has_open(session_code: str, page_index: int, code: str) -> bool:
    """Whether a participant has a page with a live method open."""
    return channels.live_group(session_code, page_index, code) in channels.channel_layer._subs


async def send_live(session_code: str, page_index: int, code: str, payload: Any) -> bool:
    """Send a live payload to every tab that a participant has open on a page; whether there is one."""
    if not has_open(session_code, page_index, code):
        return False
    group = channels.live_group(session_code, page_index, code)
    await channels.group_send(group=group, data={"otree_success": True, "live_method_payload": payload})
    return True
