"""What a chat's page can ask of the server: a function for each command, and the refusals.

A button with ``data-ego-do="stop"`` sends ``{"do": "stop"}``; a new button needs a function here and its row in
`COMMANDS`. PROTOCOL.md lists the frames.
"""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from ...chat_rules.words import sentence
from ...messages import Message, clean
from ...stores import Gone
from ...threads.notices import has_ended
from .frames import Frame, No, Status
from .limits import may_try_again, spent, used_by
from .room import Room

MOST_WAITING = 20
"""How many messages of one chat may wait for their replies."""
Command = Callable[[Room, str, Mapping[str, Any]], Awaitable[Frame | None]]


async def respond(room: Room, code: str, data: Any) -> Frame | None:
    """Do what a page has sent.

    Arguments:
        room: the chat's. code: of the participant whose page it is. data: what came, whatever it is.

    Returns:
        what to answer this page, if anything; what happens is sent to all pages by the room.
    """
    sent = data.get("ego") if isinstance(data, dict) else None
    sent = sent if isinstance(sent, dict) else {}
    try:
        await room.refresh()
        do = sent.get("do")
        command = COMMANDS.get(do) if isinstance(do, str) else None
        return refusal(room, code, "", "bad_message") if command is None else await command(room, code, sent)
    except Gone:
        return refusal(room, code, _client_id(sent), "closed")


async def open_page(room: Room, code: str, sent: Mapping[str, Any]) -> Frame | None:
    """The page was opened, or has lost track: all that it shows."""
    await room.opened()
    room.state_sent()
    return room.state(code)


async def say(room: Room, code: str, sent: Mapping[str, Any]) -> Frame | None:
    """The participant has written a message."""
    text, client_id = sent.get("text"), sent.get("id")
    if not isinstance(text, str) or not isinstance(client_id, str) or not 0 < len(client_id) <= 100:
        return refusal(room, code, _client_id(sent), "bad_message")
    uid = uuid.uuid5(uuid.NAMESPACE_OID, f"{room.thread.id} {code} {clean(client_id)}").hex
    known = next((m for m in room.messages if m.id == uid), None)
    if known is not None:
        return {"t": "add", "message": room.view(known, code), "client_id": client_id, **room.activity(code)}
    if uid in room.arriving:
        return None
    text = clean(text)
    why, n = _why_not(room, code, text)
    if why:
        return refusal(room, code, client_id, why, n)
    message = Message("user", text, author=code, id=uid)
    await room.own_code.settled()
    if await room.own_code.came(code, message) or room.stale:
        await room.refresh()  # what it has said to the model, or that the chat has ended
        why, n = _why_not(room, code, text)
        if why:
            return refusal(room, code, client_id, why, n)
    await room.say(message, client_id)
    return None


async def stop(room: Room, code: str, sent: Mapping[str, Any]) -> Frame | None:
    """The participant wants to read no more of the reply."""
    room.stop(code)
    return None


async def retry(room: Room, code: str, sent: Mapping[str, Any]) -> Frame | None:
    """The participant asks for a failed reply again."""
    if room.failed_reply(code) is None or room.busy:
        return room.state(code)
    ending = room.courses.ended(code)
    if has_ended(room.messages):
        why = "closed"
    else:
        why = ending.word if ending else spent(room.messages, room.settings, room.tally)
    if not why and not may_try_again(room.messages, room.settings):
        why = "limit_try_again"
    if why:
        return refusal(room, code, "", why)
    await room.retry()
    return None


async def react(room: Room, code: str, sent: Mapping[str, Any]) -> Frame | None:
    """The participant reacts to a message, or takes that back."""
    why = await room.react(code, sent.get("message"), sent.get("reaction"))
    return refusal(room, code, "", why) if why else None


async def ping(room: Room, code: str, sent: Mapping[str, Any]) -> Frame | None:
    """The page asks whether its connection carries."""
    return {"t": "pong"}


COMMANDS: dict[str, Command] = {
    "open": open_page, "say": say, "stop": stop, "retry": retry, "react": react, "ping": ping,
}  # fmt: skip


async def answer_at_once(data: Any, over: Callable[[], Awaitable[bool]]) -> dict[str, Frame] | None:
    """What needs no room, no database and none of the page's own code: a sign of life, and that a page is over.

    Arguments:
        data: what a page sent. over: says whether its participant has gone on to another page.

    Returns:
        what that page alone is answered; None if it is not for us.
    """
    sent = data.get("ego") if isinstance(data, dict) else None
    if sent is None:
        return None
    if await over():
        return {"ego": {"t": "over"}}
    return {"ego": {"t": "pong"}} if isinstance(sent, dict) and sent.get("do") == "ping" else None


def refusal(room: Room, code: str, client_id: str, why: str, n: int = 0) -> No:
    """What a page is answered that has sent something which is not taken.

    Arguments:
        client_id: of the message, if it is one. why: a key of the chat's words. n: the number in the sentence.
    """
    words = room.settings_for(code).words
    status = closed(words) if why == "closed" else room.status(code)
    told = status["note"] if why == status["why"] else ""  # an end may have a text of its own
    text = told or sentence(words, why if why in words else "bad_message", n=n)
    return {"t": "no", "client_id": client_id, "why": why, "text": text, "status": status}


def closed(words: Mapping[str, str]) -> Status:
    """The status of a chat that has ended."""
    return {
        "open": False,
        "why": "closed",
        "note": words["closed"],
        "next": True,
        "hint": "",
        "wait": 0,
        "missing": 0,
        "left": None,
        "again": False,
        "seconds_to_next": None,
        "seconds_left": None,
    }


def _client_id(sent: Mapping[str, Any]) -> str:
    client_id = sent.get("id")
    return client_id if isinstance(client_id, str) else ""


def _why_not(room: Room, code: str, text: str) -> tuple[str, int]:
    """Why a message is not taken: a key of the chat's words and its number; an empty key if it is."""
    settings, used, tally = room.settings_for(code), used_by(room.messages, code), room.tally
    if not text.strip():
        return "empty", 0
    if len(text) > settings.max_length:
        return "too_long", settings.max_length
    status = room.status(code)
    if not status["open"]:
        return status["why"], 0
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
