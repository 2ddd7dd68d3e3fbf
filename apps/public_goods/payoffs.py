"""What everyone earns: pure functions of numbers. Members are counted from 0 here, in the order of their numbers."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

Number = int | float


def whole(value: Decimal) -> int:
    """The nearest whole number of points; halves go up.

    >>> whole(Decimal("7.5"))
    8
    """
    return int(value.quantize(Decimal(1), ROUND_HALF_UP))


def share_of_each(contributions: Sequence[int], multiplier: Number) -> Decimal:
    """What the project gives to each member: all contributions times the multiplier, split equally.

    >>> share_of_each([20, 10, 0], 1.5)
    Decimal('15.0')
    """
    return Decimal(str(multiplier)) * sum(contributions) / len(contributions)


def earnings(contributions: Sequence[int], endowment: int, multiplier: Number) -> list[int]:
    """What each member earns by contributing: the points kept and the share of the project, in whole points.

    >>> earnings([20, 0, 10, 10], endowment=20, multiplier=1.6)
    [16, 36, 26, 26]
    """
    share = share_of_each(contributions, multiplier)
    return [whole(endowment - contribution + share) for contribution in contributions]


def incomes(earned: Sequence[int], points: Sequence[Sequence[int]], cost: int, effect: int) -> list[int]:
    """What is left of it after deduction points were given.

    Points that a member gets take away `effect` each, at most what the member has earned by contributing; the cost of
    the points that a member gives is taken away in any case, so that an income can be below 0.

    Arguments:
        earned: of each member.
        points: what each member (row) gives to each member (column).

    >>> incomes([16, 36], [[0, 2], [0, 0]], cost=1, effect=3)
    [14, 30]
    >>> incomes([3, 36], [[0, 5], [2, 0]], cost=1, effect=3)
    [-5, 19]
    """
    received = [sum(row[member] for row in points) for member in range(len(earned))]
    given = [sum(row) for row in points]
    return [max(0, e - effect * r) - cost * g for e, r, g in zip(earned, received, given, strict=True)]
