"""The rooms that are in memory: finding one, opening one, and which replies the server works on."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Iterable
from functools import partial
from typing import Any, TypeVar
from weakref import WeakValueDictionary

from sqlalchemy.engine import Connection
from sqlalchemy.exc import SQLAlchemyError

from ...chat_rules.cost_limits import check_prices
from ...display import logger
from ...errors import LinkError
from ...stores import Gone, rows
from ...stores.rows import CONVERSATION
from ...threads.base import find_provider, internals
from ..links.link import Link
from ..otree_internals import unwritten
from ..otree_internals.database import request_session, short_section
from ..otree_internals.models import session_id_of
from ..otree_internals.startup import server_loop
from ..otree_internals.writer import pending_ids, writer
from ..setup.chat_settings import settings_of
from .limits import load_tally, wants_tally
from .member_settings import given_with
from .orphans import end_orphans
from .room import Room

MOST_ROOMS = 5_000
MOST_TEXT = 20_000_000
"""Characters of replies, in all rooms together, above which the long ones make way that nobody has open."""
LONG = 200_000
"""Characters of a long one."""
R = TypeVar("R", bound=Room)
_rooms: OrderedDict[str, Room] = OrderedDict()
_telling: set[asyncio.Task[None]] = set()
_opening: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()


def known_room(owner: str) -> Room | None:
    """The room of an owner, if it is in memory."""
    room = _rooms.get(owner)
    if room is not None:
        _rooms.move_to_end(owner)
        if room.gone:
            del _rooms[owner]
            return None
    return room


async def open_room(player: Any, link: Link, session_code: str, kind: type[R]) -> R:
    """An owner's room, made now if there is none.

    Arguments:
        player: whose page it is. link: whose Thread is meant. session_code: of the oTree session.
        kind: the class of the room.

    Raises:
        LinkError: a Conversation is attached, not a Thread.
        ConfigError: money is limited, and the price of the Thread's model is unknown.
    """
    room = known_room(link.owner)
    if isinstance(room, kind):
        return room
    lock = _opening.setdefault(link.owner, asyncio.Lock())
    async with lock:
        room = known_room(link.owner)
        if isinstance(room, kind):
            return room
        connection = request_session().connection()
        row = rows.find(connection, link.owner)
        if row is None:
            row = await link.attach_usual()
            record = await writer().run(partial(unwritten.messages, uid=row.uid))
        else:
            record = unwritten.messages(connection, row.uid)
        if row.kind == CONVERSATION:
            raise LinkError(
                f"{link!r} holds a Conversation; a chat needs one Thread (give each seat a suffix of its own)."
            )
        settings = settings_of(link.instance, given_with(row))
        if wants_tally(settings):
            load_tally(connection, session_code, session_id_of(player))
        made = kind(row, record, settings, session_code)
        models = {name: getattr(made.thread, name) for name in ("model", "fallback_model")}
        check_prices(settings, models, partial(find_provider, made.thread))
        if any(m.status == "pending" for m in record):
            await writer().run(fail_orphans)
            internals(made.thread).messages = await writer().run(lambda c: unwritten.messages(c, row.uid))
        return _keep(made)


def _keep(room: R) -> R:
    """Keep a room in memory; the longest unused idle ones make way."""
    _rooms[room.owner] = room
    for owner in list(_rooms)[: max(0, len(_rooms) - MOST_ROOMS)]:
        if not _rooms[owner].busy:
            del _rooms[owner]
    text = sum(each.size for each in _rooms.values())
    for each in list(_rooms.values()) if text > MOST_TEXT else ():
        if text > MOST_TEXT and each.size > LONG and each is not room and _unused(each):
            del _rooms[each.owner]
            text -= each.size
    return room


def _unused(room: Room) -> bool:
    return not (room.busy or room.viewers.anybody_there())


def rooms() -> Iterable[Room]:
    """All rooms in memory."""
    return list(_rooms.values())


def under_way() -> set[str]:
    """The ids of all replies that are still to come, or to be written, to chats or to an app's own code."""
    return {uid for room in rooms() for uid in room.under_way()} | pending_ids | unwritten.replies.keys()


def fail_orphans(connection: Connection) -> None:
    """Mark replies as failed that no server works on any more."""
    ended, lost = end_orphans(connection, under_way())
    if ended:
        logger.warning(
            "%s had not come to an end when the server did: marked as interrupted. Of %s nothing had come, or nothing "
            "could be kept.", unwritten.counted(ended, "reply", "replies"), lost,
        )  # fmt: skip


def tell_pages() -> None:
    """The database can be written again: pages that are waiting to send something hear of it at once."""
    for room in rooms():
        if room.unsure:
            task = asyncio.get_running_loop().create_task(_tell(room))
            _telling.add(task)
            task.add_done_callback(_telling.discard)


async def _tell(room: Room) -> None:
    try:
        await room.refresh()
        await room.viewers.send_each(room.state)
    except (Gone, SQLAlchemyError) as error:  # the pages ask by themselves, too
        logger.warning("%s: the pages could not be told that the database is back: %s", room.owner, error)


def end_replies_left() -> None:
    """Mark replies as failed that a server before this one has left unfinished."""
    with short_section() as connection:
        fail_orphans(connection)


def end_rooms() -> None:
    """End all rooms: this process serves no more, and the next one sees to their replies."""
    for room in rooms():
        room.end()
    _rooms.clear()


def mark_stale(owner: str) -> None:
    """Somebody else has written to an owner's Thread (in any thread): pages that are open show it at once."""
    room, loop = _rooms.get(owner), server_loop()
    if room is None:
        return
    room.stale = True
    if loop is not None and room.viewers.anybody_there():
        loop.call_soon_threadsafe(room.look_soon)
