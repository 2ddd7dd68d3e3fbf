"""oTree's live channel: frames to the tabs that are open on a page, and from them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Any

import otree.channels.utils as channels
from otree.channels.consumers import LiveConsumer
from otree.live import get_participant_scoped_lock
from otree.lookup import get_page_lookup
from otree.models import (
    Participant,
)
from sqlalchemy import event
from sqlalchemy.orm import object_session

from ...display import logger
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


_moves: dict[str, int] = {}
_moves_seen: ContextVar[int] = ContextVar("otree_ego_moves", default=-1)


def _page_left(participant: Any, *_: Any) -> None:
    session, code = object_session(participant), participant.code
    _moved(code)
    if session is None:
        return
    # A live message that has read the old page before the commit must not keep a shortcut to it after the commit.
    if "otree_ego_left" not in session.info:
        session.info["otree_ego_left"] = set()
        event.listen(session, "after_commit", _moved_for_good)
    session.info["otree_ego_left"].add(code)


def _moved_for_good(session: Any) -> None:
    for code in session.info["otree_ego_left"]:
        _moved(code)


def _moved(code: str) -> None:
    _moves[code] = _moves.get(code, 0) + 1
    _shortcuts.pop(code, None)


async def _on_receive(consumer: Any, websocket: Any, data: Any) -> None:
    address = consumer.clean_kwargs()
    code, index = address.get("participant_code", ""), address.get("page_index")
    _moves_seen.set(_moves.get(code, 0))
    kept = _shortcuts.get(code)
    if kept is not None and kept[0] == index:
        async with get_participant_scoped_lock(code):
            try:
                done = _shortcuts.get(code) is kept and await kept[1](data)
            except Exception as error:  # as oTree does when a live method fails: the page is told, the connection stays
                logger.exception("%s: %r", code, error)
                await websocket.send_json({"otree_success": False, "live_method_payload": None})
                return
        if done:
            return
    stay_connected()
    await _usual_on_receive(consumer, websocket, data)


_usual_on_receive = LiveConsumer.on_receive


def install() -> None:
    """Let messages of pages with a shortcut go there, and forget a shortcut when its page is left."""
    event.listen(Participant._index_in_pages, "set", _page_left)
    LiveConsumer.on_receive = _on_receive


def has_open(session_code: str, page_index: int, code: str) -> bool:
    """Whether a participant has a page with a live method open."""
    return channels.live_group(session_code, page_index, code) in channels.channel_layer._subs


async def send_live(session_code: str, page_index: int, code: str, payload: Any) -> None:
    """Send a live payload to every tab that a participant has open on a page."""
    if has_open(session_code, page_index, code):
        group = channels.live_group(session_code, page_index, code)
        await channels.group_send(group=group, data={"otree_success": True, "live_method_payload": payload})
