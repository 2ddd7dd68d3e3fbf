"""The chat: one name as a page's `live_method`, one include in its template."""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import AsyncIterator, Mapping
from functools import partial
from typing import Any, TypeVar
from weakref import WeakValueDictionary

from sqlalchemy.engine import Connection

from ...chat_rules.words import sentence, words as words_of
from ...errors import ConfigError, EgoError, LinkError
from ...messages import Message, clean
from ...stores import Gone, rows
from ...stores.rows import CONVERSATION
from ...threads.base import internals
from ..links.link import Link, ai, caught_up, settings_of
from ..links.owners import session_id_of
from ..links.thread_stores import on_change
from ..otree_internals.database import joined_section, request_session
from ..otree_internals.live_channel import keep_shortcut, send_live
from ..otree_internals.models import page_of, session_of
from ..otree_internals.writer import writer
from .limits import load_tally, spent, used_by, wants_tally
from .room import Room, keep_room, known_room, mark_stale, under_way

logger = logging.getLogger("otree_ego")
R = TypeVar("R", bound=Room)

MOST_WAITING = 20
_opening: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

on_change.append(mark_stale)


async def chat(player: Any, data: Any, *, link: Link | None = None) -> AsyncIterator[dict[int, Any]]:
    """A chat with the model, for a page's live method: ``live_method = chat``.

    Put ``{{ include 'otree_ego/chat.html' }}`` into the page's template. The reply is streamed, nobody else waits, and
    it goes on when the tab is closed. Model, limits, words and failure policy come from the session config (`ego_…`).

    Arguments:
        player: the player whose page it is.
        data: what the page sent; a payload without ``"ego"`` is answered as not understood.
        link: whose Thread is meant; ``ai(player)`` if not given. With ``ai(player.group)`` the group shares one.

    In a live method of your own::

        @staticmethod
        async def live_method(player, data):
            async for update in chat(player, data):
                yield update
    """
    me, (code, page_index, session_code) = player.id_in_group, page_of(player)
    if link is None:
        link = ai(player)
        keep_shortcut(player, chat, partial(_straight, link.owner, code, page_index))
    try:
        await caught_up()
        room = await room_of(player, link, session_code, Room)
    except (ConfigError, LinkError, Gone) as error:
        yield {me: {"ego": broken(player, error)}}
        return
    room.pages[code] = page_index
    answer = await _answer(room, code, data)
    if answer is not None:
        yield {me: {"ego": answer}}


async def _straight(owner: str, code: str, page_index: int, data: Any) -> bool:
    room = known_room(owner)
    if room is None or room.pages.get(code) != page_index:
        return False
    answer = await _answer(room, code, data)
    if answer is not None:
        await send_live(room.session_code, page_index, code, {"ego": answer})
    return True


async def _answer(room: Room, code: str, data: Any) -> dict[str, Any] | None:
    """Do what a page has sent; what to answer it, if anything."""
    try:
        await room.refresh()
        return await _command(room, code, data)
    except Gone:
        told = data.get("ego") if isinstance(data, dict) else None
        sent = told.get("id") if isinstance(told, dict) else None
        return _no(room, code, sent if isinstance(sent, str) else "", "closed")


def chat_error(player: Any, link: Link | None = None) -> str | None:
    """Why a participant may not leave the chat's page yet, for the page's ``error_message``; None if they may.

    The page hides *Next* until then; this holds it on the server, too::

        @staticmethod
        def error_message(player, values):
            return chat_error(player)
    """
    settings = settings_of(player)
    if not settings.min_messages:
        return None
    code, owner = page_of(player)[0], (ai(player) if link is None else link).owner
    room = known_room(owner)
    if room is None:
        with joined_section() as connection:
            row = rows.find(connection, owner)
            record = rows.messages(connection, row.uid) if row else []
    else:
        record = room.messages
    missing = settings.min_messages - used_by(record, code).messages
    if missing <= 0 or (room is not None and room.status(code)["next"]):
        return None
    return sentence(settings.words, "next_hint", n=missing)


