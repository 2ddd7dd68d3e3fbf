"""Reactions of a chat's participants beside its messages: shown on all pages at once, each change an event's row."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection

from ...chat_rules.members import Members
from ...chat_rules.reactions import reactions_from, reactions_of_setting, told_of
from ...messages import Message
from ...stores.event_rows import REACTION
from ...stores.rows import THREADS
from ..otree_internals.models import page_of
from ..otree_internals.tables import EgoEvent
from ..otree_internals.writer import writer
from .exposures import Exposures, event_place
from .frames import Reaction, Reactions

BURST, PER_SECOND = 20, 2.0
"""How many reactions a participant may change at once, and how many more each second."""
_ROWS = EgoEvent.__table__


class WithReactions(Exposures):
    """A chat in which participants can react to messages.

    Attributes:
        reactions: as they stand: by message and participant code. people: who shares the chat.
        given_reactions: which there are, if the page says so; None for what the settings say.
    """

    people: Members

    def __init__(self) -> None:
        super().__init__()
        self.reactions: dict[str, dict[str, str]] = {}
        self.given_reactions: tuple[str, ...] | None = None
        self._left: dict[str, tuple[float, float]] = {}  # how many a participant may still change, and since when
        self._reactions_read = False

    def shown_id(self, uid: str) -> str:
        """A message's name on the pages."""
        raise NotImplementedError

    @property
    def reaction_set(self) -> tuple[str, ...]:
        """The reactions that there are."""
        given = self.given_reactions
        return reactions_of_setting(self.settings.reactions) if given is None else given

    def _names_of_people(self) -> dict[str, str]:
        return dict(self.people.names)

    def reactions_to(self, message: Message, code: str) -> list[Reaction]:
        """What a participant is shown beside a message."""
        there, names = self.reactions.get(message.id), self._names_of_people()
        if not there:
            return []
        found: list[Reaction] = []
        for reaction in self.reaction_set:
            who = [one for one, its in there.items() if its == reaction]
            if who:
                named = ", ".join(names[one] for one in who if one in names)
                found.append({"reaction": reaction, "n": len(who), "mine": code in who, "names": named})
        return found

    def with_reactions(self, record: Sequence[Message]) -> Sequence[Message]:
        """A record as a model is sent it, with reactions if it is to be told of them."""
        if not self.settings.tell_reactions:
            return record
        return told_of(record, self.reactions, self._names_of_people(), self.settings.words["lang"])

    async def react(self, code: str, shown: Any, reaction: Any) -> str:
        """Change a participant's reaction to a message.

        Arguments:
            shown: the message's name on the pages. reaction: one of the set, or empty to take it back.

        Returns:
            why it is refused, a key of the chat's words; empty if it is not.
        """
        if not isinstance(shown, str) or not isinstance(reaction, str):
            return "bad_message"
        if not self.reaction_set or (reaction and reaction not in self.reaction_set):
            return "bad_reaction"
        if not self._may_react_now(code):
            return "too_fast"
        message = next((m for m in reversed(self.messages) if self.shown_id(m.id) == shown), None)
        if message is None or message.status in ("pending", "failed") or not self._visible(message, code):
            return "bad_reaction"
        if self.reactions.get(message.id, {}).get(code, "") != reaction:
            about = json.dumps(
                {"thread": self.thread.id, "message": message.id, "reaction": reaction}, ensure_ascii=False
            )
            row = {**self.places[code], "kind": REACTION, "about": about, "time": time.time()}
            await writer().run(partial(_write, row=row))
            _set(self.reactions, message.id, code, reaction)
        await self.viewers.send_each(partial(self._frame, message), partial(self._visible, message))
        return ""

    def _frame(self, message: Message, code: str) -> Reactions:
        return {"t": "reactions", "id": self.shown_id(message.id), "reactions": self.reactions_to(message, code)}

    def _may_react_now(self, code: str) -> bool:
        now = time.monotonic()
        left, since = self._left.get(code, (float(BURST), now))
        left = min(float(BURST), left + (now - since) * PER_SECOND)
        self._left[code] = (left - 1, now) if left >= 1 else (left, now)
        return left >= 1

    async def read_reactions(self) -> None:
        """Read the reactions as they are written, if there are any in this chat."""
        if self.reaction_set:
            self.reactions = await writer().run(partial(_read, thread=self.thread.id))
            self._reactions_read = True


async def renew_reactions(room: WithReactions, player: Any, given: Any, where: str) -> None:
    """Say which reactions there are in a chat, and read those that stand in it.

    Arguments:
        given: what a page says of it; None for what the settings say. where: the argument's name, for an error.

    Raises:
        ConfigError: it is no set of reactions.
    """
    room.given_reactions = None if given is None else reactions_from(given, where)
    if room.reaction_set:
        room.places[page_of(player)[0]] = event_place(player)
        if not room._reactions_read:
            await room.read_reactions()


def _set(reactions: dict[str, dict[str, str]], message: str, code: str, reaction: str) -> None:
    there = reactions.setdefault(message, {})
    there.pop(code, None)
    if reaction:
        there[code] = reaction


def _read(connection: Connection, thread: str) -> dict[str, dict[str, str]]:
    mine = (_ROWS.c.kind == REACTION) & _ROWS.c.about.like(f'%"{thread}"%')
    session = connection.execute(select([THREADS.c.session_id]).where(THREADS.c.uid == thread)).scalar()
    found: dict[str, dict[str, str]] = {}
    for row in connection.execute(select([_ROWS]).where((_ROWS.c.session_id == session) & mine).order_by(_ROWS.c.id)):
        about = json.loads(row["about"])
        _set(found, about["message"], row["participant"], about["reaction"])
    return found


def _write(connection: Connection, row: dict[str, Any]) -> None:
    connection.execute(_ROWS.insert(), [row])
