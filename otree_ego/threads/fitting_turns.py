"""Which messages of a conversation are sent when not all of them fit: the pure rule, without a Thread or a model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SizedTurn:
    """A message that is to be sent.

    Arguments:
        role: ``system``, ``user`` or ``assistant``. tokens: about how many it has.
        stays: whether it is an instruction, which is never left out.
        continues: whether it belongs to the question before it: it asks for another answer, or goes on with the text.
        refused: whether it is a question that got no reply, since the conversation was too long with it.
    """

    role: str
    tokens: float
    stays: bool = False
    continues: bool = False
    refused: bool = False


def last_turn(turns: Sequence[SizedTurn]) -> int:
    """Where the last question begins: from there on nothing is left out.

    >>> last_turn([SizedTurn("user", 5), SizedTurn("assistant", 5), SizedTurn("user", 5)])
    2
    """
    at = next((at for at in reversed(range(len(turns))) if turns[at].role == "user"), max(0, len(turns) - 1))
    while at > 0 and turns[at].continues:
        before = next((each for each in reversed(range(at)) if turns[each].role == "user"), None)
        if before is None:
            break
        at = before
    return at


def must_stay(turns: Sequence[SizedTurn]) -> list[int]:
    """The places of the turns that are never left out: instructions, and the last question."""
    end = last_turn(turns)
    return [at for at, turn in enumerate(turns) if turn.stays or at >= end]


def fitting(turns: Sequence[SizedTurn], most: float, step: float = 0.0, drop: bool = True) -> list[int] | None:
    """The places of the turns that are sent; None if they do not fit.

    Questions that were refused for their length are left out first. Then the oldest turns are, each from a user's
    message up to the next one: what is left begins with the user, as the whole does. So that the beginning of what is
    sent stays the same for some turns (services read it more cheaply then), a little more is left out than must be.

    Arguments:
        turns: all of them, oldest first. most: tokens that fit.
        step: what is left out is rounded up to a multiple of so many tokens, where there is as much to leave out.
        drop: whether the oldest turns may be left out.

    >>> said = [SizedTurn("system", 5, stays=True), *[SizedTurn("user", 5), SizedTurn("assistant", 5)] * 3]
    >>> fitting([*said, SizedTurn("user", 5)], most=25)
    [0, 5, 6, 7]
    """
    over = sum([turn.tokens for turn in turns]) - most
    if over <= 0:
        return list(range(len(turns)))
    end = last_turn(turns)
    gone = {at for at, turn in enumerate(turns) if turn.refused and at < end and not turn.stays}
    over -= sum(turns[at].tokens for at in gone)
    if over > 0 and not drop:
        return None
    target = -(-over // step) * step if step > 0 else over
    freed = 0.0
    for at in range(end):
        turn = turns[at]
        if turn.stays or at in gone:
            continue
        if freed >= target and turn.role == "user":
            break
        if freed < target or turn.role != "user":
            gone.add(at)
            freed += turn.tokens
    return [at for at in range(len(turns)) if at not in gone] if freed >= over else None