async def room_of(player: Any, link: Link, session_code: str, kind: type[R]) -> R:
    """An owner's room, made now if there is none."""
    room = known_room(link.owner)
    if isinstance(room, kind):
        return room
    lock = _opening.setdefault(link.owner, asyncio.Lock())
    async with lock:
        room = known_room(link.owner)
        if isinstance(room, kind):
            return room
        settings = settings_of(player)
        connection = request_session().connection()
        row = rows.find(connection, link.owner)
        if row is None:
            row = await link.attach_usual()
            record = await writer().run(partial(rows.messages, uid=row.uid))
        else:
            record = rows.messages(connection, row.uid)
        if row.kind == CONVERSATION:
            raise LinkError(
                f"{link!r} holds a Conversation; a chat needs one Thread (give each seat a suffix of its own)."
            )
        if wants_tally(settings):
            load_tally(connection, session_code, session_id_of(player))
        made = kind(row, record, settings, session_code)
        if any(m.status == "pending" for m in record):
            await writer().run(sweep)
            internals(made.thread).messages = await writer().run(lambda c: rows.messages(c, row.uid))
        keep_room(made)
        return made


def sweep(connection: Connection) -> None:
    """Mark replies as failed that no server works on any more."""
    rows.interrupt(connection, under_way())


async def _command(room: Room, code: str, data: Any) -> dict[str, Any] | None:
    told = data.get("ego") if isinstance(data, dict) else None
    told = told if isinstance(told, dict) else {}
    do = told.get("do")
    if do == "open":
        await room.opened()
        return room.state(code)
    if do == "say":
        return await _say(room, code, told)
    if do == "stop":
        room.stop()
        return None
    if do == "retry":
        if room.failed_reply() is None or room.busy:
            return room.state(code)
        why = spent(room.messages, room.settings, room.tally)
        if why:
            return _no(room, code, "", why)
        await room.retry()
        return None
    return _no(room, code, "", "bad_message")


async def _say(room: Room, code: str, told: dict[str, Any]) -> dict[str, Any] | None:
    text, client_id = told.get("text"), told.get("id")
    if not isinstance(text, str) or not isinstance(client_id, str) or not 0 < len(client_id) <= 100:
        return _no(room, code, client_id if isinstance(client_id, str) else "", "bad_message")
    uid = uuid.uuid5(uuid.NAMESPACE_OID, f"{room.thread.id} {code} {clean(client_id)}").hex
    known = next((m for m in room.messages if m.id == uid), None)
    if known is not None:
        return {"t": "add", "message": room.view(known, code), "client_id": client_id, **room.now(code)}
    if uid in room.arriving:
        return None
    text = clean(text)
    why, n = _refusal(room, code, text)
    if why:
        return _no(room, code, client_id, why, n)
    await room.say(Message("user", text, author=code, id=uid), client_id)
    return None


def _refusal(room: Room, code: str, text: str) -> tuple[str, int]:
    settings, used, tally = room.settings, used_by(room.messages, code), room.tally
    if not text.strip():
        return "empty", 0
    if len(text) > settings.max_length:
        return "too_long", settings.max_length
    now = room.status(code)
    if not now["open"]:
        return str(now["why"]), 0
    left = [
        most - written
        for most, written in (
            (settings.max_characters, used.characters),
            (settings.max_characters_session, tally.characters if tally else 0),
        )
        if most is not None
    ]
    if left and len(text) > min(left):
        return "too_long_left", min(left)
    if len(room.under_way()) + len(room.arriving) >= MOST_WAITING:
        return "too_fast", 0
    return "", 0


def _no(room: Room, code: str, client_id: str, why: str, n: int = 0) -> dict[str, Any]:
    words = room.settings.words
    text = sentence(words, why if why in words else "bad_message", n=n)
    status = {**room.status(code), **_closed(words)} if why == "closed" else room.status(code)
    return {"t": "no", "client_id": client_id, "why": why, "text": text, "status": status}


def _closed(words: Mapping[str, str]) -> dict[str, Any]:
    return {"open": False, "why": "closed", "note": words["closed"], "next": True, "missing": 0, "left": None}


def broken(player: Any, error: EgoError) -> dict[str, Any]:
    logger.error("A chat of session %s cannot be opened: %s", session_of(player).code, error)
    try:
        words = settings_of(player).words
    except ConfigError:
        words = words_of("en", {})
    nothing = {"t": "state", "messages": [], "busy": False, "model": "", "max_length": 0}
    return {**nothing, "status": _closed(words), "words": words}
