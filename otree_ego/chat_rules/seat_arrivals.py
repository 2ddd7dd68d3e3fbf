"""How many seats should come to a page that makes groups by arrival, and who makes a group with the people there."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from .seat_settings import SeatNumber

PATIENCE = 60.0
"""Seconds for which people who are enough for a group wait for the share of seats that each group is to have."""


@dataclass(frozen=True)
class Arrivals:
    """Who is at such a page.

    Fields:
        humans_here, seats_here: who waits to be grouped. humans_to_come: participants before the page, not played by
            models. seats, people: of the session, all of them. group_size, per_group: of a group, all and seats; 0 if
            that is not settled.
        seats_to_come: seats before the page that play on. humans_away: humans on the page who do not count as waiting
            (their tab is hidden or closed), and may come back; those who have only just gone count as to come.
    """

    humans_here: int
    humans_to_come: int
    seats_here: int
    seats: int
    people: int
    group_size: int
    per_group: int = 0
    seats_to_come: int = 0
    humans_away: int = 0

    @property
    def own(self) -> int:
        """How many seats a group is to have, or about as many."""
        share = round(self.group_size * self.seats / self.people) if self.people else 0
        return self.per_group or max(1, min(self.group_size - 1, share))

    @property
    def humans_of_a_group(self) -> int:
        """How many humans belong into a group."""
        return max(1, self.group_size - self.own)

    def seats_for(self, humans: int) -> int:
        """How many seats so many humans need, the last of whom may not be enough for a group of their own."""
        groups, left = divmod(humans, self.humans_of_a_group)
        return groups * self.own + (self.group_size - left if left else 0)

    @property
    def has_enough_seats(self) -> bool:
        """Whether there are seats for the shares of all who are here and may come, as far as that is known."""
        coming = self.seats_here + self.seats_to_come
        return coming >= (self.own if self.humans_to_come else self.seats_for(self.humans_here))


def wanted(found: Arrivals) -> int:
    """How many seats should be on a page that makes groups by arrival, beside the humans who wait there.

    >>> wanted(Arrivals(humans_here=1, humans_to_come=5, seats_here=0, seats=2, people=8, group_size=2))
    1
    >>> wanted(Arrivals(humans_here=1, humans_to_come=5, seats_here=0, seats=2, people=6, group_size=3, per_group=1))
    0
    """
    if not found.humans_to_come and not found.humans_here:
        return _all_but_those_kept(found)
    if not found.group_size:
        humans = max(1, found.people - found.seats)
        return found.seats if not found.humans_to_come else math.ceil(found.humans_here * found.seats / humans)
    if not found.humans_to_come:  # nobody else comes: seats fill up what is left
        if found.per_group and found.has_enough_seats:
            return found.seats_for(found.humans_here)
        return -found.humans_here % found.group_size
    return found.own * (found.humans_here // found.humans_of_a_group)


def _all_but_those_kept(found: Arrivals) -> int:
    if not found.humans_away:
        return found.seats
    kept = found.seats_for(found.humans_away) if found.group_size else found.seats
    return max(0, found.seats_here + found.seats_to_come - kept)


def missing_humans(found: Arrivals) -> int:
    """How many more people, beside the seats that come, a group needs whose first member waits there.

    >>> missing_humans(Arrivals(1, 0, 0, seats=2, people=6, group_size=3, per_group=1, seats_to_come=2))
    1
    >>> missing_humans(Arrivals(1, 0, 0, seats=0, people=6, group_size=3))
    2
    """
    here = max(1, found.humans_here)
    if found.seats_here + found.seats_to_come >= found.own:
        return max(0, found.humans_of_a_group - here)
    return max(0, found.group_size - here - found.seats_here)


def per_group(number: SeatNumber, group_size: int) -> int:
    """How many seats each group is to have; 0 if only their share is known.

    >>> from .seat_settings import seat_number
    >>> per_group(seat_number("2 of 3"), 3), per_group(seat_number("1 of 2"), 4), per_group(seat_number(2), 3)
    (2, 2, 0)
    """
    if not number.of or group_size % number.of:
        return 0
    seats = number.number * (group_size // number.of)
    return seats if 0 < seats < group_size else 0


@dataclass(frozen=True)
class Waiter:
    """Somebody who waits to be grouped: whether a model plays them as a seat, and for how many seconds they wait."""

    is_seat: bool
    waited: float


def new_group(found: Arrivals, waiting: Sequence[Waiter]) -> list[int]:
    """Who of those who wait makes a group now, by their places in the line; empty if nobody does.

    Each group gets its share of seats. It goes without as soon as no share can come about any more: no seat or no human
    is left who could come, or there are too few seats for everybody who is there; and in any case after `PATIENCE`.

    Arguments:
        found: with `per_group`. waiting: as oTree has them.

    >>> found = Arrivals(2, 4, 0, seats=4, people=8, group_size=2, per_group=1, seats_to_come=4)
    >>> new_group(found, [Waiter(False, 0), Waiter(False, 0)])
    []
    >>> new_group(found, [Waiter(False, 0), Waiter(False, 0), Waiter(True, 0)])
    [0, 2]
    """
    line = sorted(range(len(waiting)), key=lambda at: -waiting[at].waited)
    humans = [at for at in line if not waiting[at].is_seat]
    seats = [at for at in line if waiting[at].is_seat]
    size = found.group_size
    if len(humans) >= found.humans_of_a_group and len(seats) >= found.own:
        return sorted(humans[: found.humans_of_a_group] + seats[: found.own])
    if len(line) < size:
        return []
    if not humans:
        return [] if found.humans_to_come or found.humans_away else sorted(seats[:size])
    nearest = humans[: max(found.humans_of_a_group, size - len(seats))] + seats[: max(found.own, size - len(humans))]
    is_missing_seats = len(seats) < found.own
    can_come = found.has_enough_seats and found.seats_to_come if is_missing_seats else found.humans_to_come
    if can_come and min(waiting[at].waited for at in nearest) < PATIENCE:
        return []
    return sorted(nearest)
