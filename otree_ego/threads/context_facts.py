"""What a Thread's record says of the messages that are to be sent, as far as it matters for what may be left out.

A turn must not cost more as the conversation grows: what is known of the older messages is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..errors import ContextExceeded
from ..messages import Message, Request
from .estimates import AROUND, tokens_of
from .fitting_turns import SizedTurn
from .memory import AGAIN
from .notices import is_notice

FRESH = 64
"""So many messages at the end of a record may still change: replies settle, and messages of a group chat move."""
MOST = 20_000
"""Messages of which the sizes are kept."""


class RecordFacts:
    """What is known of one Thread's messages. It may be lost at any time."""

    def __init__(self) -> None:
        self._looked_at = 0  # so many messages will not change any more
        self._last = ""
        self._at: dict[int, Message] = {}
        self._asked: set[str] = set()
        self._refused: dict[str, int] = {}  # the places of refused questions, by their ids
        self._turns: dict[tuple[int, str], SizedTurn] = {}
        self._tokens: dict[str, int] = {}

    def look_at(self, record: Sequence[Message], pending: Message) -> None:
        """Learn what is new in a record.

        Arguments:
            record: the Thread's. pending: the place of the reply that is asked for: what comes after it does not count.
        """
        start = self._looked_at
        if start and (start > len(record) or record[start - 1].id != self._last):  # read anew, or in another order
            self.__init__()  # type: ignore[misc]
            start = 0
        while start > 0 and record[start - 1].role != "user":
            start -= 1
        start = max(0, start - 1)
        before = record[start - 1] if start else None
        question: Message | None = None
        for message in record[start:]:
            if pending.seq and message.seq >= pending.seq:
                break
            self._at[message.seq] = message
            if message.role == "user":
                question = message
            elif message.role == "assistant":
                if before is not None and before.role == "user" and (message.model or message.status == "pending"):
                    self._asked.add(before.id)
                if question is not None and message.error == ContextExceeded.__name__:
                    self._refused[question.id] = question.seq
                elif question is not None and message.sendable:
                    self._refused.pop(question.id, None)
            before = message
        self._looked_at = max(0, len(record) - FRESH)
        self._last = record[self._looked_at - 1].id if self._looked_at else ""

    def at(self, place: int) -> Message | None:
        """The message at a place of the record."""
        return self._at.get(place) if place else None

    def tokens(self, text: str) -> int:
        """About how many tokens a message has, with what is around it."""
        found = self._tokens.get(text)
        if found is None:
            if len(self._tokens) > MOST:
                self._tokens.clear()
            found = self._tokens[text] = AROUND + tokens_of(text)
        return found

    def turns(self, request: Request) -> list[SizedTurn]:
        """The messages of a request, with their sizes."""
        places = request.origins or (0,) * len(request.messages)
        known, fresh = self._turns, max(0, len(places) - FRESH)
        if len(known) > MOST:
            known.clear()
        found: list[SizedTurn] = []
        before = 0
        for at, (place, (role, text)) in enumerate(zip(places, request.messages, strict=True)):
            turn = known.get((place, text))
            if turn is None or at >= fresh or not place:
                turn = known[place, text] = self._turn(role, text, self.at(place), self.at(before))
            found.append(turn)
            before = place
        refused = {*self._refused.values()}
        if refused:
            for at, place in enumerate(places):
                if place in refused:
                    found[at] = replace(found[at], refused=True)
        return found

    def _turn(self, role: str, text: str, message: Message | None, before: Message | None) -> SizedTurn:
        tokens = self.tokens(text)
        if message is None:
            return SizedTurn(role, tokens, role == "system")
        stays = (role == "system" and not is_notice(message)) or self._instructs(message, before)
        return SizedTurn(role, tokens, stays, role == "user" and self._continues(message, before))

    def _instructs(self, message: Message, before: Message | None) -> bool:
        """Whether it is a hidden instruction: put there by code, and no question to the model or an answer of its."""
        if not message.hidden or "question" in message.params:
            return False
        if message.role == "user":
            return message.id not in self._asked
        answers = before is not None and before.role == "user" and self._instructs(before, None)
        return answers and not message.model and not message.finish_reason

    def _continues(self, message: Message, before: Message | None) -> bool:
        """Whether it belongs to the question before it: another request for its answer, or more text of the code's."""
        if (message.params.get("question") or {}).get("again") or message.text.startswith(AGAIN):
            return True
        if before is None or before.role != "user" or before.hidden:
            return False
        return not before.author and not message.author and before.id not in self._asked
