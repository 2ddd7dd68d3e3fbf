"""The chat of several humans and AIs, as a page's `live_method`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from functools import partial
from typing import Any

from ...chat_rules.members import Members
from ...chat_rules.personas import Persona
from ...errors import ConfigError, LinkError
from ...stores import Gone
from ...threads.context import ContextPolicy
from ...threads.context_policy import checked_policy
from ..links.link import Link, ai, write_deferred
from ..links.persona_parts import people_of_link
from ..otree_internals.models import page_of
from ..setup.chat_settings import phrases_of
from ..setup.disclosures import hides_ais
from ..setup.persona_prices import check_personas
from .commands import respond
from .end_rules import EndRule, checked_rule
from .exposures import renew_exposures
from .group_room import GroupRoom
from .group_rounds import ROUND, with_turns
from .hidden_ais import check_hidden
from .message_reactions import renew_reactions
from .open_rooms import known_room, open_room
from .own_code import OwnFunction, noted
from .page import unavailable
from .settings_record import renew_settings
from .structured import reply_form


async def group_chat(
    player: Any,
    data: Any,
    *,
    personas: Sequence[Persona],
    names: Mapping[str, str] | None = None,
    link: Link | None = None,
    most_in_a_row: int = 3,
    reveal_ais: bool = True,
    context: ContextPolicy = None,
    ends: EndRule | None = None,
    on_message: OwnFunction | None = None,
    on_reply: OwnFunction | None = None,
    reply: Any = None,
    show: str = "text",
    remember: bool = False,
    turns: str | None = None,
    wait_for_all: bool | None = None,
    reactions: str | Sequence[str] | None = None,
) -> AsyncIterator[dict[int, Any]]:
    """A chat of several humans and AIs, for a page's live method.

    Put ``{{ include 'otree_ego/chat.html' }}`` into the page's template. All see the same messages in the same order.
    AIs speak one after the other, when their `Persona` says so; they answer each other only when addressed. In the data
    a reply's params say why it came (`speaks`), the place of the last message it knew (`heard`), and its `pace`.

    Arguments:
        player: the player whose page it is.
        data: what the page sent.
        personas: the AIs that are there.
        names: what participants are called, by their codes; the others are Participant 1, Participant 2, …
        link: whose Thread holds the record; ``ai(player.group)`` if not given. Its owner's players are the room's.
        most_in_a_row: how many messages AIs write at most until a human has written again.
        reveal_ais: whether this page shows who is an AI. Without, AIs look like humans: all stand in one order and get
            their colours by it, all messages have one form, no text is Markdown, nobody is seen writing, and what an
            AI passed over, could not do or cost is not told. Names and a human `pace` are yours to give; the log warns.
            Where `hides_ais` says that a participant is not to know yet, it is False.
        context: what happens when the chat is too long for an AI's model; as in `chat`.
        ends: a function that ends the chat; as in `chat`.
        on_message, on_reply: functions of one's own; as in `chat`. A reply's player is the one who wrote last.
        reply, show, remember: the form in which the AIs answer; as in `chat`.
        turns: ``"round"`` for one message each in a fixed order, AIs too, or ``"free"``; instead of ``ego_turns``.
        wait_for_all: whether AIs answer only when every participant has written since; instead of ``ego_wait_for_all``.
        reactions: which participants can choose from beside each message; instead of ``ego_reactions``.

    In a page, with ``from otree_ego import Persona, chat_error, group_chat``::

        @staticmethod
        async def live_method(player, data):
            async for update in group_chat(player, data, personas=[Persona("Ada", "You are curious.")]):
                yield update

        @staticmethod
        def error_message(player, values):
            return chat_error(player, link=ai(player.group))
    """
    me, (code, page_index, session_code) = player.id_in_group, page_of(player)
    try:
        link = ai(player.group) if link is None else link
        if isinstance(most_in_a_row, bool) or not isinstance(most_in_a_row, int) or most_in_a_row < 1:
            raise ConfigError(f"most_in_a_row={most_in_a_row!r:.60}: this takes a whole number from 1.")
        known = known_room(link.owner)
        seen = isinstance(known, GroupRoom) and code in known.members.names
        people = list(known.members.names) if isinstance(known, GroupRoom) and seen else people_of_link(link.instance)
        await write_deferred()
        room = await open_room(player, link, session_code, GroupRoom)
        await renew_settings(room, player, link)
        room.settings = with_turns(room.settings, turns, wait_for_all)
        await renew_exposures(room, player, room.settings.turns == ROUND or room.settings.wait_for_all)
        await renew_reactions(room, player, reactions, "group_chat(…, reactions=…)")
        check_personas(room.settings, personas)
        if code not in room.hidden:
            room.hidden[code] = hides_ais(player)
            room.note_earlier(player, code)
        reveal_ais = reveal_ais and not room.hidden[code]
        members = partial(Members.of, personas, people, names or {}, room.settings.words["other"])
        if not reveal_ais:
            check_hidden(session_code, personas, people, names or {})
        room.context = checked_policy("group_chat(…, context=…)", context)
        rule = checked_rule("group_chat(…, ends=…)", ends)
        await room.set_members(members, most_in_a_row, code, reveal_ais)
        room.form = reply_form(room.form, (reply, show, remember), partial(phrases_of, player), "group_chat(…)")
        noted(room.own_code, player, link.owner, on_message=on_message, on_reply=on_reply)
    except (ConfigError, LinkError, Gone) as error:
        yield {me: {"ego": unavailable(player, error)}}
        return
    room.viewers.seen_by(code, page_index, session_code)
    await room.courses.begin(player, link, rule)
    answer = await respond(room, code, data)
    if answer is not None:
        yield {me: {"ego": answer}}
