"""A fixed order of turns in a group chat, and whom a round of replies waits for: read from the record."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple

from ..messages import Message
from .members import Members
from .personas import Persona
from .turn_taking import is_human, known_up_to, said_or_tried


class Seat(NamedTuple):
    """Somebody who takes turns: a name, and the participant's code; that of an AI is empty."""

    name: str
    code: str


def order_of(members: Members) -> list[Seat]:
    """All who take turns, in their order: that of the list that a page shows.

    >>> order_of(Members.of([Persona("Ada")], ["abc"], {"abc": "Kim"}, "Participant", True))
    [Seat(name='Kim', code='abc'), Seat(name='Ada', code='')]
    """
    return [Seat(name, code) for name, _, code in members.listed()]


def whose_turn(
    messages: Sequence[Message], order: Sequence[Seat], is_able: Callable[[Seat], bool], passed: Collection[Seat] = ()
) -> Seat | None:
    """Whose turn it is: the next in the order after who has spoken last; None if nobody can speak any more.

    Arguments:
        messages: the record, oldest first.
        order: of all. is_able: says whether one of them may write at all.
        passed: who has been passed over since the last message; they come again when all others have been, too.

    >>> order = [Seat("Kim", "abc"), Seat("Lou", "def"), Seat("Ada", "")]
    >>> said = [Message("user", "Hello", author="def")]
    >>> [whose_turn(record, order, lambda seat: True).name for record in ([], said)]
    ['Kim', 'Ada']
    """
    last = next((place for m in reversed(messages) if (place := _place_of(m, order)) is not None), -1)
    able = [seat for seat in (*order[last + 1 :], *order[: last + 1]) if is_able(seat)]
    return next((seat for seat in able if seat not in passed), able[0] if able else None)


def _place_of(message: Message, order: Sequence[Seat]) -> int | None:
    """The place of who has taken a turn with a message; an AI has also if it failed or had nothing to say."""
    if is_human(message):
        seats = (place for place, seat in enumerate(order) if seat.code == message.author)
    elif said_or_tried(message):
        seats = (place for place, seat in enumerate(order) if not seat.code and seat.name == message.author)
    else:
        return None
    return next(seats, None)


def still_to_write(messages: Sequence[Message], people: Collection[str], persona: Persona) -> list[str]:
    """The codes of participants who have not written since a persona last spoke.

    >>> record = [Message("user", "Hello", seq=1, author="abc")]
    >>> still_to_write(record, ["abc", "def"], Persona("Ada"))
    ['def']
    """
    known = known_up_to(messages, persona)
    wrote = {m.author for m in messages if m.seq > known and is_human(m)}
    return [code for code in people if code not in wrote]
