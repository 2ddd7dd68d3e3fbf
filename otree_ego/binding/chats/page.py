"""The chat with one model: one name as a page's `live_method`, one include in its template."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

from ...chat_rules.exposure import Exposure, counts_exposure
from ...chat_rules.members import Members
from ...chat_rules.personas import Persona
from ...chat_rules.words import sentence, words as words_of
from ...display import logger
from ...errors import ConfigError, EgoError, LinkError
from ...stores import Gone, rows
from ...threads.context import ContextPolicy
from ...threads.context_policy import checked_policy
from ...threads.notices import has_ended
from ..links.link import Link, ai, write_deferred
from ..links.persona_parts import people_of_link
from ..otree_internals import unwritten
from ..otree_internals.database import joined_section
from ..otree_internals.live_channel import keep_shortcut
from ..otree_internals.models import page_of, session_of
from ..setup.chat_settings import language_code, phrases_of, settings_of
from ..setup.disclosures import hides_ais
from .commands import closed, respond
from .courses import course_on_page, time_error
from .end_rules import EndRule, checked_rule
from .exposures import read_shown, renew_exposures
from .frames import State
from .limits import status, tally_of
from .member_settings import given_with, settings_here
from .message_reactions import renew_reactions
from .open_rooms import known_room, open_room
from .own_code import OwnFunction, noted
from .room import Room
from .settings_record import given_to, renew_settings
from .structured import reply_form


async def chat(
    player: Any,
    data: Any,
    *,
    link: Link | None = None,
    names: Mapping[str, str] | None = None,
    context: ContextPolicy = None,
    ends: EndRule | None = None,
    on_message: OwnFunction | None = None,
    on_reply: OwnFunction | None = None,
    reply: Any = None,
    show: str = "text",
    remember: bool = False,
    reactions: str | Sequence[str] | None = None,
) -> AsyncIterator[dict[int, Any]]:
    """A chat with the model, for a page's live method: ``live_method = chat``.

    Put ``{{ include 'otree_ego/chat.html' }}`` into the page's template. The reply is streamed, nobody else waits, and
    it goes on when the tab is closed. Model, limits, words and failure policy come from the session config (`ego_…`).

    Arguments:
        player: the player whose page it is.
        data: what the page sent; a payload without ``"ego"`` is answered as not understood.
        link: whose Thread is meant; ``ai(player)`` if not given. With ``ai(player.group)`` the group shares one:
            all see who wrote what, and the model is told, too.
        names: what those who share it are called, by their participants' codes; the others are Participant 1, …
        context: what happens when the chat is too long for its model, in place of ``ego_context``: ``"drop_oldest"``,
            ``"refuse"``, or a function that chooses what is sent (see docs/games.md).
        ends: a function that ends the chat: it is given the messages of this page after each new one, and returns True,
            or the text that participants then read. Where there is an `ego_end_word`, it is asked when the model has
            said that.
        on_message, on_reply: functions of the player and the `Message`, called when a message has come (before it is
            recorded and asked) and when a reply is complete; plain or async. Without them the page's own functions of
            these names. See docs/chats.md.
        reply: the form in which the model answers, as `ask_json` takes it: a pydantic model, a dataclass, or a JSON
            Schema; None for plain text. All of an answer is in the data (`answer`) and in `Message.answer`.
        show: the field of it that people are shown, as it comes. remember: whether the model remembers all of its
            answers; else what was shown.
        reactions: which participants can choose from beside each message, ``["👍", "👎"]``; instead of
            ``ego_reactions``.

    In a live method of your own::

        @staticmethod
        async def live_method(player, data):
            async for update in chat(player, data):
                yield update
    """
    me, (code, page_index, session_code) = player.id_in_group, page_of(player)
    if link is None:
        link = ai(player)
        keep_shortcut(player, chat, partial(_respond_at_once, link.owner, code, page_index))
    try:
        await write_deferred()
        room = await open_room(player, link, session_code, Room)
        if code not in room.hidden:
            room.hidden[code] = hides_ais(player)
            room.note_earlier(player, code)
        await renew_settings(room, player, link)
        await renew_exposures(room, player)
        await renew_reactions(room, player, reactions, "chat(…, reactions=…)")
        room.context = checked_policy("chat(…, context=…)", context)
        rule = checked_rule("chat(…, ends=…)", ends)
        room.form = reply_form(room.form, (reply, show, remember), partial(phrases_of, player), "chat(…)")
        noted(room.own_code, player, link.owner, on_message=on_message, on_reply=on_reply)
    except (ConfigError, LinkError, Gone) as error:
        yield {me: {"ego": unavailable(player, error)}}
        return
    if link.instance is not player and (names or code not in room.people.names):
        _set_people(room, people_of_link(link.instance), names or {})
    room.viewers.seen_by(code, page_index, session_code)
    await room.courses.begin(player, link, rule)
    answer = await respond(room, code, data)
    if answer is not None:
        yield {me: {"ego": answer}}


def _set_people(room: Room, people: Sequence[str], names: Mapping[str, str]) -> None:
    if len(people) > 1:
        partner = [Persona(room.settings.partner_name)] if room.settings.partner_name else []
        room.people = Members.of(partner, people, names, room.settings.words["other"], True)


async def _respond_at_once(owner: str, code: str, page_index: int, data: Any) -> bool:
    """Respond to a page's further messages without oTree's own steps; False if that is not possible any more."""
    room = known_room(owner)
    if room is None or room.viewers.pages.get(code) != page_index:
        return False
    answer = await respond(room, code, data)
    if answer is not None:
        await room.viewers.answer(code, answer)
    return True


def chat_error(player: Any, link: Link | None = None) -> str | None:
    """Why a participant may not leave the chat's page yet, for the page's ``error_message``; None if they may.

    The page hides *Next* until then; this holds it on the server, too::

        @staticmethod
        def error_message(player, values):
            return chat_error(player)
    """
    code, link = page_of(player)[0], ai(player) if link is None else link
    room = known_room(link.owner)
    with joined_section() as connection:
        row = rows.find(connection, link.owner) if room is None else None
        ours, settings = settings_here(player, link, given_with(row) if room is None else given_to(room))
        if not (settings.min_messages or settings.min_seconds or counts_exposure(settings)):
            return None
        record = room.messages if room else unwritten.messages(connection, row.uid) if row else []
        shown = read_shown(connection, row.uid, code) if row and counts_exposure(settings) else {}
    course, now = course_on_page(player, link, room.courses if room else None), time.time()
    if course.ended(ours.max_seconds, now):
        return None
    if has_ended(record):
        return None
    if room is not None:
        found = room.without_time(code, settings)
    else:
        found = status(record, code, settings, tally_of(session_of(player).code, settings), Exposure(shown, now))
    if found["next"]:
        return time_error(course, settings, now)
    return found["hint"] or sentence(settings.words, "next_hint", n=found["missing"])


def unavailable(player: Any, error: EgoError) -> State:
    """What a page shows whose chat cannot be opened; the log says why."""
    logger.error("A chat of session %s cannot be opened: %s", session_of(player).code, error)
    words = words_of(language_code(session_of(player)), {})
    for whose in (session_of(player), player):  # the player's own settings may be what is wrong
        with suppress(ConfigError):
            words = settings_of(whose).words
    return {
        "t": "state", "messages": [], "busy": False, "model": "", "max_length": 0, "status": closed(words),
        "stop": False, "pictures": {}, "reactions": [],
        "words": words,
    }  # fmt: skip
