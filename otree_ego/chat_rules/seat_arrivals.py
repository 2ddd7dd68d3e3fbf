"""How many seats should come to a page that makes groups by arrival, with the people who wait there."""

from __future__ import annotations

import math
from dataclasses import dataclass

from .seat_settings import SeatNumber


@dataclass(frozen=True)
class Arrivals:
    """Who is at such a page.

    Fields:
        humans_here, seats_here: who waits to be grouped. humans_to_come: participants before the page, not played by
            models. seats, people: of the session, all of them. group_size, per_group: of a group, all and seats; 0 if
            that is not settled.
    """

    humans_here: int
    humans_to_come: int
    seats_here: int
    seats: int
    people: int
    group_size: int
    per_group: int = 0


def wanted(found: Arrivals) -> int:
    """How many seats should be on a page that makes groups by arrival, beside the humans who wait there.

    >>> wanted(Arrivals(humans_here=1, humans_to_come=5, seats_here=0, seats=2, people=8, group_size=2))
    1
    >>> wanted(Arrivals(humans_here=1, humans_to_come=5, seats_here=0, seats=2, people=6, group_size=3, per_group=1))
    0
    """
    everybody = found.seats
    if not found.humans_to_come and not found.humans_here:
        return everybody
    if not found.group_size:
        humans = max(1, found.people - found.seats)
        return everybody if not found.humans_to_come else math.ceil(found.humans_here * found.seats / humans)
    if not found.humans_to_come:  # nobody else comes: seats fill up what is left
        missing = -found.humans_here % found.group_size
        return missing if missing or not found.humans_here else 0
    own = found.per_group or max(1, min(found.group_size - 1, round(found.group_size * found.seats / found.people)))
    humans_of_a_group = max(1, found.group_size - own)
    return own * (found.humans_here // humans_of_a_group)


def per_group(number: SeatNumber, group_size: int) -> int:
    """How many seats each group is to have; 0 if only their share is known."""
    return number.number if number.of == group_size and 0 < number.number < group_size else 0
